"""A GitHub and a job that share one clock, which passes only when one of them would wait.

So a test sees real requests over HTTP and real limits, and hours of waiting take no time.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from end_to_end.runner import Job
from fake_github import FakeGitHub, Token
from limits.timing import SCOPES, enforce
from pacing.clocks import FakeClock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr("package_keeper.adapters.outside.SystemClock", lambda _: clock)
    return clock


@pytest.fixture
def github(clock: FakeClock) -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        enforce(github, clock)
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
