"""Restoring in one package: planned, shown, brought back part by part, and checked.

Decides the order of the steps. What a manifest needs can only be read once it is back, so restoring
goes on in rounds until nothing is found missing that GitHub still has.

There is no second look before the first write, as there is for deleting. Restoring takes nothing
away, and GitHub itself refuses what has changed meanwhile: a version that somebody brought back is
then seen to be active, and one whose name was taken can't come back.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from package_keeper.domain.access import Operation
from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.budget import pages
from package_keeper.domain.journal import JournalEntry
from package_keeper.domain.model import Package, Version
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Decision, Plan
from package_keeper.domain.resolution import not_back, tag_warnings, untag_warnings
from package_keeper.domain.restoring import Wanted, in_waves, parts_found, plan_restoring
from package_keeper.execution.loop import ActionLoop
from package_keeper.execution.restoring import RestorationSettler, told_not_back
from package_keeper.execution.waves import Waves
from package_keeper.inventory.listing import OTHER_PAGE_SIZE, list_versions
from package_keeper.run.asked_ids import results_of_never_deleted
from package_keeper.run.means import Asked, Means, ToRestore
from package_keeper.run.permission import check_permission
from package_keeper.run.record import Record
from package_keeper.run.registry_side import reader_of, registry_of
from package_keeper.run.wholeness import Found, Wholeness

_NAMESAKE = (
    "the journal says that the package was deleted as a whole: if this is another one of its name, "
    "the deleted one can't come back as long as the name is taken"
)
_MORE_PARTS = (
    "what these versions consist of is read once they are back; parts that are deleted come back "
    "with them"
)


class Restoration:
    """The pipe from a package's deleted versions to its report."""

    def __init__(self, package: Package, wanted: ToRestore, asked: Asked, means: Means) -> None:
        self._package = package
        self._wanted = wanted
        self._asked = asked
        self._means = means
        self._wholeness = _wholeness(package, asked, means)
        self._active: tuple[Version, ...] = ()
        self._deleted: tuple[Version, ...] = ()

    def do(self, record: Record) -> None:
        """Plan, show, and unless this is a dry run restore what was shown and what it needs."""
        self._list()
        plan, found = self._planned()
        self._tell(plan, record)
        record.warn(found.warnings)
        self._means.shown.plan(plan)
        if plan.changes:
            ref = self._package.ref
            check_permission(Operation.RESTORE, ref, self._asked, self._means, record)
            self._check_budget(plan, record)
            if not self._asked.dry_run:
                found = self._restore_all(plan, record)
        found.raise_if_lost(self._package.ref)

    def go_on(self, back: Plan, record: Record) -> None:
        """Bring back what did not come back with the package, and look at all of it.

        `back` is what was told of the package, in which everything that came with it is restored.
        """
        self._list()
        rest, _ = self._planned({decision.version.id for decision in back.restorations})
        plan = replace(
            back,
            decisions=(*rest.restorations, *back.decisions),
            warnings=rest.warnings,
            notices=tuple(dict.fromkeys((*back.notices, *rest.notices))),
            missing_ids=rest.missing_ids,
        )
        self._tell(plan, record)
        if rest.restorations:
            self._means.shown.plan(rest)
        self._check_budget(rest, record)
        came = [decision.version for decision in back.restorations]
        self._restore_all(plan, record, came).raise_if_lost(self._package.ref)

    def _check_budget(self, plan: Plan, record: Record) -> None:
        """Say what the requests left of the hour are enough for, in a dry run as well.

        What is active then, and what is deleted still, is listed once all is restored.
        """
        left, planned = self._means.affordable(), len(plan.restorations)
        looks = pages(len(self._active) + planned) + pages(len(self._deleted) - planned)
        if left is not None and left - looks < planned:
            enough = f"enough for {max(left - looks, 0)} of {planned} restorations"
            said = f"{left} requests can be sent within max-wait, which is {enough}"
            record.warn([f"{self._package.ref}: {said}; the next run goes on"])

    def _tell(self, plan: Plan, record: Record) -> None:
        record.plan(plan)
        record.results(results_of_never_deleted(plan))
        name = self._package.ref.name
        untagged = [e for e in self._wanted.journal.untagged if e.package == name]
        record.warn(untag_warnings(untagged, self._active))

    def _list(self) -> None:
        self._active = list_versions(self._means.github, self._package)
        present = {version.id for version in self._active}
        rows = self._rows_of_deleted()
        self._deleted = tuple(v for version_id, v in rows.items() if version_id not in present)

    def _rows_of_deleted(self) -> dict[int, Version]:
        """By id; listed again with other page boundaries where one that is asked for is missing."""
        github, ref = self._means.github, self._package.ref
        rows = {version.id: version for version in github.versions(ref, state="deleted")}
        asked = {*self._wanted.ids, *(entry.id for entry in self._entries())}
        if asked - rows.keys() - {version.id for version in self._active}:
            again = github.versions(ref, state="deleted", per_page=OTHER_PAGE_SIZE)
            rows |= {version.id: version for version in again}
        return rows

    def _entries(self) -> tuple[JournalEntry, ...]:
        """What the journal says about this package."""
        name = self._package.ref.name
        return tuple(e for e in self._wanted.journal.versions if e.package == name)

    def _planned(self, back: Collection[int] = ()) -> tuple[Plan, Found]:
        """The plan, and what is lost; `back` are versions that came back with the package."""
        wanted = self._wanted
        if wanted.repair and self._wholeness is not None:
            return self._plan_repair(self._wholeness)
        narrowed = Wanted(
            ids=wanted.ids,
            patterns=wanted.patterns,
            since=wanted.since,
            entries=tuple(entry for entry in self._entries() if entry.id not in back),
        )
        plan = plan_restoring(self._package, self._active, self._deleted, narrowed)
        plan = replace(plan, notices=(*plan.notices, *wanted.notices))
        if plan.missing_ids and not back and self._was_deleted_whole():
            plan = replace(plan, warnings=(*plan.warnings, _NAMESAKE))
        if plan.restorations and self._wholeness is not None and self._asked.dry_run:
            plan = replace(plan, notices=(*plan.notices, _MORE_PARTS))
        return plan, Found()

    def _was_deleted_whole(self) -> bool:
        name = self._package.ref.name
        return any(entry.package == name for entry in self._wanted.journal.packages)

    def _plan_repair(self, wholeness: Wholeness) -> tuple[Plan, Found]:
        found = wholeness.of_images(self._active, self._deleted)
        leave = plan_restoring(self._package, self._active, (), Wanted())
        decisions = (*found.restorations, *leave.decisions)
        return replace(leave, decisions=decisions, manifests_read=wholeness.asked), found

    def _restore_all(self, plan: Plan, record: Record, came: Sequence[Version] = ()) -> Found:
        """Restore in rounds, and look at what is there then; returns what is still lost.

        `came` are those that are back already, with the package.
        """
        restored: list[Version] = list(came)
        waves = self._waves(record)
        found = self._found_missing(came, restored, plan)
        present = {version.id for version in came}
        planned = [d for d in plan.restorations if d.version.id not in present]
        pending = in_waves([*found, *planned])
        plan = replace(plan, decisions=(*found, *plan.decisions))
        while pending:
            results = waves.carry_out(pending)
            back = [r.version for r in results if r.outcome is Outcome.RESTORED]
            restored += back
            found = [] if waves.stopped else self._found_missing(back, restored, plan)
            plan = replace(plan, decisions=(*found, *plan.decisions))
            record.plan(plan)
            pending = in_waves(found)
            if found:
                self._means.shown.plan(replace(plan, decisions=(*found, *plan.kept)))
        return self._check(restored, present, plan, record) if restored else Found()

    def _waves(self, record: Record) -> Waves:
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
        return Waves(loop=loop, package=self._package, record=record.result)

    def _found_missing(
        self, back: Sequence[Version], restored: Sequence[Version], plan: Plan
    ) -> list[Decision]:
        """What the manifests that are back list, or what is about them, and is deleted still."""
        if self._wholeness is None or not back or not self._deleted:
            return []
        present = {version.name for version in (*self._active, *restored)}
        decided = [decision.version.id for decision in plan.restorations]
        return parts_found(self._wholeness.needed_by(back, present), self._deleted, decided)

    def _check(
        self, restored: Sequence[Version], came: Collection[int], plan: Plan, record: Record
    ) -> Found:
        """Read what is there now: ids, tags and, on containers, parts.

        What `came` with the package, by id, is read only where something is deleted still that may
        belong to it: every read counts as a download.
        """
        self._list()
        former = {entry.id: entry.tags for entry in self._entries()}
        record.warn(tag_warnings(restored, former, self._active))
        absent = {i for i in not_back([v.id for v in restored], self._active) if self._is_gone(i)}
        record.results(told_not_back(plan, absent, self._means.journal))
        restored = [version for version in restored if version.id not in absent]
        if self._wholeness is None:
            return Found()
        if self._wanted.repair:
            found = self._wholeness.of_images(self._active, self._deleted).as_lost()
        else:
            single = restored if self._deleted else [v for v in restored if v.id not in came]
            found = self._wholeness.of(single, self._active, self._deleted).as_lost_meanwhile()
        record.warn(found.warnings)
        return found

    def _is_gone(self, version_id: int) -> bool:
        """Whether it can't be read either; listings can be behind what was done."""
        try:
            self._means.github.version(self._package.ref, version_id)
        except (Refused, AnswerLost):
            return True
        return False


def _wholeness(package: Package, asked: Asked, means: Means) -> Wholeness | None:
    """What looks at images; None where versions are no manifests."""
    reader = reader_of(registry_of(package.ref, means), asked)
    return Wholeness(package.ref, reader) if reader else None
