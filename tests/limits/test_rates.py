"""Runs at the pace that GitHub allows: all of it used, nothing over it, hours of it at will.

The fake enforces the limits by the same clock as the action waits by, so the pace is exact and the
tests take no time. What the work itself takes is for `benchmarks` to measure.
"""

from collections.abc import Mapping

import pytest

from end_to_end.runner import Job
from end_to_end.world import deletions, ids, left, numbered
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, Limits
from limits.timing import enforce, refusals
from pacing.clocks import FakeClock

NPM = {"package-type": "npm", "versions-to-keep": "2"}

AT_ONCE = 48
"""How many requests may be under way, each of which may meet the same refusal."""


def add(github: FakeGitHub, count: int) -> FakePackage:
    """A package of which so many versions are to go."""
    package = github.add_package("acme", "npm", "app")
    numbered(package, count + 2)
    return package


@pytest.mark.parametrize(("count", "minutes"), [(170, 0), (400, 2), (1_000, 5)])
def test_deletions_take_the_minutes_that_their_points_take(
    github: FakeGitHub, job: Job, clock: FakeClock, count: int, minutes: int
) -> None:
    """Within five per cent from first to last, and without one refusal."""
    package = add(github, count)
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert len(left(package)) == 2
    assert refusals(github) == []
    assert 60.0 * minutes <= clock.slept <= 60.0 * minutes * 1.05
    assert sorted(deletions(github)) == finished.ids("deleted-ids")


@pytest.mark.parametrize("retry_after_header", [True, False])
@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("points", [300, 450])
def test_a_stricter_limit_than_the_documented_one_is_found_out(
    github: FakeGitHub,
    job: Job,
    clock: FakeClock,
    points: int,
    status: int,
    retry_after_header: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Some refusals tell it; they do not go on, and all is done in the end."""
    package = add(github, 400)
    limits = Limits(
        points_per_minute=points,
        status=403 if status == 403 else 429,
        retry_after_header=retry_after_header,
    )
    enforce(github, clock, limits)
    finished = job.run({**NPM, "max-wait": "2h"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert len(left(package)) == 2
    ideal = 60.0 * (400 * 5 / points)
    assert clock.slept < 4 * ideal
    assert len(refusals(github)) <= 4 * AT_ONCE


def test_one_refusal_slows_every_worker_down(
    github: FakeGitHub, job: Job, clock: FakeClock
) -> None:
    """After it, and until its time is over, nothing at all is sent."""
    add(github, 100)
    enforce(github, clock, Limits(points_per_minute=300))
    arrivals: list[float] = []
    github.on_request(lambda _: arrivals.append(clock.monotonic()))
    assert job.run({**NPM, "max-wait": "1h"}).outcome == "done"
    first, second, *_ = sorted(set(arrivals))
    assert first == 0
    assert second >= 60
    assert refusals(github)


@pytest.mark.parametrize("headers", [{"Retry-After": "1200"}, {"Retry-After": "901"}])
def test_max_wait_bounds_the_waiting_and_the_next_run_goes_on(
    github: FakeGitHub, job: Job, clock: FakeClock, headers: Mapping[str, str]
) -> None:
    package = add(github, 20)
    said = {"message": "You have exceeded a secondary rate limit."}
    github.fail(
        Fault(
            kind=FaultKind.STATUS,
            method="DELETE",
            status=403,
            body=said,
            headers=headers,
            skip=5,
            times=None,
        )
    )
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "incomplete")
    assert clock.slept == 0
    deleted = finished.ids("deleted-ids")
    assert 1 <= len(deleted) <= 5
    assert finished.outputs["remaining-count"] == str(20 - len(deleted))
    assert set(finished.outcomes.values()) <= {"deleted", "not-attempted"}
    [warning] = finished.annotations("warning")
    assert "not attempted" in warning
    github.heal()
    again = job.run(NPM)
    assert (again.code, again.outcome) == (0, "done")
    assert set(again.ids("deleted-ids")) == set(ids(package.deleted)) - set(deleted)


def test_waits_add_up_to_max_wait_and_not_beyond(
    github: FakeGitHub, job: Job, clock: FakeClock
) -> None:
    add(github, 20)
    said = {"message": "You have exceeded a secondary rate limit."}
    github.fail(
        Fault(
            kind=FaultKind.STATUS,
            method="DELETE",
            status=429,
            body=said,
            headers={"Retry-After": "120"},
            times=None,
        )
    )
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "incomplete")
    assert 120 <= clock.slept <= 900
    assert finished.ids("deleted-ids") == []
