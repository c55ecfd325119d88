"""A package: its versions, tags and manifests, and what deleting and restoring do to them.

Decides how state changes, never whether a token may change it; refusals that follow from the state
itself (last version, downloads, 30 days) are in `rules`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fake_github import pushing
from fake_github.listing import Listing
from fake_github.manifests import Manifest, manifest_from
from fake_github.versions import FakeVersion

if TYPE_CHECKING:
    from fake_github.world import Owner, RoleName, World


class FakePackage:
    """A package as tests see it: they add versions to it and look at what is left of them."""

    def __init__(
        self,
        world: World,
        owner: Owner,
        package_type: str,
        name: str,
        *,
        visibility: str = "public",
        repository: str | None = None,
        created_at: dt.datetime | None = None,
    ) -> None:
        self.world = world
        self.owner = owner
        self.package_type = package_type
        self.name = name
        self.visibility = visibility
        self.repository = repository
        self.created_at = created_at or world.now
        self.deleted_at: dt.datetime | None = None
        self.id = world.new_id()
        self.roles: dict[str, RoleName] = {}
        self.manifests: dict[str, Manifest] = {}
        self.blobs: set[str] = set()
        self.uploads: dict[str, bytearray] = {}
        self.active: dict[str, FakeVersion] = {}
        self.gone: dict[int, FakeVersion] = {}
        self.taken_down: tuple[FakeVersion, ...] = ()
        self._tagged: dict[str, FakeVersion] = {}
        self._by_id: dict[int, FakeVersion] = {}
        self.listing = Listing(self)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes the package's name unique: owner, type and name."""
        return (self.owner.login.lower(), self.package_type, self.name)

    @property
    def versions(self) -> list[FakeVersion]:
        """The active versions, by id."""
        with self.world.lock:
            return sorted(self.active.values(), key=lambda v: v.id)

    @property
    def deleted(self) -> list[FakeVersion]:
        """The deleted versions, by id."""
        with self.world.lock:
            return sorted(self.gone.values(), key=lambda v: v.id)

    @property
    def tags(self) -> dict[str, str]:
        """Every tag and the digest (or name) it is on."""
        with self.world.lock:
            return {tag: version.name for tag, version in self._tagged.items()}

    def grant(self, login: str, role: RoleName) -> None:
        """Give a person a role on this package, other than the owner's default."""
        self.roles[login.lower()] = role

    def version(self, version_id: int) -> FakeVersion | None:
        """The version with this id, active or deleted."""
        return self._by_id.get(version_id)

    def by_tag(self, tag: str) -> FakeVersion | None:
        """The active version a tag is on."""
        return self._tagged.get(tag)

    def is_tagged_elsewhere(self, version: FakeVersion) -> bool:
        """Whether any other active version carries a tag."""
        return any(v is not version for v in self._tagged.values())

    def add_version(
        self,
        name: str | None = None,
        *,
        tags: tuple[str, ...] = (),
        created_at: dt.datetime | None = None,
        updated_at: dt.datetime | None = None,
        downloads: int = 0,
    ) -> FakeVersion:
        """Add a version of this name; a tag that was elsewhere moves here.

        A container version named by a digest has no manifest in the registry: it is what a broken
        one looks like. Without a name a small manifest is made.
        """
        with self.world.lock:
            if name is None:
                name = pushing.plain_manifest(self, created_at)
            version = self.active.get(name) or self._new_version(name, created_at, updated_at)
            version.downloads += downloads
            self.retag(version, tags)
            return version

    def _new_version(
        self, name: str, created_at: dt.datetime | None, updated_at: dt.datetime | None
    ) -> FakeVersion:
        created = created_at or self.world.now
        version = FakeVersion(
            id=self.world.new_id(),
            name=name,
            tags=(),
            created_at=created,
            updated_at=updated_at or created,
        )
        self.active[name] = self._by_id[version.id] = version
        version.record(self.world.changed())
        return version

    def retag(self, version: FakeVersion, tags: tuple[str, ...]) -> None:
        """Put tags on a version; whatever carried them loses them and keeps its times."""
        for tag in tags:
            former = self._tagged.get(tag)
            if former is version:
                continue
            if former is not None:
                former.tags = tuple(t for t in former.tags if t != tag)
                former.record(self.world.changed())
            self._tagged[tag] = version
            version.tags = (*version.tags, tag)
            version.record(self.world.changed())

    def delete_version(self, version: FakeVersion) -> None:
        """Delete a version; it remembers its tags. The last one of npm takes the package along."""
        with self.world.lock:
            for tag in version.tags:
                del self._tagged[tag]
            del self.active[version.name]
            self.gone[version.id] = version
            version.deleted_at = self.world.now
            version.record(self.world.changed())
            if self.package_type == "npm" and not self.active:
                self.delete()
                self.taken_down = (version,)

    def restore_version(self, version: FakeVersion) -> None:
        """Bring a version back, with those of its tags that did not move on."""
        with self.world.lock:
            free = tuple(t for t in version.tags if t not in self._tagged)
            version.deleted_at = None
            version.tags = ()
            del self.gone[version.id]
            self.active[version.name] = version
            version.record(self.world.changed())
            self.retag(version, free if self.world.behaviour.restored_tags else ())

    def delete(self) -> None:
        """Delete the whole package."""
        with self.world.lock:
            del self.world.packages[self.key]
            self.world.deleted_packages.append(self)
            self.deleted_at = self.world.now
            self.world.changed()

    def restore(self) -> None:
        """Bring the whole package back, with the version whose deletion took it along."""
        with self.world.lock:
            self.world.deleted_packages.remove(self)
            self.world.packages[self.key] = self
            self.deleted_at = None
            for version in self.taken_down:
                self.restore_version(version)
            self.taken_down = ()
            self.world.changed()

    def push_manifest(
        self,
        manifest: dict[str, Any] | bytes,
        media_type: str | None = None,
        *,
        tags: tuple[str, ...] = (),
        created_at: dt.datetime | None = None,
    ) -> str:
        """Push a manifest; new content is a new version, known content only gains the tags."""
        stored = manifest_from(manifest, media_type)
        with self.world.lock:
            self.manifests[stored.digest] = stored
            self.add_version(stored.digest, tags=tags, created_at=created_at)
        return stored.digest

    def push_image(
        self,
        *,
        tags: tuple[str, ...] = (),
        platforms: tuple[str, ...] = ("linux/amd64", "linux/arm64"),
        attestations: bool = True,
        created_at: dt.datetime | None = None,
        seed: str = "",
    ) -> str:
        """Push an image as buildx does and say its digest; the same seed gives the same content."""
        return pushing.image(
            self,
            pushing.Build(platforms=platforms, attestations=attestations, seed=seed),
            tags=tags,
            created_at=created_at,
        )

    def attach(
        self,
        subject: str,
        *,
        artifact_type: str = pushing.BUNDLE,
        style: pushing.Style = "subject-with-fallback-tag",
        created_at: dt.datetime | None = None,
    ) -> str:
        """Attach a referrer to a subject's digest and say the referrer's digest."""
        return pushing.referrer(self, subject, artifact_type, style, created_at)

    def pullable(self, reference: str) -> list[str]:
        """What is missing for a whole pull of a tag or digest: digests, at any depth."""
        tagged = self._tagged.get(reference)
        todo, seen, missing = [tagged.name if tagged else reference], set[str](), list[str]()
        while todo:
            digest = todo.pop(0)
            if digest in seen:
                continue
            seen.add(digest)
            if digest not in self.active or digest not in self.manifests:
                missing.append(digest)
            else:
                todo.extend(self.manifests[digest].children())
        return missing
