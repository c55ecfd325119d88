"""Pacers and senders for tests, on a clock that passes only when somebody sleeps."""

import threading
from collections.abc import Callable
from datetime import timedelta

from pacing.clocks import FakeClock
from package_keeper.domain.answers import Answer
from package_keeper.pacing.clock import Clock
from package_keeper.pacing.exchange import Exchange
from package_keeper.pacing.limits import API, Limits
from package_keeper.pacing.pacer import Pacer
from package_keeper.pacing.patience import Patience
from package_keeper.pacing.sending import Sender

QUARTER = timedelta(minutes=15)
OK = Answer(status=200)


def pacer(
    *,
    clock: Clock | None = None,
    limits: Limits = API,
    max_wait: timedelta = QUARTER,
    cancelled: threading.Event | None = None,
) -> Pacer:
    return Pacer(
        host="GitHub",
        limits=limits,
        clock=clock or FakeClock(),
        patience=Patience(max_wait),
        cancelled=cancelled or threading.Event(),
    )


def sender(clock: Clock, *, max_wait: timedelta = QUARTER) -> Sender:
    return Sender(pacer(clock=clock, max_wait=max_wait), jitter=lambda: 1.0)


class Script:
    """An attempt that does what it is told, one item after another; `sent` counts."""

    def __init__(self, *items: Exception | Answer) -> None:
        self._items = list(items)
        self.sent = 0

    def __call__(self) -> Exchange[int]:
        self.sent += 1
        item = self._items.pop(0)
        if isinstance(item, Exception):
            raise item
        return Exchange(answer=item, value=self.sent)


def run_all(calls: list[Callable[[], None]], *, within: float = 20.0) -> None:
    """Run the calls in a thread each, and fail where one hangs or raises."""
    errors: list[BaseException] = []

    def guarded(call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - handed over to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(call,), daemon=True) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(within)
        assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]
