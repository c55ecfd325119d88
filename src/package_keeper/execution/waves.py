"""Carrying out restorations group after group: parts before what they belong to.

Decides that what stops one group stops the groups after it as well: a run that was cancelled or has
waited too long, and the third denial. A part that can't come back does not hold back what it
belongs to, which then is told to lack it. Everything inside a group is the loop's part.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from package_keeper.domain.model import Package
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision
from package_keeper.execution.loop import ActionLoop, Watcher
from package_keeper.execution.schedule import MOST_DENIALS


@dataclass(slots=True, kw_only=True)
class _Progress:
    """Tells how far all groups are, where the loop knows of one."""

    watcher: Watcher
    planned: int
    before: int = 0

    def progress(self, done: int, planned: int) -> None:  # noqa: ARG002 - that of the group
        self.watcher.progress(self.before + done, self.planned)


@dataclass(slots=True, kw_only=True)
class Waves:
    """Goes through groups of decisions about one package; `record` is told what is not started."""

    loop: ActionLoop
    package: Package
    record: Callable[[Result], None]
    stopped: str = ""
    _denials: int = 0

    def carry_out(self, waves: Iterable[Sequence[Decision]]) -> tuple[Result, ...]:
        """What became of each decision, in their order."""
        groups = tuple(waves)
        progress = _Progress(watcher=self.loop.watcher, planned=sum(map(len, groups)))
        loop = replace(self.loop, watcher=progress)
        results: list[Result] = []
        for wave in groups:
            results += self._one(wave, loop)
            progress.before = len(results)
        return tuple(results)

    def _one(self, wave: Sequence[Decision], loop: ActionLoop) -> tuple[Result, ...]:
        if self.stopped:
            return tuple(self._left_out(decision) for decision in wave)
        independent = [replace(decision, after=()) for decision in wave]
        results = loop.carry_out(self.package, independent)
        self._denials += sum(result.outcome is Outcome.DENIED for result in results)
        unattempted = (r.detail for r in results if r.outcome is Outcome.NOT_ATTEMPTED)
        self.stopped = next(unattempted, "")
        if not self.stopped and self._denials >= MOST_DENIALS:
            self.stopped = f"stopped after {MOST_DENIALS} denials"
        return results

    def _left_out(self, decision: Decision) -> Result:
        result = Result(
            version=decision.version, outcome=Outcome.NOT_ATTEMPTED, detail=self.stopped
        )
        self.record(result)
        return result
