"""A fake GitHub with an organization, a user and an empty container package."""

from collections.abc import Iterator

import pytest

from fake_github import FakeGitHub, FakePackage


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        yield github


@pytest.fixture
def app(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "container", "app")
