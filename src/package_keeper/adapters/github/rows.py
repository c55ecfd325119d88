"""Rows of GitHub's answers as values of the domain.

Decides which rows are usable. One that lacks its id, name or times, or a container that does not
say its tags, is no row but a sign that the answer is not what it seems: reading it as "no tags"
would offer an image for deletion. ValueError is raised then, and the answer counts as lost.
"""

from datetime import UTC, datetime
from typing import TypeVar

from package_keeper.adapters.github import objects
from package_keeper.domain.model import Owner, Package, PackageRef, PackageType, Version

T = TypeVar("T")


def package_of(row: objects.Package, owner: Owner, package_type: PackageType) -> Package:
    """A package of this owner and type; its name is as GitHub writes it."""
    ref = PackageRef(owner=owner, type=package_type, name=_required("name", row.name))
    return Package(ref=ref, html_url=row.html_url, version_count=row.version_count)


def version_of(row: objects.PackageVersion, package_type: PackageType) -> Version:
    """A version, with times aware and in UTC, and with its tags where the type has any."""
    deleted_at = row.deleted_at
    return Version(
        id=_required("id", row.id),
        name=_required("name", row.name),
        created_at=_utc(_required("created_at", row.created_at)),
        updated_at=_utc(_required("updated_at", row.updated_at)),
        tags=_tags(row, package_type),
        html_url=row.html_url,
        deleted_at=None if deleted_at is None else _utc(deleted_at),
    )


def _required(name: str, value: T | None) -> T:
    if value is None or value == "" or isinstance(value, bool):
        raise ValueError(f"a row has no {name}")
    return value


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _tags(row: objects.PackageVersion, package_type: PackageType) -> tuple[str, ...]:
    """`metadata.container.tags`, and `metadata.docker.tag` as the schema spells it there."""
    if not package_type.has_tags:
        return ()
    metadata = (row.metadata or {}).get(package_type.value)
    part = metadata if isinstance(metadata, dict) else {}
    tags = part.get("tags", part.get("tag"))
    if tags is None and not _must_say_tags(row, package_type):
        return ()
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError(f"version {row.id} does not say its tags")
    return tuple(tags)


def _must_say_tags(row: objects.PackageVersion, package_type: PackageType) -> bool:
    """Untagged containers say `[]`; what deleted ones say is not documented."""
    return package_type is PackageType.CONTAINER and row.deleted_at is None
