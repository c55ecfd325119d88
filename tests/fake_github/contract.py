"""Holds answers of the API against GitHub's own OpenAPI description, stricter than its tools do.

Decides whether an answer could have come from GitHub as far as its shape goes: status, media type,
every key and value. Says nothing about whether it is the right answer.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from openapi_schema_validator import OAS30Validator

from fake_github.fake import FakeGitHub

DESCRIPTION = Path(__file__).parent.parent / "data" / "openapi-packages.json"

# Not in the description, but seen: `last version` and `downloads` (400), a body (422), all that
# the endpoints without documented errors refuse, rate limits (429), names that are taken (409).
_UNDOCUMENTED = frozenset({400, 401, 403, 404, 409, 422, 429})
_BY_ID = (
    (re.compile(r"^/organizations/\d+/"), "/orgs/x/"),
    (re.compile(r"^/user/\d+/"), "/users/x/"),
)
_ACCOUNT = re.compile(r"/user|/(users|orgs)/[^/]+")


class Unlike(AssertionError):
    """The answer is none that GitHub's description allows."""


def check(response: requests.Response) -> None:
    """Raise `Unlike` unless the answer fits the description; `/rate_limit` is not in it."""
    path = urlsplit(str(response.request.url)).path.removeprefix("/api/v3")
    for pattern, form in _BY_ID:
        path = pattern.sub(form, path)
    if response.status_code == 204:
        if response.content:
            raise Unlike("204 with a body")
    elif response.status_code >= 400:
        _check_error(response)
    elif _ACCOUNT.fullmatch(path):
        _check_account(response.json())
    elif path != "/rate_limit":
        _check_described(response, path)


def _check_error(response: requests.Response) -> None:
    """Every error has the same three keys; `status` repeats the status as text."""
    body = response.json()
    if response.status_code not in _UNDOCUMENTED:
        raise Unlike(f"no known refusal has the status {response.status_code}")
    if set(body) != {"message", "documentation_url", "status"}:
        raise Unlike(f"keys of an error: {sorted(body)}")
    if body["status"] != str(response.status_code) or not body["message"]:
        raise Unlike(f"not what an error says: {body}")


def _check_account(body: object) -> None:
    wrong = [error.message for error in _account().iter_errors(body)]
    if wrong:
        raise Unlike(f"not an account: {wrong}")


def _check_described(response: requests.Response, path: str) -> None:
    request = MockRequest("https://api.github.com", str(response.request.method).lower(), path)
    answer = MockResponse(
        data=response.content,
        status_code=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
    )
    # The description names the key `tag` of the old registry but demands `tags`.
    strict = "/packages/docker/" not in path
    try:
        _description(strict=strict).validate_response(request, answer)
    except OpenAPIError as error:
        raise Unlike(f"{path}: {error.__cause__ or error}") from error


@cache
def _description(*, strict: bool) -> OpenAPI:
    policy = Config(additional_properties_default_policy="forbid" if strict else "allow")
    return OpenAPI.from_file_path(str(DESCRIPTION), config=policy)


@cache
def _account() -> Any:
    document = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return OAS30Validator(document["components"]["schemas"]["simple-user"])


class ApiClient:
    """A client of the fake's API that checks every answer; paths are sent as they are."""

    def __init__(self, github: FakeGitHub, secret: str | None, *, prefix: str = "") -> None:
        self._base = github.api_url + prefix
        self._session = requests.Session()
        self._session.trust_env = False
        if secret is not None:
            self._session.headers["Authorization"] = f"Bearer {secret}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, path: str, **query: str | int) -> requests.Response:
        """GET a path, or a whole URL as `Link` has them."""
        return self._checked("GET", path, params=query)

    def post(self, path: str) -> requests.Response:
        """POST without a body."""
        return self._checked("POST", path)

    def delete(self, path: str, body: object = None) -> requests.Response:
        """DELETE, with a body where one is given."""
        return self._checked("DELETE", path, json=body)

    def _checked(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self._base + path
        response = self._session.request(method, url, timeout=10, allow_redirects=False, **options)
        check(response)
        return response
