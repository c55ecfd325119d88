"""Manifests kept between runs: nothing is read twice, and a file that lies does no harm."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from end_to_end.runner import Job
from end_to_end.world import day, left, manifest_reads, names_left
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind

CACHE = "cache/manifests.jsonl"
ASKED = {"versions-to-keep": "4", "manifest-cache": CACHE}


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "container", "app")
    for number in range(6):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    return package


def is_whole(package: FakePackage) -> bool:
    assert names_left(package) == {"1.2.0", "1.3.0", "1.4.0", "1.5.0"}
    assert not [tag for tag in package.tags if package.pullable(tag)]
    assert len(left(package)) == 4 * 5
    return True


def test_a_second_run_reads_nothing_twice(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    dry = job.run({**ASKED, "dry-run": "true"})
    assert dry.code == 0, dry.log
    dry_reads = manifest_reads(github)
    assert len(dry_reads) == 30
    github.forget_requests()
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done")
    assert finished.ids("deleted-ids") == dry.ids("planned-ids")
    assert manifest_reads(github) == []
    asked = Counter(manifest_reads(github, "HEAD"))
    kept = {version.name for version in package.versions}
    assert asked == {**dict.fromkeys(dry_reads, 1), **dict.fromkeys(kept, 2)}
    assert is_whole(package)

    github.forget_requests()
    new = package.push_image(tags=("2.0.0",), created_at=day(9))
    assert job.run({**ASKED, "versions-to-keep": "5"}).code == 0
    assert set(manifest_reads(github)) == {new, *package.manifests[new].children()}


def test_without_it_manifests_are_read_anew(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    for _ in range(2):
        job.run({"versions-to-keep": "4", "dry-run": "true"})
    assert len(manifest_reads(github)) == 60


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\x00garbage", b"{}\n", b"[" * 5000, b"not a cache\n" * 9],
    ids=["empty", "binary", "another", "deep", "text"],
)
def test_a_file_that_is_none_is_ignored_with_a_warning(
    github: FakeGitHub, job: Job, package: FakePackage, content: bytes
) -> None:
    file = job.workspace / CACHE
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert [w for w in finished.annotations("warning") if "manifest cache" in w]
    assert is_whole(package)
    github.forget_requests()
    assert job.run(ASKED).code == 0
    assert manifest_reads(github) == []


def test_damaged_lines_are_read_anew(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    assert job.run({**ASKED, "dry-run": "true"}).code == 0
    file = job.workspace / CACHE
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    damaged = [lines[0][:50], lines[1].replace("manifests", "m"), *lines[2:]]
    file.write_text("\n".join([header, *damaged]) + "\n", encoding="utf-8")
    github.forget_requests()
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert 1 <= len(manifest_reads(github)) <= 2
    assert is_whole(package)
    told = [w for w in finished.annotations("warning") if "manifest cache" in w]
    assert len(told) == 2
    assert "entries left out that are not what their digests name: 1." in told[1]
    again = job.run(ASKED)
    assert not [w for w in again.annotations("warning") if "manifest cache" in w]


def test_a_forged_manifest_is_not_believed(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Whoever can write the cache could otherwise make parts look unneeded."""
    assert job.run({**ASKED, "dry-run": "true"}).code == 0
    file = job.workspace / CACHE
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    indexes = sum('"manifests": [' in entry[2] for entry in entries)
    for entry in entries:
        entry[2] = entry[2].replace('"manifests": [', '"layers": [')
    forged = [json.dumps(entry) for entry in entries]
    file.write_text("\n".join([header, *forged]) + "\n", encoding="utf-8")
    finished = job.run({**ASKED, "delete-untagged": "true", "older-than": "0s"})
    assert finished.code == 0, finished.log
    [told] = [w for w in finished.annotations("warning") if "manifest cache" in w]
    assert f"entries left out that are not what their digests name: {indexes}." in told
    assert is_whole(package)


def test_a_cache_that_can_not_be_written_is_a_warning(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    job.workspace.mkdir(parents=True)
    (job.workspace / CACHE).parent.write_text("a file where the folder should be")
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert [w for w in finished.annotations("warning") if "manifest cache" in w]
    assert is_whole(package)


@pytest.mark.parametrize(
    ("make", "problem"),
    [(os.mkfifo, "is not a file"), (Path.mkdir, "is a folder, not a file")],
    ids=["pipe", "folder"],
)
def test_what_is_no_file_is_refused_before_any_request(
    github: FakeGitHub, job: Job, make: Callable[[Path], None], problem: str
) -> None:
    """Whoever opened a pipe would wait until somebody writes to it."""
    job.workspace.mkdir(parents=True)
    make(job.workspace / "manifests")
    finished = job.run({**ASKED, "manifest-cache": "manifests"})
    assert finished.code == 2, finished.log
    assert f"manifest-cache: 'manifests' {problem}" in finished.log
    assert not github.requests


def test_a_kept_index_that_is_gone_meanwhile_is_broken_and_nothing_untagged_goes(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Only its parts were ever known; it is not taken for whole because of an earlier run."""
    untagged = package.push_image(created_at=day(-9), attestations=False)
    assert job.run({**ASKED, "dry-run": "true"}).code == 0
    github.fail(missing(package.tags["1.5.0"]))
    finished = job.run({**ASKED, "delete-untagged": "true"})
    assert finished.code == 0, finished.log
    assert untagged in package.active
    [told] = [w for w in finished.annotations("warning") if "is broken" in w]
    assert "missing: its manifest, so no untagged version of the package goes" in told


def missing(digest: str) -> Fault:
    """What a version is whose manifest the registry lost."""
    body = {"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]}
    path = f"/manifests/{digest}"
    return Fault(kind=FaultKind.STATUS, status=404, body=body, path_contains=path, times=None)
