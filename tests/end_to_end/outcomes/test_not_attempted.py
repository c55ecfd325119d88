"""What a limit or a signal left for the next run."""

import threading

import pytest

from end_to_end.hooks import before_deletion
from end_to_end.outcomes.results import NPM
from end_to_end.runner import Job
from end_to_end.world import (
    ids,
    left,
    numbered,
    writes,
)
from fake_github import (
    FakeGitHub,
    FakePackage,
    FakeVersion,
    Fault,
    FaultKind,
    Limits,
)


def test_a_limit_that_lasts_too_long_ends_the_run_cleanly(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    """What is left is for the next run, which goes on where this one stopped."""
    limited = Fault(
        kind=FaultKind.STATUS,
        method="DELETE",
        status=403,
        body={"message": "You have exceeded a secondary rate limit."},
        headers={"Retry-After": "3600"},
        skip=2,
        times=None,
    )
    github.fail(limited)
    finished = job.run({**NPM, "max-wait": "5s"})
    assert (finished.code, finished.outcome) == (0, "incomplete")
    # The first goes alone; of those after it, which go together, any may arrive first.
    assert finished.ids("deleted-ids") == ids(package.deleted)
    assert versions[0].id in finished.ids("deleted-ids")
    assert len(package.deleted) == 2
    assert finished.outputs["remaining-count"] == "2"
    [warning] = finished.annotations("warning")
    assert "not attempted" in warning
    assert "max-wait" in warning

    github.heal()
    again = job.run({**NPM, "max-wait": "5s"})
    assert (again.code, again.outcome) == (0, "done")
    done = finished.ids("deleted-ids")
    assert again.ids("deleted-ids") == [i for i in ids(versions[:4]) if i not in done]


def test_a_limit_that_passes_is_waited_out(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    limited = Fault(
        kind=FaultKind.STATUS,
        method="DELETE",
        status=429,
        body={"message": "You have exceeded a secondary rate limit."},
        headers={"Retry-After": "1"},
        skip=1,
    )
    github.fail(limited)
    finished = job.run({**NPM, "max-wait": "30s"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert left(package) == ids(versions[4:])


def test_an_hour_that_is_used_up_leaves_the_rest(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """The requests that are left are read before deleting, so no refusal is ever earned."""
    versions = numbered(package, 40)
    github.limits = Limits(primary_per_hour=30)
    finished = job.run({**NPM, "max-wait": "1s"})
    assert (finished.code, finished.outcome) == (0, "incomplete")
    assert 0 < len(finished.ids("deleted-ids")) < 38
    assert finished.ids("deleted-ids") == ids(versions)[: len(finished.ids("deleted-ids"))]
    assert int(finished.outputs["remaining-count"]) == 38 - len(finished.ids("deleted-ids"))
    assert not [r for r in github.requests if r.status in (403, 429)]


def test_a_limit_while_listing_leaves_everything(
    github: FakeGitHub, job: Job, versions: list[FakeVersion]
) -> None:
    limited = Fault(
        kind=FaultKind.STATUS,
        path_contains="/versions?",
        status=403,
        body={"message": "API rate limit exceeded for installation ID 1."},
        headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"},
        times=None,
    )
    github.fail(limited)
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "incomplete")
    assert writes(github) == []
    assert finished.annotations("warning")


@pytest.mark.parametrize("number", [1, 3])
def test_cancelling_starts_nothing_new(
    github: FakeGitHub, job: Job, package: FakePackage, number: int
) -> None:
    """What is under way gets its outcome; the rest is left for the next run."""
    numbered(package, 60)
    cancelled = threading.Event()
    before_deletion(github, cancelled.set, number=number)
    github.latency = 0.05
    finished = job.run(NPM, cancelled=cancelled)
    assert finished.code not in (0, 1, 2, 3, 4)
    assert finished.outcome == "incomplete"
    gone = set(ids(package.deleted))
    assert set(finished.ids("deleted-ids")) == gone
    assert len(gone) < 58
    assert int(finished.outputs["remaining-count"]) == 58 - len(gone)
    assert finished.summary.startswith("## ⚠️ Cancelled")
