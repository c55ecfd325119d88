"""The README says what the program does: its tables are those of action.yml and of the code."""

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fake_github import FakeGitHub, Token
from package_keeper.domain.access import Operation
from package_keeper.domain.errors import KeeperError
from package_keeper.domain.outcome import Outcome, Severity
from package_keeper.domain.shorthand import ShortInputs
from repository.workflow_files import ROOT, USUAL, run_step, steps_in

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURE = ROOT / "docs" / "summary.png"
CANCELLED = 130

_SAID = {
    Severity.FINE: "",
    Severity.WARNING: "warning",
    Severity.FAILURE: "fails",
    Severity.INCOMPLETE: "incomplete",
}


def section(title: str) -> str:
    """The text under a heading, to the next of its kind."""
    found = re.search(
        rf"^(##+) {re.escape(title)}\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL
    )
    assert found, title
    return found[2]


def rows(title: str) -> list[list[str]]:
    """The cells of the table in a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def kinds_of_error(kind: type[KeeperError] = KeeperError) -> set[type[KeeperError]]:
    """The class and all that are made of it."""
    return {kind}.union(*(kinds_of_error(below) for below in kind.__subclasses__()))


def test_the_tables_of_inputs_and_outputs_are_those_of_the_action() -> None:
    result = subprocess.run(
        [sys.executable, ROOT / "tools" / "readme_tables.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_the_check_finds_a_difference(tmp_path: Path) -> None:
    """The tool reads and writes the tree it is in."""
    (tmp_path / "tools").mkdir()
    tool = tmp_path / "tools" / "readme_tables.py"
    tool.write_bytes((ROOT / "tools" / "readme_tables.py").read_bytes())
    (tmp_path / "action.yml").write_bytes((ROOT / "action.yml").read_bytes())
    (tmp_path / "README.md").write_text(TEXT.replace("| `owner` |", "| `possessor` |"))
    command = [sys.executable, str(tool)]
    assert subprocess.run([*command, "--check"], capture_output=True, check=False).returncode == 1
    subprocess.run(command, check=True)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == TEXT


def test_the_exit_codes_are_those_of_the_program() -> None:
    codes = {kind.exit_code for kind in kinds_of_error()} | {0, CANCELLED}
    assert [int(row[0]) for row in rows("Exit codes")] == sorted(codes)


def test_the_outcomes_are_those_of_the_program() -> None:
    said = {row[0].strip("`"): row[2] for row in rows("Outcomes")}
    known = {outcome.value: _SAID[outcome.severity] for outcome in Outcome}
    assert said == known


def test_the_short_inputs_are_all_explained() -> None:
    explained = {row[0].strip("`").partition(":")[0] for row in rows("What the short inputs mean")}
    assert explained == {name.replace("_", "-") for name in ShortInputs.__slots__}


def test_the_scopes_are_those_that_are_checked() -> None:
    classic = next(row for row in rows("Permissions") if "`ghp_`" in row[0])
    operations = (Operation.READ, Operation.DELETE, Operation.RESTORE)
    for cell, operation in zip(classic[1:], operations, strict=True):
        assert set(re.findall(r"`(\w+:packages)`", cell)) == set(operation.scopes)


def test_the_picture_is_small_and_a_picture() -> None:
    content = PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 150_000


def first_workflow() -> str:
    """The workflow on the first screen."""
    found = re.search(r"^```yaml\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_the_first_workflow_is_one(tmp_path: Path) -> None:
    path = tmp_path / "workflow.yml"
    path.write_text(first_workflow(), encoding="utf-8")
    schema = ["--builtin-schema", "vendor.github-workflows", str(path)]
    command = [sys.executable, "-m", "check_jsonschema", *schema]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_first_workflow_deletes_nothing(tmp_path: Path) -> None:
    """And shows what it would delete, with a token that could not delete anything either."""
    workflow = yaml.safe_load(first_workflow())
    [step] = steps_in(workflow)
    with FakeGitHub() as github:
        github.add_organization("acme")
        app = github.add_package("acme", "container", "app", repository="acme/app")
        now = dt.datetime.now(dt.UTC)
        for days in range(15, 30):
            created = now - dt.timedelta(days=days)
            app.push_image(tags=(f"build-{days}",), created_at=created)
        before = dict(app.tags)
        token = github.add_token(Token.actions(repository="acme/app", permission="read"))
        values = USUAL | {"github.token": token, "github.api_url": github.api_url}
        finished = run_step(step, github, values, tmp_path)
        assert app.tags == before
    assert finished.code == 0
    assert finished.outputs["outcome"] == "planned"
    assert finished.outputs["planned-count"] == str(5 * 5)


@pytest.mark.parametrize("words", ["safe", "simply", "just", "easy", "powerful", "blazing"])
def test_no_word_sells(words: str) -> None:
    assert not re.search(rf"\b{words}\b", TEXT, re.IGNORECASE)
