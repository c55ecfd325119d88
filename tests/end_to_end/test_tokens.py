"""Every kind of token: what works with it, and what is said where it does not."""

import re
from dataclasses import replace

import pytest

from end_to_end.runner import Finished, Job
from end_to_end.world import day, deletions, ids, left, names_left, numbered, writes
from fake_github import Behaviour, FakeGitHub, FakePackage, Fault, FaultKind, Token

ALL = ("read:packages", "write:packages", "delete:packages")


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    """A private container package, two of whose three images go with `versions-to-keep: 1`."""
    package = github.add_package(
        "acme", "container", "app", visibility="private", repository="acme/app"
    )
    for number in range(3):
        package.push_image(
            tags=(f"1.{number}.0",), platforms=("linux/amd64",), created_at=day(number)
        )
    return package


def run_with(github: FakeGitHub, job: Job, token: Token, **inputs: str) -> Finished:
    """A run of a token that was not there before."""
    named = {name.replace("_", "-"): text for name, text in inputs.items()}
    return job.run({"versions-to-keep": "1", "token": github.add_token(token), **named})


def is_refused(finished: Finished, *told: str) -> bool:
    """Whether the run is red for lack of access, and says all of this in its error."""
    assert (finished.code, finished.outcome) == (4, "failed"), finished.log
    [error] = finished.annotations("error")
    for text in told:
        assert text in error
        assert text in finished.summary.replace("\\", "").replace("<!-- -->", "")
    return True


@pytest.mark.parametrize("dry_run", ["true", "false"])
@pytest.mark.parametrize(("path", "warned"), [("/api/v3", True), ("", False)])
def test_without_repo_on_enterprise_server_is_warned_and_tried(
    github: FakeGitHub, job: Job, dry_run: str, path: str, *, warned: bool
) -> None:
    numbered(github.add_package("acme", "npm", "app"), 3)
    token = Token.classic(login="octocat", scopes=ALL)
    server = replace(job, api_url=f"{github.api_url}{path}")
    finished = run_with(github, server, token, package_type="npm", dry_run=dry_run)
    assert finished.code == 0, finished.log
    said = [w for w in finished.annotations("warning") if "may need `repo`" in w]
    assert len(said) == (1 if warned else 0), finished.log
    assert bool(deletions(github)) is (dry_run == "false")


# What works


@pytest.mark.parametrize(
    "token",
    [
        Token.classic(login="octocat", scopes=ALL),
        Token.classic(login="octocat", scopes=("write:packages", "delete:packages")),
        Token.classic(login="octocat", scopes=("read:packages", "delete:packages", "repo")),
        Token.oauth(login="octocat", scopes=ALL),
        Token.actions(repository="acme/app", admin_of=(("container", "app"),)),
    ],
    ids=["all scopes", "reading implied", "without writing", "OAuth", "GITHUB_TOKEN"],
)
def test_of_a_private_package(
    github: FakeGitHub, job: Job, package: FakePackage, token: Token
) -> None:
    finished = run_with(github, job, token)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert names_left(package) == {"1.2.0"}
    assert package.pullable("1.2.0") == []
    assert len(left(package)) == 3
    assert finished.annotations("error") + finished.annotations("warning") == ()


def test_the_jobs_token_is_five_hundred_characters_long(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    token = Token.actions(repository="acme/app", admin_of=(("container", "app"),))
    secret = github.add_token(token)
    assert len(secret) > 500
    finished = job.run_process({"versions-to-keep": "1", "token": secret})
    assert finished.code == 0, finished.log
    registry = [r for r in github.requests if r.server == "registry" and r.path == "/token"]
    assert {request.token_kind for request in registry} == {"actions"}


def test_the_jobs_token_of_a_user(github: FakeGitHub, job: Job) -> None:
    """It stands for no person, so it never asks who that is."""
    package = github.add_package("octocat", "npm", "app")
    versions = numbered(package, 3)
    token = Token.actions(repository="octocat/app", admin_of=(("npm", "app"),))
    finished = run_with(github, job, token, owner="octocat", package_type="npm")
    assert finished.code == 0, finished.log
    assert left(package) == ids(versions[-1:])
    assert not [r for r in github.requests if r.path == "/user" or r.path.startswith("/user/")]


def test_an_app_that_is_let_in(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "npm", "app", repository="acme/app")
    package.roles["acme/app"] = "admin"
    versions = numbered(package, 3)
    token = Token.app(repository="acme/app", works=True)
    finished = run_with(github, job, token, package_type="npm")
    assert finished.code == 0, finished.log
    assert left(package) == ids(versions[-1:])


def test_the_jobs_token_lists_what_it_can(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "npm", "app", repository="acme/app")
    numbered(package, 3)
    token = Token.actions(repository="acme/app", admin_of=(("npm", "app"),))
    finished = run_with(github, job, token, package_type="npm", package_name="a*")
    assert finished.code == 0, finished.log
    assert len(left(package)) == 1


# What does not


def test_a_fine_grained_token_is_refused_before_any_request(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    finished = run_with(github, job, Token.fine_grained(login="octocat"))
    assert is_refused(finished, "fine-grained", "packages: write")
    assert github.requests == []


@pytest.mark.parametrize(
    ("scopes", "told"),
    [
        ((), "read:packages"),
        (("repo",), "read:packages"),
        (("read:packages",), "delete:packages"),
        (("write:packages",), "delete:packages"),
    ],
    ids=["none", "others", "only reading", "only writing"],
)
def test_a_classic_token_without_a_scope(
    github: FakeGitHub, job: Job, package: FakePackage, scopes: tuple[str, ...], told: str
) -> None:
    finished = run_with(github, job, Token.classic(login="octocat", scopes=scopes))
    assert is_refused(finished, told, "https://github.com/settings/tokens")
    assert writes(github) == []


def test_a_token_that_is_none(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    finished = job.run({"versions-to-keep": "1", "token": "ghp_" + "nobodys" * 6})
    assert is_refused(finished, "not valid", "Bad credentials")
    assert len(github.requests) == 1


def test_an_app_that_is_not_let_in(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    finished = run_with(github, job, Token.app(repository="acme/app"))
    assert is_refused(finished, "not found", "classic token")
    assert writes(github) == []


def test_the_jobs_token_can_not_list_an_organizations_containers(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    token = Token.actions(repository="acme/app", admin_of=(("container", "app"),))
    finished = run_with(github, job, token, package_name="a*")
    assert is_refused(finished, "Invalid argument.", "package-name", "in full")


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (Token.actions(repository="acme/app"), "Manage Actions access"),
        (
            Token.actions(
                repository="acme/app", admin_of=(("container", "app"),), permission="read"
            ),
            "packages: write",
        ),
        (Token.actions(repository="acme/other"), "Package settings"),
        (Token.actions(repository="other/app"), "Package settings"),
    ],
    ids=["no Admin role", "packages: read", "another repository", "another owner"],
)
def test_the_jobs_token_without_its_rights(
    github: FakeGitHub, job: Job, package: FakePackage, token: Token, told: str
) -> None:
    before = left(package)
    finished = run_with(github, job, token)
    assert is_refused(finished, told)
    assert left(package) == before
    assert len(deletions(github)) <= 3


@pytest.mark.parametrize("role", ["none", "read", "write"])
def test_a_person_without_the_role(
    github: FakeGitHub, job: Job, package: FakePackage, role: str
) -> None:
    before = left(package)
    package.roles["octocat"] = "none" if role == "none" else "read" if role == "read" else "write"
    finished = run_with(github, job, Token.classic(login="octocat", scopes=ALL))
    assert is_refused(finished, "Admin")
    assert left(package) == before


# Single sign-on and allow lists


def organization(github: FakeGitHub, *, sso: str = "off", ip_allow_list: bool = False) -> None:
    """An organization that lets in only whom it knows, with two packages."""
    owner = github.add_organization("strict", ip_allow_list=ip_allow_list)
    assert sso in ("off", "required", "partial", "hidden")
    owner.sso = sso  # type: ignore[assignment]
    for name in ("app", "site"):
        numbered(github.add_package("strict", "npm", name, visibility="private"), 3)


@pytest.mark.parametrize("name", ["app", "*"])
def test_single_sign_on_says_where_to_authorize(github: FakeGitHub, job: Job, name: str) -> None:
    organization(github, sso="required")
    asked = {"owner": "strict", "package-type": "npm", "package-name": name}
    finished = job.run({**asked, "versions-to-keep": "1"})
    url = "https://github.com/orgs/strict/sso?authorization_request=A4XZ7"
    assert is_refused(finished)
    assert url in finished.annotations("error")[0]
    assert writes(github) == []


@pytest.mark.parametrize("name", ["app", "*"])
def test_a_partial_list_is_no_list(github: FakeGitHub, job: Job, name: str) -> None:
    """Half of what there is would make the other half look unneeded."""
    organization(github, sso="partial")
    asked = {"owner": "strict", "package-type": "npm", "package-name": name}
    finished = job.run({**asked, "versions-to-keep": "1"})
    assert is_refused(finished, "single sign-on")
    assert writes(github) == []


def test_what_single_sign_on_hides_is_not_taken_for_absent(github: FakeGitHub, job: Job) -> None:
    organization(github, sso="hidden")
    asked = {"owner": "strict", "package-type": "npm", "versions-to-keep": "1"}
    finished = job.run(asked)
    assert is_refused(finished, "or the token may not see it")


def test_an_authorized_token_is_let_in(github: FakeGitHub, job: Job) -> None:
    organization(github, sso="required")
    token = Token.classic(login="octocat", scopes=ALL, sso_authorized=("strict",))
    finished = run_with(github, job, token, owner="strict", package_type="npm")
    assert (finished.code, finished.outcome) == (0, "done"), finished.log


def test_an_allow_list_is_named(github: FakeGitHub, job: Job) -> None:
    organization(github, ip_allow_list=True)
    asked = {"owner": "strict", "package-type": "npm", "versions-to-keep": "1"}
    assert is_refused(job.run(asked), "IP allow list")


_SSO = "https://github.com/orgs/acme/sso?authorization_request=A4XZ7"


@pytest.mark.parametrize(
    ("status", "message", "headers", "told"),
    [
        (401, "Bad credentials", {}, "has expired"),
        (
            403,
            "Resource protected by organization SAML enforcement.",
            {"X-GitHub-SSO": f"required; url={_SSO}"},
            f"Authorize the token for single sign-on: {_SSO}",
        ),
        (403, "Resource protected by organization SAML enforcement.", {}, "single sign-on"),
        (
            403,
            "The `acme` organization has an IP allow list enabled, and yours is not on it.",
            {},
            "a runner whose address is on its IP allow list",
        ),
    ],
    ids=["401", "single sign-on", "single sign-on without an address", "IP allow list"],
)
@pytest.mark.parametrize("asked", ["deleting", "the whole package", "untagging", "restoring"])
def test_what_is_advised_on_a_refused_write_fits_its_cause(
    github: FakeGitHub,
    job: Job,
    package: FakePackage,
    asked: str,
    status: int,
    message: str,
    headers: dict[str, str],
    told: str,
) -> None:
    """Whoever is told of scopes then looks for the fault where it is not."""
    inputs, method = {"versions-to-keep": "1"}, "DELETE"
    if asked == "the whole package":
        inputs = {"delete": "*", "if-empty": "delete-package", "delete-untagged": "true"}
    if asked == "untagging":
        package.retag(package.active[package.tags["1.0.0"]], ("1.0.0", "pr-1"))
        inputs, method = {"delete": "pr-*", "untag": "true"}, "PUT"
    if asked == "restoring":
        gone = package.active[package.tags["1.0.0"]]
        package.delete_version(gone)
        inputs, method = {"restore-ids": str(gone.id)}, "POST"
    body = {"message": message}
    if method == "PUT":
        body = {"errors": [{"code": "DENIED", "message": message}]}  # type: ignore[dict-item]
    fault = Fault(
        kind=FaultKind.STATUS,
        method=method,
        status=status,
        body=body,
        headers=headers,
        predicate=lambda call: "/blobs/" not in call.path,
        times=None,
    )
    github.fail(fault)
    finished = job.run(inputs)
    assert finished.code in (1, 4)
    assert finished.outcome == "failed"
    [error] = finished.annotations("error")
    summary = finished.summary.replace("\\", "").replace("<!-- -->", "")
    summary = re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", summary)
    advised = [line for line in summary.splitlines() if line.startswith("**What to do:**")]
    assert told in error
    assert told in advised[0]
    for text in (error, advised[0]):
        assert "scope" not in text
        assert ".." not in text


# Registries that belong to repositories


@pytest.mark.parametrize("needed", [False, True])
def test_maven_may_need_one_scope_more(github: FakeGitHub, job: Job, *, needed: bool) -> None:
    """GitHub's pages do not agree, so it is a warning and then tried."""
    github.behaviour = Behaviour(maven_needs_repo=needed)
    package = github.add_package("acme", "maven", "com.acme.app")
    numbered(package, 3)
    asked = {"package-type": "maven", "package-name": "com.acme.app", "versions-to-keep": "1"}
    finished = job.run(asked)
    if needed:
        assert is_refused(finished, "not found")
        assert len(left(package)) == 3
    else:
        assert (finished.code, finished.outcome) == (0, "done")
        [warning] = finished.annotations("warning")
        assert "repo" in warning
