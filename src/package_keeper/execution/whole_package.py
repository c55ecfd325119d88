"""Deleting a whole package by one request.

Decides what one answer means for every version of the package. It does not decide that the package
goes: planning does, where `if-empty` says so.
"""

from dataclasses import dataclass, replace

from package_keeper.domain.access import Operation, denial
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import AccessDenied, WaitedTooLong
from package_keeper.domain.model import PackageRef
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Plan
from package_keeper.execution.journal import Journal
from package_keeper.execution.ports import Deletions
from package_keeper.pacing.exchange import Cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDeleter:
    """Deletes whole packages; `token` is only looked at to give advice."""

    api: Deletions
    journal: Journal
    token: str

    def carry_out(self, plan: Plan) -> tuple[Result, ...]:
        """What became of each version of the package; journalled before and after."""
        for decision in plan.deletions:
            self.journal.started(plan.package, decision)
        outcome, detail, request_id = self._delete(plan)
        return tuple(
            self._ended(
                plan,
                decision,
                Result(
                    version=decision.version, outcome=outcome, detail=detail, request_id=request_id
                ),
            )
            for decision in plan.deletions
        )

    def _ended(self, plan: Plan, decision: Decision, result: Result) -> Result:
        """The result, journalled; where that is not possible it is told all the same."""
        try:
            self.journal.ended(plan.package, decision, result)
        except Exception as error:  # noqa: BLE001 - whatever it is, what was done must be told
            why = f"stopped by {type(error).__name__}: {error}"
            detail = f"{result.outcome.value}, but {why}"
            return replace(result, outcome=Outcome.ERROR, detail=detail)
        return result

    def _delete(self, plan: Plan) -> tuple[Outcome, str, str | None]:
        ref = plan.package.ref
        try:
            request_id = self.api.delete_package(ref)
        except Refused as refused:
            return self._refused(plan, refused)
        except AnswerLost as lost:
            return self._lost(plan, lost)
        except (WaitedTooLong, Cancelled) as error:
            return Outcome.NOT_ATTEMPTED, str(error), None
        return Outcome.DELETED, "deleted with the whole package", request_id

    def _refused(self, plan: Plan, refused: Refused) -> tuple[Outcome, str, str | None]:
        ref, request_id = plan.package.ref, refused.answer.request_id
        if refused.refusal is Refusal.TOO_MANY_DOWNLOADS:
            return Outcome.UNDELETABLE, str(refused), request_id
        if refused.refusal is Refusal.NOT_FOUND and self._is_gone(ref):
            return Outcome.ALREADY_GONE, "it was gone before this run came to it", request_id
        error = denial(refused, "deleting the package", self.token, Operation.DELETE, ref)
        outcome = Outcome.DENIED if isinstance(error, AccessDenied) else Outcome.ERROR
        return outcome, str(error), request_id

    def _lost(self, plan: Plan, lost: AnswerLost) -> tuple[Outcome, str, str | None]:
        is_gone = self._is_gone(plan.package.ref)
        if is_gone is None:
            detail = f"what became of it can't be read: {lost.reason}"
            return Outcome.ERROR, detail, lost.request_id
        if is_gone:
            return Outcome.DELETED, "deleted; the answer was lost and it is gone", lost.request_id
        return Outcome.ERROR, f"still there after {lost.reason}", lost.request_id

    def _is_gone(self, ref: PackageRef) -> bool | None:
        """Whether it is not found any more, though it could be read until now; None if unknown."""
        try:
            self.api.package(ref)
        except Refused as refused:
            return True if refused.refusal is Refusal.NOT_FOUND else None
        except (AnswerLost, WaitedTooLong, Cancelled):
            return None
        return False
