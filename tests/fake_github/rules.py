"""What GitHub refuses because of the state: last versions, downloads, 30 days, names taken."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from fake_github.access import NO_PACKAGE, NO_VERSION
from fake_github.exchange import api_error
from fake_github.versions import FakeVersion
from fake_github.world import RESTORABLE, World

if TYPE_CHECKING:
    from fake_github.packages import FakePackage

MAX_DOWNLOADS = 5000

_LAST_TAGGED = (
    "You cannot delete the last tagged version of a package. You must delete the package instead."
)
_LAST = "You cannot delete the last version of a package. You must delete the package instead."
_VERSION_DOWNLOADS = (
    "Publicly visible package versions with more than 5000 downloads cannot be deleted. "
    "Contact GitHub support for further assistance."
)
_PACKAGE_DOWNLOADS = (
    "Publicly visible packages with a version with more than 5000 downloads cannot be deleted. "
    "contact GitHub support for further assistance"
)


def check_version_deletable(package: FakePackage, version: FakeVersion, docs: str) -> None:
    """Refuse much-used versions of public packages, then the last (tagged) one."""
    if package.visibility == "public" and version.downloads > MAX_DOWNLOADS:
        raise api_error(400, _VERSION_DOWNLOADS, docs=docs)
    if package.package_type == "container":
        if version.tags and not package.is_tagged_elsewhere(version):
            raise api_error(400, _LAST_TAGGED, docs=docs)
    elif package.package_type != "npm" and len(package.active) == 1:
        raise api_error(400, _LAST, docs=docs)


def check_package_deletable(package: FakePackage, docs: str) -> None:
    """Refuse a public package that has a much-used version."""
    used = any(v.downloads > MAX_DOWNLOADS for v in package.active.values())
    if package.visibility == "public" and used:
        raise api_error(400, _PACKAGE_DOWNLOADS, docs=docs)


def check_version_restorable(package: FakePackage, version: FakeVersion, docs: str) -> None:
    """Refuse what is not deleted, deleted too long ago, or whose name is in use again."""
    if version.deleted_at is None or _expired(package.world, version.deleted_at):
        raise api_error(404, NO_VERSION, docs=docs)
    if version.name in package.active:
        status = package.world.behaviour.taken_status
        raise api_error(status, "A package version with this name already exists.", docs=docs)


def check_package_restorable(package: FakePackage, docs: str) -> None:
    """Refuse what was deleted too long ago, or whose name a new package uses."""
    world = package.world
    if package.deleted_at is None or _expired(world, package.deleted_at):
        raise api_error(404, NO_PACKAGE, docs=docs)
    if package.key in world.packages:
        status = world.behaviour.taken_status
        raise api_error(status, "A package with this name already exists.", docs=docs)


def _expired(world: World, deleted_at: dt.datetime) -> bool:
    return world.now - deleted_at > RESTORABLE
