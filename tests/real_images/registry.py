"""Debian's docker-registry on 127.0.0.1, and a package of the fake that lists what it holds.

GitHub's API and its registry are two sides of one package. Here the API is the fake's and the
registry a real one: what clients push there is listed by the API, and what the API deletes is
deleted there. Decides nothing about images.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from docker_registry import CONFIG, docker_registry
from fake_github import FakeGitHub, FakePackage, FakeVersion

REPOSITORY = "acme/app"


@dataclass(frozen=True, slots=True, kw_only=True)
class RealRegistry:
    """A registry that serves `folder/data`."""

    folder: Path
    url: str

    @property
    def host(self) -> str:
        """How clients name it."""
        return self.url.removeprefix("http://")

    @property
    def manifests(self) -> dict[str, float]:
        """The digest of every manifest it holds, and when that came, as its files say."""
        found = (self._repository / "revisions" / "sha256").glob("*/link")
        return {f"sha256:{link.parent.name}": link.stat().st_mtime for link in found}

    @property
    def tags(self) -> dict[str, str]:
        """Every tag and the digest it is on, as its files say."""
        found = (self._repository / "tags").glob("*/current/link")
        return {link.parents[1].name: link.read_text() for link in found}

    @property
    def blobs(self) -> set[str]:
        """The digest of every piece of content it holds."""
        found = (self.folder / "data/docker/registry/v2/blobs/sha256").glob("*/*/data")
        return {f"sha256:{data.parent.name}" for data in found}

    @property
    def _repository(self) -> Path:
        return self.folder / "data/docker/registry/v2/repositories" / REPOSITORY / "_manifests"

    def delete(self, digest: str) -> None:
        """Delete a manifest, as GitHub does behind its API."""
        address = f"{self.url}/v2/{REPOSITORY}/manifests/{digest}"
        assert requests.delete(address, timeout=10).status_code == 202

    def collect_garbage(self) -> None:
        """Let go of all content that no manifest names any more."""
        command = ["docker-registry", "garbage-collect", str(self.folder / CONFIG)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)


@contextmanager
def serving(folder: Path) -> Iterator[RealRegistry]:
    """Serve what is in the folder, empty at first, until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with docker_registry(folder) as url:
        yield RealRegistry(folder=folder, url=url)


class MirroredPackage(FakePackage):
    """A package whose versions are the registry's manifests; deleting one deletes it there."""

    registry: RealRegistry

    @classmethod
    def added(cls, github: FakeGitHub, registry: RealRegistry) -> "MirroredPackage":
        """Add the package to its owner, with all that the registry holds, pushed a month ago."""
        login, _, name = REPOSITORY.partition("/")
        owner = github.world.owner(login)
        assert owner is not None
        package = cls(github.world, owner, "container", name)
        package.registry = registry
        github.world.packages[package.key] = package
        package.sync(datetime.now(UTC) - timedelta(days=30))
        github.on_request(lambda call: package.sync() if "/versions" in call.path else None)
        return package

    def sync(self, pushed_at: datetime | None = None) -> None:
        """List what was pushed since, in the order of the pushes, and put tags where they are."""
        known = self.registry.manifests
        new = sorted(known.keys() - self.active.keys(), key=lambda digest: known[digest])
        for number, digest in enumerate(new):
            at = pushed_at and pushed_at + timedelta(minutes=number)
            self.add_version(digest, created_at=at)
        for tag, digest in self.registry.tags.items():
            self.retag(self.active[digest], (tag,))

    def delete_version(self, version: FakeVersion) -> None:
        """Delete a version, here and in the registry."""
        super().delete_version(version)
        self.registry.delete(version.name)
