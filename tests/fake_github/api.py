"""The REST API of GitHub Packages: one handler per endpoint, over the shared state.

Decides the answers. Limits, faults and sockets are the server's part; which package a call reaches
is decided in `admission`, what the state forbids in `rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fake_github import bodies, rules
from fake_github.access import (
    INTEGRATION,
    NO_VERSION,
    Role,
    check_organization,
    check_scope,
    check_token,
    role_of,
    sso_state,
)
from fake_github.admission import (
    TYPES,
    Asked,
    active_version,
    admitted_package,
    check_no_body,
    deleted_package,
    owner_of,
)
from fake_github.exchange import Call, Reply, api_error, json_reply
from fake_github.faults import Fault
from fake_github.limits import LimitKeeper
from fake_github.packages import FakePackage
from fake_github.paging import Page, link_header
from fake_github.routes import Endpoint, route
from fake_github.tokens import Token
from fake_github.world import Owner, World

T = TypeVar("T")

MAX_RESULTS = 10_000

_TOO_FAR = "The value of per_page multiplied by page cannot be greater than 10000."


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
        found = route("GET" if call.method == "HEAD" else call.method, call.path)
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
        owner = owner_of(self.world, asked)
        package_type = asked.call.query.get("package_type", "")
        if package_type not in TYPES or _cannot_list(asked.token, owner, package_type):
            raise asked.refused(400, "Invalid argument.")
        check_scope(self.world, asked.token, "read", "list packages", asked.docs)
        check_organization(asked.token, owner, asked.docs)
        page = Page.asked(asked.call.query)
        if page.number * page.size > MAX_RESULTS:
            raise asked.refused(400, _TOO_FAR)
        found = self._visible(asked, owner, package_type)
        shown = page.of(_as_far_as_sso(asked, owner, found), asked.fault)
        body = [bodies.package_body(package, self._base(asked)) for package in shown]
        return json_reply(200, body, self._list_headers(asked, owner, page, len(found)))

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
        package = admitted_package(self.world, asked, "read", "get a package")
        return json_reply(200, bodies.package_body(package, self._base(asked)))

    def _delete_package(self, asked: Asked) -> Reply:
        check_no_body(asked)
        package = admitted_package(self.world, asked, "delete", "delete a package")
        rules.check_package_deletable(package, asked.docs)
        package.delete()
        return Reply(status=204)

    def _restore_package(self, asked: Asked) -> Reply:
        package = deleted_package(self.world, asked, "restore a package")
        rules.check_package_restorable(package, asked.docs)
        package.restore()
        return Reply(status=204)

    # Versions

    def _list_versions(self, asked: Asked) -> Reply:
        package = admitted_package(self.world, asked, "read", "get a package's versions")
        state = asked.call.query.get("state", "active")
        if state not in ("active", "deleted"):
            raise asked.refused(400, "Invalid argument.")
        page = Page.asked(asked.call.query)
        rows = package.listing.rows(state, asked.stale)
        shown = page.of(_as_far_as_sso(asked, package.owner, rows), asked.fault)
        show_tags = state == "active" or self.world.behaviour.deleted_tags
        base = self._base(asked)
        body = [
            bodies.version_body(package, version, tags if show_tags else (), base)
            for version, tags in shown
        ]
        return json_reply(200, body, self._list_headers(asked, package.owner, page, len(rows)))

    def _get_version(self, asked: Asked) -> Reply:
        package = admitted_package(self.world, asked, "read", "get a package version")
        version = active_version(asked, package)
        body = bodies.version_body(package, version, version.tags, self._base(asked))
        return json_reply(200, body)

    def _delete_version(self, asked: Asked) -> Reply:
        check_no_body(asked)
        package = admitted_package(self.world, asked, "delete", "delete a package version")
        version = active_version(asked, package)
        rules.check_version_deletable(package, version, asked.docs)
        package.delete_version(version)
        return Reply(status=204)

    def _restore_version(self, asked: Asked) -> Reply:
        package = admitted_package(self.world, asked, "restore", "restore a package version")
        version = package.version(asked.route.version_id)
        if version is None:
            raise asked.refused(404, NO_VERSION)
        rules.check_version_restorable(package, version, asked.docs)
        package.restore_version(version)
        return Reply(status=204)

    # Headers

    def _list_headers(self, asked: Asked, owner: Owner, page: Page, count: int) -> dict[str, str]:
        path = asked.call.path[len(asked.route.prefix) :]
        if self.world.behaviour.link == "id" and asked.route.family != "user":
            family = "organizations" if asked.route.family == "orgs" else "user"
            path = f"/{family}/{owner.id}/{path.split('/', 3)[3]}"
        behaviour, url = self.world.behaviour, self._base(asked) + path
        headers = link_header(url, asked.call.query, page, count, behaviour)
        if sso_state(asked.token, owner) == "partial":
            headers["X-GitHub-SSO"] = f"partial-results; organizations={owner.id}"
        return headers

    def _base(self, asked: Asked) -> str:
        return self.url + asked.route.prefix


def _cannot_list(token: Token, owner: Owner, package_type: str) -> bool:
    """An organization's containers can't be listed by an app, nothing by fine-grained tokens."""
    containers = owner.kind == "Organization" and package_type == "container"
    return token.kind == "fine-grained" or (token.integration and containers)


def _as_far_as_sso(asked: Asked, owner: Owner, rows: list[T]) -> list[T]:
    """With partial results every second row is missing, without a word in the body."""
    return rows[::2] if sso_state(asked.token, owner) == "partial" else rows
