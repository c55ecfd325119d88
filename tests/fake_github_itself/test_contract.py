"""The check against GitHub's description catches what it is there to catch."""

import json
from typing import Any

import pytest
import requests

from fake_github import FakeGitHub, Fault, FaultKind
from fake_github.contract import ApiClient, Unlike, check
from fake_github.scene import APP

VERSION: dict[str, Any] = {
    "id": 1,
    "name": "sha256:1",
    "url": "https://api.github.com/orgs/acme/packages/container/app/versions/1",
    "package_html_url": "https://github.com/orgs/acme/packages/container/package/app",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "metadata": {"package_type": "container", "container": {"tags": []}},
}


def answered(github: FakeGitHub, api: ApiClient, body: object, status: int = 200) -> None:
    """Have the API answer a listing of versions with this body."""
    content = json.dumps(body).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    github.fail(Fault(kind=FaultKind.STATUS, status=status, body=content, headers=headers, times=1))
    api.get(f"{APP}/versions")


def test_a_right_body_passes(github: FakeGitHub, api: ApiClient) -> None:
    answered(github, api, [VERSION])


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "1"},
        {"name": None},
        {"created_at": "yesterday"},
        {"created_at": "2026-01-01 00:00:00"},
        {"deleted_at": None},
        {"htmlurl": "a key GitHub does not have"},
        {"metadata": {"package_type": "oci"}},
        {"metadata": {"package_type": "container", "container": {}}},
        {"metadata": {"package_type": "container", "container": {"tags": "v1"}}},
    ],
)
def test_a_wrong_value_or_key_is_caught(
    github: FakeGitHub, api: ApiClient, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Unlike):
        answered(github, api, [{**VERSION, **wrong}])


@pytest.mark.parametrize("key", ["id", "name", "url", "package_html_url", "created_at"])
def test_a_missing_key_is_caught(github: FakeGitHub, api: ApiClient, key: str) -> None:
    with pytest.raises(Unlike):
        answered(github, api, [{k: v for k, v in VERSION.items() if k != key}])


def test_an_object_instead_of_a_list_is_caught(github: FakeGitHub, api: ApiClient) -> None:
    with pytest.raises(Unlike):
        answered(github, api, VERSION)


def test_nothing_and_yet_a_body_is_caught() -> None:
    response = requests.Response()
    response.status_code = 204
    response.request = requests.Request("DELETE", f"http://127.0.0.1{APP}").prepare()
    response._content = b""
    check(response)
    response._content = b"{}"
    with pytest.raises(Unlike):
        check(response)


def test_another_media_type_is_caught(github: FakeGitHub, api: ApiClient) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, status=200, body=json.dumps([VERSION])))
    with pytest.raises(Unlike):
        api.get(f"{APP}/versions")


def test_an_empty_body_is_caught(github: FakeGitHub, api: ApiClient) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, status=200, body=b""))
    with pytest.raises(Unlike):
        api.get(f"{APP}/versions")


@pytest.mark.parametrize(
    "body",
    [
        {"message": "x"},
        {"message": "x", "documentation_url": "y", "status": 404},
        {"message": "", "documentation_url": "y", "status": "404"},
        {"message": "x", "documentation_url": "y", "status": "403"},
        {"message": "x", "documentation_url": "y", "status": "404", "more": 1},
    ],
)
def test_an_error_of_another_shape_is_caught(
    github: FakeGitHub, api: ApiClient, body: object
) -> None:
    with pytest.raises(Unlike):
        answered(github, api, body, status=404)


def test_a_status_that_github_never_sent_is_caught(github: FakeGitHub, api: ApiClient) -> None:
    with pytest.raises(Unlike):
        answered(github, api, {"message": "x", "documentation_url": "y", "status": "418"}, 418)


def test_an_account_of_another_shape_is_caught(github: FakeGitHub, api: ApiClient) -> None:
    body = {"login": "acme", "type": "Organization"}
    github.fail(Fault(kind=FaultKind.STATUS, status=200, body=body))
    with pytest.raises(Unlike, match="required property"):
        api.get("/users/acme")


def test_a_path_that_github_does_not_have_is_caught(github: FakeGitHub, api: ApiClient) -> None:
    github.fail(Fault(kind=FaultKind.STATUS, status=200, body={}))
    with pytest.raises(Unlike, match="Path not found"):
        api.get("/orgs/acme/packages/container/app/tags")


def test_a_redirect_is_caught_and_not_followed(github: FakeGitHub, api: ApiClient) -> None:
    github.fail(Fault(kind=FaultKind.REDIRECT, location="http://127.0.0.1:9/"))
    with pytest.raises(Unlike, match="307"):
        api.get(APP)
    assert [request.status for request in github.requests] == [307]
