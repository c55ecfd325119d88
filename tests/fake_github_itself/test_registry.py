"""The registry: its tokens, and reading; what it refuses and how."""

import base64
import http.client
import re

import pytest
import requests

from fake_github import Behaviour, FakeGitHub, FakePackage, Token
from fake_github.manifests import (
    DOCKER_LIST,
    DOCKER_MANIFEST,
    OCI_INDEX,
    OCI_MANIFEST,
    digest_of,
)
from fake_github.scene import ALL

ACCEPT = f"{OCI_INDEX}, {OCI_MANIFEST}, {DOCKER_LIST}, {DOCKER_MANIFEST}"
UNKNOWN = (404, "MANIFEST_UNKNOWN", "manifest unknown")
DENIED = (403, "DENIED", "denied")


@pytest.fixture
def secret(github: FakeGitHub) -> str:
    return github.add_token(Token.classic(login="octocat", scopes=ALL))


def registry_token(github: FakeGitHub, scope: str, secret: str | None = None) -> requests.Response:
    return requests.get(
        f"{github.registry_url}/token",
        params={"service": "ghcr.io", "scope": scope},
        auth=None if secret is None else ("anybody", secret),
        timeout=5,
    )


def get(
    github: FakeGitHub, path: str, bearer: str = "", accept: str = ACCEPT, method: str = "GET"
) -> requests.Response:
    headers = {"Accept": accept}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    url = path if path.startswith("http") else f"{github.registry_url}{path}"
    return requests.request(method, url, headers=headers, timeout=5, allow_redirects=False)


def error(response: requests.Response) -> tuple[int, str, str]:
    """Status, code and message of a refusal."""
    (found,) = response.json()["errors"]
    return response.status_code, found["code"], found["message"]


def encoded(secret: str) -> str:
    """A GitHub token as the registry takes it directly."""
    return base64.b64encode(secret.encode()).decode()


def test_without_a_token_the_way_to_one_is_shown(github: FakeGitHub, app: FakePackage) -> None:
    refused = get(github, "/v2/acme/app/manifests/latest")
    assert error(refused) == (401, "UNAUTHORIZED", "authentication required")
    assert refused.headers["Www-Authenticate"] == (
        f'Bearer realm="{github.registry_url}/token",service="ghcr.io",'
        'scope="repository:acme/app:pull"'
    )
    placeholder = get(github, "/v2/").headers["Www-Authenticate"]
    assert placeholder.endswith('scope="repository:user/image:pull"')
    written = requests.post(f"{github.registry_url}/v2/acme/app/blobs/uploads/", timeout=5)
    assert 'scope="repository:acme/app:pull,push"' in written.headers["Www-Authenticate"]


def test_the_way_to_a_manifest(github: FakeGitHub, app: FakePackage, secret: str) -> None:
    digest = app.push_image(tags=("v1",))
    answer = registry_token(github, "repository:acme/app:pull", secret)
    assert set(answer.json()) == {"token"}
    for reference in ("v1", digest):
        manifest = get(github, f"/v2/acme/app/manifests/{reference}", answer.json()["token"])
        assert manifest.status_code == 200
        assert manifest.headers["Content-Type"] == OCI_INDEX
        assert manifest.headers["docker-content-digest"] == digest == digest_of(manifest.content)
        assert "OCI-Subject" not in manifest.headers
        assert manifest.headers["x-github-request-id"]
    assert get(github, "/v2/", answer.json()["token"]).status_code == 200


def test_head_tells_the_same_without_the_content(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    app.push_image(tags=("v1",))
    path = "/v2/acme/app/manifests/v1"
    whole = get(github, path, encoded(secret))
    head = get(github, path, encoded(secret), method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["docker-content-digest"] == whole.headers["docker-content-digest"]
    missing = get(github, "/v2/acme/app/manifests/v9", encoded(secret), method="HEAD")
    assert missing.status_code == 404


def test_the_github_token_in_base64_is_a_short_cut(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    app.push_image(tags=("v1",))
    path = "/v2/acme/app/manifests/v1"
    actions = github.add_token(Token.actions(repository="acme/app"))
    for right in (encoded(secret), encoded(actions)):
        assert get(github, path, right).status_code == 200
    for wrong in (secret, encoded("ghp_wrong"), "???", encoded(secret)[:-4]):
        assert get(github, path, wrong).status_code == 401


def test_the_token_endpoint_takes_basic_only(github: FakeGitHub, secret: str) -> None:
    path = "/token?service=ghcr.io&scope=repository:acme/app:pull"
    assert get(github, path, secret).status_code == 401
    assert get(github, path, encoded(secret)).status_code == 401
    posted = requests.post(github.registry_url + path, auth=("x", secret), timeout=5)
    assert posted.status_code == 405
    assert error(registry_token(github, "repository:acme/app:pull", "ghp_wrong")) == DENIED


def test_anybody_may_pull_what_is_public(github: FakeGitHub, app: FakePackage) -> None:
    app.push_image(tags=("v1",))
    token = registry_token(github, "repository:acme/app:pull").json()["token"]
    assert get(github, "/v2/acme/app/manifests/v1", token).status_code == 200
    assert error(registry_token(github, "repository:acme/nope:pull")) == DENIED
    app.visibility = "private"
    assert error(registry_token(github, "repository:acme/app:pull")) == DENIED
    assert error(get(github, "/v2/acme/app/manifests/v1", token)) == DENIED


def test_what_is_private_needs_a_role_and_a_scope(github: FakeGitHub, app: FakePackage) -> None:
    app.push_image(tags=("v1",))
    app.visibility = "private"
    scope, path = "repository:acme/app:pull", "/v2/acme/app/manifests/v1"
    tokens = {
        Token.classic(login="octocat", scopes=("read:packages",)): 200,
        Token.classic(login="octocat", scopes=("repo",)): 403,
        Token.actions(repository="acme/app", permission="read"): 200,
        Token.actions(repository="acme/other"): 403,
        Token.fine_grained(login="octocat"): 403,
    }
    for token, status in tokens.items():
        secret = github.add_token(token)
        assert registry_token(github, scope, secret).status_code == status
        assert get(github, path, encoded(secret)).status_code == status


def test_single_sign_on_and_allow_lists_hold_here_too() -> None:
    with FakeGitHub() as github:
        github.add_user("octocat")
        secret = github.add_token(Token.classic(login="octocat", scopes=ALL))
        github.add_organization("one", sso=True)
        github.add_organization("two", ip_allow_list=True)
        for login in ("one", "two"):
            github.add_package(login, "container", "app", visibility="private")
            assert error(registry_token(github, f"repository:{login}/app:pull", secret)) == DENIED


def test_a_token_is_for_its_repository_and_its_time(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    app.push_image(tags=("v1",))
    github.add_package("acme", "container", "other").push_image(tags=("v1",))
    github.behaviour = Behaviour(token_seconds=60)
    answer = registry_token(github, "repository:acme/app:pull", secret).json()
    assert answer["expires_in"] == 60
    path = "/v2/acme/app/manifests/v1"
    assert get(github, path, answer["token"]).status_code == 200
    assert get(github, "/v2/acme/other/manifests/v1", answer["token"]).status_code == 401
    github.behaviour = Behaviour(token_seconds=0)
    answer = registry_token(github, "repository:acme/app:pull", secret).json()
    assert get(github, path, answer["token"]).status_code == 401


def test_one_token_may_be_for_several_repositories(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    app.push_image(tags=("v1",))
    github.add_package("acme", "container", "other").push_image(tags=("v1",))
    answer = requests.get(
        f"{github.registry_url}/token",
        params=[("scope", "repository:acme/app:pull"), ("scope", "repository:acme/other:pull")],
        auth=("x", secret),
        timeout=5,
    )
    for name in ("app", "other"):
        path = f"/v2/acme/{name}/manifests/v1"
        assert get(github, path, answer.json()["token"]).status_code == 200


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        (OCI_INDEX, "OCI index found, but Accept header does not support OCI indexes"),
        (OCI_MANIFEST, "OCI manifest found, but Accept header does not support OCI manifests"),
        (DOCKER_LIST, "Manifest list found, but Accept header does not support manifest lists"),
        (DOCKER_MANIFEST, "Manifest found, but Accept header does not support manifests"),
    ],
)
def test_accept_must_name_the_type_or_it_looks_missing(
    github: FakeGitHub, app: FakePackage, secret: str, media_type: str, text: str
) -> None:
    digest = app.push_manifest({"schemaVersion": 2, "manifests": []}, media_type)
    path = f"/v2/acme/app/manifests/{digest}"
    others = ", ".join(t for t in ACCEPT.split(", ") if t != media_type)
    for accept in (others, "*/*", "application/json"):
        refused = (404, "MANIFEST_UNKNOWN", text)
        assert error(get(github, path, encoded(secret), accept)) == refused
    exact = get(github, path, encoded(secret), f"{media_type};q=0.5")
    assert exact.headers["Content-Type"] == media_type


def test_accept_may_come_in_several_headers(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    app.push_image(tags=("v1",))
    client = http.client.HTTPConnection(github.registry_url.removeprefix("http://"), timeout=5)
    client.putrequest("GET", "/v2/acme/app/manifests/v1")
    for media_type in (OCI_INDEX, OCI_MANIFEST):
        client.putheader("Accept", media_type)
    client.putheader("Authorization", f"Bearer {encoded(secret)}")
    client.endheaders()
    assert client.getresponse().status == 200
    client.close()


def test_what_is_not_there(github: FakeGitHub, app: FakePackage, secret: str) -> None:
    bearer = encoded(secret)
    assert error(get(github, "/v2/acme/app/manifests/v9", bearer)) == UNKNOWN
    assert error(get(github, f"/v2/acme/app/manifests/sha256:{'0' * 64}", bearer)) == UNKNOWN
    assert error(get(github, "/v2/acme/nope/manifests/v1", bearer))[:2] == (404, "NAME_UNKNOWN")
    assert error(get(github, f"/v2/acme/app/blobs/sha256:{'0' * 64}", bearer))[1] == "BLOB_UNKNOWN"
    for path in ("/v2/acme/app", "/v2/_catalog", "/v2/Acme/App/manifests/v1", "/"):
        assert get(github, path, bearer).status_code == 404
    assert get(github, "/v2/acme/app/tags/all", bearer).status_code == 404
    broken = app.add_version(f"sha256:{'1' * 64}", tags=("broken",))
    assert error(get(github, "/v2/acme/app/manifests/broken", bearer)) == UNKNOWN
    assert app.pullable("broken") == [broken.name]


def test_deleted_versions_are_unknown_until_restored(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    digest = app.push_image(tags=("v1",))
    version = app.active[digest]
    app.delete_version(version)
    for reference in ("v1", digest):
        path = f"/v2/acme/app/manifests/{reference}"
        assert error(get(github, path, encoded(secret))) == UNKNOWN
    app.restore_version(version)
    for reference in ("v1", digest):
        path = f"/v2/acme/app/manifests/{reference}"
        assert get(github, path, encoded(secret)).status_code == 200
    app.delete()
    assert error(get(github, "/v2/acme/app/manifests/v1", encoded(secret)))[1] == "NAME_UNKNOWN"


def test_names_may_be_nested_and_confusing(github: FakeGitHub, secret: str) -> None:
    for name in ("team/web", "manifests/blobs", "tags/list", "a/manifests/b"):
        package = github.add_package("acme", "container", name)
        digest = package.push_image(tags=("v1",))
        answer = get(github, f"/v2/acme/{name}/manifests/v1", encoded(secret))
        assert answer.headers["docker-content-digest"] == digest
        scope = f"repository:acme/{name}:pull"
        token = registry_token(github, scope, secret).json()["token"]
        assert get(github, f"/v2/acme/{name}/tags/list", token).json()["tags"] == ["v1"]


def test_reading_a_manifest_counts_as_a_download_of_it(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    digest = app.push_image(tags=("v1",))
    path = "/v2/acme/app/manifests/v1"
    get(github, path, encoded(secret))
    get(github, path, encoded(secret), accept="*/*")
    get(github, path, encoded(secret), method="HEAD")
    assert app.active[digest].downloads == 1
    assert sum(version.downloads for version in app.versions) == 1
    github.behaviour = Behaviour(head_downloads=True)
    get(github, path, encoded(secret), method="HEAD")
    assert app.active[digest].downloads == 2


def test_blobs_are_there_for_those_who_may_pull(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    digest = app.push_image(platforms=("linux/amd64",), attestations=False)
    config = app.manifests[digest].document["config"]["digest"]
    blob = get(github, f"/v2/acme/app/blobs/{config}", encoded(secret))
    assert digest_of(blob.content) == config
    head = get(github, f"/v2/acme/app/blobs/{config}", encoded(secret), method="HEAD")
    assert head.headers["Content-Length"] == str(len(blob.content))
    github.add_package("acme", "container", "other")
    assert get(github, f"/v2/acme/other/blobs/{config}", encoded(secret)).status_code == 404


def test_tags_come_in_pages(github: FakeGitHub, app: FakePackage, secret: str) -> None:
    every = [f"v{number}" for number in range(5)]
    for tag in every:
        app.push_image(tags=(tag,))
    github.behaviour = Behaviour(tags_page=4)
    path, pages = "/v2/acme/app/tags/list?n=2", 0
    found: list[str] = []
    while path:
        answer = get(github, path, encoded(secret))
        found, pages = found + answer.json()["tags"], pages + 1
        link = re.fullmatch(r'<(/v2/.+)>; rel="next"', answer.headers.get("Link", ""))
        path = link[1] if link else ""
    assert (found, pages) == (every, 3)
    whole = get(github, "/v2/acme/app/tags/list?n=1000", encoded(secret))
    assert (len(whole.json()["tags"]), whole.json()["name"]) == (4, "acme/app")
    assert "Link" in whole.headers


def test_nothing_can_be_deleted_here(github: FakeGitHub, app: FakePackage, secret: str) -> None:
    digest = app.push_image(tags=("v1",))
    for reference in ("v1", digest):
        path = f"/v2/acme/app/manifests/{reference}"
        refused = get(github, path, encoded(secret), method="DELETE")
        assert error(refused) == (405, "UNSUPPORTED", "The operation is unsupported.")
    assert app.pullable("v1") == []


def test_referrers_are_sent_elsewhere_or_not_found(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    digest = app.push_image(tags=("v1",))
    path = f"/v2/acme/app/referrers/{digest}"
    sent = get(github, path, encoded(secret))
    assert sent.status_code == 303
    assert sent.headers["Location"] == (
        "https://github.com/-/v2/packages/container/package/acme%2Fapp%2Freferrers%2Fsha256"
    )
    github.behaviour = Behaviour(referrers=404)
    assert get(github, path, encoded(secret)).status_code == 404


def test_the_two_hosts_are_not_to_be_confused(
    github: FakeGitHub, app: FakePackage, secret: str
) -> None:
    app.push_image(tags=("v1",))
    token = registry_token(github, "repository:acme/app:pull", secret).json()["token"]
    wrong = get(github, f"{github.api_url}/orgs/acme/packages/container/app", token)
    assert (wrong.status_code, wrong.json()["message"]) == (401, "Bad credentials")
    path = "/orgs/acme/packages/container/app"
    assert get(github, path, encoded(secret)).status_code == 404
    assert get(github, f"{github.api_url}/v2/", secret).status_code == 404
    assert [request.server for request in github.requests][1:] == ["api", "registry", "api"]
