"""The image, built once for all tests of this folder, and what it works on in them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from container.engine import BASE, ROOT, Engine, Job, build, copy_checkout
from fake_github import FakeGitHub, FakePackage, Token
from real_tools import TOOLS, missing

PULL_REQUESTS = 30


@pytest.fixture(scope="session")
def engine() -> Engine:
    """Podman with storage and settings of its own, as `tools/install-real-tools` leaves them."""
    containers = TOOLS / "containers"
    if not (containers / "storage.conf").exists():
        missing("the stand-in base image")
    return Engine(
        environment={
            "CONTAINERS_STORAGE_CONF": str(containers / "storage.conf"),
            "CONTAINERS_CONF": str(containers / "containers.conf"),
        }
    )


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the image is built from, which stays as it is while the tests run."""
    return copy_checkout(ROOT, tmp_path_factory.mktemp("checkout") / "package-keeper")


@pytest.fixture(scope="session")
def image(engine: Engine, checkout: Path) -> Iterator[str]:
    """The id of the image of this checkout, under a tag that no other run at the same time uses."""
    tag = f"localhost/package-keeper:test-{os.getpid()}"
    yield build(engine, checkout, tag)
    engine.podman("image", "rm", "--force", tag)


@pytest.fixture(scope="session")
def layers(engine: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The image's layers as archives, lowest first."""
    folder = tmp_path_factory.mktemp("image")
    saved = engine.podman("save", "--format=docker-dir", f"--output={folder / 'saved'}", image)
    assert saved.returncode == 0, saved.stderr
    manifest = json.loads((folder / "saved" / "manifest.json").read_text())
    return [folder / "saved" / layer["digest"].split(":")[1] for layer in manifest["layers"]]


@pytest.fixture(scope="session")
def own_layers(engine: Engine, image: str, layers: list[Path]) -> list[Path]:
    """The layers above the base."""
    base = len(engine.inspect(BASE)["RootFS"]["Layers"])
    return layers[base:]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        yield github


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    """One release, and an image of each pull request that is a single manifest."""
    package = github.add_package("acme", "container", "app", repository="acme/app")
    package.push_image(tags=("1.0.0", "latest"), platforms=("linux/amd64", "linux/arm64"))
    for number in range(PULL_REQUESTS):
        package.push_image(
            tags=(f"pr-{number}",), platforms=("linux/amd64",), attestations=False, seed=str(number)
        )
    return package


@pytest.fixture
def token(github: FakeGitHub, package: FakePackage) -> str:
    scopes = ("read:packages", "write:packages", "delete:packages")
    return github.add_token(Token.classic(login="octocat", scopes=scopes))


@pytest.fixture
def inputs(github: FakeGitHub, token: str) -> dict[str, str]:
    return {
        "token": token,
        "owner": "acme",
        "package-name": "app",
        "api-url": github.api_url,
        "registry-url": github.registry_url,
    }


@pytest.fixture
def job(tmp_path: Path) -> Job:
    job = Job(folder=tmp_path / "job")
    job.prepare()
    return job
