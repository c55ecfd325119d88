"""Reads come back after lost answers, writes never; refusals for a limit are waited out."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacing.clocks import FakeClock
from pacing.hosts import OK, Script, run_all, sender
from package_keeper.domain.answers import Answer, AnswerLost, Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.pacing.exchange import Kind, NotSent, Postponed, bringing_to_an_end, sent_within

LIMITED = Refused(Answer(status=403, message="You have exceeded a secondary rate limit."))
DENIED = Refused(Answer(status=403, message="Must have admin rights."))
REGISTRY = Refused(Answer(status=429, message="toomanyrequests: retry-after: 1.2ms"))


def test_a_read_is_repeated_after_lost_answers_with_longer_pauses() -> None:
    clock, script = FakeClock(), Script(AnswerLost("reset"), AnswerLost("reset"), OK)
    assert sender(clock).send(script, Kind.READ).value == 3
    assert clock.slept == pytest.approx(0.5 + 1.0)


def test_a_read_is_given_up_after_a_few_lost_answers() -> None:
    script = Script(*[AnswerLost(f"reset {number}") for number in range(1, 9)])
    with pytest.raises(AnswerLost, match="reset 4"):
        sender(FakeClock()).send(script, Kind.READ)
    assert script.sent == 4


def test_a_write_is_never_repeated_after_a_lost_answer() -> None:
    script = Script(AnswerLost("reset"), OK)
    with pytest.raises(AnswerLost):
        sender(FakeClock()).send(script, Kind.WRITE)
    assert script.sent == 1


def test_a_write_that_was_certainly_not_sent_is_repeated() -> None:
    script = Script(NotSent("no connection"), OK)
    assert sender(FakeClock()).send(script, Kind.WRITE).value == 2


def test_a_write_whose_repetition_gets_lost_is_not_repeated() -> None:
    script = Script(NotSent("no connection"), AnswerLost("reset"), OK)
    with pytest.raises(AnswerLost, match="reset"):
        sender(FakeClock()).send(script, Kind.WRITE)
    assert script.sent == 2


@pytest.mark.parametrize("kind", list(Kind))
def test_a_refusal_for_a_limit_is_repeated_after_a_minute_then_two(kind: Kind) -> None:
    clock, script = FakeClock(), Script(LIMITED, LIMITED, OK)
    assert sender(clock).send(script, kind).value == 3
    assert clock.slept == pytest.approx(60.0 + 120.0)


def test_a_write_that_came_too_late_is_not_sent() -> None:
    clock, script = FakeClock(), Script(LIMITED, OK)
    sending = sender(clock)
    with sent_within(30.0):
        with pytest.raises(Postponed, match="waited 60 s for its turn"):
            sending.send(script, Kind.WRITE)
        assert script.sent == 1
        assert sending.send(script, Kind.WRITE).value == 2
    assert clock.slept == pytest.approx(60.0)


def test_what_a_write_waits_is_counted_from_when_it_was_wanted() -> None:
    """Two waits, each of which is short enough."""
    soon = Refused(Answer(status=429, headers={"retry-after": "15"}))
    script = Script(soon, soon, OK)  # the second wait is twice as long
    with sent_within(40.0), pytest.raises(Postponed):
        sender(FakeClock()).send(script, Kind.WRITE)
    assert script.sent == 2


def test_reads_and_what_brings_an_action_to_its_end_are_sent_all_the_same() -> None:
    with sent_within(1.0):
        assert sender(FakeClock()).send(Script(LIMITED, OK), Kind.READ).value == 2
        with bringing_to_an_end():
            assert sender(FakeClock()).send(Script(LIMITED, OK), Kind.WRITE).value == 2


def test_how_soon_holds_for_its_own_thread_and_ends_with_it() -> None:
    sending, sent = sender(FakeClock()), list[int]()
    with sent_within(1.0):
        run_all([lambda: sent.append(sending.send(Script(LIMITED, OK), Kind.WRITE).value)])
    assert sent == [2]
    assert sending.send(Script(LIMITED, OK), Kind.WRITE).value == 2


@pytest.mark.parametrize("kind", list(Kind))
def test_any_other_refusal_is_final(kind: Kind) -> None:
    script = Script(DENIED, OK)
    with pytest.raises(Refused, match="admin rights"):
        sender(FakeClock()).send(script, kind)
    assert script.sent == 1


def test_the_short_waits_of_the_registry_grow_when_they_do_not_help() -> None:
    clock, script = FakeClock(), Script(*[REGISTRY] * 6, OK)
    sender(clock).send(script, Kind.READ)
    assert clock.slept == pytest.approx(0.05 * (1 + 2 + 4 + 8 + 16 + 32))


def test_a_write_that_is_refused_forever_ends_within_max_wait() -> None:
    clock, script = FakeClock(), Script(*[LIMITED] * 100)
    with pytest.raises(WaitedTooLong):
        sender(clock, max_wait=timedelta(minutes=10)).send(script, Kind.WRITE)
    assert clock.slept == pytest.approx(60.0 + 120.0 + 240.0)


@given(
    items=st.lists(st.sampled_from([AnswerLost("lost"), LIMITED, REGISTRY, NotSent("none")])),
    max_wait=st.integers(0, 3_000),
    kind=st.sampled_from(Kind),
)
def test_no_request_waits_for_limits_longer_than_max_wait(
    items: list[Exception], max_wait: int, kind: Kind
) -> None:
    clock, script = FakeClock(), Script(*items, OK)
    sending = sender(clock, max_wait=timedelta(seconds=max_wait))
    with suppress(AnswerLost, WaitedTooLong):
        sending.send(script, kind)
    pauses = 0.5 + 1.0 + 2.0
    assert clock.slept <= max_wait + pauses + 0.001
    if kind is Kind.WRITE:
        assert AnswerLost not in [type(item) for item in items[: script.sent - 1]]
