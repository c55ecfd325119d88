"""The JSON bodies of the REST API, complete as GitHub's OpenAPI description demands. Pure."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fake_github.versions import FakeVersion
from fake_github.world import Owner

if TYPE_CHECKING:
    from fake_github.packages import FakePackage

Body = dict[str, Any]

_USER_LINKS = (
    "followers",
    "following{/other_user}",
    "gists{/gist_id}",
    "starred{/owner}{/repo}",
    "subscriptions",
    "orgs",
    "repos",
    "events{/privacy}",
    "received_events",
)
_USER_KEYS = {"orgs": "organizations_url"}
_REPOSITORY_LINKS = (
    "archive",
    "assignees",
    "blobs",
    "branches",
    "collaborators",
    "comments",
    "commits",
    "compare",
    "contents",
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "git_commits",
    "git_refs",
    "git_tags",
    "hooks",
    "issue_comment",
    "issue_events",
    "issues",
    "keys",
    "labels",
    "languages",
    "merges",
    "milestones",
    "notifications",
    "pulls",
    "releases",
    "stargazers",
    "statuses",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "trees",
)


@lru_cache(maxsize=100_000)
def time_of(when: dt.datetime) -> str:
    """A time as GitHub writes it, whole seconds in UTC: `2026-01-31T23:59:59Z`."""
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def owner_body(owner: Owner, api_url: str) -> Body:
    """A user or organization; `type` tells which of the two."""
    url = f"{api_url}/users/{owner.login}"
    links = {}
    for link in _USER_LINKS:
        word = link.split("{")[0]
        links[_USER_KEYS.get(word, f"{word}_url")] = f"{url}/{link}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": f"U_{owner.id}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{owner.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"https://github.com/{owner.login}",
        **links,
        "type": owner.kind,
        "site_admin": False,
    }


def repository_body(full_name: str, owner: Owner, api_url: str) -> Body:
    """The repository a package is linked to."""
    url = f"{api_url}/repos/{full_name}"
    number = sum(full_name.encode()) + 1000
    return {
        "id": number,
        "node_id": f"R_{number}",
        "name": full_name.rpartition("/")[2],
        "full_name": full_name,
        "private": False,
        "owner": owner_body(owner, api_url),
        "html_url": f"https://github.com/{full_name}",
        "description": None,
        "fork": False,
        "url": url,
        **{f"{word}_url": f"{url}/{word}" for word in _REPOSITORY_LINKS},
    }


def package_body(package: FakePackage, api_url: str) -> Body:
    """A package; `version_count` counts active versions."""
    owner = package.owner
    body: Body = {
        "id": package.id,
        "name": _listed_name(package),
        "package_type": package.package_type,
        "owner": owner_body(owner, api_url),
        "version_count": len(package.active),
        "visibility": package.visibility,
        "url": _package_url(package, api_url),
        "created_at": time_of(package.created_at),
        "updated_at": time_of(_updated(package)),
        "html_url": _html_url(package),
    }
    if package.repository is not None:
        repository_owner = Owner(login=owner.login, id=owner.id, kind=owner.kind)
        body["repository"] = repository_body(package.repository, repository_owner, api_url)
    return body


def version_body(
    package: FakePackage, version: FakeVersion, tags: tuple[str, ...], api_url: str
) -> Body:
    """A version with the tags it shows; `deleted_at` only once deleted."""
    html = _html_url(package)
    body: Body = {
        "id": version.id,
        "name": version.name,
        "url": f"{_package_url(package, api_url)}/versions/{version.id}",
        "package_html_url": html,
        "created_at": time_of(version.created_at),
        "updated_at": time_of(version.updated_at),
        "html_url": f"{html}/{version.id}",
        "metadata": _metadata(package.package_type, tags),
    }
    if version.deleted_at is not None:
        body["deleted_at"] = time_of(version.deleted_at)
    return body


def _metadata(package_type: str, tags: tuple[str, ...]) -> Body:
    """GitHub describes the key `tag` of the old registry and demands `tags`: both are sent."""
    if package_type == "container":
        return {"package_type": package_type, "container": {"tags": list(tags)}}
    if package_type == "docker":
        return {"package_type": package_type, "docker": {"tag": list(tags), "tags": list(tags)}}
    return {"package_type": package_type}


def _listed_name(package: FakePackage) -> str:
    return package.name if package.deleted_at is None else f"deleted_{package.name}"


def _updated(package: FakePackage) -> dt.datetime:
    newest = next(reversed(package.active.values()), None)
    return newest.updated_at if newest else package.created_at


@lru_cache(maxsize=1000)
def _encoded(name: str) -> str:
    return quote(name, safe="")


def _package_url(package: FakePackage, api_url: str) -> str:
    family = "orgs" if package.owner.kind == "Organization" else "users"
    name = _encoded(package.name)
    return f"{api_url}/{family}/{package.owner.login}/packages/{package.package_type}/{name}"


def _html_url(package: FakePackage) -> str:
    family = "orgs" if package.owner.kind == "Organization" else "users"
    name = _encoded(package.name)
    path = f"{family}/{package.owner.login}/packages/{package.package_type}/package/{name}"
    return f"https://github.com/{path}"
