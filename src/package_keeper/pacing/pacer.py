"""The one place that decides when a request is sent to a host: the schedule, shared by threads.

One thread at a time is next; it sleeps as long as the schedule says while the others queue behind
it, so that all slow down together. It does not decide whether a request is sent again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from package_keeper.domain.answers import Answer
from package_keeper.pacing.clock import Clock
from package_keeper.pacing.exchange import (
    Cancelled,
    Kind,
    Postponed,
    is_bringing_to_an_end,
    is_too_late,
)
from package_keeper.pacing.limits import Limits
from package_keeper.pacing.patience import Patience, in_words
from package_keeper.pacing.schedule import Schedule, Send, WaitForAnswer, WaitUntil

POLL = 0.5
"""Seconds after which a thread that waits for an answer looks whether the run was cancelled."""


class Pacer:
    """Lets requests to one host through, from any thread.

    `host` is how messages name it. `cancelled` ends all waiting: requests that are not sent yet
    raise Cancelled, those under way are let finish, and what brings an action to its end is sent
    where it need not wait.
    """

    def __init__(
        self,
        *,
        host: str,
        limits: Limits,
        clock: Clock,
        patience: Patience,
        cancelled: threading.Event,
    ) -> None:
        self._host = host
        self._clock = clock
        self._patience = patience
        self._cancelled = cancelled
        self._schedule = Schedule(limits)
        self._agreed_until = 0.0
        self._turn = threading.Lock()
        self._changed = threading.Condition()

    @property
    def remaining_requests(self) -> int | None:
        """How many requests are left of this hour, or None where the host does not say."""
        with self._changed:
            left = self._schedule.requests_left(self._clock.monotonic())
        return None if left is None else max(left, 0)

    @property
    def affordable_requests(self) -> int | None:
        """How many requests the hour's budget allows within what is left of the run's patience.

        None where the host does not say.
        """
        patience = self._patience.left
        with self._changed:
            within = self._schedule.requests_within(self._clock.monotonic(), patience)
        return None if within is None else max(within, 0)

    @property
    def time(self) -> float:
        """Seconds that never go back."""
        return self._clock.monotonic()

    @contextmanager
    def slot(self, kind: Kind, *, since: float | None = None) -> Iterator["Slot"]:
        """Wait until a request of this kind may be sent, and count it as under way inside.

        `since` is when it was first wanted, by `time`, if that was before. Raises Cancelled,
        WaitedTooLong or Postponed instead of entering. What the request earned is to be told to the
        slot; nothing told means that no answer came.
        """
        slot = Slot(sent=self._enter(kind, self.time if since is None else since))
        try:
            yield slot
        finally:
            self._leave(kind, slot)

    def pause(self, seconds: float) -> None:
        """Sleep for a while that nobody demanded; raises Cancelled when the run is."""
        self._clock.sleep(seconds)
        self._raise_if_cancelled()

    def _enter(self, kind: Kind, since: float) -> float:
        with self._turn:
            while True:
                if not is_bringing_to_an_end():
                    self._raise_if_cancelled()
                with self._changed:
                    now = self._clock.monotonic()
                    step = self._schedule.next_step(now, kind)
                    if isinstance(step, Send):
                        _raise_if_late(kind, now - since)
                        self._schedule.sent(kind)
                        return now
                    if isinstance(step, WaitForAnswer):
                        self._changed.wait(POLL)
                        continue
                self._raise_if_cancelled()
                self._sleep(step, now)

    def _sleep(self, step: WaitUntil, now: float) -> None:
        if step.asked is not None:
            self._agree(step.time, now, step.asked)
        self._clock.sleep(step.time - now)

    def _agree(self, until: float, now: float, reason: str) -> None:
        """Take a demanded wait out of the run's patience, each second of it once."""
        start = max(now, self._agreed_until)
        if until > start:
            self._patience.spend(until - start, host=self._host, reason=reason)
            self._agreed_until = until

    def _leave(self, kind: Kind, slot: "Slot") -> None:
        with self._changed:
            at, now = self._clock.monotonic(), self._clock.now()
            self._schedule.answered(kind, at=at)
            if slot.refusal is not None:
                self._schedule.refused(slot.refusal, sent=slot.sent, at=at, now=now)
            else:
                self._schedule.observe(slot.answer, kind, at=at, now=now)
            self._changed.notify_all()

    def _raise_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled("the run was cancelled")


def _raise_if_late(kind: Kind, waited: float) -> None:
    if kind is Kind.WRITE and is_too_late(waited):
        raise Postponed(
            f"it waited {in_words(waited)} for its turn, so what is there must be looked at again "
            "first.",
            hint="What is not done yet is left for the next run.",
        )


class Slot:
    """One request that was let through; `sent` is the monotonic time at which it was."""

    def __init__(self, *, sent: float) -> None:
        self.sent = sent
        self.answer: Answer | None = None
        self.refusal: Answer | None = None
