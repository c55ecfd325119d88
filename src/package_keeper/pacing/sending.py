"""Whether a request is sent again.

Decides: a refusal for a rate limit proves that nothing was done, so the request is repeated, reads
and writes alike, when the pacer lets it through again; a write that by then is too late for
whoever wanted it (`sent_within`) is not. A lost answer proves nothing: reads are repeated a few
times, after short and uneven waits; writes never are, since GitHub may have carried the first one
out. Where it is certain that nothing was sent at all, writes are repeated as well. It does not
decide what a refusal or a lost answer means for the run.
"""

import random
from collections.abc import Callable
from typing import TypeVar

from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.pacing.exchange import Attempt, Exchange, Kind, NotSent
from package_keeper.pacing.pacer import Pacer

T = TypeVar("T")

FIRST_PAUSE = 0.5
"""Seconds before the first repetition; each further pause is twice as long."""


class Sender:
    """Sends requests to one host at its pace; from any thread.

    `attempts` is how often a read is tried in all when its answers get lost. `jitter` gives
    numbers from 0 to 1, so that workers that failed together do not come back together.
    """

    def __init__(
        self, pacer: Pacer, *, attempts: int = 4, jitter: Callable[[], float] = random.random
    ) -> None:
        self.pacer = pacer
        self._attempts = attempts
        self._jitter = jitter

    def send(self, attempt: Attempt[T], kind: Kind) -> Exchange[T]:
        """The exchange, once it succeeds.

        Raises `Refused` for a clear no that is not a rate limit, `AnswerLost` where no usable
        answer came, `WaitedTooLong`, `Postponed` and `Cancelled` where it was not sent (again).
        """
        lost, since = 0, self.pacer.time
        while True:
            try:
                exchange = self._once(attempt, kind, since)
            except AnswerLost as error:
                lost += 1
                if lost >= self._attempts or not _may_repeat(kind, error):
                    raise
                self.pacer.pause(self._pause(lost))
                continue
            if exchange is not None:
                return exchange

    def _once(self, attempt: Attempt[T], kind: Kind, since: float) -> Exchange[T] | None:
        """One exchange, or None where a rate limit refused it."""
        with self.pacer.slot(kind, since=since) as slot:
            try:
                exchange = attempt()
            except Refused as refused:
                if refused.refusal is Refusal.RATE_LIMITED:
                    slot.refusal = refused.answer
                    return None
                slot.answer = refused.answer
                raise
            slot.answer = exchange.answer
            return exchange

    def _pause(self, lost: int) -> float:
        return float(FIRST_PAUSE * 2 ** (lost - 1) * (0.5 + self._jitter() / 2))


def _may_repeat(kind: Kind, error: AnswerLost) -> bool:
    return kind is Kind.READ or isinstance(error, NotSent)
