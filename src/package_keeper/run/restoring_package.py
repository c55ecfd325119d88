"""Bringing a whole deleted package back.

Decides what its answers mean: where a package of the name is active there is nothing to do, and a
deleted namesake can't come back as long as the name is taken. It does not restore single versions.
"""

from package_keeper.domain.access import Operation, advice_for, denial
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import AccessDenied, RequestFailed
from package_keeper.domain.model import Package, PackageRef
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.inventory.listing import list_versions
from package_keeper.run.means import Asked, Means
from package_keeper.run.record import Record


class PackageRestoration:
    """Restores one package by its exact name."""

    def __init__(self, ref: PackageRef, asked: Asked, means: Means) -> None:
        self._ref = ref
        self._asked = asked
        self._means = means

    def do(self, record: Record) -> None:
        """Restore the package, unless there is one of its name already."""
        package = self._active()
        if package is not None:
            self._leave(package, record)
        elif self._asked.dry_run:
            record.warn([f"{self._ref}: a real run would try to restore the package"])
        else:
            self._restore(record)

    def _active(self) -> Package | None:
        try:
            return self._means.github.package(self._ref)
        except Refused as refused:
            if refused.refusal is Refusal.NOT_FOUND:
                return None
            raise

    def _leave(self, package: Package, record: Record) -> None:
        notice = (
            f"{self._ref} is active: nothing to bring back. A deleted package of the same name "
            "can't come back as long as the name is taken"
        )
        record.plan(Plan(package=package, decisions=(), notices=(notice,)))

    def _restore(self, record: Record) -> None:
        """Ask for it, and believe what can be read afterwards rather than the answer alone."""
        refused: Refused | None = None
        try:
            self._means.github.restore_package(self._ref)
        except Refused as error:
            refused = error
        except AnswerLost:
            pass  # whether it is back is read next
        package = self._active()
        if package is None:
            raise self._why_not(refused)
        self._tell(package, record)

    def _why_not(self, refused: Refused | None) -> AccessDenied | RequestFailed:
        what = f"{self._ref} could not be brought back"
        known = (
            "GitHub keeps deleted packages for 30 days, and does not give a name back that is "
            "taken again. "
        )
        if refused is None:
            return RequestFailed(f"{what}: no usable answer came.", hint="Run again later.")
        error = denial(refused, what, self._means.token, Operation.RESTORE, self._ref)
        advice = known + advice_for(self._means.token, Operation.RESTORE, self._ref)
        return AccessDenied(error.message, hint=advice, request_id=error.request_id)

    def _tell(self, package: Package, record: Record) -> None:
        versions = list_versions(self._means.github, package)
        decisions = tuple(
            Decision(
                version=version,
                verdict=Verdict.RESTORE,
                ground=Ground.RULE,
                reason="restored with the whole package",
                source="restore-package",
            )
            for version in versions
        )
        record.plan(Plan(package=package, decisions=decisions))
        record.results(
            Result(version=version, outcome=Outcome.RESTORED, detail="restored with the package")
            for version in versions
        )
