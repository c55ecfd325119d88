"""The image, built once for all tests of this folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from container.engine import ROOT, Engine, build, copy_checkout
from real_tools import TOOLS, missing


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
