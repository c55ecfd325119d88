"""The schedule shared by threads: limits hold, waits are bounded, a cancelled run stops."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
from typing_extensions import override

from pacing.clocks import START, FakeClock
from pacing.hosts import OK, pacer, run_all
from package_keeper.adapters.clock import SystemClock
from package_keeper.domain.answers import Answer
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.pacing.exchange import Cancelled, Kind, bringing_to_an_end
from package_keeper.pacing.limits import Limits
from package_keeper.pacing.pacer import Pacer

REFUSED = Answer(status=429, headers={"retry-after": "600"})


def request(paced: Pacer, kind: Kind = Kind.WRITE, answer: Answer = OK) -> None:
    with paced.slot(kind) as slot:
        slot.answer = answer


def refused(paced: Pacer, answer: Answer = REFUSED) -> None:
    with paced.slot(Kind.WRITE) as slot:
        slot.refusal = answer


def test_threads_keep_to_the_rate_together_in_real_time() -> None:
    limits = Limits(points_per_minute=20, minute=0.4, margin=0.02, write=5, at_once=3)
    paced = pacer(clock=SystemClock(threading.Event()), limits=limits)
    lock, arrivals, under_way, most = threading.Lock(), list[float](), [0], [0]

    def work() -> None:
        with paced.slot(Kind.WRITE) as slot:
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(0.01)
            with lock:
                arrivals.append(time.monotonic())
                under_way[0] -= 1
            slot.answer = OK

    run_all([work] * 14)
    assert len(arrivals) == 14
    assert most[0] <= 3
    assert all(later - first > 0.4 for first, later in zip(arrivals, arrivals[4:], strict=False))


def test_a_refusal_makes_all_threads_wait() -> None:
    clock = FakeClock()
    paced = pacer(clock=clock)
    refused(paced)
    run_all([lambda: request(paced)] * 20)
    assert clock.monotonic() == 600.0


def test_a_wait_that_many_share_is_counted_once() -> None:
    clock = FakeClock()
    paced = pacer(clock=clock, max_wait=timedelta(seconds=700))
    refused(paced)
    run_all([lambda: request(paced)] * 20)
    request(paced)
    assert clock.slept == 600.0


def test_a_sleeper_that_wakes_early_goes_on_sleeping_without_paying_twice() -> None:
    class RestlessClock(FakeClock):
        @override
        def sleep(self, seconds: float) -> None:
            super().sleep(max(seconds / 2, 0.25))

    clock = RestlessClock()
    paced = pacer(clock=clock, max_wait=timedelta(seconds=600))
    refused(paced)
    request(paced)
    assert clock.monotonic() >= 600.0


def test_a_longer_wait_than_max_wait_is_refused_at_once_and_explained() -> None:
    clock = FakeClock()
    paced = pacer(clock=clock, max_wait=timedelta(minutes=15))
    refused(paced)
    request(paced)
    refused(paced)
    with pytest.raises(WaitedTooLong) as caught:
        request(paced)
    assert clock.slept == 600.0
    assert str(caught.value) == (
        "GitHub asks to wait 10 min: too many requests in a short time. "
        "max-wait allows 15 min in all, 10 min of it already spent. "
        "What is not done yet is left for the next run, or raise max-wait."
    )


def test_keeping_to_the_rate_is_not_a_wait() -> None:
    clock = FakeClock()
    paced = pacer(clock=clock, max_wait=timedelta(0))
    for _ in range(181):
        request(paced)
    assert clock.slept == pytest.approx(60.5)


def test_the_budget_of_the_hour_is_not_overdrawn() -> None:
    clock = FakeClock()
    paced = pacer(clock=clock, max_wait=timedelta(hours=1, seconds=1))
    reset = str(int(START.timestamp()) + 3600)
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, "x-ratelimit-limit": "60"}
    request(paced, answer=Answer(status=200, headers=spent))
    assert paced.remaining_requests == 0
    request(paced)
    assert clock.monotonic() == 3601.0
    request(paced, answer=Answer(status=200, headers=spent | {"x-ratelimit-remaining": "59"}))
    assert paced.remaining_requests == 59


def test_nothing_is_known_of_the_budget_until_an_answer_says_it() -> None:
    paced = pacer()
    request(paced)
    assert paced.remaining_requests is None


def test_requests_under_way_are_not_counted_as_left() -> None:
    paced = pacer()
    reset = str(int(START.timestamp()) + 3600)
    told = {"x-ratelimit-remaining": "10", "x-ratelimit-reset": reset}
    request(paced, answer=Answer(status=200, headers=told))
    with paced.slot(Kind.READ) as slot:
        assert paced.remaining_requests == 9
        slot.answer = OK


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_sent_after_the_run_was_cancelled(kind: Kind) -> None:
    cancelled = threading.Event()
    paced = pacer(cancelled=cancelled)
    request(paced, kind)
    cancelled.set()
    with pytest.raises(Cancelled):
        request(paced, kind)
    with pytest.raises(Cancelled):
        paced.pause(1.0)


@pytest.mark.parametrize("kind", Kind)
def test_what_was_begun_may_be_brought_to_an_end_after_that(kind: Kind) -> None:
    cancelled = threading.Event()
    paced = pacer(cancelled=cancelled)
    cancelled.set()
    with bringing_to_an_end():
        request(paced, kind)
        with pytest.raises(Cancelled):
            paced.pause(1.0)
    with pytest.raises(Cancelled):
        request(paced, kind)


def test_nothing_is_waited_for_to_bring_it_to_an_end() -> None:
    """There are seconds left, and none to spend on a limit."""
    cancelled = threading.Event()
    paced = pacer(cancelled=cancelled)
    refused(paced)
    cancelled.set()
    with bringing_to_an_end(), pytest.raises(Cancelled):
        request(paced)


def cancelled_while(prepare: Callable[[Pacer], None], limits: Limits) -> float:
    """How long threads that wait for their turn take to notice; each must raise Cancelled."""
    cancelled = threading.Event()
    paced = pacer(clock=SystemClock(cancelled), limits=limits, cancelled=cancelled)
    prepare(paced)

    def work() -> None:
        with pytest.raises(Cancelled):
            request(paced)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(10)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    assert all(thread.is_alive() for thread in threads)
    started = time.monotonic()
    cancelled.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    return time.monotonic() - started


def test_sleepers_wake_when_the_run_is_cancelled() -> None:
    assert cancelled_while(refused, Limits()) < 1.0


def test_those_who_wait_for_an_answer_wake_as_well() -> None:
    with ExitStack() as under_way:

        def occupy(paced: Pacer) -> None:
            under_way.enter_context(paced.slot(Kind.READ))

        assert cancelled_while(occupy, Limits(at_once=1)) < 2.0


def test_a_failure_inside_gives_the_slot_back() -> None:
    paced = pacer(limits=Limits(at_once=1))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), paced.slot(Kind.READ):
            raise ZeroDivisionError
    request(paced)
