"""A fake GitHub with an organization, a user and an empty container package."""

from collections.abc import Iterator

import pytest

from adapters.clients import registry_of
from fake_github import FakeGitHub, FakePackage
from package_keeper.adapters.registry import Registry


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        yield github


@pytest.fixture
def app(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "container", "app")


@pytest.fixture
def registry(github: FakeGitHub, app: FakePackage) -> Iterator[Registry]:
    with registry_of(github) as registry:
        yield registry
