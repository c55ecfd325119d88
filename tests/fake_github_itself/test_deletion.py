"""What deleting and restoring do, and when GitHub refuses them."""

import datetime as dt

import pytest

from fake_github import Behaviour, FakeGitHub, FakePackage
from fake_github.contract import ApiClient
from fake_github.scene import APP, message, names

LAST = "You cannot delete the last version of a package. You must delete the package instead."
LAST_TAGGED = (
    "You cannot delete the last tagged version of a package. You must delete the package instead."
)
NO_VERSION = (404, "Package version not found.")
NO_PACKAGE = (404, "Package not found.")


def test_a_deleted_version_is_gone_and_remembers_itself(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    app.add_version("sha256:keep", tags=("keep",))
    gone = app.add_version("sha256:gone", tags=("v1", "v1.0"))
    github.now = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    path = f"{APP}/versions/{gone.id}"
    deleted = api.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert names(api.get(f"{APP}/versions")) == ["sha256:keep"]
    assert message(api.get(path)) == NO_VERSION
    assert message(api.delete(path)) == NO_VERSION
    (row,) = api.get(f"{APP}/versions", state="deleted").json()
    assert (row["name"], row["deleted_at"]) == ("sha256:gone", "2026-05-01T12:00:00Z")
    assert row["metadata"]["container"]["tags"] == ["v1", "v1.0"]
    assert [version.id for version in app.deleted] == [gone.id]
    assert app.tags == {"keep": "sha256:keep"}


def test_deleted_rows_may_not_tell_their_tags(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    app.delete_version(app.add_version("sha256:gone", tags=("v1",)))
    github.behaviour = Behaviour(deleted_tags=False)
    (row,) = api.get(f"{APP}/versions", state="deleted").json()
    assert row["metadata"]["container"]["tags"] == []
    assert message(api.get(f"{APP}/versions", state="all")) == (400, "Invalid argument.")


def test_a_deletion_with_a_body_is_refused(api: ApiClient, app: FakePackage) -> None:
    version = app.add_version("sha256:1")
    refused = (422, "Invalid request.\n\nFor 'links/0/schema', {} is not a null.")
    assert message(api.delete(f"{APP}/versions/{version.id}", body={})) == refused
    assert message(api.delete(APP, body={"a": 1})) == refused
    assert len(app.versions) == 1


def test_a_version_of_another_package_is_not_found(github: FakeGitHub, api: ApiClient) -> None:
    other = github.add_package("acme", "container", "other").add_version("sha256:1")
    assert message(api.delete(f"{APP}/versions/{other.id}")) == NO_VERSION
    assert message(api.post(f"{APP}/versions/{other.id}/restore")) == NO_VERSION


def test_the_last_tagged_container_version_stays_but_untagged_ones_go(
    api: ApiClient, app: FakePackage
) -> None:
    tagged = app.add_version("sha256:1", tags=("v1", "latest"))
    bare = [app.add_version(f"sha256:{number}") for number in (2, 3)]
    assert message(api.delete(f"{APP}/versions/{tagged.id}")) == (400, LAST_TAGGED)
    for version in bare:
        assert api.delete(f"{APP}/versions/{version.id}").status_code == 204
    assert message(api.delete(f"{APP}/versions/{tagged.id}")) == (400, LAST_TAGGED)
    app.add_version("sha256:4", tags=("v2",))
    assert api.delete(f"{APP}/versions/{tagged.id}").status_code == 204


def test_the_last_container_version_of_all_goes_when_untagged(
    api: ApiClient, app: FakePackage
) -> None:
    version = app.add_version("sha256:1")
    assert api.delete(f"{APP}/versions/{version.id}").status_code == 204
    assert names(api.get(f"{APP}/versions")) == []


@pytest.mark.parametrize("kind", ["maven", "nuget", "rubygems", "docker"])
def test_the_last_version_of_other_types_stays(
    github: FakeGitHub, api: ApiClient, kind: str
) -> None:
    package = github.add_package("acme", kind, "lib")
    first, second = package.add_version("1.0"), package.add_version("1.1")
    path = f"/orgs/acme/packages/{kind}/lib/versions"
    assert api.delete(f"{path}/{first.id}").status_code == 204
    assert message(api.delete(f"{path}/{second.id}")) == (400, LAST)


def test_the_last_npm_version_takes_the_package_along(github: FakeGitHub, api: ApiClient) -> None:
    package = github.add_package("acme", "npm", "lib")
    only = package.add_version("1.0.0")
    path = "/orgs/acme/packages/npm/lib"
    assert api.delete(f"{path}/versions/{only.id}").status_code == 204
    assert message(api.get(f"{path}/versions")) == NO_PACKAGE
    assert message(api.post(f"{path}/versions/{only.id}/restore")) == NO_PACKAGE
    assert api.post(f"{path}/restore").status_code == 204
    assert names(api.get(f"{path}/versions")) == ["1.0.0"]


def test_much_used_versions_of_public_packages_stay(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    used = app.add_version("sha256:1", downloads=5001)
    enough = app.add_version("sha256:2", downloads=5000)
    refused = message(api.delete(f"{APP}/versions/{used.id}"))
    assert refused == (
        400,
        (
            "Publicly visible package versions with more than 5000 downloads cannot be deleted. "
            "Contact GitHub support for further assistance."
        ),
    )
    assert message(api.delete(APP)) == (
        400,
        (
            "Publicly visible packages with a version with more than 5000 downloads cannot be "
            "deleted. contact GitHub support for further assistance"
        ),
    )
    assert api.delete(f"{APP}/versions/{enough.id}").status_code == 204
    app.visibility = "private"
    assert api.delete(f"{APP}/versions/{used.id}").status_code == 204
    assert api.delete(APP).status_code == 204


def test_restoring_brings_a_version_back_as_it_was(api: ApiClient, app: FakePackage) -> None:
    app.add_version("sha256:keep", tags=("keep",))
    version = app.add_version("sha256:1", tags=("v1", "latest"), downloads=7)
    path = f"{APP}/versions/{version.id}"
    before = api.get(path).json()
    api.delete(path)
    restored = api.post(f"{path}/restore")
    assert (restored.status_code, restored.content) == (204, b"")
    assert api.get(path).json() == before
    assert app.tags["latest"] == "sha256:1"
    assert (app.deleted, version.downloads) == ([], 7)


def test_tags_that_moved_on_stay_where_they_are(api: ApiClient, app: FakePackage) -> None:
    version = app.add_version("sha256:1", tags=("v1", "latest"))
    app.add_version("sha256:2", tags=("keep",))
    api.delete(f"{APP}/versions/{version.id}")
    app.add_version("sha256:3", tags=("latest",))
    assert api.post(f"{APP}/versions/{version.id}/restore").status_code == 204
    assert app.tags == {"v1": "sha256:1", "keep": "sha256:2", "latest": "sha256:3"}
    assert version.tags == ("v1",)


def test_restoring_may_lose_the_tags(github: FakeGitHub, api: ApiClient, app: FakePackage) -> None:
    app.add_version("sha256:keep", tags=("keep",))
    version = app.add_version("sha256:1", tags=("v1",))
    github.behaviour = Behaviour(restored_tags=False)
    api.delete(f"{APP}/versions/{version.id}")
    assert api.post(f"{APP}/versions/{version.id}/restore").status_code == 204
    assert version.tags == ()
    assert app.tags == {"keep": "sha256:keep"}


def test_what_is_active_or_unknown_cannot_be_restored(api: ApiClient, app: FakePackage) -> None:
    version = app.add_version("sha256:1")
    assert message(api.post(f"{APP}/versions/{version.id}/restore")) == NO_VERSION
    assert message(api.post(f"{APP}/versions/{version.id + 99}/restore")) == NO_VERSION
    assert message(api.post(f"{APP}/restore")) == NO_PACKAGE


def test_restoring_ends_after_30_days(github: FakeGitHub, api: ApiClient, app: FakePackage) -> None:
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    github.now = start
    version = app.add_version("sha256:1")
    api.delete(f"{APP}/versions/{version.id}")
    github.now = start + dt.timedelta(days=30, seconds=1)
    assert message(api.post(f"{APP}/versions/{version.id}/restore")) == NO_VERSION
    github.now = start + dt.timedelta(days=30)
    assert api.post(f"{APP}/versions/{version.id}/restore").status_code == 204
    api.delete(APP)
    github.now = start + dt.timedelta(days=61)
    assert message(api.post(f"{APP}/restore")) == NO_PACKAGE


def test_a_name_pushed_again_is_taken(github: FakeGitHub, api: ApiClient, app: FakePackage) -> None:
    version = app.add_version("sha256:1")
    api.delete(f"{APP}/versions/{version.id}")
    occupant = app.add_version("sha256:1")
    assert occupant.id > version.id
    assert api.post(f"{APP}/versions/{version.id}/restore").status_code == 409
    github.behaviour = Behaviour(taken_status=422)
    assert api.post(f"{APP}/versions/{version.id}/restore").status_code == 422
    api.delete(f"{APP}/versions/{occupant.id}")
    assert api.post(f"{APP}/versions/{version.id}/restore").status_code == 204


def test_a_whole_package_goes_and_comes_back(api: ApiClient, app: FakePackage) -> None:
    kept = app.add_version("sha256:1", tags=("v1",))
    gone = app.add_version("sha256:2")
    app.delete_version(gone)
    assert api.delete(APP).status_code == 204
    for path in (APP, f"{APP}/versions", f"{APP}/versions/{kept.id}"):
        assert message(api.get(path)) == NO_PACKAGE
    assert message(api.delete(APP)) == NO_PACKAGE
    assert message(api.post(f"{APP}/versions/{gone.id}/restore")) == NO_PACKAGE
    assert api.post(f"{APP}/restore").status_code == 204
    assert names(api.get(f"{APP}/versions")) == ["sha256:1"]
    assert names(api.get(f"{APP}/versions", state="deleted")) == ["sha256:2"]
    assert app.tags == {"v1": "sha256:1"}


def test_a_package_cannot_come_back_while_its_name_is_in_use(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    api.delete(APP)
    occupant = github.add_package("acme", "container", "app")
    assert occupant.id > app.id
    assert api.post(f"{APP}/restore").status_code == 409
    occupant.delete()
    github.world.deleted_packages.remove(occupant)
    assert api.post(f"{APP}/restore").status_code == 204
    assert api.get(APP).json()["id"] == app.id


def test_the_package_deleted_last_is_the_one_that_comes_back(
    github: FakeGitHub, api: ApiClient
) -> None:
    api.delete(APP)
    second = github.add_package("acme", "container", "app")
    api.delete(APP)
    assert api.post(f"{APP}/restore").status_code == 204
    assert api.get(APP).json()["id"] == second.id


def test_names_of_owners_and_packages_are_given_once(github: FakeGitHub) -> None:
    with pytest.raises(ValueError, match="is taken"):
        github.add_user("Acme")
    with pytest.raises(ValueError, match="already"):
        github.add_package("ACME", "container", "app")
    with pytest.raises(ValueError, match="add the organization or user first"):
        github.add_package("nobody", "container", "app")
