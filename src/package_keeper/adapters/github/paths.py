"""Paths of the Packages API.

Decides the family of endpoints for an owner and that names are quoted whole: container names hold
slashes, which must be `%2F`. It does not decide which kind an owner is.
"""

from typing import assert_never
from urllib.parse import quote

from package_keeper.domain.model import Owner, OwnerKind, PackageRef


def owner_path(login: str) -> str:
    """The description of an account, which says whether it is an organization."""
    return f"/users/{quote(login, safe='')}"


def packages_path(owner: Owner) -> str:
    """All packages of an owner."""
    match owner.kind:
        case OwnerKind.ORGANIZATION:
            return f"/orgs/{quote(owner.login, safe='')}/packages"
        case OwnerKind.USER:
            return f"/users/{quote(owner.login, safe='')}/packages"
        case OwnerKind.AUTHENTICATED_USER:
            return "/user/packages"
    assert_never(owner.kind)


def package_path(ref: PackageRef) -> str:
    """One package."""
    return f"{packages_path(ref.owner)}/{ref.type.value}/{quote(ref.name, safe='')}"


def versions_path(ref: PackageRef) -> str:
    """The versions of a package."""
    return f"{package_path(ref)}/versions"


def version_path(ref: PackageRef, version_id: int) -> str:
    """One version."""
    return f"{versions_path(ref)}/{version_id:d}"
