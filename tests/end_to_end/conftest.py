"""A GitHub with an organization and a person, and a job on a runner that belongs to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.runner import Job
from fake_github import FakeGitHub, Token
from package_keeper.execution import untagging
from package_keeper.pacing import sending

SCOPES = ("read:packages", "write:packages", "delete:packages")


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        yield github


@pytest.fixture
def token(github: FakeGitHub) -> str:
    """A classic token of a person who may do everything."""
    return github.add_token(Token.classic(login="octocat", scopes=SCOPES))


@pytest.fixture
def job(tmp_path: Path, github: FakeGitHub, token: str) -> Job:
    return Job(
        folder=tmp_path / "job",
        token=token,
        api_url=github.api_url,
        inputs={"registry-url": github.registry_url},
    )


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked for again is so after milliseconds, in runs inside this process."""
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(untagging, "PAUSES", (0.0, 0.01, 0.02))
