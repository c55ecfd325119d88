"""What a report says in the middle of a run, and when a package counts as changed."""

import pytest

from domain.packages import digest_of, version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.run.record import Record

_CHANGES = {Outcome.DELETED, Outcome.RESTORED, Outcome.UNTAGGED}


@pytest.mark.parametrize("outcome", Outcome)
def test_what_was_done_is_a_change_and_so_is_a_tag_taken_off_whatever_the_outcome(
    outcome: Outcome,
) -> None:
    record = Record("app")
    assert not record.changed
    image = version(7, digest_of("7"), "v1", "pr-1", "pr-2")
    record.add_result(Result(version=image, outcome=outcome))
    assert record.changed == (outcome in _CHANGES)
    record.add_result(Result(version=image, outcome=outcome, tags_off=("pr-1",)))
    assert record.changed


def test_what_is_begun_is_a_warning_until_its_end_is_told() -> None:
    record = Record("app")
    record.warn(["one"])
    with record.begun("it may have been done"):
        assert record.report().warnings == ("one", "it may have been done")
    assert record.report().warnings == ("one",)


def test_what_is_begun_and_raises_is_over() -> None:
    record = Record("app")
    with pytest.raises(ZeroDivisionError), record.begun("it may have been done"):
        raise ZeroDivisionError
    assert record.report().warnings == ()
