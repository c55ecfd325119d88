"""The rate that is used, which may be lower than the one that is documented.

Decides how far refusals bring the rate down and how it recovers. GitHub calls its secondary limits
subject to change and says nowhere what they are at the moment, so they are found out: a refusal
brings the rate down to below what was granted before it. Minutes without one bring it back, soon
to just below what was refused, and beyond that only when all has gone well for a while. Others may
spend of the same limit, so a single refusal does no more than halve the rate.
"""

from package_keeper.pacing.limits import Limits

DOWN = 0.8
"""What is left of the rate after a refusal."""

BELOW = 0.95
"""How close the rate comes back to what was refused."""

UP = 0.05
"""The share of the full rate that comes back with every minute without a refusal."""

A_WHILE = 10
"""Minutes without a refusal after which what was refused is tried again."""


class Rate:
    """Points per minute. Not safe to share; the pacer guards it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lowered_to = limits.points_per_minute
        self._refused = limits.points_per_minute
        self._lowered_at: float | None = None

    def points_per_minute(self, now: float) -> int:
        """The rate at this time."""
        full = self._limits.points_per_minute
        if self._lowered_at is None:
            return full
        minutes = int(max(now - self._lowered_at, 0.0) / self._limits.minute)
        near = max(int(self._refused * BELOW), self._lowered_to)
        rate = min(self._lowered_to + int(minutes * UP * full), near)
        beyond = int(max(minutes - A_WHILE, 0) * UP * full)
        return min(rate + beyond, full)

    def lower(self, now: float, *, granted: int) -> None:
        """A refusal came when so many points had been granted within a minute."""
        rate = self.points_per_minute(now)
        self._refused = min(rate, granted)
        self._lowered_to = max(int(self._refused * DOWN), rate // 2, self._limits.slowest)
        self._lowered_at = now

    def pause(self, until: float) -> None:
        """The minutes begin to count when a wait is over."""
        if self._lowered_at is not None:
            self._lowered_at = max(self._lowered_at, until)
