"""Carrying out a plan that was shown: the second look, the deletions, the check afterwards.

Decides the order of these steps and what the budget is spent on. Whether a version goes was decided
by two plans that agree.
"""

from collections.abc import Collection

from package_keeper.domain.budget import attempted
from package_keeper.domain.confirming import confirm
from package_keeper.domain.errors import KeptImageBroken
from package_keeper.domain.images import ImageGraph
from package_keeper.domain.limits import check_limits
from package_keeper.domain.model import PackageRef
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Plan
from package_keeper.execution.checking import check_kept
from package_keeper.execution.deleting import DeletionSettler
from package_keeper.execution.loop import ActionLoop
from package_keeper.execution.untagging import Untagger
from package_keeper.execution.whole_package import PackageDeleter
from package_keeper.run.means import Asked, Means
from package_keeper.run.ports import RegistrySide
from package_keeper.run.record import Record


class Changer:
    """Changes one package as a plan says."""

    def __init__(
        self,
        ref: PackageRef,
        registry: RegistrySide | None,
        asked: Asked,
        means: Means,
        record: Record,
    ) -> None:
        self._ref = ref
        self._registry = registry
        self._asked = asked
        self._means = means
        self._record = record
        self._settler = DeletionSettler(api=means.github, ref=ref, token=means.token)

    def carry_out(self, shown: Plan, graph: ImageGraph, listed: Collection[int]) -> None:
        """Change what was shown and still holds, and check what was to stay.

        `graph` is of all that either listing shows, `listed` are the ids that the second shows.
        """
        plan, changed = confirm(shown, graph, self._asked.question, listed)
        self._record.results(changed)
        check_limits(plan, self._asked.limits)
        if plan.deletes_package:
            self._delete_package(plan)
        else:
            self._delete(plan)
            self._untag(plan)
        if self._registry is not None and self._record.changed:
            self._check(plan, graph, self._registry)

    def _delete_package(self, plan: Plan) -> None:
        means = self._means
        whole = PackageDeleter(api=means.github, journal=means.journal, token=means.token)
        self._record.results(whole.carry_out(plan))

    def _delete(self, plan: Plan) -> None:
        """Delete what the hour's budget is enough for; the next run goes on with the rest."""
        means = self._means
        count = attempted(plan.deletions, means.affordable())
        loop = ActionLoop(
            settler=self._settler,
            journal=means.journal,
            watcher=means.shown,
            record=self._record.result,
            workers=self._asked.workers,
            is_cancelled=means.is_cancelled,
        )
        rest = plan.deletions[count:]
        self._record.results(_unaffordable(decision) for decision in rest)
        loop.carry_out(plan.package, plan.deletions[:count])

    def _untag(self, plan: Plan) -> None:
        if self._registry is None or not plan.untags:
            return
        untagger = Untagger(
            tags=self._registry,
            settler=self._settler,
            journal=self._means.journal,
            unique=self._means.unique,
            pause=self._means.pause,
            record=self._record.result,
            is_cancelled=self._means.is_cancelled,
        )
        untagger.carry_out(plan)

    def _check(self, plan: Plan, graph: ImageGraph, registry: RegistrySide) -> None:
        check = check_kept(plan, graph, registry, self._asked.workers)
        if check.unchecked:
            count = len(check.unchecked)
            said = f"{count} manifests of kept images could not be checked afterwards"
            self._record.warn([f"{self._ref}: {said}"])
        if check.missing:
            raise KeptImageBroken(
                f"{self._ref}: kept images need manifests that are gone now: "
                f"{', '.join(check.missing)}.",
                hint="Restore them (GitHub keeps deleted versions for 30 days), and report this.",
            )


def _unaffordable(decision: Decision) -> Result:
    detail = "the requests left of this hour are not enough for it; the next run goes on"
    return Result(version=decision.version, outcome=Outcome.NOT_ATTEMPTED, detail=detail)
