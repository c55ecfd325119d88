"""Action, workflows and examples are what GitHub accepts and what a careful reader asks of them."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "examples").rglob("*.yml"))


def is_workflow(path: Path) -> bool:
    """A policy among the examples has no jobs."""
    return re.search(r"^jobs:", path.read_text(), re.MULTILINE) is not None


def check(schema: str, *paths: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    return document


def test_actions() -> None:
    actions = [ROOT / "action.yml", *(ROOT / ".github").rglob("action.yml")]
    check("vendor.github-actions", *actions)


def test_workflows() -> None:
    assert WORKFLOWS
    check("vendor.github-workflows", *WORKFLOWS)


def test_examples() -> None:
    workflows = [path for path in EXAMPLES if is_workflow(path)]
    if workflows:
        check("vendor.github-workflows", *workflows)


def test_dependabot() -> None:
    check("vendor.dependabot", ROOT / ".github" / "dependabot.yml")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_workflow_holds_no_right_by_default(path: Path) -> None:
    assert load(path)["permissions"] == {}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_every_use_is_by_commit_with_its_version(path: Path) -> None:
    for line in path.read_text().splitlines():
        if (used := re.search(r"\buses:\s*(.+)", line)) and not used[1].startswith("./"):
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", used[1]), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_checkout_keeps_no_credentials(path: Path) -> None:
    for job in load(path)["jobs"].values():
        for step in job.get("steps", []):
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
