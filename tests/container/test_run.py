"""The image does its work where GitHub runs it, with the runner's mounts, files and signals."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from container.engine import Engine, Job
from fake_github import FakeGitHub, FakePackage, Token

pytest.importorskip("package_keeper.__main__")

pytestmark = [
    pytest.mark.container("buildah", "podman", "runc"),
    pytest.mark.xdist_group("container"),
]

BRANCHES = 12


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        yield github


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    """One release and the images of twelve pull requests."""
    package = github.add_package("acme", "container", "app", repository="acme/app")
    package.push_image(tags=("1.0.0", "latest"), platforms=("linux/amd64", "linux/arm64"))
    for number in range(BRANCHES):
        package.push_image(tags=(f"pr-{number}",), platforms=("linux/amd64",), seed=str(number))
    return package


@pytest.fixture
def token(github: FakeGitHub, package: FakePackage) -> str:
    scopes = ("read:packages", "write:packages", "delete:packages")
    return github.add_token(Token.classic(login="octocat", scopes=scopes))


@pytest.fixture
def inputs(github: FakeGitHub, token: str) -> dict[str, str]:
    return {
        "token": token,
        "owner": "acme",
        "package-name": "app",
        "api-url": github.api_url,
        "registry-url": github.registry_url,
    }


@pytest.fixture
def job(tmp_path: Path) -> Job:
    job = Job(folder=tmp_path / "job")
    job.prepare()
    return job


def deletions(github: FakeGitHub) -> list[str]:
    """The version ids that a DELETE reached the server for."""
    return [
        request.path.rpartition("/")[2] for request in github.requests if request.method == "DELETE"
    ]


def test_delete_and_undo(
    engine: Engine,
    image: str,
    job: Job,
    package: FakePackage,
    inputs: dict[str, str],
    tmp_path: Path,
) -> None:
    """Files owned by the runner's user are written; the journal undoes the run in a later job."""
    before = dict(package.tags)
    finished = job.run(engine, image, inputs | {"delete": "pr-*"})
    assert finished.code == 0, finished.log
    assert finished.outputs["outcome"] == "done"
    assert finished.outputs["deleted-count"] == str(BRANCHES)
    assert set(package.tags) == {"1.0.0", "latest"}
    assert package.pullable("1.0.0") == []
    assert finished.summary

    later = Job(folder=tmp_path / "later")
    later.prepare()
    journal = "package-keeper-journal.jsonl"
    (later.workspace / journal).write_bytes((job.workspace / journal).read_bytes())
    undone = later.run(engine, image, inputs | {"restore-from": journal})
    assert undone.code == 0, undone.log
    assert package.tags == before


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
    """As process 1 it must handle SIGTERM itself, or the kernel ignores it."""
    github.latency = 0.5
    name = f"package-keeper-{job.folder.parent.name}"
    process = job.start(engine, image, inputs | {"delete": "pr-*"}, name)
    until = time.monotonic() + 60
    while not deletions(github) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert deletions(github)
    assert engine.podman("kill", "--signal=TERM", name).returncode == 0
    log, _ = process.communicate(timeout=60)
    finished = job.finished(code=process.returncode, log=log)

    assert finished.code != 0
    assert finished.outputs["outcome"] == "incomplete"
    assert finished.summary
    journal = (job.workspace / "package-keeper-journal.jsonl").read_text().splitlines()
    named = {str(json.loads(line).get("id")) for line in journal}
    assert set(deletions(github)) <= named
    assert len(set(deletions(github))) < BRANCHES


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
    without_mask = [text.replace(f"::add-mask::{token}", "") for text in seen]
    assert not [text for text in without_mask if token in text]
