"""What was pushed, or got or lost a tag, since a package was listed, and what that needs.

Decides which versions count as new, what must stay or come back for them, and which tags went with
what was deleted. It does not decide when somebody looks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from package_keeper.domain.images import ImageGraph, Role
from package_keeper.domain.model import Version

TagsById = Mapping[int, frozenset[str]]
"""The tags of each version, by id, as they were listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """What new images need: digests, each with the label of the image.

    `unseen` says what of it could not be read, and so may need anything; empty where all was.
    """

    labels: Mapping[str, str]
    unseen: str = ""


def tags_of(graph: ImageGraph) -> dict[int, frozenset[str]]:
    """What a graph's versions were listed with."""
    return {version.id: frozenset(version.tags) for version in graph.versions.values()}


def needed_since(graph: ImageGraph, before: TagsById) -> Needed:
    """What the images need that are new since then.

    A signature of what goes is no image, so it holds nothing.
    """
    new = (
        digest
        for digest, version in graph.versions.items()
        if graph.roles[digest] is Role.IMAGE and _is_new(version, before)
    )
    needed = graph.closure(sorted(new))
    labels = {digest: graph.versions[root].label for digest, root in needed.items()}
    readings = graph.readings
    riddles = readings.unreadable.keys() | (readings.absent & graph.versions.keys())
    unseen = next(iter(sorted(needed.keys() & riddles)), None)
    if unseen is None:
        return Needed(labels=labels)
    said = (
        f"the manifest of {unseen}, which {labels[unseen]} needs, could not be read; that was "
        "pushed since the plan was shown."
    )
    return Needed(labels=labels, unseen=said)


def tags_gone(graph: ImageGraph, before: TagsById) -> dict[str, str]:
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


def tags_put_on(deleted: Iterable[Version], graph: ImageGraph, before: TagsById) -> dict[str, int]:
    """The new tags that deleted versions had in the end; each with the id.

    Which tags the listing of what is deleted names, if any, GitHub does not document. Where one is
    among them that another version was listed with, they are those that a version ever had, and
    tell nothing. One that several have, or that leads elsewhere, tells nothing by itself.
    """
    known = frozenset[str]().union(*before.values())
    found = [(tag, v.id) for v in deleted for tag in v.own_tags if tag not in before.get(v.id, ())]
    if any(tag in known for tag, _ in found):
        return {}
    there = {tag for version in graph.versions.values() for tag in version.tags}
    counts = Counter(tag for tag, _ in found)
    return {tag: i for tag, i in found if counts[tag] == 1 and tag not in there}


def _is_new(version: Version, before: TagsById) -> bool:
    return version.id not in before or not before[version.id].issuperset(version.tags)
