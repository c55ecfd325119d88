"""Every refusal that users of GitHub have pasted, word for word, and the outcome it must end in.

Each is answered to the real request, so that its way through the adapters, pacing, settling and
telling is the one that it takes at GitHub.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from end_to_end.runner import Finished, Job
from end_to_end.world import deletions, ids, left, numbered, writes
from fake_github import FakeGitHub, FakePackage, FakeVersion, Fault, FaultKind
from pacing.clocks import FakeClock

NPM = {"package-type": "npm", "versions-to-keep": "2"}
DOCS = "https://docs.github.com/rest/packages/packages"
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
LIST_SCOPE = "You need at least read:packages scope to list packages."
VERSIONS_SCOPE = "You need at least read:packages scope to get a package's versions."
DELETE_SCOPES = (
    "You need at least delete:packages and read:packages scopes to delete a package version."
)
SAML = "Resource protected by organization SAML enforcement. You must grant your {} access to this "
SSO = "https://github.com/orgs/acme/sso?authorization_request=A4XZ7"
ALLOW_LIST = (
    "Although you appear to have the correct authorization credentials, the `acme` organization "
    "has an IP allow list enabled, and your IP address is not permitted to access this resource."
)
MANY_DOWNLOADS = (
    "Publicly visible package versions with more than 5000 downloads cannot be deleted. "
    "Contact GitHub support for further assistance."
)
MANY_DOWNLOADS_OF_ONE = (
    "Publicly visible packages with a version with more than 5000 downloads cannot be deleted. "
    "contact GitHub support for further assistance"
)
LAST = "You cannot delete the last version of a package. You must delete the package instead."
LAST_TAGGED = LAST.replace("last", "last tagged")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One refusal in GitHub's own form."""

    status: int
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def fault(
        self, *, method: str = "DELETE", path: str = "", times: int | None = None, skip: int = 0
    ) -> Fault:
        """The fault that answers it; newer answers say their status in the body, as a string."""
        body = {"message": self.message, "documentation_url": DOCS, "status": str(self.status)}
        return Fault(
            kind=FaultKind.STATUS,
            method=method,
            path_contains=path,
            status=self.status,
            body=body,
            headers=self.headers,
            times=times,
            skip=skip,
        )


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "npm", "app")


@pytest.fixture
def versions(package: FakePackage) -> list[FakeVersion]:
    return numbered(package, 6)


def outcomes(finished: Finished) -> set[str]:
    return set(finished.outcomes.values())


# Refusals of a deletion that are final


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (Said(status=400, message=LAST_TAGGED), "retained"),
        (Said(status=400, message=LAST), "retained"),
        (Said(status=403, message=LAST), "retained"),
        (Said(status=400, message=MANY_DOWNLOADS), "undeletable"),
        (Said(status=403, message=MANY_DOWNLOADS), "undeletable"),
    ],
    ids=["last tagged", "last", "last as 403", "downloads", "downloads as 403"],
)
def test_what_github_keeps_is_no_failure(
    github: FakeGitHub, job: Job, versions: list[FakeVersion], said: Said, outcome: str
) -> None:
    """The status of some was not shown by those who pasted them, so the text decides."""
    github.fail(said.fault(times=1))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert finished.outcomes[versions[0].id] == outcome
    assert finished.ids("deleted-ids") == ids(versions[1:4])
    assert any(said.message.split(".")[0] in text for text in _told(finished))


def _told(finished: Finished) -> tuple[str, ...]:
    """What is said of each version in the journal."""
    return tuple(str(entry.get("detail")) for entry in finished.entries)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(status=403, message=DELETE_SCOPES), "delete:packages"),
        (Said(status=403, message="Resource not accessible by integration"), "Admin"),
        (Said(status=403, message="Resource not accessible by personal access token"), "Admin"),
        (Said(status=403, message="Must have admin rights to Repository."), "Admin"),
        (Said(status=403, message=ALLOW_LIST), "IP allow list"),
        (Said(status=401, message="Bad credentials"), "Bad credentials"),
        (Said(status=404, message="Package not found."), "delete:packages"),
        (Said(status=404, message="Not Found"), "delete:packages"),
        (Said(status=404, message=""), "delete:packages"),
        *(
            (
                Said(
                    status=403,
                    message=SAML.format(kind) + "organization.",
                    headers={"X-GitHub-SSO": f"required; url={SSO}"},
                ),
                SSO,
            )
            for kind in ("Personal Access token", "OAuth token", "personal token")
        ),
    ],
    ids=lambda value: value.message[:60] if isinstance(value, Said) else "",
)
def test_a_denial_is_red_names_what_is_missing_and_stops(
    github: FakeGitHub, job: Job, versions: list[FakeVersion], said: Said, told: str
) -> None:
    """A 404 is one too, as long as what it is about can be read."""
    github.fail(said.fault())
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (4, "failed")
    assert deletions(github) == ids(versions[:3])
    assert outcomes(finished) == {"denied"}
    assert finished.outputs["remaining-count"] == "1"
    [error] = finished.annotations("error")
    assert told in error
    assert told in finished.summary.replace("<!-- -->", "").replace("\\_", "_")


def test_a_version_that_is_not_found_any_more_is_gone(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    github.on_request(lambda call: _vanish(package, versions[1]) if call.method == "DELETE" else 0)
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert finished.outcomes[versions[1].id] == "already-gone"
    assert finished.ids("deleted-ids") == ids([versions[0], *versions[2:4]])


def _vanish(package: FakePackage, version: FakeVersion) -> None:
    if version.deleted_at is None:
        package.delete_version(version)


def test_a_request_that_is_not_accepted_is_an_error(
    github: FakeGitHub, job: Job, versions: list[FakeVersion]
) -> None:
    said = Said(status=422, message="Invalid request.\n\nFor 'links/0/schema', {} is not a null.")
    github.fail(said.fault())
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert outcomes(finished) == {"error"}
    assert "\nFor 'links" not in finished.log


def test_a_package_with_a_much_used_version_stays(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    github.fail(Said(status=400, message=MANY_DOWNLOADS_OF_ONE).fault())
    asked = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcomes(finished) == {"undeletable"}
    assert left(package) == ids(versions)


# Refusals of reading


@pytest.mark.parametrize(
    ("said", "path", "told"),
    [
        (Said(status=404, message="Package not found."), "/npm/app", "was not found"),
        (Said(status=404, message="Not Found"), "/users/acme", "acme"),
        (Said(status=403, message=VERSIONS_SCOPE), "/versions", "read:packages"),
        (Said(status=403, message="Resource not accessible by integration"), "/versions", "Admin"),
        (Said(status=401, message="Bad credentials"), "/users/acme", "token is not valid"),
        (Said(status=403, message=ALLOW_LIST), "/npm/app", "a runner whose address"),
        (
            Said(
                status=403,
                message=SAML.format("Personal Access token") + "organization.",
                headers={"X-GitHub-SSO": f"required; url={SSO}"},
            ),
            "/npm/app",
            SSO,
        ),
    ],
    ids=["package", "owner", "scope", "integration", "credentials", "allow list", "sso"],
)
def test_what_can_not_be_read_is_explained(
    github: FakeGitHub, job: Job, versions: list[FakeVersion], said: Said, path: str, told: str
) -> None:
    github.fail(said.fault(method="GET", path=path))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (4, "failed")
    assert writes(github) == []
    [error] = finished.annotations("error")
    assert told in error


@pytest.mark.parametrize(
    ("said", "token_kind", "told"),
    [
        (Said(status=400, message="Invalid argument."), "actions", "package-name in full"),
        (Said(status=403, message=LIST_SCOPE), "classic", "read:packages"),
    ],
    ids=["GITHUB_TOKEN", "scope"],
)
def test_what_can_not_be_listed_is_explained(
    github: FakeGitHub,
    job: Job,
    versions: list[FakeVersion],
    said: Said,
    token_kind: str,
    told: str,
) -> None:
    """The 400 says nothing about tokens, and yet it means that this kind of token can't."""
    github.fail(said.fault(method="GET", path="/packages?"))
    token = {} if token_kind == "classic" else {"token": f"ghs_1_{'0123456789' * 51}"}
    if token:
        github.world.tokens[token["token"]] = github.world.tokens[job.token]
    finished = job.run({**NPM, "package-name": "*", **token})
    assert (finished.code, finished.outcome) == (4, "failed")
    assert told in finished.annotations("error")[0]


# What is asked for patience


PATIENCE = [
    Said(status=403, message=SECONDARY, headers={"Retry-After": "60"}),
    Said(status=429, message=SECONDARY, headers={"Retry-After": "60"}),
    Said(status=403, message=SECONDARY),
    Said(status=403, message=SECONDARY.removesuffix(".")),
    Said(
        status=403,
        message=f"{SECONDARY} If you reach out to GitHub Support for help, please include the "
        "request ID 1C73:26D4:E2E500:1EF78F4:62EC2479.",
    ),
    Said(status=429, message=""),
    Said(status=403, message="You have triggered an abuse detection mechanism."),
    Said(
        status=403,
        message="API rate limit exceeded for installation ID 19416693.",
        headers={
            "X-RateLimit-Limit": "1000",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "{soon}",
            "X-RateLimit-Used": "1001",
            "X-RateLimit-Resource": "core",
        },
    ),
    Said(status=429, message="API rate limit exceeded for user ID 1."),
]


@pytest.mark.parametrize("said", PATIENCE, ids=lambda s: f"{s.status} {s.message[:50]}")
@pytest.mark.parametrize("method", ["DELETE", "GET"])
def test_a_limit_is_waited_out_and_nothing_is_lost(
    github: FakeGitHub,
    job: Job,
    clock: FakeClock,
    package: FakePackage,
    versions: list[FakeVersion],
    said: Said,
    method: str,
) -> None:
    """The same for listing, where an object comes instead of a list."""
    path = "/versions" if method == "GET" else ""
    github.fail(_soon(said, clock).fault(method=method, path=path, times=1))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert left(package) == ids(versions[4:])
    assert sorted(finished.ids("deleted-ids")) == ids(versions[:4])
    assert 55 <= clock.slept < 130


@pytest.mark.parametrize("said", PATIENCE, ids=lambda s: f"{s.status} {s.message[:50]}")
def test_without_patience_the_rest_is_left_for_the_next_run(
    github: FakeGitHub,
    job: Job,
    clock: FakeClock,
    package: FakePackage,
    versions: list[FakeVersion],
    said: Said,
) -> None:
    github.fail(_soon(said, clock).fault(skip=1))
    finished = job.run({**NPM, "max-wait": "30s"})
    assert (finished.code, finished.outcome) == (0, "incomplete")
    assert finished.ids("deleted-ids") == [versions[0].id]
    assert finished.outputs["remaining-count"] == "3"
    assert clock.slept == 0
    [warning] = finished.annotations("warning")
    assert "max-wait" in warning
    github.heal()
    clock.sleep(3600)
    assert job.run(NPM).outcome == "done"
    assert left(package) == ids(versions[4:])


def _soon(said: Said, clock: FakeClock) -> Said:
    """With a reset in a minute, by the clock that the answers' `Date` goes by."""
    if "X-RateLimit-Reset" not in said.headers:
        return said
    reset = str(int(clock.now().timestamp()) + 60)
    return replace(said, headers={**said.headers, "X-RateLimit-Reset": reset})


# Answers that say nothing


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.ERROR_AFTER], ids=["before", "after"])
def test_a_server_error_is_settled_by_reading(
    github: FakeGitHub,
    job: Job,
    package: FakePackage,
    versions: list[FakeVersion],
    kind: FaultKind,
    status: int,
) -> None:
    """A deletion that had worked counts as done and is not sent again."""
    body = {"message": "Server Error"}
    github.fail(Fault(kind=kind, method="DELETE", status=status, body=body))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert left(package) == ids(versions[4:])
    assert finished.ids("deleted-ids") == ids(versions[:4])
    again = 1 if kind is FaultKind.STATUS else 0
    assert deletions(github).count(versions[0].id) == 1 + again
