"""How many requests a run may count on: what is left of the hour, and hours worth waiting for."""

import threading
from datetime import timedelta

import pytest

from pacing.clocks import START, FakeClock
from pacing.hosts import pacer
from package_keeper.domain.answers import Answer
from package_keeper.pacing.exchange import Kind
from package_keeper.pacing.pacer import Pacer
from package_keeper.pacing.together import ask_together


def told(paced: Pacer, *, left: int, minutes: int | None, limit: int | None = 1_000) -> None:
    """Let an answer say what is left, when it is renewed, and how much it is then."""
    headers = {"x-ratelimit-remaining": str(left)}
    if minutes is not None:
        headers["x-ratelimit-reset"] = str(int(START.timestamp()) + 60 * minutes)
    if limit is not None:
        headers["x-ratelimit-limit"] = str(limit)
    with paced.slot(Kind.READ) as slot:
        slot.answer = Answer(status=200, headers=headers)


@pytest.mark.parametrize(
    ("max_wait", "minutes", "limit", "affordable"),
    [
        (15, 20, 1_000, 300),
        (15, None, 1_000, 300),
        (15, 10, 1_000, 1_300),
        (60, 10, 1_000, 1_300),
        (75, 10, 1_000, 2_300),
        (15, 10, None, None),
        (0, 0, 1_000, 300),
    ],
    ids=[
        "too long",
        "unsaid",
        "the next hour",
        "still one hour",
        "two hours",
        "of unsaid size",
        "no patience",
    ],
)
def test_renewals_count_that_max_wait_allows_to_wait_for(
    max_wait: int, minutes: int | None, limit: int | None, affordable: int | None
) -> None:
    paced = pacer(max_wait=timedelta(minutes=max_wait))
    told(paced, left=300, minutes=minutes, limit=limit)
    assert paced.affordable_requests == affordable


def test_patience_that_is_spent_does_not_count() -> None:
    clock = FakeClock()
    paced = pacer(clock=clock, max_wait=timedelta(minutes=15))
    with paced.slot(Kind.READ) as slot:
        slot.refusal = Answer(status=429, headers={"retry-after": "600"})
    told(paced, left=300, minutes=20)
    assert clock.slept == 600
    assert paced.affordable_requests == 300


def test_nothing_said_is_no_bound() -> None:
    assert pacer().affordable_requests is None


def test_answers_come_in_the_order_of_the_questions() -> None:
    assert ask_together(lambda n: n * n, range(200), workers=7) == [n * n for n in range(200)]
    assert ask_together(lambda n: n, [], workers=7) == []


def test_an_error_ends_the_asking() -> None:
    """Little more is asked than what was under way, and the error is what is raised."""
    asked: list[int] = []

    def ask(number: int) -> int:
        asked.append(number)
        if number == 5:
            raise LookupError("no more")
        return number

    with pytest.raises(LookupError, match="no more"):
        ask_together(ask, range(10_000), workers=1)
    assert asked == list(range(6))


def test_as_many_are_under_way_as_there_are_workers() -> None:
    everybody = threading.Barrier(4, timeout=20)

    def ask(number: int) -> int:
        everybody.wait()
        return number

    assert ask_together(ask, range(8), workers=4) == list(range(8))
