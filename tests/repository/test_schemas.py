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
        if (used := re.search(r"\buses:\s*(.+)", line)) and not used[1].startswith(("./", "$/")):
            assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*", used[1]), line


def test_an_action_is_the_same_commit_everywhere() -> None:
    """In workflows and examples, so that an update of one does not leave the others behind."""
    found: dict[str, set[str]] = {}
    for path in (*WORKFLOWS, *EXAMPLES):
        for name, commit in re.findall(r"uses: ([\w./-]+)@([0-9a-f]{40} # v\S+)", path.read_text()):
            found.setdefault(name, set()).add(commit)
    assert found
    assert {name: commits for name, commits in found.items() if len(commits) > 1} == {}


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in load(path)["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_what_a_workflow_runs_is_sound(path: Path) -> None:
    """Each script by shellcheck; one that names a file of the checkout names one that is there."""
    for script in [step["run"] for step in steps(path) if "run" in step]:
        result = subprocess.run(
            [Path(sys.executable).with_name("shellcheck"), "--shell=bash", "-"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout
        for name in re.findall(r"(?:tools|\.ci)/[\w./-]+", script):
            assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_job_ends_in_time(path: Path) -> None:
    for name, job in load(path)["jobs"].items():
        assert "uses" in job or job["timeout-minutes"] <= 30, name


def test_the_base_is_the_same_everywhere() -> None:
    """Dependabot reads no `ARG`: it updates `.github/base`; this says where else to write it."""
    [base] = re.findall(
        r"^FROM (\S+)$", (ROOT / ".github/base/Dockerfile").read_text(), re.MULTILINE
    )
    [argument] = re.findall(
        r"^ARG BASE_IMAGE=(\S+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    job = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["everything"]
    assert argument == base
    assert job["container"]["image"] == base


def test_a_release_is_published_only_after_it_was_tried_and_approved() -> None:
    """No job before the last may write to the repository, and that one waits for all others."""
    jobs = load(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
    *before, last = jobs
    needed = {last}
    for name in reversed(jobs):
        if name in needed:
            needs = jobs[name].get("needs", [])
            needed |= set([needs] if isinstance(needs, str) else needs)
    assert needed == set(jobs)
    assert jobs[last]["environment"] == "release"
    assert [name for name in before if jobs[name]["permissions"].get("contents") == "write"] == []


def test_the_own_images_are_cleaned_up_by_a_dry_run_first() -> None:
    """And never those with a tag: users run the releases' images by digest."""
    used = [
        step
        for step in steps(ROOT / ".github" / "workflows" / "clean-up.yml")
        if step.get("uses") == "./"
    ]
    assert [step["with"].pop("dry-run", False) for step in used] == [True, False]
    rules, same = (step["with"] for step in used)
    assert rules == same
    assert rules.keys() == {"delete-untagged", "older-than", "max-deletions"}
    assert "inputs.dry-run" in used[1]["if"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)
def test_a_checkout_keeps_no_credentials(path: Path) -> None:
    for job in load(path)["jobs"].values():
        for step in job.get("steps", []):
            if str(step.get("uses", "")).startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
