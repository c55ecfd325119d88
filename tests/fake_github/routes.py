"""Which endpoint a raw path means. Pure; knows the paths of the REST API and nothing behind them.

A name is one path segment, so a slash in it must be sent as `%2F`; a raw one leads elsewhere, and a
trailing slash leads nowhere, as on GitHub.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal
from urllib.parse import unquote

Family = Literal["orgs", "users", "user"]

PREFIX = "/api/v3"


class Endpoint(Enum):
    """Every endpoint served, by method and the shape of its path."""

    ME = "GET user"
    ACCOUNT = "GET users"
    ORGANIZATION = "GET orgs"
    RATE_LIMIT = "GET rate_limit"
    LIST_PACKAGES = "GET packages"
    GET_PACKAGE = "GET package"
    DELETE_PACKAGE = "DELETE package"
    RESTORE_PACKAGE = "POST package/restore"
    LIST_VERSIONS = "GET versions"
    GET_VERSION = "GET version"
    DELETE_VERSION = "DELETE version"
    RESTORE_VERSION = "POST version/restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a path means; `login` is the name or, with `by_id`, the id of the owner."""

    endpoint: Endpoint
    prefix: str
    family: Family
    login: str = ""
    by_id: bool = False
    package_type: str = ""
    name: str = ""
    version_id: int = 0

    @property
    def docs(self) -> str:
        """The address that errors of a packages endpoint name."""
        owner = {
            "orgs": "an-organization",
            "users": "a-user",
            "user": "the-authenticated-user",
        }[self.family]
        return (
            f"https://docs.github.com/rest/packages/packages#{_ANCHORS[self.endpoint]}-for-{owner}"
        )


_ANCHORS = {
    Endpoint.LIST_PACKAGES: "list-packages",
    Endpoint.GET_PACKAGE: "get-a-package",
    Endpoint.DELETE_PACKAGE: "delete-a-package",
    Endpoint.RESTORE_PACKAGE: "restore-a-package",
    Endpoint.LIST_VERSIONS: "list-package-versions",
    Endpoint.GET_VERSION: "get-a-package-version",
    Endpoint.DELETE_VERSION: "delete-package-version",
    Endpoint.RESTORE_VERSION: "restore-package-version",
}
_BY_VALUE = {endpoint.value: endpoint for endpoint in Endpoint}


def route(method: str, path: str) -> Route | None:  # noqa: PLR0911 - a table of paths
    """The route of a raw path, or None: 404."""
    prefix = PREFIX if path.startswith(f"{PREFIX}/") else ""
    segments = [unquote(part) for part in path[len(prefix) + 1 :].split("/")]
    if "" in segments:
        return None
    match segments:
        case ["rate_limit"]:
            return _made(method, "rate_limit", prefix, "user")
        case ["user"]:
            return _made(method, "user", prefix, "user")
        case ["users", login]:
            return _made(method, "users", prefix, "users", login)
        case ["orgs", login]:
            return _made(method, "orgs", prefix, "orgs", login)
        case ["user", "packages", *rest]:
            return _packages(method, rest, prefix, "user", "", by_id=False)
        case [("orgs" | "users") as family, login, "packages", *rest]:
            kind: Family = "orgs" if family == "orgs" else "users"
            return _packages(method, rest, prefix, kind, login, by_id=False)
        case [("organizations" | "user") as family, number, "packages", *rest]:
            kind = "orgs" if family == "organizations" else "users"
            return _packages(method, rest, prefix, kind, number, by_id=True)
        case _:
            return None


def _made(method: str, shape: str, prefix: str, family: Family, login: str = "") -> Route | None:
    endpoint = _BY_VALUE.get(f"{method} {shape}")
    if endpoint is None:
        return None
    return Route(endpoint=endpoint, prefix=prefix, family=family, login=login)


def _packages(
    method: str, rest: list[str], prefix: str, family: Family, login: str, *, by_id: bool
) -> Route | None:
    shape, number = _shape(rest)
    endpoint = _BY_VALUE.get(f"{method} {shape}")
    if endpoint is None:
        return None
    return Route(
        endpoint=endpoint,
        prefix=prefix,
        family=family,
        login=login,
        by_id=by_id,
        package_type=rest[0] if rest else "",
        name=rest[1] if len(rest) > 1 else "",
        version_id=number,
    )


def _shape(rest: list[str]) -> tuple[str, int]:  # noqa: PLR0911 - a table of paths
    """The part of the path after `packages`, and the version's id in it."""
    match rest:
        case []:
            return "packages", 0
        case [_, _]:
            return "package", 0
        case [_, _, "restore"]:
            return "package/restore", 0
        case [_, _, "versions"]:
            return "versions", 0
        case [_, _, "versions", number] if number.isdecimal():
            return "version", int(number)
        case [_, _, "versions", number, "restore"] if number.isdecimal():
            return "version/restore", int(number)
        case _:
            return "", 0
