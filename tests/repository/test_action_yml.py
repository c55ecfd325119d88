"""`action.yml` declares what the program reads, no more and no less, and is fit to be published."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from package_keeper.domain.report import RunReport
from package_keeper.inputs.declared import INPUTS, Input
from package_keeper.inputs.suggestions import NOT_YET
from package_keeper.rendering.outputs import outputs

ACTION: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "action.yml").read_text())

# https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#brandingcolor
COLORS = {"white", "black", "yellow", "blue", "green", "orange", "red", "purple", "gray-dark"}


def test_the_inputs_are_those_that_are_read_in_the_same_order() -> None:
    assert list(ACTION["inputs"]) == [entry.name for entry in INPUTS]


@pytest.mark.parametrize("entry", INPUTS, ids=lambda entry: entry.name)
def test_a_default_is_the_same_there_and_here(entry: Input[object]) -> None:
    declared = ACTION["inputs"][entry.name].get("default", "")
    assert isinstance(declared, str), "the runner passes text; quote it"
    assert declared == entry.declared_default


@pytest.mark.parametrize("entry", [e for e in INPUTS if e.default], ids=lambda entry: entry.name)
def test_a_default_can_be_read(entry: Input[object]) -> None:
    entry.read(entry.default)


@pytest.mark.parametrize("name", ACTION["inputs"])
def test_an_input_is_described_with_its_default(name: str) -> None:
    declared = ACTION["inputs"][name]
    assert declared.keys() <= {"description", "default"}, "the runner enforces nothing else"
    assert re.search(r"\bDefault: .+\.$", declared["description"]), declared["description"]
    assert len(declared["description"]) <= 250


def test_nothing_of_a_later_version_is_declared() -> None:
    assert not set(NOT_YET) & ACTION["inputs"].keys()


def test_the_outputs_are_those_that_are_written() -> None:
    assert list(ACTION["outputs"]) == [name for name, _ in outputs(RunReport())]


@pytest.mark.parametrize("name", ACTION["outputs"])
def test_an_output_is_described(name: str) -> None:
    declared = ACTION["outputs"][name]
    assert declared.keys() == {"description"}
    assert declared["description"].endswith(".")


def test_it_runs_the_image_of_this_repository() -> None:
    assert ACTION["runs"] == {"using": "docker", "image": "Dockerfile"}


def test_the_marketplace_takes_it() -> None:
    assert ACTION["name"] == "Package Keeper"
    assert ACTION["author"] == "The Package Keeper authors"
    assert 20 <= len(ACTION["description"]) <= 125
    assert ACTION["branding"]["icon"] == "package"
    assert ACTION["branding"]["color"] in COLORS
