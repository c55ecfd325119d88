"""What the inventory needs of GitHub and of the container registry, as small protocols.

Every method raises `Refused` for a clear no and `AnswerLost` where no usable answer came after
the retries that pacing allows; `WaitedTooLong` where a rate limit outlasts `max-wait`.
"""

from collections.abc import Collection
from typing import Protocol

from package_keeper.domain.budget import PAGE_SIZE
from package_keeper.domain.manifests import Manifest
from package_keeper.domain.model import Owner, Package, PackageRef, PackageType, Version


class Packages(Protocol):
    """Reading packages and versions."""

    def owner(self, login: str) -> Owner:
        """The owner of this login, with the family of endpoints that reaches its packages."""
        ...

    def packages(self, owner: Owner, package_type: PackageType) -> tuple[Package, ...]:
        """All packages of a type; the API gives at most 10,000."""
        ...

    def package(self, ref: PackageRef) -> Package:
        """One package by its exact name."""
        ...

    def versions(
        self,
        ref: PackageRef,
        *,
        per_page: int = PAGE_SIZE,
        state: str = "active",
        expected: int = 0,
    ) -> tuple[Version, ...]:
        """All rows of the listing as they came, duplicates included.

        `state` is `active` or `deleted`; `expected` is how many rows there may be, if known.
        """
        ...


class Manifests(Protocol):
    """Reading manifests of one package from the container registry."""

    def manifest(self, digest: str) -> Manifest:
        """The manifest with this digest, its content checked against the digest.

        Raises `Refused` with `Refusal.NOT_FOUND` where the registry does not have it now, whatever
        is remembered of it.
        """
        ...

    def digests_of_other_tags(self, known: Collection[str]) -> tuple[str, ...]:
        """What the registry's tags lead to, apart from those of the known tags."""
        ...

    def exists(self, digest: str) -> bool:
        """Whether the registry has it, asked with HEAD, which reads no content."""
        ...
