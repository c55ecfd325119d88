"""Which of the planned actions may start: what needs a version first, the first write alone."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Verdict
from package_keeper.execution.schedule import MOST_DENIALS, ActionSchedule

DELETED, GONE, RETAINED = Outcome.DELETED, Outcome.ALREADY_GONE, Outcome.RETAINED
DENIED, ERROR, NOT_ATTEMPTED = Outcome.DENIED, Outcome.ERROR, Outcome.NOT_ATTEMPTED


def decisions(*afters: Sequence[int]) -> list[Decision]:
    """The n-th is about version n, after those given."""
    return [
        Decision(
            version=version(n, f"v{n}"),
            verdict=Verdict.DELETE,
            ground=Ground.RULE,
            reason="x",
            after=tuple(after),
        )
        for n, after in enumerate(afters)
    ]


class Scene:
    """A schedule with what it was told to record, by id."""

    def __init__(self, *afters: Sequence[int], workers: int = 9) -> None:
        self.recorded: list[int] = []
        self.decisions = decisions(*afters)
        self.schedule = ActionSchedule(
            self.decisions, workers, lambda result: self.recorded.append(result.version.id)
        )

    def starts(self) -> list[int]:
        return [decision.version.id for decision in self.schedule.take_startable()]

    def ends(self, number: int, outcome: Outcome = DELETED) -> None:
        """One that was started; whoever carried it out has told it already."""
        self.recorded.append(number)
        ended = Result(version=version(number, f"v{number}"), outcome=outcome)
        self.schedule.ended(self.decisions[number], ended)

    def is_put_off(self, number: int) -> None:
        self.schedule.ended(self.decisions[number], None)

    def finishes(self) -> dict[int, tuple[Outcome, str]]:
        results = self.schedule.close()
        assert [r.version.id for r in results] == list(range(len(results)))
        assert sorted(self.recorded) == list(range(len(results)))
        return {result.version.id: (result.outcome, result.detail) for result in results}


def test_what_is_put_off_starts_again_in_its_place() -> None:
    scene = Scene((), (), (1,), workers=2)
    assert scene.starts() == [0]
    scene.ends(0)
    assert scene.starts() == [1]
    scene.is_put_off(1)
    assert scene.starts() == [1]
    scene.ends(1)
    assert scene.starts() == [2]


def test_what_is_put_off_can_be_withheld() -> None:
    scene = Scene((), (), (1,), workers=2)
    scene.starts()
    scene.ends(0)
    scene.starts()
    scene.is_put_off(1)
    scene.schedule.withhold({1: "needed"})
    assert scene.starts() == []
    assert scene.finishes() == {
        0: (DELETED, ""),
        1: (Outcome.CHANGED, "needed"),
        2: (Outcome.RETAINED, "needed by v1, which stays"),
    }


def test_what_was_to_be_withheld_when_it_was_started_is_when_it_is_given_back() -> None:
    scene = Scene((), (), workers=2)
    scene.starts()
    scene.ends(0)
    assert scene.starts() == [1]
    scene.schedule.withhold({1: "needed"})
    scene.schedule.withhold({})
    scene.is_put_off(1)
    assert scene.starts() == []
    assert scene.finishes()[1] == (Outcome.CHANGED, "needed")


def test_the_first_goes_alone_again_when_it_was_put_off() -> None:
    scene = Scene((), ())
    assert scene.starts() == [0]
    scene.is_put_off(0)
    assert scene.starts() == [0]
    assert scene.starts() == []


def test_what_is_put_off_and_stopped_is_not_attempted() -> None:
    scene = Scene(())
    scene.starts()
    scene.is_put_off(0)
    scene.schedule.stop("enough")
    assert scene.finishes() == {0: (Outcome.NOT_ATTEMPTED, "enough")}


def test_the_first_goes_alone_and_the_others_follow_when_it_was_allowed() -> None:
    scene = Scene((), (), ())
    assert scene.starts() == [0]
    assert scene.starts() == []
    scene.ends(0)
    assert scene.starts() == [1, 2]


@pytest.mark.parametrize("outcome", [DENIED, ERROR, RETAINED, Outcome.UNDELETABLE, GONE])
def test_until_one_was_allowed_the_next_goes_alone_too(outcome: Outcome) -> None:
    scene = Scene((), (), ())
    scene.starts()
    scene.ends(0, outcome)
    assert scene.starts() == [1]


def test_restoring_is_allowing() -> None:
    scene = Scene((), (), ())
    scene.starts()
    scene.ends(0, Outcome.RESTORED)
    assert scene.starts() == [1, 2]


def test_no_more_are_under_way_than_there_are_workers() -> None:
    scene = Scene((), (), (), (), (), workers=2)
    scene.starts()
    scene.ends(0)
    assert scene.starts() == [1, 2]
    assert scene.starts() == []
    scene.ends(2)
    assert scene.starts() == [3]


@pytest.mark.parametrize("outcome", [DELETED, GONE, Outcome.RESTORED])
def test_a_part_waits_for_all_that_needs_it(outcome: Outcome) -> None:
    scene = Scene((), (), (0, 1))
    scene.starts()
    scene.ends(0)
    assert scene.starts() == [1]
    scene.ends(1, outcome)
    assert scene.starts() == [2]


@pytest.mark.parametrize("outcome", [RETAINED, Outcome.UNDELETABLE, DENIED, ERROR])
def test_what_stays_keeps_all_that_it_needs(outcome: Outcome) -> None:
    scene = Scene((), (), (0, 1), (2,), ())
    scene.starts()
    scene.ends(0)
    scene.starts()
    scene.ends(1, outcome)
    scene.ends(4)
    assert scene.starts() == []
    assert scene.finishes() == {
        0: (DELETED, ""),
        1: (outcome, ""),
        2: (RETAINED, "needed by v1, which stays"),
        3: (RETAINED, "needed by v2, which stays"),
        4: (DELETED, ""),
    }


def test_what_is_kept_twice_is_told_once() -> None:
    scene = Scene((), (), (0, 1))
    scene.starts()
    scene.ends(0, RETAINED)
    scene.starts()
    scene.ends(1, RETAINED)
    assert scene.finishes()[2] == (RETAINED, "needed by v0, which stays")


def test_what_comes_too_late_starts_nothing_that_must_stay() -> None:
    scene = Scene((), (), (0, 1))
    scene.starts()
    scene.ends(0, ERROR)
    scene.starts()
    scene.ends(1)
    assert scene.starts() == []
    assert scene.finishes()[2] == (RETAINED, "needed by v0, which stays")


def test_what_is_withheld_keeps_what_it_needs_and_nothing_that_was_begun() -> None:
    scene = Scene((), (), (1,), ())
    scene.starts()
    scene.schedule.withhold({0: "needed", 1: "needed"})
    scene.ends(0)
    assert scene.starts() == [3]
    scene.ends(3)
    assert scene.finishes() == {
        0: (DELETED, ""),
        1: (Outcome.CHANGED, "needed"),
        2: (RETAINED, "needed by v1, which stays"),
        3: (DELETED, ""),
    }


def test_a_part_that_is_withheld_stays_though_all_that_needed_it_goes() -> None:
    scene = Scene((), (0,), ())
    scene.starts()
    scene.schedule.withhold({})
    scene.schedule.withhold({1: "needed"})
    scene.schedule.withhold({1: "needed by another"})
    scene.ends(0)
    assert scene.starts() == [2]
    scene.ends(2)
    assert scene.finishes()[1] == (Outcome.CHANGED, "needed")


def test_what_needs_something_that_was_not_attempted_is_not_attempted() -> None:
    scene = Scene((), (0,))
    scene.starts()
    scene.ends(0, NOT_ATTEMPTED)
    assert scene.finishes()[1] == (NOT_ATTEMPTED, "what needs it was not attempted")


def test_three_denials_stop_the_package() -> None:
    scene = Scene((), (), (), (), (3,))
    for number in range(MOST_DENIALS):
        assert scene.starts() == [number]
        scene.ends(number, DENIED)
    assert scene.starts() == []
    assert scene.finishes()[3] == (NOT_ATTEMPTED, "stopped after 3 denials")


def test_nothing_starts_after_a_stop_and_its_first_reason_stands() -> None:
    scene = Scene((), (), (1,))
    scene.starts()
    scene.schedule.stop("first")
    scene.schedule.stop("second")
    scene.ends(0)
    assert scene.starts() == []
    assert scene.finishes() == {
        0: (DELETED, ""),
        1: (NOT_ATTEMPTED, "first"),
        2: (NOT_ATTEMPTED, "first"),
    }


def test_nothing_planned_is_nothing_to_start() -> None:
    scene = Scene()
    assert scene.starts() == []
    assert scene.finishes() == {}


@st.composite
def _plans(draw: st.DrawFn) -> list[tuple[int, ...]]:
    size = draw(st.integers(1, 8))
    before = [
        st.sets(st.integers(0, n - 1), max_size=3) if n else st.just(set()) for n in range(size)
    ]
    return [tuple(sorted(draw(some))) for some in before]


def _run(
    scene: Scene, choose: Callable[[list[int]], int], outcome: Callable[[int], Outcome]
) -> None:
    running: list[int] = []
    while True:
        running += scene.starts()
        if not running:
            return
        number = running.pop(choose(running))
        scene.ends(number, outcome(number))


@given(_plans(), st.integers(1, 4), st.data())
def test_whatever_answers_come_in_whatever_order_every_action_has_one_result(
    afters: list[tuple[int, ...]], workers: int, data: st.DataObject
) -> None:
    """And none is gone before all that needs it is."""
    scene = Scene(*afters, workers=workers)
    outcomes = data.draw(
        st.lists(
            st.sampled_from([DELETED, DELETED, DELETED, GONE, RETAINED, DENIED, ERROR]),
            min_size=len(afters),
            max_size=len(afters),
        )
    )
    started: list[int] = []
    gone: set[int] = set()

    def outcome(number: int) -> Outcome:
        started.append(number)
        if outcomes[number] in (DELETED, GONE):
            assert set(afters[number]) <= gone
            gone.add(number)
        return outcomes[number]

    _run(scene, lambda running: data.draw(st.integers(0, len(running) - 1)), outcome)
    told = scene.finishes()
    assert len(told) == len(afters)
    assert all(told[number][0] is outcomes[number] for number in started)
    stay = {number for number, (end, _) in told.items() if end not in (DELETED, GONE)}
    for number in stay:
        followers = {n for n, after in enumerate(afters) if number in after}
        assert followers <= stay
    unstarted = {told[number][0] for number in range(len(afters)) if number not in started}
    assert unstarted <= {RETAINED, NOT_ATTEMPTED}
