"""What execution needs of GitHub, as a small protocol.

Writes are sent once and never repeated by whoever implements this: `AnswerLost` says that a write
may or may not have been carried out, and only execution settles that, by reading.
"""

from dataclasses import dataclass
from typing import Protocol

from package_keeper.domain.model import Package, PackageRef, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A manifest's bytes as the registry has them."""

    media_type: str
    content: bytes


class Tags(Protocol):
    """Moving tags of one package in its container registry."""

    def content(self, digest: str) -> Content:
        """What to push to point a tag at this manifest (again)."""
        ...

    def digest_of(self, tag: str) -> str | None:
        """What a tag leads to now; None where it leads nowhere. No content is read."""
        ...

    def put_manifest(self, tag: str, content: bytes, media_type: str) -> str:
        """Push a manifest under a tag, which moves the tag to it; returns its digest."""
        ...


class Deletions(Protocol):
    """Deleting versions and reading what became of them."""

    def delete_version(self, ref: PackageRef, version_id: int) -> str | None:
        """Delete one version; returns GitHub's request id. Raises `Refused` or `AnswerLost`."""
        ...

    def delete_package(self, ref: PackageRef) -> str | None:
        """Delete the whole package; returns GitHub's request id."""
        ...

    def versions(self, ref: PackageRef) -> tuple[Version, ...]:
        """All rows of the listing of active versions, as they came."""
        ...

    def version(self, ref: PackageRef, version_id: int) -> Version:
        """One active version; raises `Refused` with `Refusal.NOT_FOUND` where it can't be read."""
        ...

    def package(self, ref: PackageRef) -> Package:
        """The package, to tell a version that is gone from a package that can't be read."""
        ...
