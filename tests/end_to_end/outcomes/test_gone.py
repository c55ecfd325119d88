"""What is gone afterwards: by this run, by somebody else, or though no answer came."""

import pytest

from end_to_end.hooks import before_deletion, before_second_look
from end_to_end.outcomes.results import NPM, outcome_of, outcomes_of
from end_to_end.runner import Job
from end_to_end.world import (
    deletions,
    ids,
    left,
    names_left,
)
from fake_github import (
    FakeGitHub,
    FakePackage,
    FakeVersion,
    Fault,
    FaultKind,
)

# deleted


def test_deleted(job: Job, package: FakePackage, versions: list[FakeVersion]) -> None:
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcomes_of(finished, versions[:4]) == {"deleted"}
    assert finished.ids("deleted-ids") == finished.ids("planned-ids") == ids(versions[:4])
    assert left(package) == ids(versions[4:])
    assert not finished.annotations("error") + finished.annotations("warning")


def test_names_stay_what_they_were_called(
    job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    """The journal names what the API calls the version, not what this program does."""
    finished = job.run(NPM)
    assert {line["name"] for line in finished.entries} == {"1.0.0", "1.1.0", "1.2.0", "1.3.0"}
    assert names_left(package) == {"1.4.0", "1.5.0"}


# already-gone


def test_gone_before_its_turn_is_not_counted_as_deleted(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    before_deletion(github, lambda: package.delete_version(versions[0]))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcome_of(finished, versions[0]) == "already-gone"
    assert finished.ids("deleted-ids") == ids(versions[1:4])
    assert finished.outputs["kept-count"] == "2"


def test_gone_between_the_looks_is_already_gone(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    before_second_look(github, lambda: package.delete_version(versions[1]))
    finished = job.run(NPM)
    assert finished.code == 0, finished.log
    assert outcome_of(finished, versions[1]) == "already-gone"
    assert finished.outputs["deleted-count"] == "3"


def test_a_listing_that_shows_what_is_gone_does_no_harm(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    """GitHub's listings lag behind: a 404 there is no lack of rights."""
    stale = Fault(kind=FaultKind.STALE_LIST, path_contains="/versions?", times=None)
    github.fail(stale)
    package.delete_version(versions[0])
    package.delete_version(versions[2])
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcomes_of(finished, [versions[0], versions[2]]) == {"already-gone"}
    assert finished.ids("deleted-ids") == ids([versions[1], versions[3]])


def test_an_asked_id_that_was_deleted_before_is_already_gone(
    job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    package.delete_version(versions[0])
    asked = f"{versions[0].id}, {versions[1].id}"
    finished = job.run({"package-type": "npm", "delete-ids": asked})
    assert finished.code == 0, finished.log
    assert finished.ids("deleted-ids") == [versions[1].id]
    assert left(package) == ids(versions[2:])


# deleted, though the answer was lost


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.LOST_ANSWER, method="DELETE"),
        Fault(kind=FaultKind.ERROR_AFTER, method="DELETE", status=502),
        Fault(kind=FaultKind.LOST_ANSWER, method="DELETE", times=None),
        Fault(kind=FaultKind.ERROR_AFTER, method="DELETE", status=500, times=None),
    ],
    ids=["reset", "502", "every reset", "every 500"],
)
def test_gone_after_a_lost_answer_is_deleted(
    github: FakeGitHub,
    job: Job,
    package: FakePackage,
    versions: list[FakeVersion],
    fault: Fault,
) -> None:
    """It was this run that did it, so it counts, can be undone, and is not sent again."""
    github.fail(fault)
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert finished.ids("deleted-ids") == ids(versions[:4])
    assert sorted(deletions(github)) == ids(versions[:4])


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.RESET, method="DELETE"),
        Fault(kind=FaultKind.STATUS, method="DELETE", status=503),
        Fault(kind=FaultKind.STATUS, method="DELETE", status=500, times=2),
        Fault(kind=FaultKind.STATUS, method="DELETE", status=404, body="<html>proxy</html>"),
    ],
    ids=["reset", "503", "500 twice", "a proxy's 404"],
)
def test_what_was_not_carried_out_is_sent_again(
    github: FakeGitHub,
    job: Job,
    package: FakePackage,
    versions: list[FakeVersion],
    fault: Fault,
) -> None:
    github.fail(fault)
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert left(package) == ids(versions[4:])
