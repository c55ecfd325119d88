"""Deletions in real time against limits that are enforced: the fastest way without a refusal."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import fake_github
from adapters.clients import APP, person
from fake_github import FakeGitHub, FakePackage
from pacing.hosts import pacer
from package_keeper.adapters.clock import SystemClock
from package_keeper.adapters.github import GitHubPackages
from package_keeper.pacing.limits import Limits
from package_keeper.pacing.sending import Sender

SHORT = Limits(points_per_minute=100, minute=1.5, margin=0.1, slowest=10)
"""The API's limits at another scale: 20 deletions in one and a half seconds."""


def enforce(github: FakeGitHub, **limits: object) -> None:
    """Have the fake enforce the same limits, or others."""
    github.limits = fake_github.Limits(**{"points_per_minute": 100, "minute": 1.5, **limits})  # type: ignore[arg-type]


@contextmanager
def client(github: FakeGitHub, limits: Limits = SHORT) -> Iterator[GitHubPackages]:
    clock = SystemClock(threading.Event())
    paced = pacer(clock=clock, limits=limits, max_wait=timedelta(minutes=2))
    api = GitHubPackages(api_url=github.api_url, token=person(github), sender=Sender(paced))
    yield api
    api.close()


def delete_all(api: GitHubPackages, app: FakePackage) -> float:
    """Delete every version with 32 threads; how long it took in seconds."""
    started = time.monotonic()
    with ThreadPoolExecutor(32) as executor:
        list(executor.map(lambda v: api.delete_version(APP, v.id), api.versions(APP)))
    assert app.versions == []
    return time.monotonic() - started


def fill(app: FakePackage, count: int) -> None:
    for number in range(count):
        app.add_version(f"sha256:{number:064x}")


def refusals(github: FakeGitHub) -> int:
    return sum(request.status in (403, 429) for request in github.requests)


def test_what_fits_the_minute_goes_out_at_once(github: FakeGitHub, app: FakePackage) -> None:
    enforce(github, minute=60.0)
    fill(app, 19)
    with client(github, Limits(points_per_minute=100)) as api:
        assert delete_all(api, app) < 5.0
    assert refusals(github) == 0


def test_more_goes_out_at_the_allowed_rate_without_a_refusal(
    github: FakeGitHub, app: FakePackage
) -> None:
    enforce(github)
    github.latency = 0.05
    fill(app, 79)
    with client(github) as api:
        took = delete_all(api, app)
    assert refusals(github) == 0
    # Nothing could be faster than three full windows; what is over is latency and the margin.
    assert 4.5 <= took < 9.0


def test_a_stricter_limit_is_found_and_everything_is_done(
    github: FakeGitHub, app: FakePackage
) -> None:
    enforce(github, points_per_minute=50, retry_after=1.0)
    fill(app, 25)
    with client(github) as api:
        delete_all(api, app)
    assert 0 < refusals(github) <= 40
    assert len(app.deleted) == 25


def test_the_budget_of_the_hour_is_waited_for_before_it_is_overdrawn(
    github: FakeGitHub, app: FakePackage
) -> None:
    enforce(github, points_per_minute=None, primary_per_hour=30, hour=2.0)
    fill(app, 40)
    with client(github) as api:
        delete_all(api, app)
    assert refusals(github) == 0
