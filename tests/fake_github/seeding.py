"""A whole state from one JSON document, for the fake as a process of its own.

{"organizations": ["acme"], "users": ["octocat"], "now": "2026-01-31T00:00:00Z",
 "tokens": {"mine": {"kind": "classic", "login": "octocat", "scopes": ["read:packages"]}},
 "packages": [{"owner": "acme", "type": "container", "name": "app", "versions": [
    {"image": {"platforms": ["linux/amd64"], "attestations": false}, "tags": ["1.0.0"],
     "created_at": "2025-01-01T00:00:00Z", "attach": ["sig"]},
    {"name": "sha256:…", "tags": [], "downloads": 3}]}]}
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fake_github.tokens import Token

if TYPE_CHECKING:
    from fake_github.fake import FakeGitHub
    from fake_github.packages import FakePackage

Json = dict[str, Any]


def seed(github: FakeGitHub, state: Json) -> dict[str, str]:
    """Put the document's state into a fake; says the secret of each named token."""
    for login in state.get("organizations", ()):
        github.add_organization(login)
    for login in state.get("users", ()):
        github.add_user(login)
    if "now" in state:
        github.now = _time(state["now"])
    for entry in state.get("packages", ()):
        _package(github, entry)
    return {
        name: github.add_token(_token(entry)) for name, entry in state.get("tokens", {}).items()
    }


def _token(entry: Json) -> Token:
    values = {key: _frozen(value) for key, value in entry.items()}
    return Token(**values)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _package(github: FakeGitHub, entry: Json) -> None:
    package = github.add_package(
        entry["owner"],
        entry["type"],
        entry["name"],
        visibility=entry.get("visibility", "public"),
        repository=entry.get("repository"),
    )
    for version in entry.get("versions", ()):
        _version(package, version)


def _version(package: FakePackage, entry: Json) -> None:
    tags = tuple(entry.get("tags", ()))
    created_at = _time(entry["created_at"]) if "created_at" in entry else None
    if "image" not in entry:
        package.add_version(
            entry.get("name"),
            tags=tags,
            created_at=created_at,
            downloads=entry.get("downloads", 0),
        )
        return
    options = {key: _frozen(value) for key, value in entry["image"].items()}
    digest = package.push_image(tags=tags, created_at=created_at, **options)
    for style in entry.get("attach", ()):
        package.attach(digest, style=style, created_at=created_at)


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
