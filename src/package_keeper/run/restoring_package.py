"""Bringing a whole deleted package back.

Decides what its answers mean: where a package of the name is active there is nothing to do, and a
deleted namesake can't come back as long as the name is taken. Now and then an answer is stale, so
one "not found" is never believed, least of all after GitHub confirmed that the package is back.
Which versions there are is only known then. It does not restore single versions: those that a
journal names and that did not come back with the package are left to `restoring`.
"""

from collections.abc import Callable
from typing import TypeVar

from package_keeper.domain.access import Operation, advice_for, denial
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import KeeperError, NotRestored, RequestFailed, WaitedTooLong
from package_keeper.domain.model import Package, PackageRef
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.restoring import leave
from package_keeper.inventory.listing import list_versions
from package_keeper.pacing.exchange import Cancelled, bringing_to_an_end
from package_keeper.run.means import Asked, Means, ToRestore
from package_keeper.run.permission import check_permission
from package_keeper.run.record import Record
from package_keeper.run.restoring import Restoration

T = TypeVar("T")

TWICE = (0.0, 1.0)
"""Seconds before each reading of what may be there: two that do not find it are believed."""

PATIENTLY = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each reading of what should be back, behind which answers may be."""

_KNOWN = (
    "GitHub keeps deleted packages for 30 days, and does not give a name back that is taken again."
)

_BEGUN = (
    "restoring the whole package was begun, and no answer has settled it, so it may have been done"
)


class PackageRestoration:
    """Restores one package by its exact name, and by a journal what of its versions is missing."""

    def __init__(
        self, ref: PackageRef, asked: Asked, means: Means, with_versions: ToRestore | None = None
    ) -> None:
        self._ref = ref
        self._asked = asked
        self._means = means
        self._with_versions = with_versions

    def do(self, record: Record) -> None:
        """Restore the package, unless there is one of its name already."""
        package = self._read(self._active, TWICE)
        if package is not None:
            self._leave(package, record)
            return
        plan = Plan(
            package=Package(ref=self._ref),
            decisions=(),
            notices=self._notices(),
            restores_package=True,
            restoring=True,
        )
        record.set_plan(plan)
        self._means.shown.plan(plan)
        check_permission(Operation.RESTORE, self._ref, self._asked, self._means, record)
        if not self._asked.dry_run:
            self._restore(record)

    def _notices(self) -> tuple[str, ...]:
        """What a journal says of a package whose versions are not known yet."""
        if self._with_versions is None:
            return ()
        entries = self._with_versions.journal.versions
        count = sum(entry.package == self._ref.name for entry in entries)
        versions = "1 version" if count == 1 else f"{count} versions"
        said = (
            f"{self._ref} was deleted as a whole, as the journal says, and is brought back as a "
            f"whole; then, of the {versions} that the journal names, those that are deleted still"
        )
        return (said, *self._with_versions.notices)

    def _go_on(self, back: Plan, record: Record) -> None:
        if self._with_versions is not None:
            rest = Restoration(back.package, self._with_versions, self._asked, self._means)
            rest.go_on(back, record)

    def _active(self) -> Package:
        return self._means.github.package(self._ref)

    def _read(self, read: Callable[[], T], pauses: tuple[float, ...]) -> T | None:
        """What is read; None where it is not found, however often it is looked for."""
        for seconds in pauses:
            self._means.pause(seconds)
            try:
                return read()
            except Refused as refused:
                if refused.refusal is not Refusal.NOT_FOUND:
                    raise
        return None

    def _leave(self, package: Package, record: Record) -> None:
        """A package that is there is told with its versions, of which a journal may miss some."""
        if self._with_versions is not None:
            Restoration(package, self._with_versions, self._asked, self._means).do(record)
            return
        notice = (
            f"{self._ref} is active: nothing to bring back. A deleted package of the same name "
            "can't come back as long as the name is taken"
        )
        decisions = leave(list_versions(self._means.github, package))
        plan = Plan(package=package, decisions=decisions, notices=(notice,), restoring=True)
        record.set_plan(plan)
        self._means.shown.plan(plan)

    def _restore(self, record: Record) -> None:
        """Ask for it, tell what is there then, and go on with its versions."""
        with record.begun(f"{self._ref}: {_BEGUN}"):
            package, is_back = self._request()
            back = self._tell(package, record) if is_back else None
        if back is None:
            self._leave(package, record)
        else:
            self._go_on(back, record)

    def _request(self) -> tuple[Package, bool]:
        """The package as it is then, and whether it came back; raises where it is not there.

        Where GitHub refuses it may not be deleted any more: somebody else brought it back, or
        answers were stale.
        """
        self._means.journal.package_started(self._ref, Verdict.RESTORE)
        try:
            self._means.github.restore_package(self._ref)
        except (WaitedTooLong, Cancelled):
            self._ended(Outcome.NOT_ATTEMPTED)
            raise
        except Refused as refused:
            package = self._look(TWICE)
            self._ended(Outcome.ERROR if package is None else Outcome.CHANGED)
            if package is None:
                raise self._why_not(refused) from None
            return package, False
        except AnswerLost:
            package = self._look(PATIENTLY)
            self._ended(Outcome.ERROR if package is None else Outcome.RESTORED)
            if package is None:
                raise self._unanswered() from None
        else:
            self._ended(Outcome.RESTORED)
            package = self._look(PATIENTLY)
            if package is None:
                self._ended(Outcome.ERROR)  # the journal's last word: it is to come back still
                raise self._unread()
        return package, True

    def _ended(self, outcome: Outcome) -> None:
        self._means.journal.package_ended(self._ref, Verdict.RESTORE, outcome)

    def _look(self, pauses: tuple[float, ...]) -> Package | None:
        """The package as it is now; None where it can't be read, for whatever reason."""
        with bringing_to_an_end():
            try:
                return self._read(self._active, pauses)
            except (Refused, AnswerLost, WaitedTooLong, Cancelled):
                return None

    def _unanswered(self) -> KeeperError:
        return RequestFailed(
            f"{self._ref} could not be brought back: no usable answer came.",
            hint="Run again later.",
        )

    def _unread(self) -> KeeperError:
        return NotRestored(
            f"{self._ref}: GitHub confirmed restoring the package, but it can't be read yet.",
            hint="Look again in a few minutes: GitHub can be behind.",
        )

    def _why_not(self, refused: Refused) -> KeeperError:
        what = f"{self._ref} could not be brought back"
        error = denial(refused, what, self._means.token, Operation.RESTORE, self._ref)
        if refused.refusal in (Refusal.INVALID, Refusal.NOT_FOUND):
            # GitHub does not document how it says that a package is gone for good, or its name is.
            advice = advice_for(self._means.token, Operation.RESTORE, self._ref)
            return type(error)(
                error.message, hint=f"{_KNOWN} {advice}", request_id=error.request_id
            )
        return error

    def _tell(self, package: Package, record: Record) -> Plan:
        """Tell what came back with it; raises NotRestored where that can't be read yet."""
        versions = self._read(lambda: list_versions(self._means.github, package), PATIENTLY)
        if versions is None:
            raise self._unread()
        decisions = tuple(
            Decision(
                version=version,
                verdict=Verdict.RESTORE,
                ground=Ground.RULE,
                reason="restored with the whole package",
            )
            for version in versions
        )
        plan = Plan(
            package=package,
            decisions=decisions,
            notices=self._notices(),
            restores_package=True,
            restoring=True,
        )
        record.set_plan(plan)
        self._means.shown.plan(plan)
        record.add_results(
            Result(version=d.version, outcome=Outcome.RESTORED, detail="restored with the package")
            for d in decisions
        )
        return plan
