"""The packages API: listings and their pages, bodies, paths, and what is no path."""

import datetime as dt
import re
from dataclasses import replace

import pytest
import requests

from fake_github import Behaviour, FakeGitHub, FakePackage
from fake_github.contract import ApiClient
from fake_github.scene import APP, acme, asking, message, names

DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def numbered(package: FakePackage, count: int) -> list[str]:
    """Add so many versions, a minute apart; their names, newest first."""
    added = [
        package.add_version(f"1.0.{number}", created_at=DAY + dt.timedelta(minutes=number)).name
        for number in range(count)
    ]
    return added[::-1]


def links(response_link: str) -> dict[str, str]:
    """`Link` as relation to URL."""
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', response_link)}


def test_a_page_has_30_rows_unless_asked_for_up_to_100(api: ApiClient, app: FakePackage) -> None:
    every = numbered(app, 120)
    assert names(api.get(f"{APP}/versions")) == every[:30]
    assert names(api.get(f"{APP}/versions", per_page=100)) == every[:100]
    assert names(api.get(f"{APP}/versions", per_page=500)) == every[:100]
    assert names(api.get(f"{APP}/versions", per_page=100, page=2)) == every[100:]
    assert names(api.get(f"{APP}/versions", per_page=100, page=3)) == []
    assert names(api.get(f"{APP}/versions", per_page=0, page="x")) == every[:30]


def test_following_next_gives_everything_once(api: ApiClient, app: FakePackage) -> None:
    every, found, url = numbered(app, 25), [], f"{APP}/versions?per_page=10"
    while url:
        response = api.get(url)
        found += names(response)
        url = links(response.headers.get("Link", "")).get("next", "")
    assert found == every


def test_link_names_the_four_directions(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    numbered(app, 25)
    first = links(api.get(f"{APP}/versions", per_page=10).headers["Link"])
    assert set(first) == {"next", "last"}
    assert first["last"] == f"{github.api_url}{APP}/versions?per_page=10&page=3"
    middle = links(api.get(f"{APP}/versions", per_page=10, page=2).headers["Link"])
    assert set(middle) == {"prev", "next", "last", "first"}
    last = links(api.get(f"{APP}/versions", per_page=10, page=3).headers["Link"])
    assert set(last) == {"prev", "first"}


def test_one_page_has_no_link(api: ApiClient, app: FakePackage) -> None:
    numbered(app, 10)
    assert "Link" not in api.get(f"{APP}/versions", per_page=10).headers


def test_link_may_name_the_owner_by_id_and_can_be_followed(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    every = numbered(app, 3)
    github.behaviour = Behaviour(link="id")
    for path in (APP, "/users/acme/packages/container/app"):
        url = links(api.get(f"{path}/versions", per_page=2).headers["Link"])["next"]
        assert re.search(r"/(organizations|user)/\d+/packages/container/app/versions", url)
        assert names(api.get(url)) == every[2:]


def test_link_may_lack_last_or_be_missing_at_all(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    numbered(app, 3)
    github.behaviour = Behaviour(link_last=False)
    assert set(links(api.get(f"{APP}/versions", per_page=2).headers["Link"])) == {"next"}
    github.behaviour = Behaviour(link="none")
    assert "Link" not in api.get(f"{APP}/versions", per_page=2).headers


def test_the_order_can_be_turned_and_shuffled_but_pages_agree(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    every = numbered(app, 40)
    github.behaviour = Behaviour(order="oldest")
    assert names(api.get(f"{APP}/versions", per_page=100)) == every[::-1]
    github.behaviour = Behaviour(order="shuffled")
    whole = names(api.get(f"{APP}/versions", per_page=100))
    pages = [*names(api.get(f"{APP}/versions")), *names(api.get(f"{APP}/versions", page=2))]
    assert whole == pages
    assert whole not in (every, every[::-1])
    assert sorted(whole) == sorted(every)


def test_equal_times_are_listed_by_id(api: ApiClient, app: FakePackage) -> None:
    added = [app.add_version(name, created_at=DAY) for name in ("b", "c", "a")]
    assert [v.id for v in added] == sorted(v.id for v in added)
    assert names(api.get(f"{APP}/versions")) == ["a", "c", "b"]


def test_listing_packages_ends_at_10_000(api: ApiClient) -> None:
    path = "/orgs/acme/packages?package_type=container"
    assert names(api.get(path, per_page=100, page=100)) == []
    status, text = message(api.get(path, per_page=100, page=101))
    assert status == 400
    assert text == "The value of per_page multiplied by page cannot be greater than 10000."
    assert names(api.get(f"{APP}/versions", per_page=100, page=101)) == []


def test_packages_are_listed_by_type_and_visibility(github: FakeGitHub, api: ApiClient) -> None:
    github.add_package("acme", "container", "team/web", visibility="private")
    github.add_package("acme", "npm", "lib")
    path = "/orgs/acme/packages"
    assert names(api.get(path, package_type="container")) == ["team/web", "app"]
    assert names(api.get(path, package_type="container", visibility="private")) == ["team/web"]
    assert names(api.get("/users/acme/packages", package_type="npm")) == ["lib"]
    assert names(api.get("/user/packages", package_type="npm")) == []
    assert message(api.get(path, package_type="oci")) == (400, "Invalid argument.")
    assert message(api.get(path)) == (400, "Invalid argument.")


def test_deleted_packages_may_show_in_the_list(github: FakeGitHub, api: ApiClient) -> None:
    assert api.delete(APP).status_code == 204
    assert names(api.get("/orgs/acme/packages", package_type="container")) == []
    github.behaviour = Behaviour(deleted_packages_listed=True)
    assert names(api.get("/orgs/acme/packages", package_type="container")) == ["deleted_app"]


def test_a_package_counts_its_active_versions(api: ApiClient, app: FakePackage) -> None:
    numbered(app, 3)
    app.delete_version(app.versions[0])
    body = api.get(APP).json()
    assert body["version_count"] == 2
    assert body["visibility"] == "public"
    assert body["owner"]["type"] == "Organization"
    assert body["repository"]["full_name"] == "acme/app"


@pytest.mark.parametrize("kind", ["npm", "maven", "rubygems", "docker", "nuget", "container"])
def test_every_type_has_the_bodies_of_the_description(
    github: FakeGitHub, api: ApiClient, kind: str
) -> None:
    package = github.add_package("octocat", kind, "Some.Thing", visibility="private")
    version = package.add_version("1.2.3", tags=("v1",) if kind == "docker" else ())
    path = f"/user/packages/{kind}/Some.Thing"
    metadata = api.get(f"{path}/versions/{version.id}").json()["metadata"]
    assert metadata["package_type"] == kind
    assert ("container" in metadata) is (kind == "container")
    if kind == "docker":
        assert metadata["docker"]["tag"] == ["v1"]
    assert api.get(path).json()["url"].endswith(f"/users/octocat/packages/{kind}/Some.Thing")
    assert names(api.get("/users/octocat/packages", package_type=kind)) == ["Some.Thing"]


def test_a_version_shows_its_tags_and_times(api: ApiClient, app: FakePackage) -> None:
    later = DAY + dt.timedelta(days=2, microseconds=5)
    version = app.add_version("sha256:1", tags=("v1", "latest"), created_at=DAY, updated_at=later)
    body = api.get(f"{APP}/versions/{version.id}").json()
    assert body["metadata"]["container"]["tags"] == ["v1", "latest"]
    assert body["created_at"] == "2026-01-01T00:00:00Z"
    assert body["updated_at"] == "2026-01-03T00:00:00Z"
    assert "deleted_at" not in body


def test_moving_a_tag_leaves_the_former_version_untagged_and_changes_no_time(
    app: FakePackage,
) -> None:
    former = app.add_version("sha256:1", tags=("v1", "latest"), created_at=DAY)
    times = (former.created_at, former.updated_at)
    app.add_version("sha256:2", tags=("latest",))
    assert former.tags == ("v1",)
    assert (former.created_at, former.updated_at) == times
    assert app.tags == {"v1": "sha256:1", "latest": "sha256:2"}


def test_names_are_one_segment_and_logins_have_no_case(github: FakeGitHub, api: ApiClient) -> None:
    github.add_package("acme", "container", "team/web/versions")
    assert api.get("/orgs/ACME/packages/container/team%2Fweb%2Fversions").status_code == 200
    assert api.get("/orgs/acme/packages/container/team%2fweb%2fversions/versions").json() == []
    assert message(api.get("/orgs/acme/packages/container/team/web/versions")) == (
        404,
        "Not Found",
    )
    assert message(api.get("/orgs/acme/packages/container/Team%2Fweb%2Fversions")) == (
        404,
        "Package not found.",
    )


@pytest.mark.parametrize("name", ["versions", "restore", "packages", "1"])
def test_names_that_look_like_paths(github: FakeGitHub, api: ApiClient, name: str) -> None:
    package = github.add_package("acme", "npm", name)
    version = package.add_version("1.0.0")
    path = f"/orgs/acme/packages/npm/{name}"
    assert api.get(path).json()["name"] == name
    assert names(api.get(f"{path}/versions")) == ["1.0.0"]
    package.add_version("1.0.1")
    assert api.delete(f"{path}/versions/{version.id}").status_code == 204
    assert api.post(f"{path}/versions/{version.id}/restore").status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        f"{APP}/",
        f"{APP}/versions/",
        f"{APP}/tags",
        f"{APP}/versions/abc",
        f"{APP}/versions/1/2",
        "/orgs/acme/packages/container",
        "/orgs/octocat/packages/container/app",
        "/orgs/nobody/packages/container/app",
        "/organizations/1/packages/container/app",
        "/",
        "/api/v3",
        "/repos/acme/app",
        "/orgs/octocat",
        "/users/nobody",
    ],
)
def test_what_is_no_path(api: ApiClient, path: str) -> None:
    assert message(api.get(path)) == (404, "Not Found")


def test_the_method_is_part_of_the_path(api: ApiClient, app: FakePackage) -> None:
    version = app.add_version("sha256:1")
    assert message(api.post(APP)) == (404, "Not Found")
    assert message(api.post("/user")) == (404, "Not Found")
    assert message(api.delete(f"{APP}/versions")) == (404, "Not Found")
    assert message(api.post(f"{APP}/versions/{version.id}")) == (404, "Not Found")
    assert len(app.versions) == 1


def test_a_type_that_github_does_not_have(api: ApiClient) -> None:
    for path in ("/orgs/acme/packages/oci/app", "/orgs/acme/packages/Container/app/versions"):
        assert message(api.get(path)) == (400, "Invalid argument.")


def test_head_is_a_get_without_the_body(github: FakeGitHub) -> None:
    answer = requests.head(f"{github.api_url}/users/acme", timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_accounts_tell_users_from_organizations(github: FakeGitHub, api: ApiClient) -> None:
    assert api.get("/users/acme").json()["type"] == "Organization"
    assert api.get("/users/OctoCat").json()["type"] == "User"
    assert api.get("/orgs/acme").json()["login"] == "acme"
    assert api.get("/user").json()["login"] == "octocat"
    assert "/users/octocat" in api.get("/user").json()["url"]


def test_the_same_api_is_under_the_prefix_of_an_enterprise_server(
    github: FakeGitHub, app: FakePackage
) -> None:
    numbered(app, 3)
    with asking(github, prefix="/api/v3") as api:
        response = api.get(f"{APP}/versions", per_page=2)
        url = links(response.headers["Link"])["next"]
        assert url.startswith(f"{github.api_url}/api/v3{APP}/versions?")
        assert response.json()[0]["url"].startswith(f"{github.api_url}/api/v3{APP}/versions/")
        assert len(names(api.get(url))) == 1


def test_every_answer_says_who_it_is(github: FakeGitHub, api: ApiClient) -> None:
    seen = set()
    for path in (APP, f"{APP}/nope", "/user"):
        headers = api.get(path).headers
        assert re.fullmatch(r"[0-9A-F]+(:[0-9A-F]+){4}", headers["X-GitHub-Request-Id"])
        seen.add(headers["X-GitHub-Request-Id"])
        assert headers["X-GitHub-Api-Version-Selected"] == "2022-11-28"
        assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert len(seen) == 3


def test_ids_are_unique_and_growing(github: FakeGitHub, app: FakePackage) -> None:
    other = github.add_package("acme", "npm", "lib")
    ids = [p.add_version().id for _ in range(5) for p in (app, other)]
    assert ids == sorted(set(ids))


def test_the_log_tells_what_was_asked_in_order(github: FakeGitHub, api: ApiClient) -> None:
    api.get(f"{APP}/versions", per_page=2)
    api.delete(f"{APP}/versions/1")
    first, second = github.requests
    assert (first.method, first.path, dict(first.query)) == (
        "GET",
        f"{APP}/versions",
        {"per_page": "2"},
    )
    assert (first.status, first.server, first.token_kind) == (200, "api", "classic")
    assert (second.method, second.status) == ("DELETE", 404)
    assert first.time <= first.answered <= second.time
    assert first.headers["authorization"].startswith("Bearer ghp_")
    github.forget_requests()
    assert github.requests == []


def test_a_hook_sees_each_call_before_it_is_handled(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    seen = []
    github.on_request(lambda call: seen.append((call.method, call.path)))
    github.on_request(lambda _: app.add_version("pushed"))
    assert names(api.get(f"{APP}/versions")) == ["pushed"]
    assert seen == [("GET", f"{APP}/versions")]


def test_a_failing_hook_fails_the_test_and_not_the_client() -> None:
    def broken(call: object) -> None:
        raise ValueError("in the hook")

    def use() -> None:
        with acme() as github:
            github.on_request(broken)
            answer = requests.get(f"{github.api_url}/user", timeout=10)
            assert (answer.status_code, answer.text) == (500, "the fake GitHub itself failed")

    with pytest.raises(RuntimeError, match="fake GitHub itself failed"):
        use()


def test_two_fakes_do_not_meet(github: FakeGitHub) -> None:
    with acme() as other:
        assert other.api_url != github.api_url
        with asking(other) as api:
            api.get(APP)
        assert len(other.requests) == 1
        assert github.requests == []


def test_behaviour_is_a_value(github: FakeGitHub) -> None:
    assert replace(github.behaviour, link="id") == Behaviour(link="id")
