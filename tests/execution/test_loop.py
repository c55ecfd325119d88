"""The loop that deletes: what is started, what is written before, and how it stops."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from domain.packages import NOW, package, version
from fakes.runs import LinesInMemory, ShownInMemory
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Verdict
from package_keeper.execution.journal import Journal
from package_keeper.execution.loop import ActionLoop, nothing_withheld
from package_keeper.pacing.exchange import Cancelled, Postponed


@dataclass(slots=True)
class SettlerInMemory:
    """Settles as it is told, and counts how many are settled at once."""

    settle_as: Callable[[int], Outcome] = lambda _: Outcome.DELETED
    settled: list[int] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def settle(self, version: Version) -> Result:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.settled.append(version.id)
        try:
            return Result(version=version, outcome=self.settle_as(version.id))
        finally:
            with self._lock:
                self.at_once -= 1


@dataclass(slots=True)
class Scene:
    """So many versions to delete, each on its own, and all that the loop touches."""

    count: int = 3
    settler: SettlerInMemory = field(default_factory=SettlerInMemory)
    lines: LinesInMemory = field(default_factory=LinesInMemory)
    shown: ShownInMemory = field(default_factory=ShownInMemory)
    recorded: list[Result] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    workers: int = 1
    withheld: Callable[[bool], Mapping[int, str]] = nothing_withheld

    def carry_out(self) -> list[tuple[Outcome, str]]:
        loop = ActionLoop(
            settler=self.settler,
            journal=Journal(lines=self.lines, now=lambda: NOW, header={}),
            watcher=self.shown,
            record=self.recorded.append,
            workers=self.workers,
            is_cancelled=self.cancelled.is_set,
            withheld=self.withheld,
        )
        decisions = [
            Decision(
                version=version(n, f"v{n}"), verdict=Verdict.DELETE, ground=Ground.RULE, reason="x"
            )
            for n in range(self.count)
        ]
        results = loop.carry_out(package(), decisions)
        assert [result.version.id for result in results] == list(range(self.count))
        assert sorted(self.recorded, key=lambda r: r.version.id) == list(results)
        return [(result.outcome, result.detail) for result in results]


DONE = (Outcome.DELETED, "")


def test_every_action_stands_between_its_two_lines() -> None:
    scene = Scene(count=2)
    assert scene.carry_out() == [DONE, DONE]
    assert scene.lines.actions == [(0, "started"), (0, "deleted"), (1, "started"), (1, "deleted")]


def test_progress_is_shown_as_it_comes() -> None:
    scene = Scene(count=3)
    scene.carry_out()
    assert scene.shown.progressed == [(1, 3), (2, 3), (3, 3)]


def test_the_first_goes_alone_and_the_others_at_once() -> None:
    """The two that follow wait for each other, so both must be under way; the first did not."""
    together = threading.Barrier(2, timeout=30)

    def settle_as(number: int) -> Outcome:
        if number:
            together.wait()
        return Outcome.DELETED

    scene = Scene(count=3, settler=SettlerInMemory(settle_as), workers=4)
    assert scene.carry_out() == [DONE] * 3
    assert scene.settler.most_at_once == 2


def test_nothing_to_do_is_done() -> None:
    assert Scene(count=0).carry_out() == []


def test_a_cancelled_run_finishes_what_is_under_way_and_starts_nothing() -> None:
    scene = Scene()

    def settle_as(number: int) -> Outcome:
        scene.cancelled.set()
        return Outcome.DELETED

    scene.settler.settle_as = settle_as
    not_attempted = (Outcome.NOT_ATTEMPTED, "the run was cancelled")
    assert scene.carry_out() == [DONE, not_attempted, not_attempted]
    assert scene.settler.settled == [0]


def test_a_run_that_is_cancelled_before_does_nothing() -> None:
    scene = Scene()
    scene.cancelled.set()
    assert {outcome for outcome, _ in scene.carry_out()} == {Outcome.NOT_ATTEMPTED}
    assert scene.lines.lines == []


@pytest.mark.parametrize("stop", [Cancelled("stop"), WaitedTooLong("an hour.")])
def test_what_pacing_did_not_send_was_not_attempted_and_nothing_follows(stop: Exception) -> None:
    def settle_as(number: int) -> Outcome:
        raise stop

    scene = Scene(settler=SettlerInMemory(settle_as))
    assert scene.carry_out() == [(Outcome.NOT_ATTEMPTED, str(stop))] * 3
    assert scene.lines.actions == [(0, "started"), (0, "not-attempted")]


def test_what_waited_too_long_is_looked_at_again_and_started_again() -> None:
    waits = {1: 2}

    def settle_as(number: int) -> Outcome:
        if waits.get(number, 0):
            waits[number] -= 1
            raise Postponed("it waited 15 min for its turn")
        return Outcome.DELETED

    looks: list[bool] = []

    def look(at_once: bool) -> Mapping[int, str]:  # noqa: FBT001 - as it is called back
        looks.append(at_once)
        return {}

    scene = Scene(settler=SettlerInMemory(settle_as), withheld=look)
    assert scene.carry_out() == [DONE] * 3
    assert scene.settler.settled == [0, 1, 1, 1, 2]
    assert [outcome for number, outcome in scene.lines.actions if number == 1] == [
        *("started", "not-attempted") * 2,
        *("started", "deleted"),
    ]
    assert looks == [False, False, True, True, False, False]


def test_what_waited_too_long_can_be_withheld() -> None:
    needed: dict[int, str] = {}

    def settle_as(number: int) -> Outcome:
        if number == 1:
            needed[1] = "needed"
            raise Postponed("it waited 15 min for its turn")
        return Outcome.DELETED

    scene = Scene(settler=SettlerInMemory(settle_as), withheld=lambda _: needed)
    assert scene.carry_out() == [DONE, (Outcome.CHANGED, "needed"), DONE]


def test_at_any_time_what_was_done_is_told_or_may_have_been_done() -> None:
    """A cancelled run reports in the middle: what the journal lets go of must be told by then."""
    scene = Scene(count=2)
    told_when_written: list[list[int]] = []

    def look(line: str) -> None:
        if '"deleted"' in line:
            told_when_written.append([result.version.id for result in scene.recorded])

    scene.lines.before = look
    scene.carry_out()
    assert told_when_written == [[0], [0, 1]]


def test_without_its_first_line_nothing_is_sent() -> None:
    scene = Scene()

    def full(line: str) -> None:
        raise OSError("no space left on device")

    scene.lines.before = full
    why = "the journal can't be written: OSError: no space left on device."
    assert scene.carry_out() == [(Outcome.NOT_ATTEMPTED, why)] * 3
    assert scene.settler.settled == []


def test_what_was_done_is_told_where_its_second_line_can_not_be_written() -> None:
    scene = Scene()

    def full(line: str) -> None:
        if '"deleted"' in line:
            raise OSError("no space left on device")

    scene.lines.before = full
    why = "the journal can't be written: OSError: no space left on device."
    first, *others = scene.carry_out()
    assert first == DONE
    assert others == [(Outcome.NOT_ATTEMPTED, why)] * 2
    assert scene.settler.settled == [0]


def test_a_fault_of_the_program_stops_it_and_is_told() -> None:
    def settle_as(number: int) -> Outcome:
        raise KeyError("x")

    scene = Scene(settler=SettlerInMemory(settle_as))
    why = "stopped by KeyError: 'x'"
    first, *others = scene.carry_out()
    assert first == (Outcome.ERROR, why)
    assert others == [(Outcome.NOT_ATTEMPTED, why)] * 2


def test_where_progress_can_not_be_shown_what_was_done_is_told_all_the_same() -> None:
    scene = Scene()

    def broken(what: str) -> None:
        raise BrokenPipeError("stdout is closed")

    scene.shown.before = broken
    why = "stopped by BrokenPipeError: stdout is closed"
    assert scene.carry_out() == [DONE, *[(Outcome.NOT_ATTEMPTED, why)] * 2]


def test_what_is_withheld_stays_unless_it_was_begun() -> None:
    scene = Scene(count=4)
    seen: list[int] = []

    def withheld(at_once: bool) -> Mapping[int, str]:  # noqa: FBT001 - as it is called back
        seen.append(len(scene.settler.settled))
        return {0: "needed", 2: "needed"} if scene.settler.settled else {}

    scene.withheld = withheld
    assert scene.carry_out() == [DONE, DONE, (Outcome.CHANGED, "needed"), DONE]
    assert scene.settler.settled == [0, 1, 3]
    assert seen[:2] == [0, 1]
    assert 2 not in [number for number, _ in scene.lines.actions]


def test_where_it_can_not_be_told_what_is_needed_nothing_more_is_begun() -> None:
    scene = Scene(count=3)

    def withheld(at_once: bool) -> Mapping[int, str]:  # noqa: FBT001 - as it is called back
        if scene.settler.settled:
            raise WaitedTooLong("an hour")
        return {}

    scene.withheld = withheld
    why = (Outcome.NOT_ATTEMPTED, "what is pushed meanwhile can't be seen: an hour")
    assert scene.carry_out() == [DONE, why, why]
