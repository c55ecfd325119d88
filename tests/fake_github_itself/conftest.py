"""The small world that these tests start from."""

from collections.abc import Iterator

import pytest

from fake_github import FakeGitHub, FakePackage
from fake_github.contract import ApiClient
from fake_github.scene import acme, asking


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with acme() as github:
        yield github


@pytest.fixture
def api(github: FakeGitHub) -> Iterator[ApiClient]:
    with asking(github) as api:
        yield api


@pytest.fixture
def app(github: FakeGitHub) -> FakePackage:
    package = github.world.package("acme", "container", "app")
    assert package is not None
    return package
