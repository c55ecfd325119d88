"""Restoring in one package: planned, shown, brought back part by part, and checked.

Decides the order of the steps, and which versions are looked at for parts that are deleted: those
that are asked for, also where they are active, since a run before may have been cut after it had
brought them back. Nothing else is read, as every reading counts as a download.

There is no second look before the first write, as there is for deleting. Restoring takes nothing
away, and GitHub itself refuses what has changed meanwhile: a version that somebody brought back is
then seen to be active, and one whose name was taken can't come back.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from package_keeper.domain.access import Operation
from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.budget import pages, too_few_requests
from package_keeper.domain.journal import JournalEntry
from package_keeper.domain.model import Package, Version
from package_keeper.domain.plan import Plan
from package_keeper.domain.resolution import not_back, tag_warnings, untag_warnings
from package_keeper.domain.restoring import active_already, plan_restoring
from package_keeper.domain.wanted import Wanted
from package_keeper.execution.loop import ActionLoop
from package_keeper.execution.restoring import RestorationSettler, told_not_back
from package_keeper.execution.waves import Waves
from package_keeper.inventory.listing import list_deleted, list_versions
from package_keeper.run.asked_ids import results_of_never_deleted
from package_keeper.run.means import Asked, Means, ToRestore
from package_keeper.run.permission import check_permission
from package_keeper.run.record import Record
from package_keeper.run.registry_side import reader_of, registry_of
from package_keeper.run.rounds import Rounds
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
        came = [decision.version for decision in back.restorations]
        rest = self._wanted_plan({version.id for version in came})
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
        self._restore_all(plan, record, came).raise_if_lost(self._package.ref)

    def _check_budget(self, plan: Plan, record: Record) -> None:
        """Say what the requests left of the hour are enough for, in a dry run as well.

        What is active then, and what is deleted still, is listed once all is restored.
        """
        left, planned = self._means.affordable(), len(plan.restorations)
        looks = pages(len(self._active) + planned) + pages(len(self._deleted) - planned)
        if left is not None and left - looks < planned:
            enough = f"enough for {max(left - looks, 0)} of {planned} restorations"
            record.warn([too_few_requests(self._package.ref, left, enough)])

    def _tell(self, plan: Plan, record: Record) -> None:
        record.set_plan(plan)
        record.add_results(results_of_never_deleted(plan))
        name = self._package.ref.name
        untagged = [e for e in self._wanted.journal.untagged if e.package == name]
        record.warn(untag_warnings(untagged, self._active))

    def _list(self) -> None:
        github, ref = self._means.github, self._package.ref
        asked = {*self._wanted.ids, *(entry.id for entry in self._all_wanted().entries)}
        self._active = list_versions(github, self._package)
        self._deleted = list_deleted(github, ref, active=self._active, asked=asked)

    def _of_package(self, entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
        """What the journal says about this package."""
        return tuple(entry for entry in entries if entry.package == self._package.ref.name)

    def _all_wanted(self, back: Collection[int] = ()) -> Wanted:
        """What is asked for here, but for what is `back`, by id."""
        wanted, journal = self._wanted, self._wanted.journal
        entries = self._of_package(journal.versions)
        return Wanted(
            ids=wanted.ids,
            patterns=wanted.patterns,
            since=wanted.since,
            entries=tuple(entry for entry in entries if entry.id not in back),
            restored=self._of_package(journal.restored),
        )

    def _planned(self) -> tuple[Plan, Found]:
        """The plan with all that is found missing already, and what was found."""
        if self._wanted.repair:
            plan, found = plan_restoring(self._package, self._active, (), Wanted()), self._search()
        else:
            plan = self._wanted_plan()
            found = self._search()
        new = found.new(plan.restorations)
        read = self._wholeness.asked if self._wholeness else 0
        return replace(plan, decisions=(*new, *plan.decisions), manifests_read=read), found

    def _wanted_plan(self, back: Collection[int] = ()) -> Plan:
        """The plan by itself; `back` are versions that came back with the package."""
        wanted = self._all_wanted(back)
        plan = plan_restoring(self._package, self._active, self._deleted, wanted)
        plan = replace(plan, notices=(*plan.notices, *self._wanted.notices))
        if plan.missing_ids and not back and self._was_deleted_whole():
            plan = replace(plan, warnings=(*plan.warnings, _NAMESAKE))
        if plan.restorations and self._wholeness is not None and self._asked.dry_run:
            plan = replace(plan, notices=(*plan.notices, _MORE_PARTS))
        return plan

    def _was_deleted_whole(self) -> bool:
        name = self._package.ref.name
        return any(entry.package == name for entry in self._wanted.journal.packages)

    def _search(self, restored: Sequence[Version] = ()) -> Found:
        """What is missing now, with these being back; nothing is read where nothing can be."""
        if self._wholeness is None:
            return Found()
        back = {version.id: version for version in restored}
        active = (*(v for v in self._active if v.id not in back), *back.values())
        deleted = tuple(version for version in self._deleted if version.id not in back)
        if self._wanted.repair:
            return self._wholeness.of_images(active, deleted)
        asked = active_already(self._active, self._deleted, self._all_wanted()) if deleted else ()
        roots = tuple({version.id: version for version in (*asked, *back.values())}.values())
        if not roots:
            return Found()
        return self._wholeness.of(roots, active, deleted).with_lost_as_warnings()

    def _restore_all(self, plan: Plan, record: Record, came: Sequence[Version] = ()) -> Found:
        """Restore in rounds, and look at what is there then; returns what is still lost.

        `came` are those that are back already, with the package.
        """
        rounds = Rounds(
            plan=plan,
            waves=self._waves(record),
            record=record,
            shown=self._means.shown,
            restored=list(came),
        )
        present = {version.id for version in came}
        found = rounds.add(self._search(came)) if came and self._deleted else ()
        planned = (d for d in plan.restorations if d.version.id not in present)
        rounds.carry_out((*found, *planned), self._search)
        return self._check(rounds, present, record) if rounds.restored else Found()

    def _waves(self, record: Record) -> Waves:
        means = self._means
        settler = RestorationSettler(
            api=means.github,
            ref=self._package.ref,
            token=means.token,
            now=self._asked.question.now,
            taken={version.name: version.id for version in self._active},
        )
        loop = ActionLoop(
            settler=settler,
            journal=means.journal,
            watcher=means.shown,
            record=record.add_result,
            workers=self._asked.workers,
            is_cancelled=means.is_cancelled,
        )
        return Waves(loop=loop, package=self._package, record=record.add_result)

    def _check(self, rounds: Rounds, came: Collection[int], record: Record) -> Found:
        """Read what is there now: ids, tags and, on containers, parts.

        What the new listings show to be missing and was not tried is brought back as well. What
        `came` with the package, by id, is read only where something is deleted still that may
        belong to it: every read counts as a download.
        """
        former = self._all_wanted().former_tags
        absent: set[int] = set()
        while True:
            self._list()
            ids = not_back([v.id for v in rounds.restored], self._active)
            gone = {i for i in ids if i not in absent and self._is_gone(i)}
            record.add_results(told_not_back(rounds.plan, gone, self._means.journal))
            absent |= gone
            record.warn(tag_warnings(rounds.restored, former, self._active))
            back = [version for version in rounds.restored if version.id not in absent]
            single = back if self._deleted else [v for v in back if v.id not in came]
            found = self._search(single)
            pending = rounds.add(found)
            if not pending:
                break
            rounds.carry_out(pending, self._search)
        found = found.as_lost(rounds.tried)
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
