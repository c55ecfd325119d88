"""The ways to stop: what is said, and with which exit code."""

import pytest

from package_keeper.domain.errors import (
    AccessDenied,
    InputMistake,
    KeeperError,
    LimitExceeded,
    RequestFailed,
    Unexpected,
    WaitedTooLong,
    WrongInputs,
)


def test_an_error_says_what_happened_what_to_do_and_which_request_it_was() -> None:
    error = RequestFailed("reading failed.", hint="Run again later.", request_id="A:1")
    assert str(error) == "reading failed. Run again later. (GitHub request A:1)"
    assert str(KeeperError("reading failed.")) == "reading failed."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeeperError("x"), 1),
        (WrongInputs(()), 2),
        (LimitExceeded("x"), 3),
        (AccessDenied("x"), 4),
        (WaitedTooLong("x"), 0),
        (Unexpected(ValueError("x")), 1),
    ],
)
def test_the_exit_codes_are_those_of_the_readme(error: KeeperError, code: int) -> None:
    assert error.exit_code == code


def test_a_mistake_names_the_input_its_value_the_problem_and_what_is_accepted() -> None:
    mistake = InputMistake(name="older-than", value="x", problem="is no duration", accepted="12h")
    assert str(mistake) == "older-than: 'x' is no duration. Accepted: 12h."
    assert str(InputMistake(name="token", value=None, problem="is missing")) == "token: is missing."


def test_all_mistakes_are_told_together() -> None:
    one = InputMistake(name="a", value="1", problem="is wrong")
    two = InputMistake(name="b", value=None, problem="is missing")
    assert str(WrongInputs((one,))) == "1 mistake in the inputs:\n- a: '1' is wrong."
    assert WrongInputs((one, two)).message.startswith("2 mistakes in the inputs:\n- a:")
    assert WrongInputs((one, two)).mistakes == (one, two)


def test_a_fault_of_the_program_names_its_kind() -> None:
    assert str(Unexpected(KeyError("x"))).startswith("unexpected KeyError: 'x'.")
