"""The points spent in the last minute, as the server counts them.

Decides when the next request fits. A request counts when it arrives, which is some time between
its sending and its answer; so one that is not answered yet counts as if it had yet to arrive, and
one that is answered as if it had arrived with its answer. Counted like that, no minute holds more
than the rate, however long requests are under way. It does not decide the rate.
"""

from collections import deque

from package_keeper.pacing.limits import Limits


class Window:
    """Points by the time at which they stop counting. Not safe to share; the pacer guards it."""

    def __init__(self, limits: Limits) -> None:
        self._length = limits.minute + limits.margin
        self._arrived: deque[tuple[float, int]] = deque()
        self._arrived_points = 0
        self._under_way = 0

    def points(self, now: float) -> int:
        """What counts at this time."""
        while self._arrived and self._arrived[0][0] + self._length <= now:
            self._arrived_points -= self._arrived.popleft()[1]
        return self._arrived_points + self._under_way

    def send(self, points: int) -> None:
        """A request is sent."""
        self._under_way += points

    def arrive(self, now: float, points: int) -> None:
        """A request that was sent is answered, or given up; times must not go back."""
        self._under_way -= points
        self.count(now, points)

    def count(self, now: float, points: int) -> None:
        """Points that were spent at this time; times must not go back."""
        self._arrived.append((now, points))
        self._arrived_points += points

    def fits_at(self, now: float, points: int, rate: int) -> float | None:
        """When so many points fit: `now`, a later time, or None while only answers can tell.

        A request that costs more than the whole rate fits when nothing else counts.
        """
        excess = self.points(now) + min(points, rate) - rate
        if excess <= 0:
            return now
        for arrived, spent in self._arrived:
            excess -= spent
            if excess <= 0:
                return arrived + self._length
        return None
