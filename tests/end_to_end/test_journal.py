"""The journal: on disk before a request is sent, true after it, and never shortened."""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from end_to_end.hooks import before_deletion
from end_to_end.runner import JOURNAL, Job, announced_in
from end_to_end.world import day, deletions, ids, numbered, writes
from fake_github import FakeGitHub, FakePackage

NPM = {"package-type": "npm", "versions-to-keep": "2"}


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 12)
    return package


def test_each_deletion_is_on_disk_before_it_arrives(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    unannounced: list[str] = []

    def look(path: str) -> None:
        if int(path.rpartition("/")[2]) not in announced_in(job.journal_file):
            unannounced.append(path)

    github.on_request(lambda call: look(call.path) if call.method == "DELETE" else None)
    finished = job.run(NPM)
    assert finished.code == 0, finished.log
    assert len(deletions(github)) == 10
    assert unannounced == []


def test_a_header_then_two_lines_for_each_deletion(job: Job, package: FakePackage) -> None:
    finished = job.run(NPM)
    header, *entries = finished.journal
    assert header["journal"] == 1
    assert header["run"] == "https://github.com/acme/app/actions/runs/4711/attempts/1"
    doomed = ids(package.deleted)
    assert sorted(e["id"] for e in entries if e["outcome"] == "started") == doomed
    assert sorted(e["id"] for e in entries if e["outcome"] == "deleted") == doomed
    assert len(entries) == 2 * len(doomed)
    for version_id in doomed:
        assert [e["outcome"] for e in entries if e["id"] == version_id] == ["started", "deleted"]


def test_a_line_says_all_that_it_takes_to_undo(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "container", "web/app")
    old = package.push_image(tags=("1.0.0", "old"), platforms=("linux/amd64",), created_at=day(0))
    package.push_image(tags=("2.0.0",), created_at=day(1))
    index = package.active[old]
    finished = job.run({"package-name": "web/app", "versions-to-keep": "1"})
    [entry] = [e for e in finished.entries if e["id"] == index.id and e["outcome"] == "deleted"]
    assert entry | {"time": "", "request-id": ""} == {
        "time": "",
        "owner": "acme",
        "type": "container",
        "package": "web/app",
        "id": index.id,
        "name": old,
        "tags": ["1.0.0", "old"],
        "parents": [],
        "action": "delete",
        "reason": "selected by versions-to-keep: 1",
        "outcome": "deleted",
        "request-id": "",
        "detail": "deleted",
    }
    assert datetime.fromisoformat(entry["time"]).tzinfo is not None
    assert entry["request-id"]
    parts = [e for e in finished.entries if e["id"] != index.id]
    assert all(old in entry["parents"] for entry in parts if not entry["tags"])
    assert len({entry["id"] for entry in parts}) == 2


def test_the_order_of_the_log_is_that_of_the_requests(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """No outcome stands before the request that it is the outcome of was announced."""
    finished = job.run(NPM)
    places = {(e["id"], e["outcome"]): place for place, e in enumerate(finished.entries)}
    for version_id in deletions(github):
        assert places[version_id, "started"] < places[version_id, "deleted"]


@pytest.mark.parametrize("torn", [False, True], ids=["whole", "torn"])
def test_what_was_there_stays_there(
    github: FakeGitHub, job: Job, package: FakePackage, *, torn: bool
) -> None:
    """A run appends, even to a journal whose last line a killed run left half written."""
    first = job.run(NPM)
    content = job.journal_file.read_bytes()
    if torn:
        content += b'{"time": "2026-01-0'
        job.journal_file.write_bytes(content)
    numbered(github.add_package("acme", "npm", "other"), 4)
    assert job.run({**NPM, "package-name": "other"}).code == 0
    after = job.journal_file.read_bytes()
    assert after.startswith(content)
    added = after[len(content) :].decode()
    assert added.startswith("\n" if torn else "{")
    lines = [json.loads(line) for line in added.split("\n") if line]
    assert lines[0]["journal"] == 1
    assert len(lines) == 1 + 2 * 2
    assert len(first.journal) == 1 + 2 * 10


def test_a_run_that_changes_nothing_leaves_no_journal(job: Job, package: FakePackage) -> None:
    assert job.run({**NPM, "dry-run": "true"}).outputs["journal-file"] == ""
    assert job.run({**NPM, "versions-to-keep": "50"}).outputs["journal-file"] == ""
    assert not job.journal_file.exists()


def test_it_may_lie_in_a_folder_of_its_own(job: Job, package: FakePackage) -> None:
    finished = job.run({**NPM, "journal-file": "reports/today/journal.jsonl"})
    assert finished.code == 0, finished.log
    assert finished.outputs["journal-file"] == "reports/today/journal.jsonl"
    lines = (job.workspace / "reports/today/journal.jsonl").read_text().splitlines()
    assert len(lines) == 1 + 2 * 10


def test_without_a_journal_nothing_is_deleted(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """A folder stands where the file would be, since a moment ago."""
    github.on_request(lambda _: (job.workspace / JOURNAL).mkdir(parents=True, exist_ok=True))
    finished = job.run(NPM)
    assert finished.code == 1
    assert writes(github) == []
    assert finished.outputs["deleted-count"] == "0"


def folder(path: Path) -> None:
    path.mkdir()


def broken_link(path: Path) -> None:
    path.symlink_to("nowhere.jsonl")


def below_a_file(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("")


@pytest.mark.parametrize("more", [{}, {"dry-run": "true"}], ids=["run", "dry run"])
@pytest.mark.parametrize(
    ("make", "told"),
    [
        (folder, "it is a folder, not a file"),
        (os.mkfifo, "it is not a file"),
        (broken_link, "it is a link that leads nowhere"),
        (below_a_file, "reports is not a folder"),
    ],
)
def test_a_place_where_no_journal_can_be_is_a_mistake_before_the_first_request(
    github: FakeGitHub,
    job: Job,
    package: FakePackage,
    make: Callable[[Path], None],
    told: str,
    more: dict[str, str],
) -> None:
    place = job.workspace / "reports" / "journal.jsonl"
    place.parent.mkdir(parents=True)
    make(place)
    for inputs in (NPM, {"package-type": "npm", "restore-ids": "7"}):
        finished = job.run({**inputs, **more, "journal-file": "reports/journal.jsonl"})
        assert (finished.code, github.requests) == (2, [])
        assert f"journal-file: can't be written: {told}" in finished.log


@pytest.mark.parametrize("make", [folder, os.mkfifo, broken_link, below_a_file])
def test_a_journal_to_restore_from_that_is_no_file_is_a_mistake_as_well(
    github: FakeGitHub, job: Job, package: FakePackage, make: Callable[[Path], None]
) -> None:
    place = job.workspace / "reports" / "journal.jsonl"
    place.parent.mkdir(parents=True)
    make(place)
    finished = job.run({"package-type": "npm", "restore-from": "reports/journal.jsonl"})
    assert (finished.code, github.requests) == (2, [])
    assert "restore-from: can't be read: " in finished.log


def test_no_link_leads_the_journal_out_of_the_workspace(
    github: FakeGitHub, job: Job, package: FakePackage, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    job.workspace.mkdir(parents=True)
    (job.workspace / "reports").symlink_to(outside)
    finished = job.run({**NPM, "journal-file": "reports/journal.jsonl"})
    assert (finished.code, github.requests) == (2, [])
    assert "journal-file: can't be written: journal.jsonl leads out of" in finished.log
    assert list(outside.iterdir()) == []


def test_a_whole_package_is_announced_version_by_version(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    every = ids(package.versions)
    announced: list[set[int]] = []
    before_deletion(github, lambda: announced.append(announced_in(job.journal_file)))
    asked = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert [sorted(found) for found in announced] == [every]
