"""What neither worked nor was clearly refused."""

from end_to_end.outcomes.results import NPM, outcome_of, outcomes_of, refused
from end_to_end.runner import Job
from end_to_end.world import (
    deletions,
    numbered,
)
from fake_github import (
    FakeGitHub,
    FakePackage,
    FakeVersion,
    Fault,
    FaultKind,
)


def test_no_usable_answer_at_all(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    github.fail(
        Fault(
            kind=FaultKind.STATUS,
            method="DELETE",
            path_contains=f"/versions/{versions[2].id}?",
            status=502,
            times=None,
        )
    )
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert outcome_of(finished, versions[2]) == "error"
    assert finished.ids("failed-ids") == [versions[2].id]
    assert deletions(github).count(versions[2].id) == 3
    assert finished.outputs["deleted-count"] == "3"


def test_an_answer_that_is_neither_yes_nor_no(
    github: FakeGitHub, job: Job, versions: list[FakeVersion]
) -> None:
    github.fail(refused(422, "Invalid request."))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert outcomes_of(finished, versions[:4]) == {"error"}


def test_what_can_not_be_found_out_is_an_error(
    github: FakeGitHub, job: Job, versions: list[FakeVersion]
) -> None:
    """The answer is lost, and so are those that would tell what became of it."""
    path = f"/versions/{versions[0].id}"
    github.fail(Fault(kind=FaultKind.LOST_ANSWER, method="DELETE", path_contains=path))
    github.fail(Fault(kind=FaultKind.RESET, method="GET", path_contains=path, times=None))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert outcome_of(finished, versions[0]) == "error"


def test_an_asked_id_that_never_was(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    other = numbered(github.add_package("acme", "npm", "other"), 1)
    asked = f"{versions[0].id}, {other[0].id}"
    finished = job.run({"package-type": "npm", "delete-ids": asked})
    assert (finished.code, finished.outcome) == (1, "failed")
    assert finished.ids("deleted-ids") == [versions[0].id]
    assert finished.ids("failed-ids") == [other[0].id]
    assert deletions(github) == [versions[0].id]
