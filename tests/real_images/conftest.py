"""The collection, made once, and for each test a copy of it behind GitHub's API."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from end_to_end.runner import Job
from fake_github import FakeGitHub, Token
from real_images.clients import Clients
from real_images.collection import Collection, made
from real_images.registry import MirroredPackage, RealRegistry, serving
from real_tools import require

PROGRAMS = ("docker-registry", "buildah", "skopeo", "oras", "crane", "cosign2", "cosign3")
SCOPES = ("read:packages", "write:packages", "delete:packages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A package with real content, and the job that cleans it up."""

    github: FakeGitHub
    package: MirroredPackage
    registry: RealRegistry
    clients: Clients
    collection: Collection
    job: Job

    @property
    def left(self) -> set[str]:
        """The digests that the API lists, which must be those that the registry holds."""
        listed = {version.name for version in self.package.versions}
        assert listed == self.registry.manifests.keys()
        return listed


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    require(*PROGRAMS)
    folder = tmp_path_factory.mktemp("real-images")
    with serving(folder / "registry") as registry:
        return made(Clients.of(registry, folder / "clients"))


@pytest.fixture
def site(tmp_path: Path, collection: Collection) -> Iterator[Site]:
    shutil.copytree(collection.clients.registry.folder, tmp_path / "registry")
    clients = tmp_path / "clients"
    clients.mkdir()
    for name in ("config.json", "cosign.key", "cosign.pub", "predicate.json"):
        shutil.copy(collection.clients.folder / name, clients)
    with serving(tmp_path / "registry") as registry, FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        yield Site(
            github=github,
            package=MirroredPackage.added(github, registry),
            registry=registry,
            clients=replace(collection.clients, registry=registry, folder=clients),
            collection=collection,
            job=Job(
                folder=tmp_path / "job",
                token=github.add_token(Token.classic(login="octocat", scopes=SCOPES)),
                api_url=github.api_url,
                inputs={"registry-url": registry.url},
            ),
        )
