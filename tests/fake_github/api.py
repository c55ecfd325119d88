"""The REST API of GitHub Packages: one handler per endpoint, over the shared state.

Decides the order of the checks and the answers. Limits, faults and sockets are the server's part;
who may do what is in `access`, what the state forbids in `rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from fake_github import bodies, rules
from fake_github.access import (
    INTEGRATION,
    NO_PACKAGE,
    NO_VERSION,
    Action,
    Role,
    check_organization,
    check_role,
    check_scope,
    check_token,
    role_of,
    sso_state,
)
from fake_github.exchange import Call, Reply, api_error, json_reply
from fake_github.faults import Fault
from fake_github.limits import LimitKeeper
from fake_github.packages import FakePackage
from fake_github.paging import Page, link_header
from fake_github.routes import Endpoint, Route, route
from fake_github.tokens import Token
from fake_github.versions import FakeVersion
from fake_github.world import Owner, World

T = TypeVar("T")

TYPES = frozenset({"npm", "maven", "rubygems", "docker", "nuget", "container"})
MAX_RESULTS = 10_000

_TOO_FAR = "The value of per_page multiplied by page cannot be greater than 10000."
_WITH_BODY = "Invalid request.\n\nFor 'links/0/schema', {} is not a null."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call with all that its handler needs to know."""

    call: Call
    token: Token
    route: Route
    fault: Fault | None
    stale: int | None

    @property
    def docs(self) -> str:
        """The address its errors name."""
        return self.route.docs


class Api:
    """The handlers of the API; `url` is where the server listens."""

    def __init__(self, world: World, limits: Callable[[], LimitKeeper]) -> None:
        self.world = world
        self.limits = limits
        self.url = ""
        self._handlers: dict[Endpoint, Callable[[Asked], Reply]] = {
            Endpoint.ME: self._me,
            Endpoint.ACCOUNT: self._account,
            Endpoint.ORGANIZATION: self._organization,
            Endpoint.RATE_LIMIT: self._rate_limit,
            Endpoint.LIST_PACKAGES: self._list_packages,
            Endpoint.GET_PACKAGE: self._get_package,
            Endpoint.DELETE_PACKAGE: self._delete_package,
            Endpoint.RESTORE_PACKAGE: self._restore_package,
            Endpoint.LIST_VERSIONS: self._list_versions,
            Endpoint.GET_VERSION: self._get_version,
            Endpoint.DELETE_VERSION: self._delete_version,
            Endpoint.RESTORE_VERSION: self._restore_version,
        }

    def handle(self, call: Call, token: Token, fault: Fault | None, stale: int | None) -> Reply:
        """Answer one call; raises `Refusal` for every error."""
        if token.kind == "unknown":
            check_token(token)
        found = route(call.method, call.path)
        if found is None:
            raise api_error(404, "Not Found")
        asked = Asked(call=call, token=token, route=found, fault=fault, stale=stale)
        with self.world.lock:
            return self._handlers[found.endpoint](asked)

    # Accounts

    def _me(self, asked: Asked) -> Reply:
        check_token(asked.token)
        owner = self.world.owner(asked.token.login)
        if owner is None:
            raise api_error(403, INTEGRATION)
        return json_reply(200, bodies.owner_body(owner, self._base(asked)))

    def _account(self, asked: Asked) -> Reply:
        owner = self.world.owner(asked.route.login)
        if owner is None:
            raise api_error(404, "Not Found")
        return json_reply(200, bodies.owner_body(owner, self._base(asked)))

    def _organization(self, asked: Asked) -> Reply:
        owner = self.world.owner(asked.route.login)
        if owner is None or owner.kind != "Organization":
            raise api_error(404, "Not Found")
        return json_reply(200, bodies.owner_body(owner, self._base(asked)))

    def _rate_limit(self, asked: Asked) -> Reply:
        keeper = self.limits()
        if not keeper.limits.enabled:
            raise api_error(404, "Rate limiting is not enabled.")
        state = keeper.state(asked.token)
        return json_reply(200, {"resources": {"core": state}, "rate": state})

    # Packages

    def _list_packages(self, asked: Asked) -> Reply:
        check_token(asked.token)
        owner = self._owner(asked)
        package_type = asked.call.query.get("package_type", "")
        if package_type not in TYPES or self._cannot_list(asked, owner, package_type):
            raise api_error(400, "Invalid argument.", docs=asked.docs)
        check_scope(self.world, asked.token, "read", "list packages", asked.docs)
        check_organization(asked.token, owner, asked.docs)
        page = Page.asked(asked.call.query)
        if page.number * page.size > MAX_RESULTS:
            raise api_error(400, _TOO_FAR, docs=asked.docs)
        found = self._visible(asked, owner, package_type)
        rows = page.of(self._as_far_as_sso(asked, owner, found), asked.fault)
        body = [bodies.package_body(package, self._base(asked)) for package in rows]
        return json_reply(200, body, self._list_headers(asked, owner, page, len(found)))

    @staticmethod
    def _cannot_list(asked: Asked, owner: Owner, package_type: str) -> bool:
        """An organization's containers can't be listed by an app, nothing by fine-grained ones."""
        if asked.token.kind == "fine-grained":
            return True
        listing = owner.kind == "Organization" and package_type == "container"
        return asked.token.integration and listing

    def _visible(self, asked: Asked, owner: Owner, package_type: str) -> list[FakePackage]:
        """Newest first, as far as the token may see them."""
        packages = self.world.packages_of(owner)
        if self.world.behaviour.deleted_packages_listed:
            packages += [p for p in self.world.deleted_packages if p.owner is owner]
        wanted = asked.call.query.get("visibility")
        return [
            package
            for package in reversed(packages)
            if package.package_type == package_type
            and wanted in (None, package.visibility)
            and role_of(asked.token, package) >= Role.READ
        ]

    def _get_package(self, asked: Asked) -> Reply:
        package = self._package(asked, "read", "get a package")
        return json_reply(200, bodies.package_body(package, self._base(asked)))

    def _delete_package(self, asked: Asked) -> Reply:
        self._without_body(asked)
        package = self._package(asked, "delete", "delete a package")
        rules.check_package_deletable(package, asked.docs)
        package.delete()
        return Reply(status=204)

    def _restore_package(self, asked: Asked) -> Reply:
        owner = self._checked_owner(asked, "restore", "restore a package")
        asks = asked.route
        package = self.world.last_deleted_package(owner.login, asks.package_type, asks.name)
        if package is None or role_of(asked.token, package) < Role.READ:
            raise api_error(404, NO_PACKAGE, docs=asked.docs)
        check_role(self.world, asked.token, package, asked.docs)
        rules.check_package_restorable(package, asked.docs)
        package.restore()
        return Reply(status=204)

    # Versions

    def _list_versions(self, asked: Asked) -> Reply:
        package = self._package(asked, "read", "get a package's versions")
        state = asked.call.query.get("state", "active")
        if state not in ("active", "deleted"):
            raise api_error(400, "Invalid argument.", docs=asked.docs)
        page = Page.asked(asked.call.query)
        rows = package.rows(state, asked.stale)
        shown = page.of(self._as_far_as_sso(asked, package.owner, rows), asked.fault)
        with_tags = state == "active" or self.world.behaviour.deleted_tags
        base = self._base(asked)
        body = [
            bodies.version_body(package, v, tags if with_tags else (), base) for v, tags in shown
        ]
        return json_reply(200, body, self._list_headers(asked, package.owner, page, len(rows)))

    def _get_version(self, asked: Asked) -> Reply:
        package = self._package(asked, "read", "get a package version")
        version = self._active(asked, package)
        body = bodies.version_body(package, version, version.tags, self._base(asked))
        return json_reply(200, body)

    def _delete_version(self, asked: Asked) -> Reply:
        self._without_body(asked)
        package = self._package(asked, "delete", "delete a package version")
        version = self._active(asked, package)
        rules.check_version_deletable(package, version, asked.docs)
        package.delete_version(version)
        return Reply(status=204)

    def _restore_version(self, asked: Asked) -> Reply:
        package = self._package(asked, "restore", "restore a package version")
        version = package.version(asked.route.version_id)
        if version is None:
            raise api_error(404, NO_VERSION, docs=asked.docs)
        rules.check_version_restorable(package, version, asked.docs)
        package.restore_version(version)
        return Reply(status=204)

    # Steps

    def _owner(self, asked: Asked) -> Owner:
        """The owner of the path; `/users/…` serves organizations too, `/orgs/…` no users."""
        asks = asked.route
        if asks.by_id:
            owner = self.world.owner_by_id(asks.login)
        else:
            owner = self.world.owner(asked.token.login if asks.family == "user" else asks.login)
        if owner is None or (asks.family == "orgs" and owner.kind != "Organization"):
            raise api_error(404, "Not Found")
        return owner

    def _checked_owner(self, asked: Asked, action: Action, what: str) -> Owner:
        check_token(asked.token)
        if asked.route.package_type not in TYPES:
            raise api_error(400, "Invalid argument.", docs=asked.docs)
        check_scope(self.world, asked.token, action, what, asked.docs)
        self._check_repo_scope(asked)
        owner = self._owner(asked)
        check_organization(asked.token, owner, asked.docs)
        return owner

    def _package(self, asked: Asked, action: Action, what: str) -> FakePackage:
        """The package of the path, if the token may do this to it."""
        owner = self._checked_owner(asked, action, what)
        asks = asked.route
        package = self.world.package(owner.login, asks.package_type, asks.name)
        if package is None or role_of(asked.token, package) < Role.READ:
            raise api_error(404, NO_PACKAGE, docs=asked.docs)
        if action != "read":
            check_role(self.world, asked.token, package, asked.docs)
        return package

    def _check_repo_scope(self, asked: Asked) -> None:
        needed = self.world.behaviour.maven_needs_repo and asked.route.package_type == "maven"
        if needed and not (asked.token.integration or asked.token.has("repo")):
            raise api_error(404, NO_PACKAGE, docs=asked.docs)

    def _active(self, asked: Asked, package: FakePackage) -> FakeVersion:
        version = package.version(asked.route.version_id)
        if version is None or version.deleted_at is not None:
            self._no_version(asked)
        return version

    @staticmethod
    def _no_version(asked: Asked) -> NoReturn:
        raise api_error(404, NO_VERSION, docs=asked.docs)

    @staticmethod
    def _without_body(asked: Asked) -> None:
        if asked.call.body:
            raise api_error(422, _WITH_BODY, docs=asked.docs)

    @staticmethod
    def _as_far_as_sso(asked: Asked, owner: Owner, rows: list[T]) -> list[T]:
        """With partial results every second row is missing, without a word in the body."""
        return rows[::2] if sso_state(asked.token, owner) == "partial" else rows

    def _list_headers(self, asked: Asked, owner: Owner, page: Page, count: int) -> dict[str, str]:
        url = self._base(asked) + asked.call.path[len(asked.route.prefix) :]
        if self.world.behaviour.link == "id" and asked.route.family != "user":
            family = "organizations" if asked.route.family == "orgs" else "user"
            rest = asked.call.path[len(asked.route.prefix) :].split("/", 3)[3]
            url = f"{self._base(asked)}/{family}/{owner.id}/{rest}"
        headers = link_header(url, asked.call.query, page, count, self.world.behaviour)
        if sso_state(asked.token, owner) == "partial":
            headers["X-GitHub-SSO"] = f"partial-results; organizations={owner.id}"
        return headers

    def _base(self, asked: Asked) -> str:
        return self.url + asked.route.prefix
