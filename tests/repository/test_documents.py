"""What documents show is what the action takes, and what they name and link to exists."""

import re
from pathlib import Path

import pytest
import yaml

from package_keeper.inputs.declared import INPUTS
from package_keeper.inputs.settings import read_settings
from package_keeper.inputs.suggestions import NOT_YET
from repository.workflow_files import ACTION, OURS, ROOT, USUAL, environment, steps_in, texts_of

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "examples").glob("*.md")])
MOVING_OVER = ROOT / "examples" / "moving-over.md"

_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

names = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)


def blocks(path: Path) -> list[str]:
    """The pieces of YAML that a document shows."""
    return _BLOCK.findall(path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a document."""
    found = set()
    for heading in _HEADING.findall(path.read_text(encoding="utf-8")):
        plain = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(plain.replace(" ", "-"))
    return found


def test_the_documents_are_there() -> None:
    expected = {"README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY", "CHANGELOG", "moving-over"}
    assert expected <= {path.stem for path in DOCUMENTS}


@names
def test_what_is_shown_can_be_read(path: Path, tmp_path: Path) -> None:
    """Every piece of YAML parses, and each use of the action is one that it takes."""
    for block in blocks(path):
        for step in steps_in(yaml.safe_load(block)):
            assert texts_of(step).keys() <= ACTION["inputs"].keys()
            if "with" in step:
                read_settings(environment(step, USUAL, tmp_path))


@names
def test_links_lead_somewhere(path: Path) -> None:
    for link in _LINK.findall(path.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), link
        assert file.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(file), link


@names
def test_commands_exist(path: Path) -> None:
    """What is said to be run is there."""
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets
    for file in re.findall(r"\b((?:tools|tests|src|examples|docs)/[\w./-]*[\w/])", text):
        assert (ROOT / file).exists() or list(ROOT.glob(f"{file}*")), file


@names
def test_nothing_is_promised_that_is_not_there(path: Path) -> None:
    """No input of a later version is named as one."""
    text = path.read_text(encoding="utf-8")
    assert not [name for name in NOT_YET if f"`{name}`" in text or f"`{name}:" in text]


@names
def test_lines_fit_a_screen(path: Path) -> None:
    """But for tables and links, which can't be broken."""
    for line in path.read_text(encoding="utf-8").splitlines():
        assert len(line) <= 128 or line.startswith(("|", "![")) or "](" in line, line


def test_modules_that_are_named_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:domain|inputs|execution|rendering|adapters|run)/\w+\.py)`", text)
    assert named
    for module in named:
        assert (ROOT / "src" / "package_keeper" / module).exists(), module


def test_every_dependency_has_a_reason() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    groups = re.search(r"^\[dependency-groups\]\n(.*?)^\[", project, re.MULTILINE | re.DOTALL)
    assert listed
    assert groups
    declared = set(re.findall(r'"([A-Za-z][\w-]*)', listed[1] + groups[1])) - {"build"}
    explained = {
        name.strip()
        for row in re.findall(r"^\| ([^|]+) \| [^|]+\.[ |]*$", text, re.MULTILINE)
        for name in row.split(",")
    }
    assert declared <= explained, declared - explained


def test_moving_over_names_inputs_that_exist() -> None:
    """The right column of its tables: what is written before a colon is an input of ours."""
    known = {entry.name for entry in INPUTS}
    for row in re.findall(r"^\| `.*\| (.*) \|$", MOVING_OVER.read_text(), re.MULTILINE):
        for name in re.findall(r"`([a-z][a-z-]+):", row):
            assert name in known, row


def test_the_action_is_named_the_same_everywhere() -> None:
    """One reference, which the documents tell to replace by a commit."""
    for path in (*DOCUMENTS, *(ROOT / "examples").glob("*.yml")):
        for used in OURS.findall(path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"\S+@(v1|[0-9a-f]{40})", used), f"{path.name}: {used}"
