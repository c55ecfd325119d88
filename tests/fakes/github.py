# ruff: noqa: ARG002 - the methods are those of protocols
"""GitHub and its registry in memory, for tests that need neither a server nor the network.

Decides what requests do to packages, and answers in any way it is told to: before each request
something else may happen, each answer may be a refusal, and any may get lost, with the request
carried out or not. It does not know rate limits, pages or tokens; the fake server does.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import TypeVar, cast

from domain.packages import NOW, OWNER, World, package
from package_keeper.domain.answers import Answer, AnswerLost, Refused
from package_keeper.domain.manifests import Manifest
from package_keeper.domain.model import Owner, Package, PackageRef, PackageType, Version
from package_keeper.execution.ports import Content

T = TypeVar("T")

NO_VERSION = "Package version not found."
NO_PACKAGE = "Package not found."
LAST_TAGGED = (
    "You cannot delete the last tagged version of a package. You must delete the package instead."
)
REQUEST_ID = "1C73:26D4"


def refused(status: int, message: str = "", **headers: str) -> Refused:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("x-github-request-id", REQUEST_ID)
    return Refused(Answer(status=status, message=message, headers=named))


def lost(reason: str = "reset") -> AnswerLost:
    return AnswerLost(reason, Answer(status=502, headers={"x-github-request-id": REQUEST_ID}))


@dataclass(frozen=True, slots=True)
class LostAfterwards:
    """The request is carried out, and its answer gets lost."""

    reason: str = "502"


@dataclass(frozen=True, slots=True)
class Stale:
    """The answer is what it was some time ago."""

    value: object


@dataclass(frozen=True, slots=True)
class Request:
    """One request: what is asked, and of which version, digest, tag or package."""

    action: str
    of: int | str | None = None


Scripted = Exception | LostAfterwards | Stale | None
"""How a request is answered: with an error, not at all, out of date, or (None) as it should be."""


@dataclass(slots=True)
class PackageInMemory:
    """One package: what is active, what was deleted, and what the registry holds."""

    ref: PackageRef
    versions: dict[int, Version] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    deleted: dict[int, Version] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    count: int | None = None

    @property
    def world(self) -> World:
        """As the promises of the core look at it."""
        return World(
            versions=tuple(self.versions.values()),
            manifests=dict(self.manifests),
            unreadable=self.unreadable,
        )

    def push(self, pushed: Version, manifest: Manifest | None = None) -> None:
        """A push: a new version, to which its tags move."""
        for other in list(self.versions.values()):
            left = tuple(tag for tag in other.tags if tag not in pushed.tags)
            self.versions[other.id] = replace(other, tags=left)
        self.versions[pushed.id] = pushed
        if manifest is not None:
            self.manifests[pushed.name] = manifest

    def delete(self, version_id: int) -> None:
        if version_id not in self.versions:
            raise refused(404, NO_VERSION)
        tagged = [v.id for v in self.versions.values() if v.tags]
        if self.ref.type is PackageType.CONTAINER and tagged == [version_id]:
            raise refused(400, LAST_TAGGED)
        gone = self.versions.pop(version_id)
        self.deleted[version_id] = replace(gone, deleted_at=NOW)
        self.manifests.pop(gone.name, None)


class GitHubInMemory:
    """The packages of one owner, by name. Safe to ask from several threads.

    `before` is called with each request before it is answered and may raise or change anything.
    """

    def __init__(self, *packages: PackageInMemory) -> None:
        self.held = {held.ref.name: held for held in packages}
        self.gone: dict[str, PackageInMemory] = {}
        self.requests: list[Request] = []
        self.before: Callable[[Request], None] = lambda _: None
        self.names_tags_of_deleted = True
        self.token_scopes: tuple[str, ...] | None = None
        self._scripts: dict[Request, list[Scripted]] = {}
        self._lock = RLock()

    @classmethod
    def holding(
        cls, world: World, package_type: PackageType = PackageType.CONTAINER
    ) -> "GitHubInMemory":
        """One package, `app`, that is as this world."""
        held = PackageInMemory(
            ref=package(package_type).ref,
            versions={version.id: version for version in world.versions},
            manifests={d: m for d, m in world.manifests.items() if d not in world.absent},
            unreadable=world.unreadable,
        )
        return cls(held)

    @property
    def only(self) -> PackageInMemory:
        """The package, where there is one."""
        (held,) = self.held.values()
        return held

    def script(self, action: str, of: int | str | None, *answers: Scripted) -> None:
        """Answer the next requests of this kind like this; what comes after, as it should be."""
        self._scripts[Request(action, of)] = list(answers)

    def asked(self, action: str) -> list[int | str | None]:
        """Of what this was asked, in that order."""
        return [request.of for request in self.requests if request.action == action]

    def answer(self, request: Request, do: Callable[[], T]) -> T:
        with self._lock:
            self.requests.append(request)
            self.before(request)
            script = self._scripts.get(request)
            scripted = script.pop(0) if script else None
            if isinstance(scripted, Exception):
                raise scripted
            if isinstance(scripted, Stale):
                return cast("T", scripted.value)
            value = do()
            if isinstance(scripted, LostAfterwards):
                raise lost(scripted.reason)
            return value

    def of(self, ref: PackageRef) -> "RegistryInMemory":
        return RegistryInMemory(self, self._held(ref))

    # Reading

    def owner(self, login: str) -> Owner:
        return self.answer(Request("owner", login), lambda: OWNER)

    def packages(self, owner: Owner, package_type: PackageType) -> tuple[Package, ...]:
        def listed() -> tuple[Package, ...]:
            held = self.held.values()
            return tuple(self._package(p) for p in held if p.ref.type is package_type)

        return self.answer(Request("packages", package_type.value), listed)

    def package(self, ref: PackageRef) -> Package:
        return self.answer(Request("package", ref.name), lambda: self._package(self._held(ref)))

    def versions(
        self, ref: PackageRef, *, per_page: int = 100, state: str = "active", expected: int = 0
    ) -> tuple[Version, ...]:
        def listed() -> tuple[Version, ...]:
            held = self._held(ref)
            rows: Iterable[Version] = (
                held.versions if state == "active" else held.deleted
            ).values()
            return tuple(rows)

        return self.answer(Request("versions", state), listed)

    def some_deleted(self, ref: PackageRef, *, pages: int) -> tuple[Version, ...]:
        """Whether these rows name tags GitHub does not document: see `names_tags_of_deleted`."""

        def listed() -> tuple[Version, ...]:
            rows = self._held(ref).deleted.values()
            if self.names_tags_of_deleted:
                return tuple(rows)
            return tuple(replace(row, tags=()) for row in rows)

        return self.answer(Request("some_deleted", pages), listed)

    def version(self, ref: PackageRef, version_id: int) -> Version:
        def found() -> Version:
            versions = self._held(ref).versions
            if version_id not in versions:
                raise refused(404, NO_VERSION)
            return versions[version_id]

        return self.answer(Request("version", version_id), found)

    # Writing

    def delete_version(self, ref: PackageRef, version_id: int) -> str | None:
        def delete() -> str:
            self._held(ref).delete(version_id)
            return REQUEST_ID

        return self.answer(Request("delete_version", version_id), delete)

    def delete_package(self, ref: PackageRef) -> str | None:
        def delete() -> str:
            self.gone[ref.name] = self._held(ref)
            del self.held[ref.name]
            return REQUEST_ID

        return self.answer(Request("delete_package", ref.name), delete)

    def restore_version(self, ref: PackageRef, version_id: int) -> str | None:
        raise NotImplementedError

    def restore_package(self, ref: PackageRef) -> str | None:
        def restore() -> str:
            if ref.name not in self.gone or ref.name in self.held:
                raise refused(404, NO_PACKAGE)
            self.held[ref.name] = self.gone.pop(ref.name)
            return REQUEST_ID

        return self.answer(Request("restore_package", ref.name), restore)

    def _held(self, ref: PackageRef) -> PackageInMemory:
        if ref.name not in self.held:
            raise refused(404, NO_PACKAGE)
        return self.held[ref.name]

    def _package(self, held: PackageInMemory) -> Package:
        return Package(ref=held.ref, version_count=held.count)


class RegistryInMemory:
    """The registry's side of one package; pushes under a tag become versions that are listed."""

    def __init__(self, github: GitHubInMemory, held: PackageInMemory) -> None:
        self._github = github
        self._held = held

    def manifest(self, digest: str) -> Manifest:
        return self._github.answer(Request("manifest", digest), lambda: self._manifest(digest))

    def exists(self, digest: str) -> bool:
        return self._github.answer(Request("exists", digest), lambda: self._exists(digest))

    def content(self, digest: str) -> Content:
        def read() -> Content:
            manifest = self._manifest(digest)
            return Content(media_type=manifest.media_type, content=digest.encode())

        return self._github.answer(Request("content", digest), read)

    def digest_of(self, tag: str) -> str | None:
        def found() -> str | None:
            versions = self._held.versions.values()
            return next((v.name for v in versions if tag in v.tags), None)

        return self._github.answer(Request("digest_of", tag), found)

    def put_manifest(self, tag: str, content: bytes, media_type: str) -> str:
        return self._github.answer(
            Request("put_manifest", tag), lambda: self._put(tag, content, media_type)
        )

    def digests_of_other_tags(self, known: Collection[str]) -> tuple[str, ...]:
        """The registry's tags show what is active, whatever the API's listing shows."""

        def listed() -> tuple[str, ...]:
            versions = self._held.versions.values()
            return tuple(v.name for v in versions if set(v.tags) - set(known))

        return self._github.answer(Request("tags"), listed)

    def _manifest(self, digest: str) -> Manifest:
        if digest in self._held.unreadable:
            raise lost("500")
        if digest not in self._held.manifests:
            raise refused(404, "manifest unknown")
        return self._held.manifests[digest]

    def _exists(self, digest: str) -> bool:
        if digest in self._held.unreadable:
            raise lost("500")
        return digest in self._held.manifests

    def _put(self, tag: str, content: bytes, media_type: str) -> str:
        """What is there already moves its tag; what is not becomes a new version."""
        known = {version.name: version for version in self._held.versions.values()}
        name = content.decode()
        if name in known:
            again = known[name]
            self._held.push(replace(again, tags=tuple(dict.fromkeys([*again.tags, tag]))))
            return name
        number = max([*self._held.versions, *self._held.deleted, 0]) + 1
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        pushed = Version(id=number, name=digest, tags=(tag,), created_at=NOW, updated_at=NOW)
        self._held.push(pushed, Manifest(digest=digest, media_type=media_type))
        return digest
