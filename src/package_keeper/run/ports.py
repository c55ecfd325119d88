"""What a run needs of the outside beyond its parts' own ports, as small protocols."""

from contextlib import AbstractContextManager
from typing import Protocol

from package_keeper.domain.model import PackageRef, Version
from package_keeper.domain.plan import Plan
from package_keeper.execution.ports import Deletions, Tags
from package_keeper.execution.restoring import Restorations
from package_keeper.inventory.ports import Manifests, Packages


class GitHub(Packages, Deletions, Restorations, Protocol):
    """The packages API, with what its answers said about the token."""

    def restore_package(self, ref: PackageRef) -> str | None:
        """Bring a deleted package back; returns GitHub's request id."""
        ...

    def some_deleted(self, ref: PackageRef, *, pages: int) -> tuple[Version, ...]:
        """Rows of the listing of deleted versions, so many pages of it at most."""
        ...

    @property
    def token_scopes(self) -> tuple[str, ...] | None:
        """The token's scopes; None where the answers don't name any."""
        ...


class RegistrySide(Manifests, Tags, Protocol):
    """A package as its container registry has it."""


class Registries(Protocol):
    """The container registry, package by package."""

    def of(self, ref: PackageRef) -> RegistrySide:
        """The registry's side of this package."""
        ...


class Shown(Protocol):
    """Where a run shows what it is doing."""

    def group(self, title: str) -> AbstractContextManager[None]:
        """What is shown inside belongs together."""
        ...

    def plan(self, plan: Plan) -> None:
        """Show a plan, before anything of it is done."""
        ...

    def progress(self, done: int, planned: int) -> None:
        """Show how far deleting, or restoring, is."""
        ...
