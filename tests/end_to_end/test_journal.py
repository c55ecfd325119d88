"""The journal: on disk before a request is sent, true after it, and never shortened."""

import json
import signal
import time
from datetime import datetime
from pathlib import Path

import pytest

from end_to_end.hooks import at_call, before_deletion
from end_to_end.runner import JOURNAL, Job
from end_to_end.world import day, deletions, ids, left, numbered, writes
from fake_github import Call, FakeGitHub, FakePackage, Fault, FaultKind

NPM = {"package-type": "npm", "versions-to-keep": "2"}


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 12)
    return package


def started_before(file: Path) -> set[int]:
    """The ids that the journal on disk announces now, whole lines only."""
    lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
    entries = [json.loads(line) for line in lines]
    return {entry["id"] for entry in entries if entry.get("outcome") == "started"}


def test_each_deletion_is_on_disk_before_it_arrives(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    unannounced: list[str] = []

    def look(path: str) -> None:
        if int(path.rpartition("/")[2]) not in started_before(job.journal_file):
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
    """A folder stands where the file would be."""
    (job.workspace / JOURNAL).mkdir(parents=True)
    finished = job.run(NPM)
    assert finished.code == 1
    assert writes(github) == []
    assert finished.outputs["deleted-count"] == "0"


def test_no_link_leads_the_journal_out_of_the_workspace(
    github: FakeGitHub, job: Job, package: FakePackage, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    job.workspace.mkdir(parents=True)
    (job.workspace / "reports").symlink_to(outside)
    finished = job.run({**NPM, "journal-file": "reports/journal.jsonl"})
    assert finished.code == 1
    assert writes(github) == []
    assert list(outside.iterdir()) == []


def test_a_whole_package_is_announced_version_by_version(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    every = ids(package.versions)
    announced: list[set[int]] = []
    before_deletion(github, lambda: announced.append(started_before(job.journal_file)))
    asked = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert [sorted(found) for found in announced] == [every]


# Killed, terminated, interrupted


class Interrupted:
    """A run as a process of its own that gets a signal when its n-th deletion arrives.

    `arrived` are the ids of all deletions that arrived, answered or not.
    """

    def __init__(self, job: Job, github: FakeGitHub, number: signal.Signals, *, at: int) -> None:
        self.arrived: list[int] = []
        self._github = github
        github.on_request(self._note)
        at_call(github, is_deletion, at, lambda: self.process.send_signal(number))
        self.process = job.start(NPM)

    def _note(self, call: Call) -> None:
        if is_deletion(call):
            self.arrived.append(int(call.path.rpartition("/")[2]))

    def wait_for_the_server(self) -> None:
        """Wait until all that arrived was carried out, which no signal to a client stops."""
        until = time.monotonic() + 30
        while len(deletions(self._github)) < len(self.arrived) and time.monotonic() < until:
            time.sleep(0.02)
        assert sorted(deletions(self._github)) == sorted(self.arrived)


def is_deletion(call: Call) -> bool:
    return call.method == "DELETE"


@pytest.fixture
def large(github: FakeGitHub) -> FakePackage:
    """Of its 62 versions 60 go."""
    large = github.add_package("acme", "npm", "app")
    numbered(large, 62)
    return large


def test_a_killed_run_leaves_a_journal_of_all_it_may_have_done(
    github: FakeGitHub, job: Job, large: FakePackage
) -> None:
    github.latency = 0.05
    interrupted = Interrupted(job, github, signal.SIGKILL, at=5)
    interrupted.process.communicate(timeout=60)
    assert interrupted.process.returncode == -signal.SIGKILL
    interrupted.wait_for_the_server()
    assert set(ids(large.deleted)) == set(interrupted.arrived)
    assert set(interrupted.arrived) <= started_before(job.journal_file)
    assert 5 <= len(large.deleted) < 60

    github.latency = 0.0
    again = job.run(NPM)
    assert again.code == 0, again.log
    assert len(left(large)) == 2
    assert set(ids(large.deleted)) <= started_before(job.journal_file)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_cancelled_run_tells_what_it_did(
    github: FakeGitHub, job: Job, large: FakePackage, number: signal.Signals
) -> None:
    github.latency = 0.05
    interrupted = Interrupted(job, github, number, at=4)
    finished = job.finish(interrupted.process)
    interrupted.wait_for_the_server()
    assert finished.code not in (0, 1, 2, 3, 4)
    assert finished.outcome == "incomplete"
    assert set(finished.ids("deleted-ids")) == set(ids(large.deleted))
    settled = {i for i, outcome in finished.outcomes.items() if outcome == "deleted"}
    assert settled == set(ids(large.deleted))
    assert finished.summary.startswith("## ⚠️ Cancelled")
    assert "How to undo this" in finished.summary
    assert [w for w in finished.annotations("warning") if "not attempted" in w]


def test_a_run_cancelled_before_it_began_does_nothing(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    def terminate() -> None:
        process.terminate()

    at_call(github, lambda call: call.path.endswith("/versions"), 1, terminate)
    process = job.start(NPM)
    finished = job.finish(process)
    assert finished.code not in (0, 1, 2, 3, 4)
    assert finished.outcome == "incomplete"
    assert writes(github) == []
    assert finished.summary.startswith("## ⚠️ Cancelled")


def test_a_cancelled_run_does_not_wait_for_answers_that_do_not_come(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """The runner kills what is not gone soon; a deletion in doubt is told as such."""
    hanging = Fault(kind=FaultKind.HANG, method="DELETE", seconds=6, skip=1, times=None)
    github.fail(hanging)
    interrupted = Interrupted(job, github, signal.SIGTERM, at=2)
    finished = job.finish(interrupted.process)
    assert len(deletions(github)) == 1
    assert finished.outcome == "incomplete"
    assert finished.outputs["deleted-count"] == "1"
    assert finished.summary.startswith("## ⚠️ Cancelled")
    in_doubt = {i for i, outcome in finished.outcomes.items() if outcome == "started"}
    assert in_doubt == set(finished.ids("failed-ids")) != set()
    interrupted.wait_for_the_server()
