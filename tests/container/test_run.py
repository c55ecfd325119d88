"""The image does its work where GitHub runs it, with the runner's mounts, files and signals."""

import json
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from container.conftest import PULL_REQUESTS
from container.engine import Engine, Job
from fake_github import Call, FakeGitHub, FakePackage

pytestmark = pytest.mark.container("buildah", "podman", "runc")


def journal(job: Job) -> list[dict[str, Any]]:
    """The lines that the run left in the workspace."""
    text = (job.workspace / "package-keeper-journal.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_a_run_and_the_next(
    engine: Engine,
    image: str,
    job: Job,
    package: FakePackage,
    inputs: dict[str, str],
    tmp_path: Path,
) -> None:
    """Files owned by the runner's user are written, and a second run has nothing to do."""
    finished = job.run(engine, image, inputs | {"delete": "pr-*"})
    assert finished.code == 0, finished.log
    assert finished.outputs["outcome"] == "done"
    assert finished.outputs["deleted-count"] == str(PULL_REQUESTS)
    assert set(package.tags) == {"1.0.0", "latest"}
    assert package.pullable("1.0.0") == []
    assert finished.summary
    deleted = {entry["id"] for entry in journal(job) if entry.get("outcome") == "deleted"}
    assert deleted == {version.id for version in package.deleted}

    later = Job(folder=tmp_path / "later")
    later.prepare()
    again = later.run(engine, image, inputs | {"delete": "pr-*"})
    assert again.code == 0, again.log
    assert again.outputs["outcome"] == "nothing-to-do"


def test_a_run_is_undone_from_its_journal(
    engine: Engine,
    image: str,
    job: Job,
    package: FakePackage,
    inputs: dict[str, str],
    tmp_path: Path,
) -> None:
    """In a job of its own, which has the journal from the first one's artifact."""
    before = package.tags
    assert job.run(engine, image, inputs | {"delete": "pr-*"}).code == 0
    assert package.tags != before

    later = Job(folder=tmp_path / "later")
    later.prepare()
    name = "package-keeper-journal.jsonl"
    shutil.copy(job.workspace / name, later.workspace / name)
    undone = later.run(engine, image, inputs | {"restore-from": name})
    assert undone.code == 0, undone.log
    assert undone.outputs["restored-count"] == str(PULL_REQUESTS)
    assert package.tags == before
    assert {tag: package.pullable(tag) for tag in before if package.pullable(tag)} == {}


def test_a_hardened_container_is_enough(
    engine: Engine, image: str, tmp_path: Path, inputs: dict[str, str], package: FakePackage
) -> None:
    """No writable file system but the mounts, no capability, no way to gain one."""
    job = Job(folder=tmp_path / "job", owner_uid=0)
    job.prepare()
    options = (
        "--read-only",
        "--read-only-tmpfs=false",
        "--cap-drop=all",
        "--security-opt=no-new-privileges",
    )
    finished = job.run(engine, image, inputs | {"delete": "pr-*"}, options)
    assert finished.code == 0, finished.log
    assert set(package.tags) == {"1.0.0", "latest"}


def test_a_cancelled_run_leaves_its_reports(
    engine: Engine, image: str, job: Job, github: FakeGitHub, inputs: dict[str, str]
) -> None:
    """As process 1 it must handle SIGTERM itself, or the kernel ignores it.

    It comes while the first deletion, which goes alone, waits for an answer that is late.
    """
    seen: list[str] = []
    first = threading.Event()

    def slow_from_the_first_deletion_on(call: Call) -> None:
        if call.method == "DELETE":
            github.latency = 10
            seen.append(call.path.rpartition("/")[2])
            first.set()

    github.on_request(slow_from_the_first_deletion_on)
    name = f"package-keeper-{job.folder.parent.name}"
    process = job.start(engine, image, inputs | {"delete": "pr-*"}, name)
    assert first.wait(60)
    assert engine.podman("kill", "--signal=TERM", name).returncode == 0
    log, _ = process.communicate(timeout=60)
    finished = job.finished(code=process.returncode, log=log)

    assert finished.code != 0
    assert finished.outputs["outcome"] == "incomplete"
    assert finished.summary
    assert set(seen) <= {str(entry.get("id")) for entry in journal(job)}
    assert len(seen) < PULL_REQUESTS


def test_wrong_inputs_are_refused_before_any_request(
    engine: Engine, image: str, job: Job, github: FakeGitHub, inputs: dict[str, str]
) -> None:
    finished = job.run(engine, image, inputs | {"dry-run": "maybe"})
    assert finished.code == 2, finished.log
    assert github.requests == []


def test_the_token_is_nowhere(
    engine: Engine, image: str, job: Job, token: str, inputs: dict[str, str]
) -> None:
    """Not in the log, the summary, the outputs or any file that the run left."""
    finished = job.run(engine, image, inputs | {"delete": "pr-*", "keep": token})
    seen = [finished.log, finished.summary, *finished.outputs.values()]
    left = [path for path in job.folder.rglob("*") if path.is_file()]
    assert finished.log
    seen += [path.read_text(errors="replace") for path in left]
    # The runner takes these lines as commands to mask and prints none of them.
    masks = re.compile(r"^::add-mask::.*$", re.MULTILINE)
    assert not [text for text in seen if token in masks.sub("", text)]
