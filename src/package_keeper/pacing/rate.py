"""The rate that is used, which may be lower than the one that is documented.

Decides how far refusals bring the rate down and how it recovers. GitHub calls its secondary limits
subject to change and says nowhere what they are at the moment, so they are found out: a refusal
brings the rate down to below what was spent when it came. Minutes without one bring it back, soon
up to what was refused and slowly beyond. Others may spend of the same limit, so a single refusal
does no more than halve the rate.
"""

from package_keeper.pacing.limits import Limits

DOWN = 0.8
"""What is left of the rate after a refusal."""

SOON = 0.05
SLOWLY = 0.01
"""The share of the full rate that comes back with every minute without a refusal."""


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
        minutes = int((now - self._lowered_at) / self._limits.minute)
        soon = self._lowered_to + int(minutes * SOON * full)
        slowly = self._refused + int(minutes * SLOWLY * full)
        return min(max(min(soon, slowly), self._lowered_to), full)

    def lower(self, now: float, *, spent: int) -> None:
        """A refusal came while `spent` points counted."""
        rate = self.points_per_minute(now)
        below = int(min(rate, spent) * DOWN)
        self._refused = max(int(min(rate, spent) * 0.95), 1)
        self._lowered_to = max(below, rate // 2, self._limits.slowest)
        self._lowered_at = now
