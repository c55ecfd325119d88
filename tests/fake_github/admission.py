"""The way of an API call to its package: one check after the other, in GitHub's order.

Decides which package or version a call means and whether it gets there. The single checks and their
words are in `access`; what then happens is decided in `api`.
"""

from __future__ import annotations

from dataclasses import dataclass

from fake_github.access import (
    NO_PACKAGE,
    NO_VERSION,
    Action,
    Role,
    check_organization,
    check_role,
    check_scope,
    check_token,
    role_of,
)
from fake_github.exchange import Call, Refusal, api_error
from fake_github.faults import Fault
from fake_github.packages import FakePackage
from fake_github.routes import Route
from fake_github.tokens import Token
from fake_github.versions import FakeVersion
from fake_github.world import Owner, World

TYPES = frozenset({"npm", "maven", "rubygems", "docker", "nuget", "container"})

_WITH_BODY = "Invalid request.\n\nFor 'links/0/schema', {} is not a null."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call with all that its handler needs; `stale` is the past sequence a listing shows."""

    call: Call
    token: Token
    route: Route
    fault: Fault | None
    stale: int | None

    @property
    def docs(self) -> str:
        """The address its errors name."""
        return self.route.docs

    def refused(self, status: int, message: str) -> Refusal:
        """An error of this endpoint."""
        return api_error(status, message, docs=self.docs)


def check_no_body(asked: Asked) -> None:
    """Refuse a body, which no DELETE takes."""
    if asked.call.body:
        raise asked.refused(422, _WITH_BODY)


def owner_of(world: World, asked: Asked) -> Owner:
    """The owner of the path; `/users/…` serves organizations too, `/orgs/…` no users."""
    asks = asked.route
    if asks.by_id:
        owner = world.owner_by_id(asks.login)
    else:
        owner = world.owner(asked.token.login if asks.family == "user" else asks.login)
    if owner is None or (asks.family == "orgs" and owner.kind != "Organization"):
        raise api_error(404, "Not Found")
    return owner


def admitted_owner(world: World, asked: Asked, action: Action, what: str) -> Owner:
    """The owner, if the token has the scopes and the organization lets it in."""
    check_token(asked.token)
    if asked.route.package_type not in TYPES:
        raise asked.refused(400, "Invalid argument.")
    check_scope(world, asked.token, action, what, asked.docs)
    _check_repo_scope(world, asked)
    owner = owner_of(world, asked)
    check_organization(asked.token, owner, asked.docs)
    return owner


def admitted_package(world: World, asked: Asked, action: Action, what: str) -> FakePackage:
    """The package of the path, if the token may do this to it."""
    owner = admitted_owner(world, asked, action, what)
    package = world.package(owner.login, asked.route.package_type, asked.route.name)
    return _allowed(world, asked, action, package)


def deleted_package(world: World, asked: Asked, what: str) -> FakePackage:
    """The deleted package of the path, if the token may restore it."""
    owner = admitted_owner(world, asked, "restore", what)
    asks = asked.route
    package = world.last_deleted_package(owner.login, asks.package_type, asks.name)
    return _allowed(world, asked, "restore", package)


def active_version(asked: Asked, package: FakePackage) -> FakeVersion:
    """The active version of the path."""
    version = package.version(asked.route.version_id)
    if version is None or version.deleted_at is not None:
        raise asked.refused(404, NO_VERSION)
    return version


def _allowed(
    world: World, asked: Asked, action: Action, package: FakePackage | None
) -> FakePackage:
    if package is None or role_of(asked.token, package) < Role.READ:
        raise asked.refused(404, NO_PACKAGE)
    if action != "read":
        check_role(world, asked.token, package, asked.docs)
    return package


def _check_repo_scope(world: World, asked: Asked) -> None:
    needed = world.behaviour.maven_needs_repo and asked.route.package_type == "maven"
    if needed and not (asked.token.integration or asked.token.has("repo")):
        raise asked.refused(404, NO_PACKAGE)
