# ruff: noqa: ARG002 - the methods are those of protocols, and there is one package
"""A GitHub with one package, inside the process and without HTTP, that can end a run at any write.

Decides what deleting and restoring do to versions and tags, as far as undoing one by the other
depends on it. What GitHub refuses for other reasons, and what travels over the network, is the fake
GitHub's part.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from domain.packages import NOW, OWNER, World
from package_keeper.domain.answers import Answer, AnswerLost, Refused
from package_keeper.domain.manifests import Manifest
from package_keeper.domain.model import Owner, Package, PackageRef, PackageType, Version
from package_keeper.domain.plan import Plan
from package_keeper.execution.journal import Journal
from package_keeper.execution.ports import Content

REF = PackageRef(owner=OWNER, type=PackageType.CONTAINER, name="app")


class Killed(BaseException):
    """The process is no more; nothing of it runs on."""


def refused(status: int, message: str = "") -> Refused:
    return Refused(Answer(status=status, message=message))


@dataclass(slots=True)
class Ending:
    """Ends a run at its `write`-th write (from 0), before or after it is carried out.

    With `lost` the run goes on, without the answer.
    """

    write: int
    is_carried_out: bool
    lost: bool = False


@dataclass(slots=True)
class SmallGitHub:
    """The package's state, and the API and the registry as the program sees them.

    `gone_whole` is what was active when the package was deleted as a whole, None while it is there;
    `stays_gone` are the ids that do not come back with it.
    """

    active: dict[int, Version]
    manifests: Mapping[str, Manifest]
    gone: dict[int, Version] = field(default_factory=dict)
    ref: PackageRef = REF
    ending: Ending | None = None
    lines: list[str] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    token_scopes: tuple[str, ...] | None = None
    gone_whole: dict[int, Version] | None = None
    stays_gone: frozenset[int] = frozenset()
    _writes: int = 0
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def holding(cls, world: World) -> "SmallGitHub":
        """The package of a random world, in which no two versions have the same tag."""
        github = cls(active={}, manifests=world.manifests)
        for version in world.versions:
            github.push(version)
        return github

    @property
    def state(self) -> dict[int, tuple[str, frozenset[str]]]:
        """What there is: by id, the name and the tags."""
        return {i: (v.name, frozenset(v.tags)) for i, v in sorted(self.active.items())}

    @property
    def journal(self) -> Journal:
        """A journal for one run; what runs before wrote stays."""
        return Journal(lines=self, now=lambda: NOW, header={})

    @property
    def written(self) -> str:
        """The journal's text."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def outcomes(self) -> dict[int, str]:
        """The journal's last word on each version."""
        entries = map(json.loads, self.lines)
        return {entry["id"]: entry["outcome"] for entry in entries if "id" in entry}

    def append(self, *lines: str) -> None:
        with self._lock:
            self.lines += lines

    # What happens to versions

    def push(self, version: Version) -> None:
        """A push: a new version, to which its tags move."""
        for other in list(self.active.values()):
            left = tuple(tag for tag in other.tags if tag not in version.tags)
            self.active[other.id] = replace(other, tags=left)
        self.active[version.id] = version

    def delete(self, version_id: int, at: datetime = NOW) -> None:
        self.gone[version_id] = replace(self.active.pop(version_id), deleted_at=at)

    def restore(self, version_id: int) -> None:
        if version_id not in self.gone:
            raise refused(404, "Package version not found.")
        if any(other.name == self.gone[version_id].name for other in self.active.values()):
            raise refused(409, "A package version with this name already exists.")
        version = self.gone.pop(version_id)
        used = {tag for other in self.active.values() for tag in other.tags}
        free = tuple(tag for tag in version.tags if tag not in used)
        self.active[version_id] = replace(version, tags=free, deleted_at=None)

    # Reading

    def owner(self, login: str) -> Owner:
        return self.ref.owner

    def packages(self, owner: Owner, package_type: PackageType) -> tuple[Package, ...]:
        return (self.package(self.ref),)

    def package(self, ref: PackageRef) -> Package:
        self._look()
        return Package(ref=self.ref, version_count=len(self.active))

    def _look(self) -> None:
        if self.gone_whole is not None:
            raise refused(404, "Package not found.")

    def versions(
        self, ref: PackageRef, *, per_page: int = 100, state: str = "active", expected: int = 0
    ) -> tuple[Version, ...]:
        self._look()
        with self._lock:
            return tuple((self.active if state == "active" else self.gone).values())

    def some_deleted(self, ref: PackageRef, *, pages: int) -> tuple[Version, ...]:
        with self._lock:
            return tuple(self.gone.values())[: 100 * pages]

    def version(self, ref: PackageRef, version_id: int) -> Version:
        if version_id not in self.active:
            raise refused(404, "Package version not found.")
        return self.active[version_id]

    # Writing

    def delete_version(self, ref: PackageRef, version_id: int) -> str | None:
        if version_id not in self.active:
            raise refused(404, "Package version not found.")
        self._write(lambda: self.delete(version_id))
        return None

    def restore_version(self, ref: PackageRef, version_id: int) -> str | None:
        self._write(lambda: self.restore(version_id))
        return None

    def delete_package(self, ref: PackageRef) -> str | None:
        self._look()
        self._write(self._delete_whole)
        return None

    def restore_package(self, ref: PackageRef) -> str | None:
        if self.gone_whole is None:
            raise refused(404, "Package not found.")
        self._write(self._restore_whole)
        return None

    def _delete_whole(self) -> None:
        self.gone_whole, self.active = self.active, {}

    def _restore_whole(self) -> None:
        self.active, self.gone_whole = self.gone_whole or {}, None
        for number in self.stays_gone & self.active.keys():
            self.delete(number)

    def _write(self, do: Callable[[], None]) -> None:
        with self._lock:
            due = self.ending is not None and self._writes == self.ending.write
            self._writes += 1
            ending = self.ending if due else None
            if ending is None or ending.is_carried_out:
                do()
            if ending is not None:
                raise AnswerLost("cut") if ending.lost else Killed

    def starts_again(self, ending: Ending | None = None) -> None:
        """A new run, which ends like this."""
        self._writes, self.ending = 0, ending

    # The registry

    def of(self, ref: PackageRef) -> "SmallGitHub":
        return self

    def manifest(self, digest: str) -> Manifest:
        if digest not in self.manifests or not self.exists(digest):
            raise refused(404, "manifest unknown")
        return self.manifests[digest]

    def digests_of_other_tags(self, known: Collection[str]) -> tuple[str, ...]:
        versions = self.active.values()
        return tuple(v.name for v in versions if set(v.tags) - set(known))

    def exists(self, digest: str) -> bool:
        return any(version.name == digest for version in self.active.values())

    def content(self, digest: str) -> Content:
        raise NotImplementedError

    def digest_of(self, tag: str) -> str | None:
        raise NotImplementedError

    def put_manifest(self, tag: str, content: bytes, media_type: str) -> str:
        raise NotImplementedError

    # What is shown

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        yield

    def plan(self, plan: Plan) -> None:
        self.plans.append(plan)

    def progress(self, done: int, planned: int) -> None:
        pass


def missing_of(github: SmallGitHub, digests: Iterable[str]) -> set[str]:
    """What a whole pull of these would lack, at any depth."""
    seen: set[str] = set()
    pending = list(digests)
    while pending:
        digest = pending.pop()
        if digest not in seen:
            seen.add(digest)
            manifest = github.manifests.get(digest)
            pending += [child.digest for child in manifest.children] if manifest else []
    return {digest for digest in seen if not github.exists(digest)}
