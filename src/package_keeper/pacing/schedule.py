"""When the next request may be sent to a host: all limits together, without threads or sleeping.

Decides between sending now, waiting until a time and waiting for an answer. It does not wait; the
pacer does. Times are monotonic seconds.
"""

from dataclasses import dataclass
from datetime import datetime

from package_keeper.domain.answers import Answer
from package_keeper.pacing.asking import A_MINUTE, Asked, what_is_asked
from package_keeper.pacing.budget import Budget
from package_keeper.pacing.exchange import Kind
from package_keeper.pacing.limits import Limits
from package_keeper.pacing.rate import Rate
from package_keeper.pacing.window import Window

HOUR = 3600.0
"""Seconds between two renewals of the budget."""

FIRST_BACKOFF = 0.05
"""The shortest wait in seconds: the registry asks for fractions of a millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """The request may go out now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitUntil:
    """Nothing may go out before `time`; `asked` says why where the host demanded the wait."""

    time: float
    asked: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForAnswer:
    """Only the answer to a request that is under way can tell when to go on."""


Step = Send | WaitUntil | WaitForAnswer


class Schedule:
    """What was sent to a host and what it said about it. Not safe to share; the pacer guards it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._window = Window(limits)
        self._granted = Window(limits)
        self._rate = Rate(limits)
        self._budget = Budget()
        self._under_way = 0
        self._width = limits.at_once
        self._not_before = 0.0
        self._asked = ""
        self._refusals = 0

    def next_step(self, now: float, kind: Kind) -> Step:
        """What to do with the request that is next."""
        if now < self._not_before:
            return WaitUntil(time=self._not_before, asked=self._asked)
        if self._under_way >= self._width:
            return WaitForAnswer()
        left = self.requests_left(now)
        if left is not None and left <= 0:
            return self._wait_for_budget()
        return self._wait_for_points(now, kind)

    def requests_left(self, now: float) -> int | None:
        """What is left of the hour when all that is under way has been counted, if known."""
        left = self._budget.left(now)
        return None if left is None else left - self._under_way

    def requests_within(self, now: float, patience: float) -> int | None:
        """What is left together with what renewals bring that need no longer wait than `patience`.

        None where that is not known. What the work itself takes of an hour is not counted on.
        """
        left = self.requests_left(now)
        renewed_at = self._budget.renewed_at
        if left is None or renewed_at is None or renewed_at - now > patience:
            return left
        if self._budget.limit is None:
            return None
        renewals = 1 + int((patience - (renewed_at - now)) / HOUR)
        return max(left, 0) + renewals * self._budget.limit

    def sent(self, kind: Kind) -> None:
        """A request goes out."""
        self._under_way += 1
        self._window.send(self._limits.cost(kind))

    def answered(self, kind: Kind, *, at: float) -> None:
        """A request that went out is over, whatever came of it."""
        self._under_way -= 1
        self._window.arrive(at, self._limits.cost(kind))

    def observe(self, answer: Answer | None, kind: Kind, *, at: float, now: datetime) -> None:
        """Take in what an answer that is no refusal for a limit, or None for none, says."""
        if answer is None:
            self._budget.spend_unseen()
            return
        self._granted.count(at, self._limits.cost(kind))
        self._budget.observe(answer.headers, at=at, now=now)
        self._refusals = 0
        self._width = min(self._width * 2, self._limits.at_once)

    def refused(self, answer: Answer, *, sent: float, at: float, now: datetime) -> None:
        """A limit refused a request that was sent at `sent`: everybody waits.

        A refusal of what was sent before the wait that another one already started is the same
        refusal once more; it can lengthen the wait but does not count.
        """
        asked = what_is_asked(answer, now)
        self._budget.observe(answer.headers, at=at, now=now)
        self._width = 1  # one goes ahead to try it
        if sent >= self._not_before:
            self._refusals += 1
            if not asked.hourly:
                self._rate.lower(at, granted=self._granted.points(at))
        wait = self._wait(asked)
        if at + wait > self._not_before:
            self._not_before, self._asked = at + wait, asked.reason
            self._rate.pause(self._not_before)

    def _wait(self, asked: Asked) -> float:
        """Seconds to wait: what was asked, longer each time that it did not help."""
        longer = 2.0 ** min(max(self._refusals - 1, 0), 16)
        if asked.seconds is None:
            return A_MINUTE * longer
        if asked.hourly:
            return asked.seconds + 1.0
        return max(asked.seconds, FIRST_BACKOFF) * longer

    def _wait_for_budget(self) -> Step:
        renewed_at = self._budget.renewed_at
        if self._under_way or renewed_at is None:
            return WaitForAnswer() if self._under_way else Send()
        return WaitUntil(time=renewed_at, asked="the hourly budget of requests is used up")

    def _wait_for_points(self, now: float, kind: Kind) -> Step:
        rate = self._rate.points_per_minute(now)
        time = self._window.fits_at(now, self._limits.cost(kind), rate)
        if time is None:
            return WaitForAnswer()
        return Send() if time <= now else WaitUntil(time=time)
