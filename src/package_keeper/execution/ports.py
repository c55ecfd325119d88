"""What execution needs of GitHub, as a small protocol.

Writes are sent once and never repeated by whoever implements this: `AnswerLost` says that a write
may or may not have been carried out, and only execution settles that, by reading.
"""

from typing import Protocol

from package_keeper.domain.model import Package, PackageRef, Version


class Deletions(Protocol):
    """Deleting versions and reading what became of them."""

    def delete_version(self, ref: PackageRef, version_id: int) -> str | None:
        """Delete one version; returns GitHub's request id. Raises `Refused` or `AnswerLost`."""
        ...

    def delete_package(self, ref: PackageRef) -> str | None:
        """Delete the whole package; returns GitHub's request id."""
        ...

    def version(self, ref: PackageRef, version_id: int) -> Version:
        """One active version; raises `Refused` with `Refusal.NOT_FOUND` where it can't be read."""
        ...

    def package(self, ref: PackageRef) -> Package:
        """The package, to tell a version that is gone from a package that can't be read."""
        ...
