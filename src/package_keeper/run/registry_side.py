"""The registry's side of a package, for the package types that have one."""

from package_keeper.domain.model import PackageRef
from package_keeper.inventory.reading import ManifestReader
from package_keeper.run.means import Asked, Means
from package_keeper.run.ports import RegistrySide


def registry_of(ref: PackageRef, means: Means) -> RegistrySide | None:
    """The package in its registry; None where its versions are no manifests."""
    return means.registries.of(ref) if ref.type.has_manifests else None


def reader_of(registry: RegistrySide | None, asked: Asked) -> ManifestReader | None:
    """What reads the package's manifests, none of them twice."""
    if registry is None:
        return None
    return ManifestReader(registry=registry, workers=asked.workers)
