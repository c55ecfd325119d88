"""When a package would be emptied, and what stays of it then.

Decides which versions count for that: the tagged images, as people see a package, and where there
are none whatever else there is. It does not decide what `if-empty` makes of it.
"""

from collections.abc import Collection

from package_keeper.domain.images import ImageGraph, Role
from package_keeper.domain.model import PackageType, newest_first


def empties(package_type: PackageType, graph: ImageGraph, doomed: Collection[str]) -> bool:
    """Whether all that counts would go; `doomed` are keys of the graph."""
    counting = _counting(package_type, graph)
    return bool(counting) and all(key in doomed for key in counting)


_WORTH = (Role.IMAGE, Role.PART, Role.SUPERSEDED, Role.ORPHAN)
"""What is best left, with all that it needs, where one version is to be left."""


def last_to_stay(package_type: PackageType, graph: ImageGraph) -> str:
    """The key of the newest version that counts; there must be one."""

    def rank(key: str) -> tuple[int, tuple[float, int]]:
        return _WORTH.index(graph.roles[key]), newest_first(graph.versions[key])

    return min(_counting(package_type, graph), key=rank)


def _counting(package_type: PackageType, graph: ImageGraph) -> list[str]:
    """The versions of which one is to be left: the tagged images if there are any, else all.

    GitHub refuses to delete the last version with a tag, and nothing says that the tag of a
    signature is none; so where no image has a tag, what has such a tag counts.
    """
    if not package_type.has_tags:
        return list(graph.versions)
    images = [key for key, version in graph.versions.items() if version.own_tags]
    tagged = [key for key, version in graph.versions.items() if version.tags]
    return images or tagged or list(graph.versions)
