"""Deleting in one package: surveyed, planned, shown, held against the limits, and changed.

Decides the order of the steps. Every step's decisions are made elsewhere. With `dry_run` it stops
before the first write, and before that it does the same.
"""

from dataclasses import replace

from package_keeper.domain.access import Operation
from package_keeper.domain.budget import affordable, too_few_requests
from package_keeper.domain.confirming import both_listings
from package_keeper.domain.images import ImageGraph
from package_keeper.domain.limits import check_limits
from package_keeper.domain.model import Package, Version
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import make_plan
from package_keeper.pacing.exchange import Postponed
from package_keeper.run.asked_ids import results_of_missing
from package_keeper.run.changing import Changer
from package_keeper.run.lookout import FRESH_FOR
from package_keeper.run.means import Asked, Means
from package_keeper.run.permission import check_permission
from package_keeper.run.record import Record
from package_keeper.run.registry_side import reader_of, registry_of
from package_keeper.run.survey import Surveyor

_LOOKS = 3
"""How often at the most the package is listed for the second look, while reading takes long."""


class Deletion:
    """The pipe from a package's listing to its report."""

    def __init__(self, package: Package, asked: Asked, means: Means) -> None:
        self._package = package
        self._asked = asked
        self._means = means
        self._reader = reader_of(registry_of(package.ref, means), asked)
        self._surveyor = Surveyor(
            api=means.github, package=package, reader=self._reader, question=asked.question
        )

    def do(self, record: Record) -> None:
        """Plan, show, and unless this is a dry run change what was shown."""
        versions = self._surveyor.versions()
        record.set_listed(frozenset(version.id for version in versions))
        plan = self._planned(self._surveyor.graph(versions))
        record.set_plan(plan)
        record.add_results(results_of_missing(plan, self._means.github))
        self._means.shown.plan(plan)
        check_limits(plan, self._asked.limits)
        if not plan.changes:
            return
        operation = Operation.UNTAG if plan.untags else Operation.DELETE
        check_permission(operation, self._package.ref, self._asked, self._means, record)
        self._check_budget(plan, record)
        if not self._asked.dry_run:
            self._change(plan, versions, record)

    def _planned(self, graph: ImageGraph) -> Plan:
        """The plan of what is seen now; manifests count as read though nothing came of it."""
        plan = make_plan(self._package, graph, self._asked.question)
        return replace(plan, manifests_read=self._reader.asked) if self._reader else plan

    def _check_budget(self, plan: Plan, record: Record) -> None:
        """Say what the requests left of the hour are enough for, in a dry run as well."""
        left = self._means.affordable()
        enough = affordable(plan, left, looks=1, watched=self._reader is not None)
        said = ""
        if enough.deletions < len(plan.deletions) and not plan.deletes_package:
            said = f"enough for {enough.deletions} of {len(plan.deletions)} deletions"
        elif plan.untags and not enough.untags:
            said = "not enough for taking tags off"
        if said and left is not None:
            record.warn([too_few_requests(self._package.ref, left, said)])

    def _change(self, shown: Plan, versions: tuple[Version, ...], record: Record) -> None:
        """Look again immediately before the first write, and once more where that had to wait."""
        while True:
            graph, ids, listed_at = self._second_look(versions)
            record.set_listed(ids)
            means = self._means
            changer = Changer(
                self._package, self._reader, self._asked, means, record, listed_at=listed_at
            )
            try:
                changer.carry_out(shown, graph, ids)
            except Postponed:
                continue
            return

    def _second_look(
        self, versions: tuple[Version, ...]
    ) -> tuple[ImageGraph, frozenset[int], float]:
        """What is there now, with the ids that are listed now, and when they were listed.

        What has been read is not read again, so a listing that grew old meanwhile is soon renewed.
        """
        tries = 0
        while True:
            tries += 1
            listed = self._surveyor.versions()
            listed_at = self._means.elapsed()
            graph = self._surveyor.graph(both_listings(versions, listed))
            if tries == _LOOKS or self._means.elapsed() - listed_at <= FRESH_FOR:
                return graph, frozenset(version.id for version in listed), listed_at
