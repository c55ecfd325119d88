"""A package on a GitHub on which something goes wrong, or somebody else is at work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with staged(tmp_path, monkeypatch) as stage:
        yield stage
