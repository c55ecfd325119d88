"""Waits in the words of a person."""

from datetime import timedelta

import pytest

from package_keeper.domain.errors import WaitedTooLong
from package_keeper.pacing.patience import Patience, in_words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.00116, "1.16 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1 s"),
        (1, "1 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (900, "15 min"),
        (3_569, "59 min"),
        (3_600, "1 hour"),
        (3_900, "1 hour 5 min"),
        (7_200, "2 hours"),
    ],
)
def test_waits_are_said_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_waits_add_up_to_the_limit_and_not_beyond() -> None:
    patience = Patience(timedelta(seconds=10))
    patience.spend(6, host="ghcr.io", reason="busy")
    patience.spend(4, host="ghcr.io", reason="busy")
    assert patience.left == 0
    with pytest.raises(WaitedTooLong, match=r"ghcr.io asks to wait 1 s: busy\..*10 s in all, 10 s"):
        patience.spend(1, host="ghcr.io", reason="busy")
    assert patience.left == 0


def test_what_was_not_waited_is_not_mentioned() -> None:
    with pytest.raises(WaitedTooLong, match=r"max-wait allows 0 s in all\."):
        Patience(timedelta(0)).spend(59 * 60, host="GitHub", reason="busy")
