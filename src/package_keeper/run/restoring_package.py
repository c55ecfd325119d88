"""Bringing a whole deleted package back.

Decides what its answers mean: where a package of the name is active there is nothing to do, and a
deleted namesake can't come back as long as the name is taken. Which versions there are is only
known once it is back. It does not restore single versions: those that a journal names and that did
not come back with the package are left to `restoring`.
"""

from package_keeper.domain.access import Operation, advice_for, denial
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import KeeperError, RequestFailed
from package_keeper.domain.model import Package, PackageRef
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.restoring import leave
from package_keeper.inventory.listing import list_versions
from package_keeper.run.means import Asked, Means, ToRestore
from package_keeper.run.permission import check_permission
from package_keeper.run.record import Record
from package_keeper.run.restoring import Restoration

_KNOWN = (
    "GitHub keeps deleted packages for 30 days, and does not give a name back that is taken again."
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
        package = self._active()
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
        record.plan(plan)
        self._means.shown.plan(plan)
        check_permission(Operation.RESTORE, self._ref, self._asked, self._means, record)
        if not self._asked.dry_run:
            self._go_on(self._tell(self._restored(), record), record)

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

    def _active(self) -> Package | None:
        try:
            return self._means.github.package(self._ref)
        except Refused as refused:
            if refused.refusal is Refusal.NOT_FOUND:
                return None
            raise

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
        record.plan(plan)
        self._means.shown.plan(plan)

    def _restored(self) -> Package:
        """Ask for it, and believe what can be read afterwards rather than the answer alone."""
        journal, refused = self._means.journal, None
        journal.package_started(self._ref, Verdict.RESTORE)
        try:
            self._means.github.restore_package(self._ref)
        except Refused as error:
            refused = error
        except AnswerLost:
            pass  # whether it is back is read next
        package = self._active()
        outcome = Outcome.ERROR if package is None else Outcome.RESTORED
        journal.package_ended(self._ref, Verdict.RESTORE, outcome)
        if package is None:
            raise self._why_not(refused)
        return package

    def _why_not(self, refused: Refused | None) -> KeeperError:
        what = f"{self._ref} could not be brought back"
        if refused is None:
            return RequestFailed(f"{what}: no usable answer came.", hint="Run again later.")
        error = denial(refused, what, self._means.token, Operation.RESTORE, self._ref)
        if refused.refusal in (Refusal.INVALID, Refusal.NOT_FOUND):
            # GitHub does not document how it says that a package is gone for good, or its name is.
            advice = advice_for(self._means.token, Operation.RESTORE, self._ref)
            return type(error)(
                error.message, hint=f"{_KNOWN} {advice}", request_id=error.request_id
            )
        return error

    def _tell(self, package: Package, record: Record) -> Plan:
        decisions = tuple(
            Decision(
                version=version,
                verdict=Verdict.RESTORE,
                ground=Ground.RULE,
                reason="restored with the whole package",
            )
            for version in list_versions(self._means.github, package)
        )
        plan = Plan(
            package=package,
            decisions=decisions,
            notices=self._notices(),
            restores_package=True,
            restoring=True,
        )
        record.plan(plan)
        self._means.shown.plan(plan)
        record.results(
            Result(version=d.version, outcome=Outcome.RESTORED, detail="restored with the package")
            for d in decisions
        )
        return plan
