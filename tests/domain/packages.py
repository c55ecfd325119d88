"""Packages for the tests of the core: random ones for Hypothesis, and small ones by hand.

Digests are made of content, as a registry's are, so that no index can list itself.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.vendor.pretty import RepresentationPrinter

from package_keeper.domain.confirming import both_listings
from package_keeper.domain.images import ImageGraph, build_graph
from package_keeper.domain.manifests import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    STAND_IN,
    Child,
    Manifest,
)
from package_keeper.domain.model import (
    Owner,
    OwnerKind,
    Package,
    PackageRef,
    PackageType,
    Version,
)
from package_keeper.domain.readings import Readings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OWNER = Owner(login="acme", kind=OwnerKind.ORGANIZATION)


def package(package_type: PackageType = PackageType.CONTAINER) -> Package:
    return Package(ref=PackageRef(owner=OWNER, type=package_type, name="app"))


def digest_of(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def version(number: int, name: str, *tags: str, age: timedelta = timedelta(days=10)) -> Version:
    return Version(id=number, name=name, tags=tags, created_at=NOW - age, updated_at=NOW - age)


def referrer_tag(digest: str, suffix: str = "") -> str:
    """The tag that attaches something to this digest where there is no referrers API."""
    return digest.replace(":", "-") + suffix


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class World:
    """A package as GitHub and its registry have it.

    `manifests` are what the registry holds, whether the listing shows them or not; of these,
    `absent` answer 404 and `unreadable` 500.
    """

    versions: tuple[Version, ...]
    manifests: Mapping[str, Manifest]
    absent: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """A line per version: `3 [v1] 10d index(1 2)`, with ids for the digests that have one."""
        ids = {version.name: str(version.id) for version in self.versions}

        def short(digest: str) -> str:
            return ids.get(digest, digest[7:13])

        def described(digest: str) -> str:
            manifest = self.manifests.get(digest)
            said = " absent" if manifest is None or digest in self.absent else ""
            said += " unreadable" if digest in self.unreadable else ""
            if manifest and manifest.children:
                said += f" index({' '.join(short(c.digest) for c in manifest.children)})"
            if manifest and manifest.subject:
                said += f" subject({short(manifest.subject)})"
            return said

        lines = []
        for listed in self.versions:
            tags = [*listed.own_tags, *(f"about:{short(s)}" for s in listed.tagged_subjects)]
            age = f"{(NOW - listed.created_at).days}d"
            lines.append(f"{listed.id} [{' '.join(tags)}] {age}{described(listed.name)}")
        lines += [f"{d[7:13]} unlisted{described(d)}" for d in self.manifests if d not in ids]
        return "\n" + "\n".join(lines)

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:  # noqa: ARG002, FBT001
        printer.text(repr(self))

    @property
    def readings(self) -> Readings:
        """What reading gives: all that is listed, and all that what was read names."""
        manifests: dict[str, Manifest] = {}
        absent: set[str] = set()
        unreadable: dict[str, str] = {}
        pending = [v.name for v in self.versions]
        pending += [subject for v in self.versions for subject in v.tagged_subjects]
        while pending:
            digest = pending.pop()
            if digest in manifests:
                continue
            if digest in self.unreadable:
                unreadable[digest] = "500"
            elif digest not in self.manifests or digest in self.absent:
                absent.add(digest)
            else:
                manifests[digest] = manifest = self.manifests[digest]
                pending += [child.digest for child in manifest.children if child.is_manifest]
                pending += [manifest.subject] if manifest.subject else []
        return Readings(manifests=manifests, absent=frozenset(absent), unreadable=unreadable)

    def graph(self) -> ImageGraph:
        return build_graph({version.name: version for version in self.versions}, self.readings)

    def after(self, deleted: frozenset[int]) -> "World":
        """The package once these versions are deleted: the registry has them no longer."""
        gone = {version.name for version in self.versions if version.id in deleted}
        return replace(
            self,
            versions=tuple(v for v in self.versions if v.id not in deleted),
            manifests={d: m for d, m in self.manifests.items() if d not in gone},
        )

    def without(self, ids: Iterable[int]) -> "World":
        """The package as if these had never been pushed, or were deleted by somebody."""
        return self.after(frozenset(ids))

    def seen_after(self, first: "World") -> "World":
        """The package at the second look: with what only the first listing showed."""
        return replace(self, versions=both_listings(first.versions, self.versions))


class Pushes:
    """Pushes by hand, one after another: the n-th pushed version has the id n."""

    def __init__(self) -> None:
        self._versions: list[Version] = []
        self._manifests: dict[str, Manifest] = {}

    def image(
        self, *tags: str, days: int = 10, subject: str | None = None, artifact_type: str = ""
    ) -> Version:
        """A manifest without children; with `subject`, one that is attached to another."""
        return self._push(tags, days, (), subject, MANIFEST_TYPES[0], artifact_type)

    def stand_in(self, tag: str, *tags: str, days: int = 0) -> Version:
        """What a run pushed under `tag` to take it off; the tags that it has now are `tags`."""
        pushed = self.image(*tags, days=days, artifact_type=STAND_IN)
        manifest = self._manifests[pushed.name]
        self._manifests[pushed.name] = replace(manifest, stands_in_for=tag)
        return pushed

    def index(
        self, *children: Version | Child, tags: Iterable[str] = (), days: int = 10
    ) -> Version:
        """An index of versions pushed before, or of whatever a child says."""
        listed = tuple(
            child if isinstance(child, Child) else self.child(child.name) for child in children
        )
        return self._push(tuple(tags), days, listed, None, INDEX_TYPES[0], "")

    def child(self, digest: str) -> Child:
        """The descriptor of something pushed before."""
        return Child(digest=digest, media_type=self._manifests[digest].media_type)

    def world(self, *, absent: Iterable[Version] = (), unreadable: Iterable[Version] = ()) -> World:
        return World(
            versions=tuple(self._versions),
            manifests=dict(self._manifests),
            absent=frozenset(version.name for version in absent),
            unreadable=frozenset(version.name for version in unreadable),
        )

    def _push(
        self,
        tags: tuple[str, ...],
        days: int,
        children: tuple[Child, ...],
        subject: str | None,
        media_type: str,
        artifact_type: str,
    ) -> Version:
        number = len(self._versions) + 1
        pushed = version(number, digest_of(f"push {number}"), *tags, age=timedelta(days=days))
        self._versions.append(pushed)
        self._manifests[pushed.name] = Manifest(
            digest=pushed.name,
            media_type=media_type,
            children=children,
            subject=subject,
            artifact_type=artifact_type,
        )
        return pushed


TAGS = ("v1", "v2", "v3", "pr-1", "pr-2", "pr-3", "latest", "main")
_STRANGERS = (digest_of("gone-a"), digest_of("gone-b"))
_AGES = st.integers(0, 60).map(lambda days: timedelta(days=days))


@st.composite
def worlds(draw: st.DrawFn, *, max_size: int = 9) -> World:
    """Random packages: indexes at any depth, shared children, referrers by subject and by tag,
    tags anywhere, ghosts, partial indexes, orphans, and versions about one another."""
    size = draw(st.integers(1, max_size))
    digests = [digest_of(str(number)) for number in range(size)]
    tags_left = draw(st.permutations(TAGS))
    versions: list[Version] = []
    manifests: dict[str, Manifest] = {}
    for number, digest in enumerate(digests):
        count = min(draw(st.sampled_from([0, 0, 0, 1, 1, 2])), len(tags_left))
        own = [tags_left.pop() for _ in range(count)]
        tags = [*own, *draw(_referrer_tags([*digests, *_STRANGERS]))]
        versions.append(version(number + 1, digest, *tags, age=draw(_AGES)))
        manifest = draw(_manifests(digest, manifests, digests[:number]))
        if manifest is not None:
            manifests[digest] = manifest
    return World(versions=tuple(versions), manifests=manifests)


@st.composite
def _referrer_tags(draw: st.DrawFn, digests: list[str]) -> list[str]:
    if draw(st.integers(0, 5)):
        return []
    suffix = draw(st.sampled_from(["", ".sig", ".att"]))
    return [referrer_tag(draw(st.sampled_from(digests)), suffix)]


@st.composite
def _manifests(
    draw: st.DrawFn, digest: str, known: Mapping[str, Manifest], below: list[str]
) -> Manifest | None:
    """An image, an index of what was pushed before, a referrer of it, or seldom nothing.

    Seldom as well, an index does not say of what types the things are that it lists.
    """
    kind = draw(st.sampled_from(["image", "image", "index", "referrer", "absent"]))
    if kind == "absent" and draw(st.booleans()):
        return None
    children: tuple[Child, ...] = ()
    subject = None
    if below and kind == "index":
        named = st.sampled_from([*below, *below, *_STRANGERS])
        unsaid = draw(st.integers(0, 9)) == 0
        types = {d: "" if unsaid else m.media_type for d, m in known.items()}
        children = tuple(
            Child(digest=d, media_type=types.get(d, MANIFEST_TYPES[0]))
            for d in draw(st.lists(named, max_size=3, unique=True))
        )
    if below and kind == "referrer":
        subject = draw(st.sampled_from([*below, *_STRANGERS]))
    media_type = INDEX_TYPES[0] if kind == "index" else MANIFEST_TYPES[0]
    return Manifest(digest=digest, media_type=media_type, children=children, subject=subject)


@st.composite
def doubtful_worlds(draw: st.DrawFn) -> World:
    """Packages of which some manifests are gone, some can't be read, and some aren't listed."""
    world = draw(worlds())
    digests = st.sampled_from([v.name for v in world.versions])
    absent = frozenset(draw(st.lists(digests, max_size=2)))
    unreadable = frozenset(draw(st.lists(digests, max_size=2))) - absent
    hidden = set(draw(st.lists(digests, max_size=1)))
    return replace(
        world,
        versions=tuple(v for v in world.versions if v.name not in hidden),
        absent=absent,
        unreadable=unreadable,
    )


@st.composite
def two_looks(draw: st.DrawFn) -> tuple[World, World]:
    """A package twice: in between some versions are pushed, some deleted, and tags move."""
    whole = draw(worlds())
    ids = st.sampled_from([v.id for v in whole.versions])
    pushed = draw(st.sets(ids, max_size=3))
    deleted = draw(st.sets(ids, max_size=2)) - pushed
    first, second = whole.without(pushed), whole.without(deleted)
    for tag in draw(st.lists(st.sampled_from([*TAGS, "new"]), max_size=2)):
        holder = draw(st.none() | ids)
        second = replace(
            second, versions=tuple(_retagged(v, tag, v.id == holder) for v in second.versions)
        )
    return first, second


def _retagged(listed: Version, tag: str, holds: bool) -> Version:  # noqa: FBT001 - one flag
    others = tuple(known for known in listed.tags if known != tag)
    return replace(listed, tags=(*others, tag) if holds else others)
