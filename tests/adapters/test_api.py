"""Each question goes to the right endpoint, in the right form, and comes back as a value."""

from contextlib import closing
from datetime import UTC, datetime

import pytest

from adapters.clients import ACME, APP, api_of, asked, person, ref
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, Token
from pacing.clocks import FakeClock
from pacing.hosts import sender
from package_keeper import __version__
from package_keeper.adapters.github import GitHubPackages
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.model import Owner, OwnerKind, Package, PackageType, Version
from package_keeper.execution.ports import Deletions
from package_keeper.inventory.ports import Packages

CREATED = datetime(2025, 3, 1, 12, 30, tzinfo=UTC)
UPDATED = datetime(2025, 4, 1, tzinfo=UTC)


def test_it_is_what_the_inventory_and_the_execution_need(github: FakeGitHub) -> None:
    with api_of(github) as api:
        both: tuple[Packages, Deletions] = (api, api)
        assert both


def test_an_organization_is_told_from_a_user_whatever_the_case(github: FakeGitHub) -> None:
    github.add_user("hubot")
    with api_of(github) as api:
        assert api.owner("ACME") == ACME
        assert api.owner("hubot") == Owner(login="hubot", kind=OwnerKind.USER)
        own = Owner(login="octocat", kind=OwnerKind.AUTHENTICATED_USER)
        assert api.owner("OctoCat") == own


def test_an_installation_token_never_asks_who_it_is(github: FakeGitHub) -> None:
    token = github.add_token(Token.actions(repository="octocat/app"))
    with api_of(github, token) as api:
        assert api.owner("octocat") == Owner(login="octocat", kind=OwnerKind.USER)
    assert asked(github) == ["GET /users/octocat"]


def test_an_owner_that_does_not_exist_is_refused(github: FakeGitHub) -> None:
    with api_of(github) as api, pytest.raises(Refused) as caught:
        api.owner("nobody")
    assert caught.value.refusal is Refusal.NOT_FOUND


@pytest.mark.parametrize("status", [403, 404])
def test_a_token_that_may_not_ask_who_it_is_is_nobodys_own(github: FakeGitHub, status: int) -> None:
    body = {"message": "Resource not accessible"}
    github.fail(Fault(kind=FaultKind.STATUS, status=status, body=body, skip=1))
    with api_of(github) as api:
        assert api.owner("octocat").kind is OwnerKind.USER


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.STATUS, status=401, body={"message": "Bad credentials"}, skip=1),
        Fault(kind=FaultKind.STATUS, status=500, skip=1, times=None),
        Fault(kind=FaultKind.STATUS, status=200, body={"login": "octocat"}, times=None),
        Fault(kind=FaultKind.STATUS, status=200, body={"login": 5, "type": "User"}, times=None),
        Fault(kind=FaultKind.STATUS, status=200, body=b"[]", times=None),
    ],
    ids=str,
)
def test_in_doubt_about_an_owner_nothing_is_guessed(github: FakeGitHub, fault: Fault) -> None:
    github.fail(fault)
    with api_of(github) as api, pytest.raises((AnswerLost, Refused)):
        api.owner("octocat")


FAMILIES = [
    (Owner(login="acme", kind=OwnerKind.ORGANIZATION), "/orgs/acme/packages"),
    (Owner(login="octocat", kind=OwnerKind.USER), "/users/octocat/packages"),
    (Owner(login="octocat", kind=OwnerKind.AUTHENTICATED_USER), "/user/packages"),
]


@pytest.mark.parametrize(("owner", "family"), FAMILIES, ids=[f for _, f in FAMILIES])
@pytest.mark.parametrize("name", ["app", "group/app", "a/versions/1/restore", "50%2F50"])
def test_every_endpoint_of_a_family_is_reached(
    github: FakeGitHub, owner: Owner, family: str, name: str
) -> None:
    package = github.add_package(owner.login, "container", name)
    kept = package.add_version(f"sha256:{'0' * 64}", tags=("v1",))
    version = package.add_version(f"sha256:{'1' * 64}", tags=("v2",))
    there = ref(name, owner=owner)
    with api_of(github) as api:
        assert [found.ref for found in api.packages(owner, PackageType.CONTAINER)] == [there]
        assert api.package(there).ref == there
        assert api.version(there, version.id) in api.versions(there)
        assert api.delete_version(there, version.id)
        assert [v.id for v in api.versions(there)] == [kept.id]
        assert [v.id for v in api.versions(there, state="deleted")] == [version.id]
        assert api.restore_version(there, version.id)
        assert api.delete_package(there)
        with pytest.raises(Refused):
            api.package(there)
        assert api.restore_package(there)
        assert len(api.versions(there)) == 2
    assert {request.status for request in github.requests} == {200, 204, 404}
    assert all(request.path.startswith(family) for request in github.requests)


def test_an_enterprise_server_has_its_api_under_a_path(
    github: FakeGitHub, app: FakePackage
) -> None:
    app.add_version(f"sha256:{'0' * 64}")
    with api_of(github, url=f"{github.api_url}/api/v3/") as api:
        assert api.owner("acme") == ACME
        assert len(api.versions(APP)) == 1


def test_requests_say_who_asks_and_for_which_version_of_the_api(
    github: FakeGitHub, app: FakePackage
) -> None:
    version = app.add_version(f"sha256:{'0' * 64}")
    token = person(github)
    with api_of(github, token) as api:
        api.delete_version(APP, version.id)
    headers = github.requests[0].headers
    assert headers["accept"] == "application/vnd.github+json"
    assert headers["x-github-api-version"] == "2022-11-28"
    assert headers["user-agent"] == f"package-keeper/{__version__}"
    assert headers["authorization"] == f"token {token}"
    assert headers.get("content-length", "0") == "0"
    assert "content-type" not in headers


def test_a_package_is_described(github: FakeGitHub) -> None:
    package = github.add_package("acme", "container", "tool", visibility="private")
    package.add_version(f"sha256:{'0' * 64}")
    github.add_package("acme", "npm", "tool")
    with api_of(github) as api:
        found = api.package(ref("tool"))
        assert api.packages(ACME, PackageType.CONTAINER) == (found,)
        assert api.package(ref("tool", PackageType.NPM)).version_count == 0
    url = "https://github.com/orgs/acme/packages/container/package/tool"
    assert found == Package(ref=ref("tool"), html_url=url, version_count=1)


def test_a_version_is_described_with_times_in_utc(github: FakeGitHub, app: FakePackage) -> None:
    digest = f"sha256:{'0' * 64}"
    made = app.add_version(digest, tags=("v1", "latest"), created_at=CREATED, updated_at=UPDATED)
    with api_of(github) as api:
        (version,) = api.versions(APP)
    assert version == Version(
        id=made.id,
        name=digest,
        created_at=CREATED,
        updated_at=UPDATED,
        tags=("v1", "latest"),
        html_url=f"https://github.com/orgs/acme/packages/container/package/app/{made.id}",
    )
    assert version.created_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("package_type", "tags"),
    [(PackageType.DOCKER, ("v1",)), (PackageType.NPM, ()), (PackageType.MAVEN, ())],
)
def test_only_container_images_have_tags(
    github: FakeGitHub, package_type: PackageType, tags: tuple[str, ...]
) -> None:
    package = github.add_package("acme", package_type.value, "lib")
    package.add_version("1.0.0", tags=("v1",))
    with api_of(github) as api:
        (version,) = api.versions(ref("lib", package_type))
    assert version.tags == tags


def test_deleted_versions_say_when_they_were_deleted(github: FakeGitHub, app: FakePackage) -> None:
    github.now = UPDATED
    app.add_version(f"sha256:{'1' * 64}", tags=("v2",))
    version = app.add_version(f"sha256:{'0' * 64}", tags=("v1",))
    with api_of(github) as api:
        api.delete_version(APP, version.id)
        (deleted,) = api.versions(APP, state="deleted")
    assert (deleted.id, deleted.tags, deleted.deleted_at) == (version.id, ("v1",), UPDATED)


def test_scopes_are_known_from_the_first_answer_even_a_refusal(github: FakeGitHub) -> None:
    github.add_package("acme", "container", "app")
    with api_of(github, person(github, scopes=("repo", "user"))) as api:
        assert api.token_scopes is None
        with pytest.raises(Refused) as caught:
            api.package(APP)
        assert caught.value.refusal is Refusal.SCOPE
        assert api.token_scopes == ("repo", "user")


def test_a_token_without_any_scope_has_none_and_a_token_of_another_kind_says_nothing(
    github: FakeGitHub,
) -> None:
    with api_of(github, person(github, scopes=())) as api:
        api.owner("acme")
        assert api.token_scopes == ()
    with api_of(github, github.add_token(Token.actions(repository="acme/app"))) as api:
        api.owner("acme")
        assert api.token_scopes is None


def test_what_is_left_of_the_hour_is_known_after_an_answer(github: FakeGitHub) -> None:
    paced = sender(FakeClock())
    token = github.add_token(Token.actions(repository="acme/app"))
    with closing(GitHubPackages(api_url=github.api_url, token=token, sender=paced)) as api:
        assert paced.pacer.remaining_requests is None
        api.owner("acme")
        assert paced.pacer.remaining_requests == 999


def test_a_deletion_answers_with_the_id_of_its_request(
    github: FakeGitHub, app: FakePackage
) -> None:
    version = app.add_version(f"sha256:{'0' * 64}")
    with api_of(github) as api:
        request_id = api.delete_version(APP, version.id)
        assert request_id is not None
        assert ":" in request_id
        with pytest.raises(Refused) as caught:
            api.delete_version(APP, version.id)
    assert caught.value.refusal is Refusal.NOT_FOUND
    assert caught.value.answer.message == "Package version not found."
    assert caught.value.answer.request_id not in (None, request_id)


def test_the_token_is_not_in_what_is_shown_of_the_client(github: FakeGitHub) -> None:
    token = person(github)
    with api_of(github, token) as api:
        assert isinstance(api, GitHubPackages)
        assert token not in repr(api)
        assert token not in repr(vars(api))
