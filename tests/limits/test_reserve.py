"""What an hour is enough for is said before, and its last requests settle what was sent."""

import re

from end_to_end.runner import Finished, Job
from end_to_end.world import deletions, ids, numbered
from fake_github import FakeGitHub, Fault, FaultKind, Limits
from limits.timing import enforce, refusals
from pacing.clocks import FakeClock

ASKED = {"package-type": "npm", "versions-to-keep": "1", "max-wait": "0s"}
HOUR = Limits(primary_per_hour=60)


def enough_for(finished: Finished, what: str = "deletions") -> int:
    [said] = [w for w in finished.annotations("warning") if "enough for" in w]
    found = re.search(rf"enough for (\d+) of 99 {what}; the next run goes on", said)
    assert found is not None, said
    return int(found[1])


def test_answers_that_are_lost_at_the_end_of_the_hour_are_settled(
    github: FakeGitHub, job: Job, clock: FakeClock
) -> None:
    """Three readings settle a deletion whose answer was lost; the hour must have room for these."""
    package = github.add_package("acme", "npm", "app")
    numbered(package, 100)
    enforce(github, clock, HOUR)
    count = enough_for(job.run({**ASKED, "dry-run": "true"}))
    enforce(github, clock, HOUR)
    github.forget_requests()
    github.fail(Fault(kind=FaultKind.LOST_ANSWER, method="DELETE", skip=count - 2, times=2))
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "incomplete"), finished.log
    assert refusals(github) == []
    assert len(deletions(github)) >= count - 1
    assert set(finished.ids("deleted-ids")) == set(ids(package.deleted))
    assert "the answer was lost" in "".join(str(line) for line in finished.journal)


def test_restorations_that_the_hour_is_not_enough_for_are_said_before(
    github: FakeGitHub, job: Job, clock: FakeClock
) -> None:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 100)
    for version in package.versions[1:]:
        package.delete_version(version)
    asked = {"package-type": "npm", "restore": "*", "max-wait": "0s"}
    enforce(github, clock, HOUR)
    dry = job.run({**asked, "dry-run": "true"})
    assert (dry.code, dry.outcome, len(package.versions)) == (0, "planned", 1)
    count = enough_for(dry, "restorations")
    assert 50 < count < 60
    enforce(github, clock, HOUR)
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (0, "incomplete"), finished.log
    assert enough_for(finished, "restorations") == count
    assert count <= len(finished.ids("restored-ids")) <= 60
    clock.sleep(3600)
    last = job.run(asked)
    assert (last.code, last.outcome, len(package.versions)) == (0, "done", 100), last.log
    assert not [w for w in last.annotations("warning") if "enough for" in w]
