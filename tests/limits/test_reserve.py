"""The last requests of an hour are for finding out what became of what was sent."""

import re

from end_to_end.runner import Finished, Job
from end_to_end.world import deletions, ids, numbered
from fake_github import FakeGitHub, Fault, FaultKind, Limits
from limits.timing import enforce, refusals
from pacing.clocks import FakeClock

ASKED = {"package-type": "npm", "versions-to-keep": "1", "max-wait": "0s"}
HOUR = Limits(primary_per_hour=60)


def enough_for(finished: Finished) -> int:
    [said] = [w for w in finished.annotations("warning") if "enough for" in w]
    found = re.search(r"enough for (\d+) of 99 deletions", said)
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
