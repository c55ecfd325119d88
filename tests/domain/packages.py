"""Packages for the tests of the core: random ones for Hypothesis, and small ones by hand.

Digests are made of content, as a registry's are, so that no index can list itself.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from package_keeper.domain.images import ImageGraph, Readings, build_graph
from package_keeper.domain.manifests import INDEX_TYPES, MANIFEST_TYPES, Child, Manifest
from package_keeper.domain.model import (
    Owner,
    OwnerKind,
    Package,
    PackageRef,
    PackageType,
    Version,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OWNER = Owner(login="acme", kind=OwnerKind.ORGANIZATION)


def package(package_type: PackageType = PackageType.CONTAINER) -> Package:
    return Package(ref=PackageRef(owner=OWNER, type=package_type, name="app"))


def digest_of(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def version(number: int, name: str, *tags: str, age: timedelta = timedelta(days=10)) -> Version:
    return Version(id=number, name=name, tags=tags, created_at=NOW - age, updated_at=NOW - age)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class World:
    """A package as GitHub and its registry have it."""

    versions: tuple[Version, ...]
    manifests: Mapping[str, Manifest]
    absent: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        """A line per version: `3 [v1] 10d index(1 2)`, with ids for the digests that have one."""
        ids = {version.name: str(version.id) for version in self.versions}

        def short(digest: str) -> str:
            return ids.get(digest, digest[7:13])

        lines = []
        for listed in self.versions:
            tags = " ".join(
                [*listed.own_tags, *(f"about:{short(s)}" for s in listed.tagged_subjects)]
            )
            manifest = self.manifests.get(listed.name)
            said = f"{listed.id} [{tags}] {(NOW - listed.created_at).days}d"
            said += " absent" if manifest is None or listed.name in self.absent else ""
            said += " unreadable" if listed.name in self.unreadable else ""
            if manifest and manifest.children:
                said += f" index({' '.join(short(c.digest) for c in manifest.children)})"
            if manifest and manifest.subject:
                said += f" subject({short(manifest.subject)})"
            lines.append(said)
        return "\n" + "\n".join(lines)

    def graph(self) -> ImageGraph:
        listed = {version.name: version for version in self.versions}
        known = listed.keys() | {c.digest for m in self.manifests.values() for c in m.children}
        known |= {m.subject for m in self.manifests.values() if m.subject}
        dead = self.absent | self.unreadable
        readable = {d: m for d, m in self.manifests.items() if d in known and d not in dead}
        gone = frozenset(d for d in known if d not in readable) - self.unreadable
        return build_graph(
            listed,
            Readings(
                manifests=readable,
                absent=gone,
                unreadable=dict.fromkeys(self.unreadable & known, "500"),
            ),
        )

    def after(self, deleted: frozenset[int]) -> "World":
        """The package once these versions are deleted: the registry has them no longer."""
        gone = {version.name for version in self.versions if version.id in deleted}
        return World(
            versions=tuple(v for v in self.versions if v.id not in deleted),
            manifests={d: m for d, m in self.manifests.items() if d not in gone},
            absent=self.absent,
            unreadable=self.unreadable,
        )


_TAGS = st.sampled_from(["v1", "v2", "v3", "pr-1", "pr-2", "pr-3", "latest", "main"])
_AGES = st.integers(0, 60).map(lambda days: timedelta(days=days))


@st.composite
def worlds(draw: st.DrawFn, *, max_size: int = 9) -> World:
    """Random packages: indexes at any depth, shared children, referrers by subject and by tag,
    tags anywhere, ghosts, partial indexes, orphans, and versions about one another."""
    size = draw(st.integers(1, max_size))
    digests = [digest_of(str(number)) for number in range(size)]
    strangers = [digest_of("gone-a"), digest_of("gone-b")]
    tags_left = draw(st.permutations(["v1", "v2", "v3", "pr-1", "pr-2", "pr-3", "latest", "main"]))
    versions, manifests = [], {}
    for number, digest in enumerate(digests):
        below = digests[:number]
        tags = [
            tags_left.pop() for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))) if tags_left
        ]
        if draw(st.integers(0, 5)) == 0:
            about = draw(st.sampled_from([*digests, *strangers]))
            suffix = draw(st.sampled_from(["", ".sig", ".att"]))
            tags.append(about.replace(":", "-") + suffix)
        kind = draw(st.sampled_from(["image", "image", "index", "referrer", "absent"]))
        children: tuple[str, ...] = ()
        if kind == "index" and below:
            chosen = draw(
                st.lists(st.sampled_from([*below, *below, *strangers]), max_size=3, unique=True)
            )
            children = tuple(chosen)
        subject = (
            draw(st.sampled_from([*below, *strangers])) if kind == "referrer" and below else None
        )
        versions.append(version(number + 1, digest, *tags, age=draw(_AGES)))
        if kind == "absent" and draw(st.booleans()):
            continue
        manifests[digest] = Manifest(
            digest=digest,
            media_type=INDEX_TYPES[0] if kind == "index" else MANIFEST_TYPES[0],
            children=tuple(Child(digest=c, media_type=MANIFEST_TYPES[0]) for c in children),
            subject=subject,
        )
    manifests = {
        d: Manifest(
            digest=d,
            media_type=m.media_type,
            subject=m.subject,
            children=tuple(
                Child(
                    digest=c.digest,
                    media_type=manifests[c.digest].media_type
                    if c.digest in manifests
                    else MANIFEST_TYPES[0],
                )
                for c in m.children
            ),
        )
        for d, m in manifests.items()
    }
    return World(versions=tuple(versions), manifests=manifests)
