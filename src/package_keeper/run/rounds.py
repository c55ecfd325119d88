"""Restoring in rounds: what is planned, and then whatever is found missing, until nothing is.

What a manifest needs can only be read once it is back. Decides when the search is over: when it
finds nothing more that GitHub still has and that was not tried. It does not decide what belongs to
what, nor which versions are looked at.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Plan
from package_keeper.domain.restoration_order import in_waves
from package_keeper.execution.waves import Waves
from package_keeper.run.ports import Shown
from package_keeper.run.record import Record
from package_keeper.run.wholeness import Found

Search = Callable[[Sequence[Version]], Found]
"""Looks for what is missing now, with these versions being back."""


@dataclass(slots=True, kw_only=True)
class Rounds:
    """The restorations of one package: `plan` grows with what is found."""

    plan: Plan
    waves: Waves
    record: Record
    shown: Shown
    restored: list[Version]
    results: list[Result] = field(default_factory=list)

    @property
    def tried(self) -> frozenset[int]:
        """The ids of what was tried, whatever came of it."""
        ended = (r for r in self.results if r.outcome is not Outcome.NOT_ATTEMPTED)
        return frozenset(result.version.id for result in ended)

    def carry_out(self, decisions: Iterable[Decision], search: Search) -> None:
        """Bring these back, and what is found missing then, as long as nothing stops it."""
        pending = tuple(decisions)
        while pending:
            results = self.waves.carry_out(in_waves(pending))
            self.results += results
            self.restored += [r.version for r in results if r.outcome is Outcome.RESTORED]
            pending = () if self.waves.stopped else self.add(search(self.restored))

    def add(self, found: Found) -> tuple[Decision, ...]:
        """Add to the plan what was found and is not in it yet, show it, and return it."""
        new = found.new(self.plan.restorations)
        if new:
            self.plan = replace(self.plan, decisions=(*new, *self.plan.decisions))
            self.record.set_plan(self.plan)
            self.shown.plan(replace(self.plan, decisions=(*new, *self.plan.kept)))
        return new
