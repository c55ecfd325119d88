"""What a refusal asks for, in each of the ways in which GitHub and its registry ask."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from package_keeper.domain.answers import Answer
from package_keeper.pacing.asking import duration, what_is_asked

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
RESET = str(int(NOW.timestamp()) + 300)


def asked(message: str = "", **headers: str) -> float | None:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return what_is_asked(Answer(status=403, message=message, headers=names), NOW).seconds


def test_retry_after_is_believed_before_the_reset_time() -> None:
    assert asked(retry_after="30", x_ratelimit_remaining="0", x_ratelimit_reset=RESET) == 30


def test_retry_after_may_be_a_date() -> None:
    assert asked(retry_after="Sun, 22 Nov 2026 14:01:30 GMT") == 90
    assert asked(retry_after="Sun, 22 Nov 2026 13:00:00 GMT") == 0


def test_the_reset_time_counts_only_when_nothing_is_left() -> None:
    assert asked(x_ratelimit_remaining="0", x_ratelimit_reset=RESET) == 300
    assert asked(x_ratelimit_remaining="5", x_ratelimit_reset=RESET) is None


def test_the_reset_time_is_read_by_the_clock_of_the_server() -> None:
    date = "Sun, 22 Nov 2026 14:04:00 GMT"
    assert asked(x_ratelimit_remaining="0", x_ratelimit_reset=RESET, date=date) == 60


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("toomanyrequests: retry-after: 1.16676ms, allowed: 44000/minute", 0.00116676),
        ("TOOMANYREQUESTS: retry-after: 880.092\u00b5s, allowed: 44000/minute", 0.000880092),
        ("retry-after: 880.092\u03bcs", 0.000880092),
        ("retry-after: 12us", 0.000012),
        ("retry-after: 15ns", 0.000000015),
        ("retry-after: 10.3s, allowed: 2000/minute", 10.3),
        ("retry-after: 1m5.5s", 65.5),
        ("retry-after: 1h2m3s", 3723),
    ],
)
def test_the_registry_asks_in_its_text(text: str, seconds: float) -> None:
    assert asked(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "retry-after: soon", "retry-after: -1s", "retry-after: 5"])
def test_a_text_without_a_time_asks_for_none(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e9", "nan", "9" * 400])
def test_headers_that_make_no_sense_are_left_out(value: str) -> None:
    assert asked(retry_after=value) is None
    assert asked(x_ratelimit_remaining="0", x_ratelimit_reset=value) is None


def test_the_reason_says_how_large_the_used_up_budget_is() -> None:
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "1000", "retry-after": "9"}
    used_up = what_is_asked(Answer(status=429, headers=headers), NOW)
    assert used_up.hourly
    assert used_up.reason == "the hourly budget of 1,000 requests is used up"
    assert what_is_asked(Answer(status=429), NOW).reason == "too many requests in a short time"


@given(st.dictionaries(st.sampled_from(["retry-after", "date", "x-ratelimit-reset"]), st.text()))
def test_no_header_makes_it_fail(headers: dict[str, str]) -> None:
    answer = Answer(status=429, headers={"x-ratelimit-remaining": "0", **headers})
    seconds = what_is_asked(answer, NOW).seconds
    assert seconds is None or seconds >= 0


@given(st.integers(0, 59), st.integers(0, 59))
def test_durations_add_up(minutes: int, seconds: int) -> None:
    assert duration(f"{minutes}m{seconds}s") == minutes * 60 + seconds
