"""Faults happen to the calls they are for, as often as they are set to, and nothing else."""

import gc
import itertools
import socket
import time
from contextlib import ExitStack, suppress

import pytest
import requests

from fake_github import FakeGitHub, FakePackage, Fault, FaultKind
from fake_github.contract import ApiClient
from fake_github.manifests import OCI_MANIFEST, digest_of
from fake_github.scene import ALL, APP, acme, message, names
from fake_github.tokens import Token

VERSIONS = f"{APP}/versions"


@pytest.fixture
def app(app: FakePackage) -> FakePackage:
    for number in range(6):
        app.add_version(f"v{number}")
    return app


def raw(github: FakeGitHub, method: str, path: str) -> requests.Response:
    """One request that is not checked against the description."""
    secret = github.add_token(Token.classic(login="octocat", scopes=ALL))
    headers = {"Authorization": f"Bearer {secret}"}
    return requests.request(
        method, github.api_url + path, headers=headers, timeout=5, allow_redirects=False
    )


def test_a_status_is_answered_instead(github: FakeGitHub, app: FakePackage) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, method="DELETE", headers={"Retry-After": "3"}))
    path = f"{VERSIONS}/{app.versions[0].id}"
    assert raw(github, "GET", path).status_code == 200
    answer = raw(github, "DELETE", path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (502, "3")
    assert "<html>" in answer.text
    assert answer.headers["X-GitHub-Request-Id"]
    assert len(app.versions) == 6
    assert raw(github, "DELETE", path).status_code == 204


def test_bodies_can_be_text_bytes_or_json(github: FakeGitHub) -> None:
    for body, kind in (
        ("plain", "text/html; charset=utf-8"),
        (b"\x00\xff", "application/octet-stream"),
        ({"message": "x"}, "application/json; charset=utf-8"),
    ):
        github.fail(Fault(kind=FaultKind.STATUS, status=500, body=body))
        assert raw(github, "GET", APP).headers["Content-Type"] == kind


def test_skip_and_times_count_matching_calls_only(github: FakeGitHub, app: FakePackage) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, path_contains="/versions", skip=1, times=2))
    statuses = []
    for _ in range(4):
        statuses.append(raw(github, "GET", VERSIONS).status_code)
        assert raw(github, "GET", APP).status_code == 200
    assert statuses == [200, 502, 502, 200]


def test_a_fault_can_last_until_healed(github: FakeGitHub) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, times=None))
    assert [raw(github, "GET", APP).status_code for _ in range(3)] == [502] * 3
    github.heal()
    assert raw(github, "GET", APP).status_code == 200


def test_the_query_the_server_and_a_predicate_select(github: FakeGitHub, app: FakePackage) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, path_contains="page=2", times=None))
    github.fail(Fault(kind=FaultKind.STATUS, server="registry", times=None, status=503))
    last = str(app.versions[-1].id)
    github.fail(Fault(kind=FaultKind.STATUS, predicate=lambda c: c.path.endswith(last), status=500))
    assert raw(github, "GET", f"{VERSIONS}?page=1").status_code == 200
    assert raw(github, "GET", f"{VERSIONS}?page=2").status_code == 502
    assert raw(github, "GET", f"{VERSIONS}/{last}").status_code == 500
    assert requests.get(f"{github.registry_url}/v2/", timeout=5).status_code == 503


def test_the_first_fault_that_is_due_wins_and_others_wait(github: FakeGitHub) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, status=500))
    github.fail(Fault(kind=FaultKind.STATUS, status=503))
    assert [raw(github, "GET", APP).status_code for _ in range(3)] == [500, 503, 200]


def test_a_reset_changes_nothing_a_lost_answer_does(github: FakeGitHub, app: FakePackage) -> None:
    first, second = app.versions[:2]
    github.fail(Fault(kind=FaultKind.RESET, method="DELETE"))
    with pytest.raises(requests.ConnectionError):
        raw(github, "DELETE", f"{VERSIONS}/{first.id}")
    assert first in app.versions
    github.fail(Fault(kind=FaultKind.LOST_ANSWER, method="DELETE"))
    with pytest.raises(requests.ConnectionError):
        raw(github, "DELETE", f"{VERSIONS}/{second.id}")
    assert second in app.deleted
    assert [request.status for request in github.requests] == [0, 0]


def test_an_error_may_follow_the_deed(github: FakeGitHub, app: FakePackage) -> None:
    github.fail(Fault(kind=FaultKind.ERROR_AFTER, status=502))
    assert raw(github, "DELETE", f"{VERSIONS}/{app.versions[0].id}").status_code == 502
    assert len(app.versions) == 5


def test_json_may_end_too_soon_with_and_without_notice(
    github: FakeGitHub, app: FakePackage
) -> None:
    github.fail(Fault(kind=FaultKind.TRUNCATED))
    with pytest.raises(requests.JSONDecodeError):
        raw(github, "GET", VERSIONS).json()
    github.fail(Fault(kind=FaultKind.CUT))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        raw(github, "GET", VERSIONS)
    assert len(raw(github, "GET", VERSIONS).json()) == 6


def test_a_call_may_hang_and_then_be_handled(github: FakeGitHub, app: FakePackage) -> None:
    github.fail(Fault(kind=FaultKind.HANG, seconds=0.3))
    begun = time.monotonic()
    assert raw(github, "DELETE", f"{VERSIONS}/{app.versions[0].id}").status_code == 204
    assert time.monotonic() - begun >= 0.3


def test_a_hanging_call_does_not_hold_up_the_end() -> None:
    begun = time.monotonic()
    with acme() as github:
        github.fail(Fault(kind=FaultKind.HANG, seconds=60))
        with pytest.raises(requests.Timeout):
            requests.get(f"{github.api_url}/users/acme", timeout=0.2)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"G" * 100],
    ids=["nothing", "a request", "a part of one"],
)
def test_what_clients_are_in_the_middle_of_leaves_no_socket_open(sent: bytes) -> None:
    """One that is left open fails a test that has nothing to do with it, when it is collected."""
    for _ in range(10):
        _close_under([sent] * 30)
    gc.collect()


def test_a_client_that_never_reads_leaves_no_socket_open() -> None:
    _close_under([b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 100_000])
    gc.collect()


def _close_under(clients: list[bytes]) -> None:
    """Close a fake while each of these clients has sent what it could, and has read nothing."""
    github = FakeGitHub()
    github.start()
    with ExitStack() as connections:
        address = ("127.0.0.1", int(github.api_url.rpartition(":")[2]))
        for sent in clients:
            client = connections.enter_context(socket.create_connection(address))
            client.settimeout(0.2)
            with suppress(TimeoutError):
                client.sendall(sent)
        github.close()


def test_latency_is_added_to_everything(github: FakeGitHub, api: ApiClient) -> None:
    github.latency = 0.2
    begun = time.monotonic()
    api.get(APP)
    assert time.monotonic() - begun >= 0.2


def test_a_stale_list_shows_what_was(github: FakeGitHub, api: ApiClient, app: FakePackage) -> None:
    github.fail(Fault(kind=FaultKind.STALE_LIST, path_contains="versions?", times=2))
    first = app.versions[0]
    api.delete(f"{VERSIONS}/{first.id}")
    app.add_version("pushed", tags=("new",))
    stale = api.get(VERSIONS, per_page=100)
    assert names(stale) == ["v5", "v4", "v3", "v2", "v1", "v0"]
    assert message(api.get(f"{VERSIONS}/{first.id}"))[0] == 404
    assert names(api.get(VERSIONS, per_page=3, page=2)) == ["v2", "v1", "v0"]
    assert names(api.get(VERSIONS, per_page=100)) == ["pushed", "v5", "v4", "v3", "v2", "v1"]


def test_a_stale_list_shows_former_tags_and_states(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    version = app.versions[0]
    app.retag(version, ("latest",))
    app.delete_version(app.versions[5])
    github.fail(Fault(kind=FaultKind.STALE_LIST, times=2))
    app.retag(app.versions[1], ("latest",))
    app.restore_version(app.deleted[0])
    rows = api.get(VERSIONS, per_page=100).json()
    assert [row["name"] for row in rows] == ["v4", "v3", "v2", "v1", "v0"]
    assert rows[-1]["metadata"]["container"]["tags"] == ["latest"]
    assert names(api.get(VERSIONS, state="deleted")) == ["v5"]


def test_a_list_may_be_some_requests_old(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    ids = [version.id for version in app.versions]
    for version_id in ids[:3]:
        api.delete(f"{VERSIONS}/{version_id}")
    github.fail(Fault(kind=FaultKind.STALE_LIST, requests_ago=2))
    assert names(api.get(VERSIONS)) == ["v5", "v4", "v3", "v2", "v1"]
    github.fail(Fault(kind=FaultKind.STALE_LIST, requests_ago=99))
    assert len(names(api.get(VERSIONS))) == 6


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(kind=FaultKind.MISSING_PAGE, path_contains="?page=2"), ["v5", "v4", "v1", "v0"]),
        (
            Fault(kind=FaultKind.DUPLICATED_ROWS, path_contains="?page=2"),
            ["v5", "v4", "v4", "v3", "v1", "v0"],
        ),
        (
            Fault(kind=FaultKind.SHIFTED_ROWS, path_contains="?page=2"),
            ["v5", "v4", "v2", "v1", "v1", "v0"],
        ),
        (
            Fault(kind=FaultKind.SHIFTED_ROWS, path_contains="?page=3", shift=2),
            ["v5", "v4", "v3", "v2"],
        ),
    ],
)
def test_pages_may_be_missing_repeat_rows_or_skip_them(
    github: FakeGitHub, api: ApiClient, app: FakePackage, fault: Fault, expected: list[str]
) -> None:
    github.fail(fault)
    pages = [names(api.get(f"{VERSIONS}?page={page}&per_page=2")) for page in (1, 2, 3)]
    assert list(itertools.chain(*pages)) == expected


def test_a_version_may_seem_gone(github: FakeGitHub, api: ApiClient, app: FakePackage) -> None:
    version = app.versions[0]
    github.fail(Fault(kind=FaultKind.STALE_404, method="DELETE"))
    path = f"{VERSIONS}/{version.id}"
    assert message(api.delete(path)) == (404, "Package version not found.")
    assert api.get(path).status_code == 200
    assert version in app.versions


def test_a_redirect_leads_to_another_host(github: FakeGitHub, app: FakePackage) -> None:
    with acme() as other:
        github.fail(Fault(kind=FaultKind.REDIRECT, location=f"{other.api_url}{APP}"))
        answer = raw(github, "GET", APP)
        assert (answer.status_code, answer.headers["Location"]) == (307, f"{other.api_url}{APP}")


def test_a_manifest_may_not_be_what_its_digest_says(github: FakeGitHub, app: FakePackage) -> None:
    digest = app.push_image(platforms=("linux/amd64",), attestations=False)
    url = f"{github.registry_url}/v2/acme/app/manifests/{digest}"
    token = requests.get(
        f"{github.registry_url}/token?scope=repository:acme/app:pull", timeout=5
    ).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": OCI_MANIFEST}
    github.fail(Fault(kind=FaultKind.WRONG_CONTENT, server="registry"))
    wrong = requests.get(url, headers=headers, timeout=5)
    assert wrong.headers["docker-content-digest"] == digest
    assert digest_of(wrong.content) != digest
    assert wrong.json()["mediaType"] == OCI_MANIFEST
    assert digest_of(requests.get(url, headers=headers, timeout=5).content) == digest
