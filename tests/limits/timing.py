"""Limits on a clock of the tests' own, and what of them was used.

Decides whose clock the fake GitHub goes by. It does not decide what a run does about limits.
"""

from fake_github import FakeGitHub, Limits, LoggedRequest
from fake_github.limits import LimitKeeper
from pacing.clocks import FakeClock

SCOPES = ("read:packages", "write:packages", "delete:packages")


def enforce(github: FakeGitHub, clock: FakeClock, limits: Limits | None = None) -> None:
    """Set limits that go by this clock; all counts start anew."""
    github._backend.keeper = LimitKeeper(limits or Limits(), clock=clock.monotonic)


def refusals(github: FakeGitHub) -> list[LoggedRequest]:
    """The requests that a limit refused; tests with other refusals look at those themselves."""
    return [request for request in github.requests if request.status in (403, 429)]
