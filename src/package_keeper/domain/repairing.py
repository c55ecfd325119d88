"""Planning the repair of images that lack parts.

Decides which parts of images are missing, which of these are among the deleted versions and
can come back, and which are lost. It does not decide how parts are found missing; reading does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from package_keeper.domain.images import ImageGraph
from package_keeper.domain.manifests import Child
from package_keeper.domain.model import Version, newest_first
from package_keeper.domain.namesakes import attaching, parts_of_each, when_deleted
from package_keeper.domain.plan import Decision, Ground, Verdict
from package_keeper.domain.resolution import without_tag

_NAMED = 3
"""How many images are named that need one and the same part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A part that is missing, and the images that need it, the newest first; at least one."""

    images: tuple[Version, ...]
    digest: str
    platform: str = ""

    def __str__(self) -> str:
        if self.digest == self.images[0].name:
            return f"{self.images[0].label} has no manifest of its own ({self.digest})"
        platform = f"{self.platform} " if self.platform else ""
        return f"{self._who} {platform}{self.digest}"

    @property
    def _who(self) -> str:
        labels = [image.label for image in self.images[:_NAMED]]
        more = len(self.images) - len(labels)
        labels += [f"{more} more"] if more else []
        *others, last = labels
        return f"{', '.join(others)} and {last} lack" if others else f"{last} lacks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The restorations that are possible, what is lost, and how much could not be read.

    `lacking` says by id of a restoration what lacks it; `tags` are warnings of tags whose content
    is there without them.
    """

    restorations: tuple[Decision, ...]
    lost: tuple[Missing, ...]
    lacking: Mapping[int, Missing]
    tags: tuple[str, ...] = ()
    unread: int = 0


def plan_repair(graph: ImageGraph, roots: Iterable[Version], deleted: Iterable[Version]) -> Repair:
    """What the closure of these versions of the graph lacks; each part once.

    A deleted version that is attached to something by its tag belongs to it where no active version
    has that tag: then it was taken away, and not replaced. Where the content of a part is active,
    as another version, it is not missing.
    """
    return _Search(graph, roots, tuple(deleted)).result()


class _Search:
    """The search for what the closure of some versions lacks."""

    def __init__(
        self, graph: ImageGraph, roots: Iterable[Version], deleted: Sequence[Version]
    ) -> None:
        self._graph = graph
        self._roots = {version.name: version for version in sorted(roots, key=self._rank)}
        self._rows = parts_of_each(deleted, graph.versions.values())
        self._attached = _attached(graph, deleted)
        self._needed = graph.closure(self._roots)
        self._restorations: dict[int, Decision] = {}
        self._lacking: dict[int, Missing] = {}
        self._lost: dict[str, Missing] = {}
        self._tags: dict[str, str] = {}

    def result(self) -> Repair:
        """All of it."""
        for root in self._roots.values():
            self._look_at_manifest(root)
        for child, parents in self._missing_children():
            self._look_at_child(child, parents)
        coming = {decision.version.name for decision in self._restorations.values()}
        gone = self._graph.readings.absent - self._graph.versions.keys() - coming
        for digest in sorted(self._needed.keys() - gone):
            for version in self._attached.get(digest, ()):
                self._look_at_attachment(digest, version)
        return Repair(
            restorations=tuple(self._restorations.values()),
            lost=tuple(self._lost.values()),
            lacking=self._lacking,
            tags=tuple(self._tags.values()),
            unread=len(self._graph.readings.unreadable),
        )

    def _rank(self, version: Version) -> tuple[bool, bool, float, int]:
        """Sort key: whole images before what is a part or about another, the newest first."""
        name = version.name
        return (name in self._graph.subjects, name in self._graph.parents, *newest_first(version))

    def _look_at_manifest(self, root: Version) -> None:
        if root.name in self._graph.readings.absent:
            self._lost.setdefault(root.name, Missing(images=(root,), digest=root.name))

    def _missing_children(self) -> list[tuple[Child, list[str]]]:
        """Each missing child once, as it is first listed, with the digests of what lists it."""
        found: dict[str, tuple[Child, list[str]]] = {}
        for digest in sorted(self._needed):
            for child in self._graph.missing_parts(digest):
                found.setdefault(child.digest, (child, []))[1].append(digest)
        return list(found.values())

    def _look_at_child(self, child: Child, parents: Sequence[str]) -> None:
        missing = Missing(
            images=self._images_of(parents), digest=child.digest, platform=child.platform
        )
        version = self._rows.get(child.digest)
        if version is None:
            self._lost.setdefault(child.digest, missing)
        else:
            what = f"its part for {child.platform}" if child.platform else "a part of it"
            self._restore(version, missing, what)

    def _look_at_attachment(self, digest: str, version: Version) -> None:
        """What was attached to a digest that is there, or comes."""
        active = self._graph.versions.get(version.name)
        if active is not None:
            for tag in sorted(attaching(version) - self._used):
                self._tags.setdefault(tag, without_tag(tag, active))
            return
        missing = Missing(images=self._images_of([digest]), digest=version.name)
        self._restore(self._rows[version.name], missing, "what was attached to it")

    def _restore(self, version: Version, missing: Missing, what: str) -> None:
        image = missing.images[0]
        self._lacking.setdefault(version.id, missing)
        decision = Decision(
            version=version,
            verdict=Verdict.RESTORE,
            ground=Ground.PART,
            reason=f"{image.label} lacks {what}",
            source=image.label,
            parents=(image.name,),
        )
        self._restorations.setdefault(version.id, decision)

    @cached_property
    def _used(self) -> set[str]:
        return _used_tags(self._graph)

    def _images_of(self, digests: Sequence[str]) -> tuple[Version, ...]:
        """The images that need one of these, the newest first; else the version that led there.

        Only what was read tells what it needs, so images that nobody asked about are not named.
        """
        above = _above(digests, self._graph)
        named = (image for image in self._images if image.name in above)
        return tuple(named) or (self._roots[self._needed[digests[0]]],)

    @cached_property
    def _images(self) -> list[Version]:
        images = (version for version in self._graph.versions.values() if version.own_tags)
        return sorted(images, key=newest_first)


def _above(digests: Iterable[str], graph: ImageGraph) -> set[str]:
    """These, and everything that needs one of them, directly or not."""
    found: set[str] = set()
    pending = list(digests)
    while pending:
        digest = pending.pop()
        if digest not in found:
            found.add(digest)
            for ties in (graph.parents, graph.subjects, graph.referrers):
                pending += ties.get(digest, ())
    return found


def _used_tags(graph: ImageGraph) -> set[str]:
    return {tag for version in graph.versions.values() for tag in version.tags}


def _attached(graph: ImageGraph, deleted: Iterable[Version]) -> dict[str, list[Version]]:
    """By digest, what was attached to it by a tag that nothing active has."""
    used = _used_tags(graph)
    last = {tag: v for v in sorted(deleted, key=when_deleted) for tag in v.tags if tag not in used}
    found: dict[str, list[Version]] = {}
    for version in {version.id: version for version in last.values()}.values():
        for subject in version.tagged_subjects:
            found.setdefault(subject, []).append(version)
    return found
