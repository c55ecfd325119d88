"""Killed, terminated, interrupted: the journal names all that was done, and the rest is told."""

import signal
import threading
import time

import pytest

from end_to_end.hooks import at_call
from end_to_end.runner import Job, announced_in
from end_to_end.world import deletions, ids, left, numbered, writes
from fake_github import Call, FakeGitHub, FakePackage, Fault, FaultKind

NPM = {"package-type": "npm", "versions-to-keep": "2"}


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 12)
    return package


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
    assert set(interrupted.arrived) <= announced_in(job.journal_file)
    assert 5 <= len(large.deleted) < 60

    github.latency = 0.0
    again = job.run(NPM)
    assert again.code == 0, again.log
    assert len(left(large)) == 2
    assert set(ids(large.deleted)) <= announced_in(job.journal_file)


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


def test_a_deletion_under_way_is_settled_by_reading_after_the_run_was_cancelled(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    github.fail(Fault(kind=FaultKind.LOST_ANSWER, method="DELETE"))
    cancelled = threading.Event()
    at_call(github, is_deletion, 1, cancelled.set)
    finished = job.run(NPM, cancelled=cancelled)
    assert finished.outcome == "incomplete"
    assert finished.ids("deleted-ids") == ids(package.deleted)
    assert len(package.deleted) == 1
    assert finished.ids("failed-ids") == []
