"""What the token may not do: red, with what to do, and soon given up."""

import pytest

from end_to_end.outcomes.results import NPM, outcomes_of, refused
from end_to_end.runner import Job
from end_to_end.world import (
    deletions,
    ids,
    left,
    writes,
)
from fake_github import (
    Behaviour,
    FakeGitHub,
    FakePackage,
    FakeVersion,
    Fault,
    FaultKind,
    Token,
)


@pytest.fixture
def actions(github: FakeGitHub) -> str:
    """A GITHUB_TOKEN whose repository has only the Write role on the package."""
    return github.add_token(Token.actions(repository="acme/app"))


@pytest.mark.parametrize(
    "behaviour", [Behaviour(missing_role=403), Behaviour(missing_role=404)], ids=["403", "404"]
)
def test_without_the_role_three_denials_stop_the_package(
    github: FakeGitHub,
    job: Job,
    package: FakePackage,
    versions: list[FakeVersion],
    actions: str,
    behaviour: Behaviour,
) -> None:
    """Also where GitHub says "not found" about what can be read."""
    package.repository = "acme/app"
    github.behaviour = behaviour
    finished = job.run({**NPM, "versions-to-keep": "1", "token": actions})
    assert (finished.code, finished.outcome) == (4, "failed")
    assert deletions(github) == ids(versions[:3])
    assert outcomes_of(finished, versions[:3]) == {"denied"}
    assert left(package) == ids(versions)
    assert finished.outputs["failed-count"] == "3"
    assert finished.outputs["remaining-count"] == "2"
    [error] = finished.annotations("error")
    assert "Manage Actions access" in error
    assert "packages: write" in finished.summary


def test_a_person_without_the_role(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    package.grant("octocat", "write")
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (4, "failed")
    assert len(deletions(github)) == 3
    assert "Manage access" in finished.annotations("error")[0]


def test_without_the_scope_nothing_is_tried(
    github: FakeGitHub, job: Job, versions: list[FakeVersion]
) -> None:
    token = github.add_token(Token.classic(login="octocat", scopes=("read:packages",)))
    finished = job.run({**NPM, "token": token})
    assert (finished.code, finished.outcome) == (4, "failed")
    assert writes(github) == []
    assert "delete:packages" in finished.annotations("error")[0]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (
            refused(
                403,
                "Resource protected by organization SAML enforcement.",
                X_GitHub_SSO="required; url=https://github.com/orgs/acme/sso?authorization_request=A",
            ),
            "https://github.com/orgs/acme/sso?authorization_request=A",
        ),
        (refused(403, "the `acme` organization has an IP allow list enabled"), "IP allow list"),
        (refused(403, "You need at least delete:packages scope to delete."), "delete:packages"),
        (refused(401, "Bad credentials"), "Bad credentials"),
    ],
    ids=["single sign-on", "allow list", "scope", "credentials"],
)
def test_every_denial_is_red_and_says_why(
    github: FakeGitHub, job: Job, versions: list[FakeVersion], fault: Fault, told: str
) -> None:
    github.fail(fault)
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (4, "failed")
    assert outcomes_of(finished, versions[:3]) == {"denied"}
    assert told in finished.annotations("error")[0]


def test_some_denials_do_not_stop_what_is_allowed(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    github.fail(
        Fault(
            kind=FaultKind.STATUS,
            method="DELETE",
            path_contains=f"/versions/{versions[1].id}?",
            status=403,
            body={"message": "Must have admin rights."},
        )
    )
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert finished.ids("failed-ids") == [versions[1].id]
    assert finished.ids("deleted-ids") == ids([versions[0], versions[2], versions[3]])


def test_the_first_deletion_goes_alone(
    github: FakeGitHub, job: Job, versions: list[FakeVersion]
) -> None:
    """Until one was allowed nothing else is sent, afterwards as much at once as may be."""
    github.fail(Fault(kind=FaultKind.HANG, method="DELETE", seconds=0.2, times=None))
    job.run(NPM)
    first, *others = writes(github)
    assert all(other.time >= first.answered for other in others)
    assert others[1].time < others[0].answered
