"""Carrying out a plan that was shown: the second look, the deletions, the check afterwards.

Decides the order of these steps, what the budget is spent on, and that what stops the deletions
stops taking tags off as well. Whether a version goes was decided by two plans that agree.
"""

from collections.abc import Collection, Iterator

from package_keeper.domain.budget import Affordable, affordable, pages
from package_keeper.domain.confirming import confirm
from package_keeper.domain.errors import KeptImageBroken, WaitedTooLong
from package_keeper.domain.images import ImageGraph
from package_keeper.domain.limits import check_limits
from package_keeper.domain.model import Package, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Plan
from package_keeper.execution.checking import check_kept
from package_keeper.execution.deleting import DeletionSettler
from package_keeper.execution.loop import ActionLoop, nothing_withheld
from package_keeper.execution.untagging import Untagger
from package_keeper.execution.whole_package import PackageDeleter
from package_keeper.inventory.reading import ManifestReader
from package_keeper.run.aftermath import COULD_NOT_LOOK, Aftermath, Found
from package_keeper.run.lookout import NOT_SEEN, Lookout
from package_keeper.run.means import Asked, Means
from package_keeper.run.record import Record
from package_keeper.run.registry_side import registry_of


class Changer:
    """Changes one package as a plan says; `listed_at` is when it was listed, by `means.elapsed`."""

    def __init__(
        self,
        package: Package,
        reader: ManifestReader | None,
        asked: Asked,
        means: Means,
        record: Record,
        *,
        listed_at: float,
    ) -> None:
        self._package = package
        self._listed_at = listed_at
        self._ref = package.ref
        self._registry = registry_of(package.ref, means)
        self._reader = reader
        self._asked = asked
        self._means = means
        self._record = record
        self._settler = DeletionSettler(api=means.github, ref=package.ref, token=means.token)
        self._lookout: Lookout | None = None
        self._deleted: list[Version] = []

    def carry_out(self, shown: Plan, graph: ImageGraph, listed: Collection[int]) -> None:
        """Change what was shown and still holds, and check what was to stay.

        `graph` is of all that either listing shows, `listed` are the ids that the second shows.
        Raises Postponed, with nothing done, where they have to be listed anew before.
        """
        plan, changed = confirm(shown, graph, self._asked.question, listed)
        self._record.add_results(changed)
        check_limits(plan, self._asked.limits)
        self._lookout = self._looking_from(plan, graph, listed)
        if plan.deletes_package:
            self._delete_package(plan)
        else:
            self._untag(plan, self._delete(plan))
        broken = (*self._check(plan, graph, listed), *self._look_once_more(plan))
        if broken:
            raise KeptImageBroken(
                " ".join(error.message for error in broken),
                hint=" ".join(dict.fromkeys(error.hint for error in broken)),
            )

    def _looking_from(
        self, plan: Plan, graph: ImageGraph, listed: Collection[int]
    ) -> Lookout | None:
        """What sees pushes that need a version: of other package types nothing needs another."""
        if self._reader is None:
            return None
        return Lookout(
            self._means.github,
            self._package,
            self._reader,
            graph,
            staying={d.version.id for d in plan.staying if d.version.id in listed},
            elapsed=self._means.elapsed,
            looked=self._listed_at,
        )

    def _delete_package(self, plan: Plan) -> None:
        means = self._means
        whole = PackageDeleter(
            api=means.github,
            journal=means.journal,
            token=means.token,
            record=self._record.add_result,
        )
        whole.carry_out(plan)

    def _delete(self, plan: Plan) -> str:
        """Delete what the hour's budget is enough for; the next run goes on with the rest.

        Returns why something was not attempted, empty where all was.
        """
        means = self._means
        enough = self._affordable(plan)
        loop = ActionLoop(
            settler=self._settler,
            journal=means.journal,
            watcher=means.shown,
            record=self._record.add_result,
            workers=self._asked.workers,
            is_cancelled=means.is_cancelled,
            withheld=self._lookout.withheld if self._lookout else nothing_withheld,
            fresh_for=self._lookout.fresh_for if self._lookout else None,
        )
        rest = [_unaffordable(decision) for decision in plan.deletions[enough.deletions :]]
        self._record.add_results(rest)
        results = loop.carry_out(plan.package, plan.deletions[: enough.deletions])
        self._deleted += [r.version for r in results if r.outcome is Outcome.DELETED]
        left = (r.detail for r in (*results, *rest) if r.outcome is Outcome.NOT_ATTEMPTED)
        return next(left, "" if enough.untags else _NOT_ENOUGH)

    def _affordable(self, plan: Plan) -> Affordable:
        watched = self._lookout is not None
        return affordable(plan, self._means.affordable(), looks=0, watched=watched)

    def _untag(self, plan: Plan, stopped: str) -> None:
        """Take tags off, unless something stopped the deletions: then it stops this as well."""
        if self._registry is None or not plan.untags:
            return
        untagger = Untagger(
            tags=self._registry,
            api=self._means.github,
            ref=self._ref,
            token=self._means.token,
            settler=self._settler,
            journal=self._means.journal,
            unique=self._means.unique,
            pause=self._means.pause,
            record=self._record.add_result,
            is_cancelled=self._means.is_cancelled,
        )
        untagger.carry_out(plan, stopped=stopped)

    def _check(
        self, plan: Plan, graph: ImageGraph, listed: Collection[int]
    ) -> Iterator[KeptImageBroken]:
        """See whether what was to stay is whole."""
        if self._registry is None or not self._record.changed:
            return
        check = check_kept(plan, graph, listed, self._registry, self._asked.workers)
        if check.unchecked:
            count = len(check.unchecked)
            manifests = "1 manifest" if count == 1 else f"{count} manifests"
            said = f"{manifests} of kept images could not be checked afterwards"
            self._record.warn([f"{self._ref}: {said}"])
        if check.missing:
            yield KeptImageBroken(
                f"{self._ref}: kept images need manifests that are gone now: "
                f"{', '.join(check.missing)}.",
                hint=f"Bring them back with restore: {', '.join(check.missing)}. If nobody "
                "else deleted them, report this.",
            )

    def _look_once_more(self, plan: Plan) -> tuple[KeptImageBroken, ...]:
        """See whether something that was pushed meanwhile needs what is deleted."""
        lookout, registry = self._lookout, self._registry
        if lookout is None or registry is None or not self._deleted:
            return ()
        left, listing = self._means.affordable(), pages(len(plan.decisions))
        taken_off = {tag for decision in plan.untags for tag in decision.tags_off}
        aftermath = Aftermath(
            self._means.github,
            self._ref,
            registry,
            lookout=lookout,
            deleted=self._deleted,
            taken_off=taken_off,
        )
        try:
            if left is not None and left < listing:
                raise WaitedTooLong(_NOT_ENOUGH)
            found = aftermath.find(None if left is None else left - listing)
        except NOT_SEEN as error:
            found = Found(doubts=(f"{self._ref}: {COULD_NOT_LOOK}: {error}",))
        if lookout.listed is not None:
            self._record.set_listed(lookout.listed)
        self._record.warn(found.doubts)
        return found.losses


_NOT_ENOUGH = "the requests left of this hour are not enough for it; the next run goes on"


def _unaffordable(decision: Decision) -> Result:
    return Result(version=decision.version, outcome=Outcome.NOT_ATTEMPTED, detail=_NOT_ENOUGH)
