"""The image, built once for all tests of this folder."""

import pytest

from container.engine import IMAGE, ROOT, Engine, build
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
def image(engine: Engine) -> str:
    """The id of the image of this checkout."""
    return build(engine, ROOT, IMAGE)
