"""What was sent and never answered, when nothing more may be sent: it is said, not forgotten.

A deletion or restoration whose answer got lost may have been carried out. Where a wait that is too
long, or a signal, keeps the run from finding out, the outcome is an error and not "not attempted".
"""

# ruff: noqa: ARG002 - the fake has the ports' parameters and needs none of them

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from package_keeper.domain.answers import Answer, AnswerLost, Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.model import Owner, OwnerKind, Package, PackageRef, PackageType, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.execution.deleting import DeletionSettler
from package_keeper.execution.restoring import RestorationSettler
from package_keeper.pacing.exchange import Cancelled

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REF = PackageRef(
    owner=Owner(login="acme", kind=OwnerKind.ORGANIZATION), type=PackageType.NPM, name="app"
)
VERSION = Version(id=1, name="1.0.0", created_at=NOW, updated_at=NOW)
LOST = AnswerLost("the connection broke")
GONE = Refused(Answer(status=404, message="Package version not found."))
STOPS = [WaitedTooLong("GitHub asks to wait 1 hour"), Cancelled("the run was cancelled")]

T = TypeVar("T")

Step = Exception | None
"""What a request ends in; None is a success."""


class Api:
    """Answers each kind of request from its own list, and counts what changes something."""

    def __init__(self, *, write: list[Step], version: list[Step], package: list[Step]) -> None:
        self._write, self._version, self._package = write, version, package
        self.written = 0

    def delete_version(self, ref: PackageRef, version_id: int) -> str | None:
        self.written += 1
        return self._next(self._write, "1C73")

    def restore_version(self, ref: PackageRef, version_id: int) -> str | None:
        self.written += 1
        return self._next(self._write, "1C73")

    def delete_package(self, ref: PackageRef) -> str | None:
        raise AssertionError("nobody asked for that")

    def version(self, ref: PackageRef, version_id: int) -> Version:
        return self._next(self._version, VERSION)

    def package(self, ref: PackageRef) -> Package:
        return self._next(self._package, Package(ref=REF))

    def versions(
        self, ref: PackageRef, *, per_page: int = 100, state: str = "active", expected: int = 0
    ) -> tuple[Version, ...]:
        raise AssertionError("nobody asked for that")

    @staticmethod
    def _next(steps: list[Step], value: T) -> T:
        step = steps.pop(0)
        if step is not None:
            raise step
        return value


def delete(api: Api) -> Result:
    return DeletionSettler(api=api, ref=REF, token="").settle(VERSION)


def restore(api: Api) -> Result:
    settler = RestorationSettler(api=api, ref=REF, token="", now=NOW, taken={})
    return settler.settle(VERSION)


BOTH = pytest.mark.parametrize("settle", [delete, restore])
STOPPED = pytest.mark.parametrize("stop", STOPS, ids=["waited too long", "cancelled"])


@BOTH
@STOPPED
def test_what_was_not_sent_at_all_was_not_attempted(
    settle: Callable[[Api], Result], stop: Exception
) -> None:
    with pytest.raises(type(stop)):
        settle(Api(write=[stop], version=[], package=[]))


@BOTH
@STOPPED
def test_a_lost_answer_that_can_not_be_settled_any_more_is_an_error(
    settle: Callable[[Api], Result], stop: Exception
) -> None:
    result = settle(Api(write=[LOST, stop], version=[stop], package=[]))
    assert result.outcome is Outcome.ERROR
    assert "the connection broke" in result.detail


@STOPPED
def test_a_deletion_that_was_to_be_sent_again_and_could_not_is_an_error(stop: Exception) -> None:
    api = Api(write=[LOST, stop], version=[None], package=[])
    result = delete(api)
    assert result.outcome is Outcome.ERROR
    assert "still there" in result.detail
    assert api.written == 2


@STOPPED
def test_a_restoration_that_was_to_be_sent_again_and_could_not_is_an_error(stop: Exception) -> None:
    api = Api(write=[LOST, stop], version=[GONE], package=[])
    assert restore(api).outcome is Outcome.ERROR


@STOPPED
def test_gone_is_not_believed_where_the_package_can_not_be_read(stop: Exception) -> None:
    result = delete(Api(write=[LOST], version=[GONE], package=[stop]))
    assert result.outcome is Outcome.ERROR


def test_one_stale_404_does_not_make_a_deletion_of_a_lost_request() -> None:
    """It is read once more, seen to be there, and deleted for good."""
    api = Api(write=[LOST, None], version=[GONE, None], package=[None])
    assert delete(api).outcome is Outcome.DELETED
    assert api.written == 2


def test_one_stale_404_does_not_make_a_version_already_gone() -> None:
    result = delete(Api(write=[GONE], version=[GONE, None], package=[None]))
    assert result.outcome is Outcome.DENIED


def test_two_readings_and_the_package_make_it_gone() -> None:
    api = Api(write=[LOST], version=[GONE, GONE], package=[None])
    assert delete(api).outcome is Outcome.DELETED
    assert api.written == 1
