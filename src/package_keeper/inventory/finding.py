"""Which packages there are of those that were asked for.

Decides how names and globs become packages, and that one package that can't be found does not stop
the others. A 404 is never taken for absence: it may as well mean a missing right, and the message
says both. It does not read versions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from package_keeper.domain.access import Operation, TokenKind, denial, kind_of, not_found
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import AccessDenied, KeeperError, RequestFailed
from package_keeper.domain.model import Owner, Package, PackageRef, PackageType
from package_keeper.inventory.ports import Packages

_DELETED = "deleted_"
"""Deleted packages have been seen in listings under names that start like this. They can't be read;
a package that really bears such a name can."""


class Names(Protocol):
    """The names that were asked for."""

    @property
    def exact(self) -> tuple[str, ...]:
        """Names as they are sent."""
        ...

    @property
    def needs_listing(self) -> bool:
        """Whether there are globs, so that the owner's packages must be listed."""
        ...

    def selects(self, name: str) -> bool:
        """Whether a package of this name, as listed, is meant."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A package that was asked for and can't be worked on, and why."""

    name: str
    error: KeeperError


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """Finds an owner's packages with a token, which is only looked at to give advice."""

    api: Packages
    token: str

    def owner(self, login: str) -> Owner:
        """The owner; raises AccessDenied where there is none of this name."""
        try:
            return self.api.owner(login)
        except Refused as refused:
            what = f"the owner {login} was not found, or the token may not see it"
            raise denial(refused, what, self.token, Operation.READ) from refused
        except AnswerLost as lost:
            raise _unanswered(f"looking up the owner {login}", lost) from lost

    def packages(
        self, owner: Owner, package_type: PackageType, names: Names
    ) -> Iterator[Package | Missing]:
        """Each package asked for, in the order of the names, or what is wrong with it."""
        if names.needs_listing:
            yield from self._listed(owner, package_type, names)
            return
        for name in names.exact:
            yield self._exact(PackageRef(owner=owner, type=package_type, name=name))

    def _exact(self, ref: PackageRef) -> Package | Missing:
        try:
            return self.api.package(ref)
        except Refused as refused:
            return Missing(name=ref.name, error=not_found(ref, refused, self.token))
        except AnswerLost as lost:
            return Missing(name=ref.name, error=_unanswered(f"looking up {ref}", lost))

    def _listed(
        self, owner: Owner, package_type: PackageType, names: Names
    ) -> Iterator[Package | Missing]:
        try:
            listed = self.api.packages(owner, package_type)
        except Refused as refused:
            raise self._unlistable(owner, package_type, refused) from refused
        except AnswerLost as lost:
            raise _unanswered(f"listing the packages of {owner.login}", lost) from lost
        found = sorted((p for p in listed if names.selects(p.ref.name)), key=lambda p: p.ref.name)
        there = [package for package in found if not self._is_deleted(package.ref)]
        yield from there
        present = {package.ref.name.lower() for package in there}
        for name in names.exact:
            if name.lower() not in present:
                yield self._exact(PackageRef(owner=owner, type=package_type, name=name))

    def _is_deleted(self, ref: PackageRef) -> bool:
        """Whether what the listing shows is gone; where that is unclear, the work on it tells."""
        if not ref.name.startswith(_DELETED):
            return False
        try:
            self.api.package(ref)
        except Refused as refused:
            return refused.refusal is Refusal.NOT_FOUND
        except AnswerLost:
            return False
        return False

    def _unlistable(self, owner: Owner, package_type: PackageType, refused: Refused) -> KeeperError:
        """Why the packages can't be listed; GITHUB_TOKEN gets a 400 that says nothing about it."""
        what = f"the {package_type.value} packages of {owner.login} can't be listed"
        limited = kind_of(self.token) not in (TokenKind.CLASSIC, TokenKind.UNKNOWN)
        if refused.refusal is Refusal.INVALID and limited:
            return AccessDenied(
                f"{what}: GitHub answered {refused.answer.said}.",
                hint="This kind of token can't list an organization's packages: give package-name "
                "in full, without * and ?, or use a classic token with the scope read:packages.",
                request_id=refused.answer.request_id,
            )
        return denial(refused, what, self.token, Operation.READ)


def _unanswered(doing: str, lost: AnswerLost) -> KeeperError:
    return RequestFailed(
        f"{doing} got no usable answer: {lost.reason}.",
        hint="Run again later.",
        request_id=lost.request_id,
    )
