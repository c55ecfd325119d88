"""What is left of the hour, told from headers that are optional and come out of order."""

from datetime import timedelta

from pacing.clocks import START
from package_keeper.pacing.budget import Budget


def headers(remaining: int | None, *, hours: int = 1, jitter: int = 0) -> dict[str, str]:
    reset = START + timedelta(hours=hours, seconds=jitter)
    said = {} if remaining is None else {"x-ratelimit-remaining": str(remaining)}
    return {**said, "x-ratelimit-limit": "1000", "x-ratelimit-reset": f"{reset.timestamp():.0f}"}


def observed(*answers: dict[str, str]) -> Budget:
    budget = Budget()
    for answer in answers:
        budget.observe(answer, at=0.0, now=START)
    return budget


def test_nothing_is_known_before_an_answer_says_it() -> None:
    assert Budget().left(0.0) is None
    assert observed({}).left(0.0) is None
    assert observed({"x-ratelimit-remaining": "many"}).left(0.0) is None


def test_the_lowest_number_counts_as_answers_come_out_of_order() -> None:
    assert observed(headers(10), headers(12), headers(11)).left(0.0) == 10


def test_a_reset_time_that_differs_by_a_second_is_the_same_hour() -> None:
    assert observed(headers(10, jitter=1), headers(9), headers(11, jitter=1)).left(0.0) == 9


def test_an_answer_without_the_header_is_counted_all_the_same() -> None:
    assert observed(headers(10), headers(None), {}).left(0.0) == 8


def test_a_renewed_budget_is_taken_as_it_is() -> None:
    assert observed(headers(0), headers(999, hours=2)).left(0.0) == 999


def test_a_late_answer_from_before_the_renewal_changes_nothing() -> None:
    assert observed(headers(999, hours=2), headers(3)).left(0.0) == 999


def test_nothing_is_known_once_the_time_of_the_renewal_has_passed() -> None:
    budget = observed(headers(0))
    assert budget.left(3_600.0) == 0
    assert budget.renewed_at == 3_601.0
    assert budget.left(3_601.0) is None


def test_the_size_of_the_budget_is_kept() -> None:
    assert observed(headers(5)).limit == 1_000
    assert Budget().limit is None
