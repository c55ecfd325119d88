"""Restoring in one package: planned, shown, brought back part by part, and checked.

Decides the order of the steps. What a manifest needs can only be read once it is back, so restoring
goes on in rounds until nothing is found missing that GitHub still has.
"""

from collections.abc import Sequence
from dataclasses import replace

from package_keeper.domain.access import Operation
from package_keeper.domain.errors import NotRestored, PartsLost
from package_keeper.domain.images import build_graph
from package_keeper.domain.model import Package, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Plan
from package_keeper.domain.repairing import Repair, plan_repair
from package_keeper.domain.resolution import not_back, tag_warnings
from package_keeper.domain.restoring import Wanted, in_waves, parts_found, plan_restoring
from package_keeper.execution.loop import ActionLoop
from package_keeper.execution.restoring import RestorationSettler
from package_keeper.inventory.listing import list_versions
from package_keeper.inventory.reading import ManifestReader
from package_keeper.run.asked_ids import results_of_never_deleted
from package_keeper.run.means import Asked, Means, ToRestore
from package_keeper.run.permission import check_permission
from package_keeper.run.record import Record
from package_keeper.run.registry_side import reader_of, registry_of


class Restoration:
    """The pipe from a package's deleted versions to its report."""

    def __init__(self, package: Package, wanted: ToRestore, asked: Asked, means: Means) -> None:
        self._package = package
        self._wanted = wanted
        self._asked = asked
        self._means = means
        self._reader = reader_of(registry_of(package.ref, means), asked)
        self._active: tuple[Version, ...] = ()
        self._deleted: tuple[Version, ...] = ()

    def do(self, record: Record) -> None:
        """Plan, show, and unless this is a dry run restore what was shown and what it needs."""
        self._list()
        plan, lost = self._planned()
        record.plan(plan)
        record.results(results_of_never_deleted(plan))
        self._means.shown.plan(plan)
        if plan.changes:
            ref = self._package.ref
            check_permission(Operation.RESTORE, ref, self._asked, self._means, record)
            if not self._asked.dry_run:
                lost = self._restore_all(plan, record)
        if lost:
            raise _parts_lost(self._package, lost)

    def _list(self) -> None:
        github, ref = self._means.github, self._package.ref
        self._active = list_versions(github, self._package)
        present = {version.id for version in self._active}
        rows = {version.id: version for version in github.versions(ref, state="deleted")}
        self._deleted = tuple(v for version_id, v in rows.items() if version_id not in present)

    def _planned(self) -> tuple[Plan, tuple[str, ...]]:
        """The plan, and which parts of images are lost for good."""
        wanted = self._wanted
        if wanted.repair and self._reader is not None:
            return self._plan_repair(self._reader)
        name = self._package.ref.name.lower()
        narrowed = Wanted(
            ids=wanted.ids,
            patterns=wanted.patterns,
            since=wanted.since,
            entries=tuple(entry for entry in wanted.entries if entry.package.lower() == name),
        )
        return plan_restoring(self._package, self._active, self._deleted, narrowed), ()

    def _plan_repair(self, reader: ManifestReader) -> tuple[Plan, tuple[str, ...]]:
        repair = self._repair(reader, _tagged(self._active))
        leave = plan_restoring(self._package, self._active, (), Wanted())
        decisions = (*repair.restorations, *leave.decisions)
        plan = replace(leave, decisions=decisions, manifests_read=reader.asked)
        return plan, tuple(map(str, repair.lost))

    def _repair(self, reader: ManifestReader, images: Sequence[Version]) -> Repair:
        readings = reader.read(images)
        graph = build_graph({version.name: version for version in images}, readings)
        return plan_repair(graph, self._deleted)

    def _restore_all(self, plan: Plan, record: Record) -> tuple[str, ...]:
        """Restore in rounds, and look at what is there then; returns what is still lost."""
        restored: list[Version] = []
        waves = in_waves(plan.restorations)
        while waves:
            results = [result for wave in waves for result in self._restore(wave, record)]
            back = [r.version for r in results if r.outcome is Outcome.RESTORED]
            restored += back
            found = self._found_missing(back, plan)
            plan = replace(plan, decisions=(*found, *plan.decisions))
            record.plan(plan)
            waves = [found] if found and not self._means.is_cancelled() else []
        return self._check(restored, record) if restored else ()

    def _restore(self, wave: Sequence[Decision], record: Record) -> tuple[Result, ...]:
        means = self._means
        settler = RestorationSettler(
            api=means.github,
            ref=self._package.ref,
            token=means.token,
            now=self._asked.question.now,
            taken=frozenset(version.name for version in self._active),
        )
        loop = ActionLoop(
            settler=settler,
            journal=means.journal,
            watcher=means.shown,
            record=record.result,
            workers=self._asked.workers,
            is_cancelled=means.is_cancelled,
        )
        independent = [replace(decision, after=()) for decision in wave]
        return loop.carry_out(self._package, independent)

    def _found_missing(self, back: Sequence[Version], plan: Plan) -> list[Decision]:
        """What the manifests that are back list, or what is about them, and is deleted still."""
        if self._reader is None or not back:
            return []
        readings = self._reader.read(back)
        labels = {version.name: version.label for version in back}
        missing = {
            child.digest: labels.get(digest, digest)
            for digest, manifest in readings.manifests.items()
            for child in manifest.children
            if child.digest in readings.absent
        }
        decided = [decision.version.id for decision in plan.restorations]
        return parts_found({**labels, **missing}, self._deleted, decided)

    def _check(self, restored: Sequence[Version], record: Record) -> tuple[str, ...]:
        """Read what is there now: ids, tags and, on containers, parts."""
        self._list()
        former = {entry.id: entry.tags for entry in self._wanted.entries}
        record.warn(tag_warnings(restored, former, self._active))
        absent = not_back([version.id for version in restored], self._active)
        if absent:
            raise NotRestored(
                f"{self._package.ref}: GitHub confirmed restoring versions that the listing does "
                f"not show: {', '.join(map(str, absent))}.",
                hint="Look again in a few minutes: listings can be behind.",
            )
        if self._reader is None:
            return ()
        images = _tagged(self._active) if self._wanted.repair else restored
        repair = self._repair(self._reader, images)
        still = tuple(
            f"{d.source} lacks {d.version.name}, which is deleted" for d in repair.restorations
        )
        return (*map(str, repair.lost), *still)


def _parts_lost(package: Package, lost: Sequence[str]) -> PartsLost:
    return PartsLost(
        f"{package.ref}: parts of images are missing: {'; '.join(lost)}.",
        hint="GitHub keeps deleted versions for 30 days. What can't come back must be built and "
        "pushed again, or deleted.",
    )


def _tagged(versions: Sequence[Version]) -> tuple[Version, ...]:
    return tuple(version for version in versions if version.own_tags)
