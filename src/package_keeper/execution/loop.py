"""Carrying out the planned actions of one package.

Decides nothing that the plan or the schedule has decided: it starts what may start, journals before
and after each request, and stops cleanly. This is the loop that deletes; it is short on purpose.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from package_keeper.domain.errors import NotJournalled, WaitedTooLong
from package_keeper.domain.model import Package, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision
from package_keeper.execution.journal import Journal
from package_keeper.execution.schedule import ActionSchedule
from package_keeper.pacing.exchange import Cancelled, Postponed, sent_within


class Settler(Protocol):
    """Does one action and finds out what became of it."""

    def settle(self, version: Version) -> Result:
        """What became of the version.

        Raises WaitedTooLong, Postponed or Cancelled where nothing was sent.
        """
        ...


class Watcher(Protocol):
    """Whoever wants to see how a long execution goes on."""

    def progress(self, done: int, planned: int) -> None:
        """`done` of `planned` actions have their outcome."""
        ...


def nothing_withheld(at_once: bool) -> Mapping[int, str]:  # noqa: ARG001, FBT001 - nobody looks
    """What becomes of a plan where nobody looks what happens meanwhile: all of it is done."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLoop:
    """Does what decisions say, `workers` at once; `record` is told each result, by any thread.

    `withheld` are the versions, by id, that are to be left after all, with the reasons; it is asked
    before anything more is started, and where it fails nothing more is. An action that has to wait
    longer than `fresh_for` seconds until it is sent is given back, and started again only after
    `withheld` was asked to look at once.
    """

    settler: Settler
    journal: Journal
    watcher: Watcher
    record: Callable[[Result], None]
    workers: int
    is_cancelled: Callable[[], bool]
    withheld: Callable[[bool], Mapping[int, str]] = nothing_withheld
    fresh_for: float | None = None

    def carry_out(self, package: Package, decisions: Sequence[Decision]) -> tuple[Result, ...]:
        """What became of each decision, in their order; nothing is raised."""
        schedule = ActionSchedule(decisions, self.workers, self.record)
        running: dict[Future[Result | None], Decision] = {}
        with ThreadPoolExecutor(max_workers=self.workers) as pool:
            while True:
                if self.is_cancelled():
                    schedule.stop("the run was cancelled")
                self._withhold(schedule)
                for decision in schedule.take_startable():
                    running[pool.submit(self._do, package, decision, schedule)] = decision
                if not running:
                    return schedule.close()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    schedule.ended(running.pop(future), future.result())
                self._show(schedule, len(decisions))

    def _withhold(self, schedule: ActionSchedule) -> None:
        if schedule.stopped:
            return
        try:
            schedule.withhold(self.withheld(schedule.take_put_off()))
        except Exception as error:  # noqa: BLE001 - in doubt about what is needed nothing more goes
            schedule.stop(f"what is pushed meanwhile can't be seen: {error}")

    def _show(self, schedule: ActionSchedule, planned: int) -> None:
        try:
            self.watcher.progress(len(schedule.results), planned)
        except Exception as error:  # noqa: BLE001 - what is under way must be waited for and told
            schedule.stop(_stopped_by(error))

    def _do(self, package: Package, decision: Decision, schedule: ActionSchedule) -> Result | None:
        """One action between its two lines in the journal; without the first it is not sent.

        None where it waited too long to be sent on what was known when it was started.
        """
        try:
            self.journal.started(package, decision)
            result = self._settled(decision, schedule)
        except NotJournalled as error:
            return self._tell(_not_attempted(decision, schedule, error.message))
        except Postponed as error:
            self.journal.ended(package, decision, _put_off(decision, error))
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, stop, and let the rest be told
            schedule.stop(_stopped_by(error))
            outcome, detail = Outcome.ERROR, _stopped_by(error)
            return self._tell(Result(version=decision.version, outcome=outcome, detail=detail))
        self._tell(result)  # before the journal lets go of it: one of the two always knows of it
        self.journal.ended(package, decision, result)
        if self.journal.failure is not None:
            schedule.stop(self.journal.failure.message)
        return result

    def _tell(self, result: Result) -> Result:
        self.record(result)
        return result

    def _settled(self, decision: Decision, schedule: ActionSchedule) -> Result:
        try:
            with sent_within(self.fresh_for):
                return self.settler.settle(decision.version)
        except Postponed:
            raise
        except (WaitedTooLong, Cancelled) as error:
            return _not_attempted(decision, schedule, str(error))


def _not_attempted(decision: Decision, schedule: ActionSchedule, why: str) -> Result:
    schedule.stop(why)
    return Result(version=decision.version, outcome=Outcome.NOT_ATTEMPTED, detail=why)


def _put_off(decision: Decision, why: Postponed) -> Result:
    return Result(version=decision.version, outcome=Outcome.NOT_ATTEMPTED, detail=why.message)


def _stopped_by(error: Exception) -> str:
    return f"stopped by {type(error).__name__}: {error}"
