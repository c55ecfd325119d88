"""A small npm package, of whose six versions four go with `versions-to-keep: 2`."""

import pytest

from end_to_end.world import numbered
from fake_github import FakeGitHub, FakePackage, FakeVersion


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "npm", "app")


@pytest.fixture
def versions(package: FakePackage) -> list[FakeVersion]:
    return numbered(package, 6)
