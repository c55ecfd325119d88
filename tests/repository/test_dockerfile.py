"""The Dockerfile keeps GitHub's rules for Docker actions and this project's own.

Source of the rules: https://docs.github.com/actions/reference/dockerfile-support-for-github-actions
"""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """Every instruction as (word, arguments), continued lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text()
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    joined = re.sub(r"\\\n\s*", "", lines).splitlines()
    pairs = [line.split(maxsplit=1) for line in joined if line.strip()]
    return [(pair[0].upper(), pair[1]) for pair in pairs]


@pytest.fixture(scope="module")
def last_stage(instructions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    starts = [index for index, (word, _) in enumerate(instructions) if word == "FROM"]
    return instructions[starts[-1] :]


def test_the_base_is_an_argument_pinned_by_digest(instructions: list[tuple[str, str]]) -> None:
    assert instructions[0][0] == "ARG"
    assert re.fullmatch(
        r"BASE_IMAGE=python:3\.\d+-slim-[a-z]+@sha256:[0-9a-f]{64}", instructions[0][1]
    )
    froms = [arguments for word, arguments in instructions if word == "FROM"]
    assert all(arguments.split(" AS ")[0] == "${BASE_IMAGE}" for arguments in froms)


def test_the_runner_s_rules(last_stage: list[tuple[str, str]]) -> None:
    """The runner runs the container as root in its own working directory."""
    words = {word for word, _ in last_stage}
    assert not words & {"USER", "WORKDIR", "VOLUME", "CMD", "SHELL", "ONBUILD", "HEALTHCHECK"}


def test_the_entry_point_is_absolute_and_isolated(last_stage: list[tuple[str, str]]) -> None:
    """`-I` keeps the workspace and PYTHON* variables of a job out of the interpreter."""
    [command] = [json.loads(arguments) for word, arguments in last_stage if word == "ENTRYPOINT"]
    assert command[0].startswith("/")
    assert "-I" in command
    assert command[-2:] == ["-m", "package_keeper"]


def test_the_last_stage_runs_nothing(last_stage: list[tuple[str, str]]) -> None:
    """Only copied files: no shell, so no cache and nothing that an emulator has to run."""
    assert {word for word, _ in last_stage} <= {"FROM", "LABEL", "COPY", "ENTRYPOINT"}


def test_dependencies_are_installed_by_hash(instructions: list[tuple[str, str]]) -> None:
    [*commands] = [arguments for word, arguments in instructions if word == "RUN"]
    installs = [part for command in commands for part in command.split("&&") if " install " in part]
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-index --no-deps" in install, install


def test_labels(last_stage: list[tuple[str, str]]) -> None:
    labels = " ".join(arguments for word, arguments in last_stage if word == "LABEL")
    for label in ("title", "description", "licenses"):
        assert f"org.opencontainers.image.{label}=" in labels


def test_the_context_is_a_list_of_what_is_needed() -> None:
    """Journals, tokens in a .env and the tests can't slip into a layer."""
    lines = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert lines[0] == "*"
    assert not [line for line in lines if re.search(r"!\.git|!tests|!\.env", line)]
