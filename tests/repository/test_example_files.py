"""Every example is what a careful reader asks of a workflow, and read by the action's own rules."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from package_keeper.inputs.settings import read_settings
from repository.workflow_files import (
    ACTION,
    ROOT,
    USUAL,
    environment,
    filled_in,
    load,
    steps_in,
    texts_of,
)

EXAMPLES = sorted((ROOT / "examples").glob("*.yml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_it_uses_the_action_with_its_inputs(path: Path) -> None:
    steps = list(steps_in(load(path)))
    assert steps
    for step in steps:
        assert texts_of(step).keys() <= ACTION["inputs"].keys()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_its_inputs_can_be_read(path: Path, tmp_path: Path) -> None:
    for step in steps_in(load(path)):
        read_settings(environment(step, USUAL, tmp_path))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_it_holds_no_more_rights_than_it_needs(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["cancel-in-progress"] is False
    for job in workflow["jobs"].values():
        downloads = any("download-artifact" in str(step.get("uses")) for step in job["steps"])
        needed = {"packages": "write"} | ({"actions": "read"} if downloads else {})
        assert job.get("permissions", {}) in ({}, needed)
        assert "timeout-minutes" in job
        texts = [text for step in steps_in(job) for text in texts_of(step).values()]
        secret = any("secrets." in text for text in texts)
        assert not (secret and job.get("permissions")), "one token is enough"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_it_says_first_what_it_does(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_other_actions_are_pinned(path: Path) -> None:
    for used in re.findall(r"\buses: *(.+)", path.read_text(encoding="utf-8")):
        if not used.startswith("package-keeper/"):
            assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


def test_outputs_that_are_used_exist() -> None:
    for path in EXAMPLES:
        used = re.findall(r"steps\.keeper\.outputs\.([a-z-]+)", path.read_text(encoding="utf-8"))
        assert set(used) <= ACTION["outputs"].keys()


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    """The action itself is named by its major version, which the README tells to replace."""
    config = tmp_path / "zizmor.yml"
    policies = {"package-keeper/*": "ref-pin", "*": "hash-pin"}
    rules = {"unpinned-uses": {"config": {"policies": policies}}}
    config.write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")
    command = ["--offline", "--quiet", "--persona", "pedantic", "--config", str(config)]
    result = subprocess.run(
        [str(Path(sys.executable).parent / "zizmor"), *command, *map(str, EXAMPLES)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_expressions_are_filled_in() -> None:
    assert filled_in("pr-${{ a.b }}-*", {"a.b": "12"}) == "pr-12-*"
    with pytest.raises(AssertionError, match="what is"):
        filled_in("${{ unknown }}", {})


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_what_it_deletes_can_be_undone_after_the_runner_is_gone(path: Path) -> None:
    """By a journal that is kept; upload-artifact has no version for Enterprise Server any more."""
    for job in load(path)["jobs"].values():
        steps = job["steps"]
        ours = [step for step in steps_in(job) if _may_delete(texts_of(step))]
        if not ours:
            continue
        if path.stem == "enterprise-server":
            assert "upload-artifact" in path.read_text(encoding="utf-8")
            continue
        (upload,) = (step for step in steps if "upload-artifact" in str(step.get("uses")))
        assert steps.index(upload) > steps.index(ours[-1])
        assert upload["if"].startswith("always()")
        assert "journal" in upload["with"]["path"]


def _may_delete(texts: dict[str, str]) -> bool:
    restores = any(name.startswith("restore") for name in texts) or "repair" in texts
    return not restores and texts.get("dry-run") != "true"
