"""What becomes of a deletion, told truthfully whatever GitHub answers and others do meanwhile.

Each test is a line, or half of one, of the table of outcomes.
"""

import threading

import pytest

from end_to_end.hooks import before_deletion, before_second_look
from end_to_end.runner import Finished, Job
from end_to_end.world import (
    add_version,
    day,
    deletions,
    ids,
    left,
    names_left,
    numbered,
    writes,
)
from fake_github import (
    Behaviour,
    FakeGitHub,
    FakePackage,
    FakeVersion,
    Fault,
    FaultKind,
    Limits,
    Token,
)

NPM = {"package-type": "npm", "versions-to-keep": "2"}


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "npm", "app")


@pytest.fixture
def versions(package: FakePackage) -> list[FakeVersion]:
    return numbered(package, 6)


def outcome_of(finished: Finished, version: FakeVersion) -> str:
    """What the journal says last about a version."""
    return finished.outcomes[version.id]


def set_outcomes(finished: Finished, versions: list[FakeVersion]) -> set[str]:
    return {outcome_of(finished, version) for version in versions}


# deleted


def test_deleted(job: Job, package: FakePackage, versions: list[FakeVersion]) -> None:
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert set_outcomes(finished, versions[:4]) == {"deleted"}
    assert finished.ids("deleted-ids") == finished.ids("planned-ids") == ids(versions[:4])
    assert left(package) == ids(versions[4:])
    assert not finished.annotations("error") + finished.annotations("warning")


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
    assert set_outcomes(finished, [versions[0], versions[2]]) == {"already-gone"}
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


# retained


def test_the_last_version_is_retained(github: FakeGitHub, job: Job) -> None:
    """Somebody deletes those that were to stay: GitHub refuses to delete the last one."""
    package = github.add_package("acme", "maven", "com.acme.app")
    versions = numbered(package, 3)

    def delete_the_others() -> None:
        for version in versions[1:]:
            package.delete_version(version)

    before_deletion(github, delete_the_others)
    asked = {"package-type": "maven", "package-name": "com.acme.app", "versions-to-keep": "2"}
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcome_of(finished, versions[0]) == "retained"
    assert [w for w in finished.annotations("warning") if "retained" in w]
    assert finished.outputs["failed-count"] == "0"


def test_the_last_tagged_version_is_retained_with_its_parts(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "container", "app")
    old = package.push_image(tags=("1.0.0",), created_at=day(0))
    new = package.push_image(tags=("2.0.0",), attestations=False, created_at=day(1))
    before_deletion(github, lambda: package.delete_version(package.active[new]))
    finished = job.run({"versions-to-keep": "1"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert set(finished.outcomes.values()) == {"retained"}
    assert package.pullable(old) == []


# undeletable


def test_too_many_downloads(job: Job, package: FakePackage, versions: list[FakeVersion]) -> None:
    versions[1].downloads = 5001
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcome_of(finished, versions[1]) == "undeletable"
    assert left(package) == ids([versions[1], *versions[4:]])
    [warning] = finished.annotations("warning")
    assert "5,000 downloads" in warning


def test_what_an_undeletable_image_needs_is_retained(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "container", "app")
    old = package.push_image(tags=("1.0.0",), created_at=day(0))
    package.attach(old, created_at=day(0))
    package.push_image(tags=("2.0.0",), created_at=day(1))
    package.active[old].downloads = 6000
    finished = job.run({"versions-to-keep": "1"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert package.pullable(old) == []
    assert len(package.versions) == 5 + 2 + 5
    assert deletions(github) == [package.active[old].id]
    assert finished.outputs["kept-count"] == "12"


def test_a_package_with_too_many_downloads(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    versions[0].downloads = 5001
    asked = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert left(package) == ids(versions)
    assert finished.outputs["deleted-count"] == "0"
    assert finished.annotations("warning")


# changed


def test_what_gained_a_protected_tag_stays(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "container", "app")
    versions = numbered(package, 4)
    before_second_look(github, lambda: package.retag(versions[0], ("stable",)))
    finished = job.run({"versions-to-keep": "2", "keep": "stable"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert left(package) == ids([versions[0], *versions[2:]])
    [warning] = [w for w in finished.annotations("warning") if "changed" in w]
    assert "1.0.0" in warning


def test_what_gained_any_tag_stays(github: FakeGitHub, job: Job) -> None:
    """Somebody has just begun to use it, whatever the tag is called."""
    package = github.add_package("acme", "container", "app")
    doomed, other = (
        package.push_image(tags=(tag,), attestations=False, created_at=day(0))
        for tag in ("pr-1", "pr-2")
    )
    package.push_image(tags=("1.0.0",), created_at=day(1))
    before_second_look(github, lambda: package.retag(package.active[doomed], ("pr-3",)))
    finished = job.run({"delete": "pr-*"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert package.pullable("pr-1") == package.pullable("pr-3") == []
    assert other not in package.active
    assert [w for w in finished.annotations("warning") if "changed" in w]


def test_what_a_new_push_needs_stays(github: FakeGitHub, job: Job) -> None:
    """A platform that did not change is part of the new image too."""
    package = github.add_package("acme", "container", "app")
    platforms = ("linux/amd64", "linux/arm64")
    old = package.push_image(
        tags=("pr-1",), platforms=platforms, attestations=False, created_at=day(0)
    )
    package.push_image(tags=("1.0.0",), created_at=day(1))
    index = package.manifests[old].document

    def push() -> None:
        listed = {**index, "manifests": index["manifests"][:1]}
        package.push_manifest(listed, tags=("1.1.0",))

    before_second_look(github, push)
    finished = job.run({"delete": "pr-*"})
    assert finished.code == 0, finished.log
    assert package.pullable("1.1.0") == []
    assert old not in package.active
    assert len(package.active) == 5 + 2


def test_a_version_of_which_nobody_was_told_is_not_deleted(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    """New versions push others out of the newest: these were not shown, so they stay."""
    before_second_look(github, lambda: numbered_later(package, 3))
    finished = job.run(NPM)
    assert finished.code == 0, finished.log
    assert finished.ids("deleted-ids") == ids(versions[:4])
    assert len(left(package)) == 2 + 3


def numbered_later(package: FakePackage, count: int) -> None:
    for number in range(count):
        add_version(package, f"2.{number}.0", day(100 + number))


def test_a_package_that_is_not_empty_any_more_stays(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    before_second_look(github, lambda: add_version(package, "9.0.0", day(9)))
    asked = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert writes(github) == []
    assert len(left(package)) == 7
    assert [w for w in finished.annotations("warning") if "changed" in w]


# denied


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
    assert set_outcomes(finished, versions[:3]) == {"denied"}
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


def refused(status: int, message: str, **headers: str) -> Fault:
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    body = {"message": message, "documentation_url": "https://docs.github.com", "status": "403"}
    return Fault(
        kind=FaultKind.STATUS,
        method="DELETE",
        status=status,
        body=body,
        headers=names,
        times=None,
    )


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
    assert set_outcomes(finished, versions[:3]) == {"denied"}
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


# error


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
    assert set_outcomes(finished, versions[:4]) == {"error"}


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


# not-attempted


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
    assert finished.ids("deleted-ids") == ids(versions[:2])
    assert finished.outputs["remaining-count"] == "2"
    [warning] = finished.annotations("warning")
    assert "not attempted" in warning
    assert "max-wait" in warning

    github.heal()
    again = job.run({**NPM, "max-wait": "5s"})
    assert (again.code, again.outcome) == (0, "done")
    assert again.ids("deleted-ids") == ids(versions[2:4])


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


def test_names_stay_what_they_were_called(
    job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    """The journal names what the API calls the version, not what this program does."""
    finished = job.run(NPM)
    assert {line["name"] for line in finished.entries} == {"1.0.0", "1.1.0", "1.2.0", "1.3.0"}
    assert names_left(package) == {"1.4.0", "1.5.0"}
