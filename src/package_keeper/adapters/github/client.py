"""The Packages API, as the inventory and the execution need it.

Decides which endpoint answers which question, and how an owner's kind is found out. When a request
is sent and whether it is repeated is decided in `pacing`; what a refusal means, by the caller. A
listing is returned whole or not at all.
"""

from collections.abc import Callable

from package_keeper import __version__
from package_keeper.adapters.github import objects, paths
from package_keeper.adapters.github.api import Api
from package_keeper.adapters.github.connections import Connections
from package_keeper.adapters.github.reading import Reading
from package_keeper.adapters.github.rows import package_of, version_of
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.budget import PAGE_SIZE
from package_keeper.domain.model import Owner, OwnerKind, Package, PackageRef, PackageType, Version
from package_keeper.pacing.exchange import Exchange
from package_keeper.pacing.sending import Sender

USER_AGENT = f"package-keeper/{__version__}"

MOST_PACKAGE_PAGES = 100
"""A listing of packages answers 400 where `per_page` times `page` is over 10,000."""

_MORE_PACKAGES = (
    "GitHub lists no more than 10,000 {1} packages of {0}: of those beyond, only what package-name "
    "names in full is looked at."
)


class GitHubPackages:
    """Implements the ports Packages and Deletions, and restoring; from any thread.

    `api_url` is such as `https://api.github.com` or `https://HOST/api/v3`. `page_workers` is how
    many pages of a listing are fetched at once, `timeout` is in seconds per wait on the network.
    `warn` is told what the answers leave out.
    """

    def __init__(
        self,
        *,
        api_url: str,
        token: str,
        sender: Sender,
        warn: Callable[[str], None] = lambda _: None,
        page_workers: int = 32,
        timeout: int = 30,
    ) -> None:
        connections = Connections(
            api_url=api_url, token=token, user_agent=USER_AGENT, timeout=timeout
        )
        self._api = Api(connections, sender, page_workers=page_workers)
        self._warn = warn
        # An installation token, which GITHUB_TOKEN is, stands for no person; GitHub answers it
        # 403 on `/user`.
        self._has_login = not token.startswith("ghs_")

    def close(self) -> None:
        """Close all connections."""
        self._api.close()

    @property
    def token_scopes(self) -> tuple[str, ...] | None:
        """The token's scopes as answers named them; None where none did (not a classic token)."""
        return self._api.facts.scopes

    def owner(self, login: str) -> Owner:
        """The owner with this login, as GitHub writes it.

        The user whose own the token is has endpoints of their own, which also reach what is
        private.
        """
        account = self._api.get(paths.owner_path(login))
        name = _text(account, "login")
        if _text(account, "type") == "Organization":
            return Owner(login=name, kind=OwnerKind.ORGANIZATION)
        own = self._own_login()
        is_own = own is not None and own.casefold() == name.casefold()
        return Owner(login=name, kind=OwnerKind.AUTHENTICATED_USER if is_own else OwnerKind.USER)

    def packages(self, owner: Owner, package_type: PackageType) -> tuple[Package, ...]:
        """All packages of this type that are listed, at most 10,000."""

        def convert(row: objects.Package) -> Package | None:
            login = row.owner_login or owner.login
            foreign = login.casefold() != owner.login.casefold()
            return None if foreign else package_of(row, owner, package_type)

        listed = self._api.listing(
            paths.packages_path(owner),
            Reading(row=objects.Package, convert=convert),
            parameters={"package_type": package_type.value},
            most_pages=MOST_PACKAGE_PAGES,
            cut=lambda: self._warn(_MORE_PACKAGES.format(owner.login, package_type.value)),
        )
        return tuple(package for package in listed if package is not None)

    def package(self, ref: PackageRef) -> Package:
        """One package by its exact name."""
        return self._api.one(
            paths.package_path(ref),
            Reading(row=objects.Package, convert=lambda row: package_of(row, ref.owner, ref.type)),
        )

    def versions(
        self,
        ref: PackageRef,
        *,
        per_page: int = PAGE_SIZE,
        state: str = "active",
        expected: int = 0,
    ) -> tuple[Version, ...]:
        """All rows of the listing as they came, duplicates included.

        `state` is `active` or `deleted`. `expected`, the package's version count where it is
        known, lets the pages be fetched at once even where GitHub does not say how many there are.
        """
        return self._api.listing(
            paths.versions_path(ref),
            _version(ref),
            parameters={} if state == "active" else {"state": state},
            per_page=per_page,
            expected=expected,
        )

    def some_deleted(self, ref: PackageRef, *, pages: int) -> tuple[Version, ...]:
        """Deleted versions as the first pages list them; GitHub documents no order."""
        return self._api.listing(
            paths.versions_path(ref),
            _version(ref),
            parameters={"state": "deleted"},
            most_pages=pages,
        )

    def version(self, ref: PackageRef, version_id: int) -> Version:
        """One active version."""
        return self._api.one(
            paths.version_path(ref, version_id),
            _version(ref),
        )

    def delete_version(self, ref: PackageRef, version_id: int) -> str | None:
        """Delete one version; returns GitHub's request id."""
        return self._api.write("DELETE", paths.version_path(ref, version_id))

    def delete_package(self, ref: PackageRef) -> str | None:
        """Delete the whole package; returns GitHub's request id."""
        return self._api.write("DELETE", paths.package_path(ref))

    def restore_version(self, ref: PackageRef, version_id: int) -> str | None:
        """Bring a deleted version back; returns GitHub's request id."""
        return self._api.write("POST", f"{paths.version_path(ref, version_id)}/restore")

    def restore_package(self, ref: PackageRef) -> str | None:
        """Bring a deleted package back; returns GitHub's request id."""
        return self._api.write("POST", f"{paths.package_path(ref)}/restore")

    def _own_login(self) -> str | None:
        """The login of the person whose token this is, if it is a person's."""
        if not self._has_login:
            return None
        try:
            return _text(self._api.get("/user"), "login")
        except Refused as refused:
            if refused.refusal is Refusal.BAD_CREDENTIALS:
                raise
            return None


def _version(ref: PackageRef) -> Reading[objects.PackageVersion, Version]:
    return Reading(row=objects.PackageVersion, convert=lambda row: version_of(row, ref.type))


def _text(exchange: Exchange[object], key: str) -> str:
    value = exchange.value.get(key) if isinstance(exchange.value, dict) else None
    if not isinstance(value, str) or not value:
        raise AnswerLost(f"GitHub's answer has no {key}", exchange.answer)
    return value
