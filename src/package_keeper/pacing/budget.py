"""The requests that are left of the hour, as far as the headers of answers tell.

Decides what is known of the budget. Every header is optional, and answers come out of order, so
the lowest number seen since the last renewal counts. It does not decide whether to wait.
"""

from collections.abc import Mapping
from datetime import datetime

from package_keeper.pacing.asking import number, seconds_to_reset

JITTER = 5.0
"""Seconds by which the reset time of one and the same hour may differ between answers."""


class Budget:
    """`x-ratelimit-remaining` and `x-ratelimit-reset`, kept between answers.

    `limit` is the size of the budget, where it was said. Not safe to share; the pacer guards it.
    """

    def __init__(self) -> None:
        self.limit: int | None = None
        self._remaining: int | None = None
        self._reset: float | None = None
        self._renewed_at: float | None = None

    def observe(self, headers: Mapping[str, str], *, at: float, now: datetime) -> None:
        """Take in an answer's headers; `at` is the monotonic time, `now` the wall clock's."""
        remaining = number(headers.get("x-ratelimit-remaining"))
        if remaining is None:
            self.spend_unseen()
            return
        limit = number(headers.get("x-ratelimit-limit"))
        self.limit = self.limit if limit is None else int(limit)
        key = number(headers.get("x-ratelimit-reset"))
        if key is not None and self._reset is not None and key < self._reset - JITTER:
            return  # an answer from before the renewal that came late
        same = key is None or self._reset is None or key <= self._reset + JITTER
        known = self._remaining if same else None
        self._remaining = int(remaining) if known is None else min(int(remaining), known)
        self._reset = key
        wait = seconds_to_reset(headers, now)
        self._renewed_at = None if wait is None else at + wait + 1.0

    def spend_unseen(self) -> None:
        """A request was sent whose answer did not say what is left."""
        if self._remaining is not None:
            self._remaining = max(self._remaining - 1, 0)

    def left(self, at: float) -> int | None:
        """How many requests are left, or None where that is not known."""
        if self._renewed_at is not None and at >= self._renewed_at:
            self._remaining = self._renewed_at = None
        return self._remaining

    @property
    def renewed_at(self) -> float | None:
        """The monotonic time of the renewal, where it is known."""
        return self._renewed_at
