"""Carrying out the deletions of one package.

Decides nothing that the plan or the schedule has decided: it starts what may start, journals before
and after each request, and stops cleanly. This is the loop that deletes; it is short on purpose.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Plan
from package_keeper.execution.journal import Journal
from package_keeper.execution.schedule import DeletionSchedule
from package_keeper.execution.settling import Settler
from package_keeper.pacing.exchange import Cancelled


class Watcher(Protocol):
    """Whoever wants to see how a long deletion goes on."""

    def progress(self, done: int, planned: int) -> None:
        """`done` of `planned` deletions have their outcome."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleter:
    """Deletes what a plan says, `workers` versions at once; `record` is told each result."""

    settler: Settler
    journal: Journal
    watcher: Watcher
    record: Callable[[Result], None]
    workers: int
    is_cancelled: Callable[[], bool]

    def carry_out(self, plan: Plan) -> tuple[Result, ...]:
        """What became of each deletion, in the order of the plan; nothing is raised."""
        schedule = DeletionSchedule(plan.deletions, self.workers, self.record)
        running: set[Future[Result]] = set()
        with ThreadPoolExecutor(max_workers=self.workers) as pool:
            while True:
                if self.is_cancelled():
                    schedule.stop("the run was cancelled")
                for decision in schedule.startable():
                    running.add(pool.submit(self._delete, plan, decision, schedule))
                if not running:
                    return schedule.finish()
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    schedule.ended(future.result())
                self.watcher.progress(len(schedule.results), len(plan.deletions))

    def _delete(self, plan: Plan, decision: Decision, schedule: DeletionSchedule) -> Result:
        """One deletion between its two lines in the journal; without the first it is not sent."""
        try:
            self.journal.started(plan.package, decision)
            result = self._settled(decision, schedule)
            self.journal.ended(plan.package, decision, result)
        except Exception as error:  # noqa: BLE001 - whatever it is, stop, and let the rest be told
            detail = f"stopped by {type(error).__name__}: {error}"
            schedule.stop(detail)
            result = Result(version=decision.version, outcome=Outcome.ERROR, detail=detail)
        return result

    def _settled(self, decision: Decision, schedule: DeletionSchedule) -> Result:
        try:
            return self.settler.delete(decision.version)
        except (WaitedTooLong, Cancelled) as error:
            schedule.stop(str(error))
            return Result(
                version=decision.version, outcome=Outcome.NOT_ATTEMPTED, detail=str(error)
            )
