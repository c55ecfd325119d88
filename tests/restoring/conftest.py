"""A package on a GitHub over HTTP, and the action run against it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.world import ago
from fake_github import FakePackage
from package_keeper.run import restoring_package
from restoring.asking import push
from scenarios.stage import Stage, staged


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(restoring_package, "TWICE", (0.0, 0.0))
    monkeypatch.setattr(restoring_package, "PATIENTLY", (0.0, 0.0, 0.0))
    with staged(tmp_path, monkeypatch) as stage:
        yield stage


@pytest.fixture
def images(stage: Stage) -> FakePackage:
    """Five images of two platforms with attestations and signatures of every kind."""
    styles = ("subject-with-fallback-tag", "sig", "att", "sbom", "subject")
    for number, style in enumerate(styles):
        digest = push(stage.package, f"v{number}", 40 - number)
        stage.package.attach(digest, style=style, created_at=ago(days=40 - number))  # type: ignore[arg-type]
    return stage.package
