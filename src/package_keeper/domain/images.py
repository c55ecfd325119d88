"""The image graph: which versions are images, and what each one needs.

Decides, from the listing and the manifests that were read, what is a child, a referrer, an orphan
and an image of its own, and the closure of an image. It is built of digests, so that parts missing
from the listing take their place as well. It does not decide what is kept.

Package types that are not containers have no manifests; there every version is an image.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from package_keeper.domain.manifests import STAND_IN, Child, Manifest
from package_keeper.domain.model import Version
from package_keeper.domain.readings import Readings


class Role(Enum):
    """What a version is to the others."""

    IMAGE = "image"
    PART = "part"
    ORPHAN = "orphan"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageGraph:
    """The versions by name, and the ties between them as digests.

    `children` runs from an index to what it lists; `subjects` from a referrer to what it is about;
    `parents` and `referrers` are their reverse. `superseded` maps an index of referrers that lost
    its `sha256-…` tag to a newer one to the subject that all it lists are about.
    """

    versions: Mapping[str, Version]
    readings: Readings = field(default_factory=Readings)
    children: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    referrers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    superseded: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)

    def needs(self, digest: str) -> tuple[str, ...]:
        """What must stay, directly, where this digest stays."""
        children = self.children.get(digest, ())
        return (*children, *self.referrers.get(digest, ()), *self.subjects.get(digest, ()))

    def closure(self, roots: Iterable[str]) -> dict[str, str]:
        """Everything the roots need, themselves included: digest to the root that led there."""
        found: dict[str, str] = {}
        for root in roots:
            pending = [root]
            while pending:
                digest = pending.pop()
                if digest not in found:
                    found[digest] = root
                    pending += self.needs(digest)
        return found

    def is_left_over(self, digest: str) -> bool:
        """Whether it is a stand-in with no other tag than the one it was pushed under.

        With a tag that somebody else put on it, it is a version like any other.
        """
        manifest = self.readings.manifests.get(digest)
        if manifest is None or manifest.stands_in_for is None or digest not in self.versions:
            return False
        return set(self.versions[digest].own_tags) <= {manifest.stands_in_for}

    def with_roles(self, roles: Mapping[str, Role]) -> "ImageGraph":
        """The graph with other roles for these versions."""
        return replace(self, roles={**self.roles, **roles})

    @property
    def unlisted(self) -> tuple[str, ...]:
        """What the registry has, or may have, though the listing does not show it."""
        read = (*self.readings.manifests, *self.readings.unreadable)
        return tuple(digest for digest in read if digest not in self.versions)

    def missing_parts(self, digest: str) -> tuple[Child, ...]:
        """The children of an index that the registry does not have."""
        manifest = self.readings.manifests.get(digest)
        children = manifest.children if manifest else ()
        return tuple(child for child in children if child.digest in self.readings.absent)


def build_graph(versions: Mapping[str, Version], readings: Readings) -> ImageGraph:
    """Tie the versions, by digest, together by what their manifests and their tags say."""
    manifests = readings.manifests
    children = _listed(versions, manifests)
    superseded = _superseded(versions, readings)
    subjects = _subjects(versions, manifests)
    graph = ImageGraph(
        versions=versions,
        readings=readings,
        children=children,
        subjects=subjects,
        parents=_reversed(children),
        referrers=_reversed(subjects),
        superseded=superseded,
    )
    return replace(graph, roles=_Roles(graph).all())


def _listed(
    versions: Mapping[str, Version], manifests: Mapping[str, Manifest]
) -> dict[str, tuple[str, ...]]:
    """What each index lists, without layers and blobs.

    A version is a manifest, so an index that lists one needs it, whatever it calls it.
    """
    listed = {
        digest: _unique(c.digest for c in m.children if c.is_manifest or c.digest in versions)
        for digest, m in manifests.items()
    }
    return {digest: children for digest, children in listed.items() if children}


def plain_graph(versions: Iterable[Version]) -> ImageGraph:
    """The graph of a package type without manifests: every version is an image.

    It goes by the id, since names need not be unique there.
    """
    by_id = {str(version.id): version for version in versions}
    return ImageGraph(versions=by_id, roles=dict.fromkeys(by_id, Role.IMAGE))


def _subjects(
    versions: Mapping[str, Version], manifests: Mapping[str, Manifest]
) -> dict[str, tuple[str, ...]]:
    """What each digest is about, by its manifest's `subject` and by its version's tags."""
    subjects: dict[str, tuple[str, ...]] = {}
    for digest in (*versions, *(d for d in manifests if d not in versions)):
        version, manifest = versions.get(digest), manifests.get(digest)
        said = (manifest.subject,) if manifest and manifest.subject else ()
        tagged = version.tagged_subjects if version else ()
        about = _unique(subject for subject in (*said, *tagged) if subject != digest)
        if about:
            subjects[digest] = about
    return subjects


def _superseded(versions: Mapping[str, Version], readings: Readings) -> dict[str, str]:
    """The untagged indexes all of whose readable children are about one and the same subject.

    Every new attestation replaces the index behind the tag `sha256-<hex>` and leaves the former one
    untagged. It is no image, and must not keep its subject alive.
    """
    found: dict[str, str] = {}
    manifests = readings.manifests
    for digest, manifest in manifests.items():
        version = versions.get(digest)
        if version is None or version.tags or manifest.subject or not manifest.children:
            continue
        parts = [child.digest for child in manifest.children if child.is_manifest]
        if not all(readings.tells(part) for part in parts):
            continue  # a part that nothing is known of may be a platform, and this an image
        listed = [manifests[c.digest] for c in manifest.children if c.digest in manifests]
        about = {child.subject for child in listed}
        subject = next(iter(about)) if len(about) == 1 else None
        if subject is not None:
            found[digest] = subject
    return found


def _reversed(ties: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    back: dict[str, list[str]] = {}
    for source, targets in ties.items():
        for target in targets:
            back.setdefault(target, []).append(source)
    return {target: tuple(sorted(sources)) for target, sources in back.items()}


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


class _Roles:
    """Tells images from parts, orphans and superseded indexes."""

    def __init__(self, graph: ImageGraph) -> None:
        self._graph = graph
        self._unowned: set[str] = set()

    def all(self) -> dict[str, Role]:
        """The role of every listed version."""
        roles = {digest: self._role(digest, v) for digest, v in self._graph.versions.items()}
        return roles | self._unreached(roles)

    def _role(self, digest: str, version: Version) -> Role:
        manifest = self._graph.readings.manifests.get(digest)
        if manifest is not None and manifest.artifact_type == STAND_IN:
            return Role.ORPHAN  # what is left of a tag that was being taken off
        if version.own_tags:
            return Role.IMAGE
        if any(self._is_listed(parent) for parent in self._graph.parents.get(digest, ())):
            return Role.PART
        if digest in self._graph.superseded:
            return Role.SUPERSEDED
        about = self._graph.subjects.get(digest, ())
        if about:
            return Role.PART if any(self._is_known(s) for s in about) else Role.ORPHAN
        return Role.PART if self._is_owned(digest) else Role.IMAGE

    def _is_listed(self, digest: str) -> bool:
        readings = self._graph.readings
        read = digest in readings.manifests or digest in readings.unreadable
        return read or digest in self._graph.versions

    def _is_known(self, digest: str) -> bool:
        """Whether it exists, or is at least listed by something that does."""
        parents = self._graph.parents.get(digest, ())
        return self._is_listed(digest) or any(self._is_listed(parent) for parent in parents)

    def _is_owned(self, digest: str) -> bool:
        """Whether something outside of its own closure needs it, through a referrer of it.

        Such a version is no child, but counting it as an image of its own would make it take a
        place among the newest as soon as an index that listed it is gone, and push another out.
        """
        if digest not in self._graph.referrers or digest in self._unowned:
            return False
        own = self._graph.closure([digest])
        seen, pending = {digest}, [digest]
        while pending:
            for above in self._needed_by(pending.pop()):
                if above not in own:
                    return True
                if above not in seen:
                    seen.add(above)
                    pending.append(above)
        self._unowned |= seen  # all of these need one another, so none finds what this did not
        return False

    def _needed_by(self, digest: str) -> Iterable[str]:
        graph = self._graph
        ties = (graph.parents, graph.subjects, graph.referrers)
        above = (found for tie in ties for found in tie.get(digest, ()))
        return (a for a in above if a not in graph.superseded and self._is_listed(a))

    def _unreached(self, roles: Mapping[str, Role]) -> dict[str, Role]:
        """Parts that no image leads to, such as two versions about each other: images then."""
        roots = [digest for digest, role in roles.items() if role is not Role.PART]
        reached = self._graph.closure((*roots, *self._graph.unlisted))
        return {digest: Role.IMAGE for digest in roles if digest not in reached}
