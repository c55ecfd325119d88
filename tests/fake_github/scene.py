"""The small world that the fake's own tests start from, and short ways to ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from fake_github.contract import ApiClient
from fake_github.fake import FakeGitHub
from fake_github.tokens import Token

ALL = ("delete:packages", "repo", "write:packages")
APP = "/orgs/acme/packages/container/app"


@contextmanager
def acme() -> Iterator[FakeGitHub]:
    """An organization, a user who owns it, and a container package `app` without versions."""
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        github.add_package("acme", "container", "app", repository="acme/app")
        yield github


@contextmanager
def asking(github: FakeGitHub, token: Token | None = None, prefix: str = "") -> Iterator[ApiClient]:
    """A checked client, of `octocat` with all scopes where no token is given."""
    secret = github.add_token(token or Token.classic(login="octocat", scopes=ALL))
    with ApiClient(github, secret, prefix=prefix) as client:
        yield client


def message(response: requests.Response) -> tuple[int, str]:
    """Status and message of a refusal."""
    return response.status_code, str(response.json()["message"])


def names(response: requests.Response) -> list[Any]:
    """The names in a listing, in its order."""
    assert response.status_code == 200, response.text
    return [row["name"] for row in response.json()]
