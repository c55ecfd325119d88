"""What was pushed, or got or lost a tag, since a package was listed, and what that needs.

Decides which versions count as new, what must stay or come back for them, and which tags went with
what was deleted. It does not decide when somebody looks.
"""

from collections.abc import Mapping

from package_keeper.domain.errors import ManifestsUnreadable
from package_keeper.domain.images import ImageGraph, Role
from package_keeper.domain.model import Version

Tags = Mapping[int, frozenset[str]]
"""The tags of each version, by id, as they were listed."""


def tags_of(graph: ImageGraph) -> dict[int, frozenset[str]]:
    """What a graph's versions were listed with."""
    return {version.id: frozenset(version.tags) for version in graph.versions.values()}


def needed_since(graph: ImageGraph, before: Tags) -> dict[str, str]:
    """What the images need that are new since then: digests, each with the label of the image.

    A signature of what goes is no image, so it holds nothing. Raises ManifestsUnreadable where a
    manifest among them can't be had: what that lists may be anything.
    """
    new = (
        digest
        for digest, version in graph.versions.items()
        if graph.roles[digest] is Role.IMAGE and _is_new(version, before)
    )
    needed = graph.closure(sorted(new))
    readings = graph.readings
    riddles = readings.unreadable.keys() | (readings.absent & graph.versions.keys())
    unseen = sorted(needed.keys() & riddles)
    if unseen:
        raise ManifestsUnreadable(
            f"the manifest of {unseen[0]}, which {graph.versions[needed[unseen[0]]].label} needs, "
            "could not be read; that was pushed since the plan was shown."
        )
    return {digest: graph.versions[root].label for digest, root in needed.items()}


def tags_gone(graph: ImageGraph, before: Tags) -> dict[str, str]:
    """The tags of versions that are still there, which lead nowhere now; each with its version.

    A tag is on one version at a time, so unless somebody took it off, it was moved to one that is
    gone.
    """
    there = {tag for version in graph.versions.values() for tag in version.tags}
    return {
        tag: version.label
        for version in graph.versions.values()
        for tag in sorted(before.get(version.id, frozenset()) - there)
    }


def _is_new(version: Version, before: Tags) -> bool:
    return version.id not in before or not before[version.id].issuperset(version.tags)
