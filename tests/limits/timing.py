"""Limits on a clock of the tests' own, and what of them was used.

Decides whose clock the fake GitHub goes by. It does not decide what a run does about limits.
"""

import math
from email.utils import format_datetime

from fake_github import FakeGitHub, Limits, LoggedRequest, Token
from fake_github.limits import LimitKeeper
from pacing.clocks import FakeClock

SCOPES = ("read:packages", "write:packages", "delete:packages")


class ClockedKeeper(LimitKeeper):
    """Keeps limits by a clock, and says its time and date in the headers."""

    def __init__(self, limits: Limits, clock: FakeClock) -> None:
        super().__init__(limits, clock=clock.monotonic)
        self._wall_clock = clock

    def state(self, token: Token) -> dict[str, int | str]:
        """The budget of the hour, its renewal by the clock."""
        state = super().state(token)
        left = self._account(token).window_end - self._clock()
        return {**state, "reset": math.ceil(self._wall_clock.now().timestamp() + left)}

    def headers(self, token: Token) -> dict[str, str]:
        """The headers of every answer."""
        date = format_datetime(self._wall_clock.now(), usegmt=True)
        return {**super().headers(token), "Date": date}


def enforce(github: FakeGitHub, clock: FakeClock, limits: Limits | None = None) -> None:
    """Set limits that go by this clock; all counts start anew."""
    github._backend.keeper = ClockedKeeper(limits or Limits(), clock)


def refusals(github: FakeGitHub) -> list[LoggedRequest]:
    """The requests that a limit refused; tests with other refusals look at those themselves."""
    return [request for request in github.requests if request.status in (403, 429)]
