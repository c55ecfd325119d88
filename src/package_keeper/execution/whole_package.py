"""Deleting a whole package by one request.

Decides what one answer means for every version of the package. It does not decide that the package
goes: planning does, where `if-empty` says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from package_keeper.domain.access import Operation, advice_on
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import NotJournalled, WaitedTooLong
from package_keeper.domain.model import PackageRef, Version
from package_keeper.domain.outcome import Outcome, Result, result_of
from package_keeper.domain.plan import Decision, Plan, Verdict
from package_keeper.execution.journal import Journal
from package_keeper.execution.looking import Presence, presence_of
from package_keeper.execution.ports import Deletions
from package_keeper.pacing.exchange import AT_ONCE, Cancelled, Postponed, sent_within

_End = Callable[[Version], Result]
"""What became of the package, told of any version of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageDeleter:
    """Deletes whole packages; `token` is only looked at to give advice.

    `record` is told what became of each version.
    """

    api: Deletions
    journal: Journal
    token: str
    record: Callable[[Result], None]

    def carry_out(self, plan: Plan) -> None:
        """Delete the package; journalled before and after, all of its versions at once.

        Raises Postponed where it could not be sent at once: what is in it must be listed anew.
        """
        try:
            self.journal.started(plan.package, *plan.deletions)
            self.journal.package_started(plan.package.ref, Verdict.DELETE)
        except NotJournalled as error:
            self._tell(plan, _end(Outcome.NOT_ATTEMPTED, error.message))
        else:
            try:
                end = self._delete(plan)
            except Postponed as error:
                self._end(plan, _ends(plan, _end(Outcome.NOT_ATTEMPTED, error.message)))
                raise
            self._end(plan, self._tell(plan, end))

    def _end(self, plan: Plan, ended: list[tuple[Decision, Result]]) -> None:
        outcome = ended[0][1].outcome
        self.journal.package_ended(plan.package.ref, Verdict.DELETE, outcome)
        self.journal.all_ended(plan.package, ended)

    def _tell(self, plan: Plan, end: _End) -> list[tuple[Decision, Result]]:
        """Told before the journal lets go of them: at any time one of the two knows of each."""
        ended = _ends(plan, end)
        for _, result in ended:
            self.record(result)
        return ended

    def _delete(self, plan: Plan) -> _End:
        ref = plan.package.ref
        try:
            with sent_within(AT_ONCE):
                request_id = self.api.delete_package(ref)
        except Refused as refused:
            return self._refused(plan, refused)
        except AnswerLost as lost:
            return self._lost(plan, lost)
        except Postponed:
            raise
        except (WaitedTooLong, Cancelled) as error:
            return _end(Outcome.NOT_ATTEMPTED, str(error))
        return _end(Outcome.DELETED, "deleted with the whole package", request_id)

    def _refused(self, plan: Plan, refused: Refused) -> _End:
        ref, request_id = plan.package.ref, refused.answer.request_id
        said = f"deleting the package: GitHub answered {refused.answer.said}"
        if refused.refusal is Refusal.TOO_MANY_DOWNLOADS:
            return _end(Outcome.UNDELETABLE, said, request_id)
        if refused.refusal is Refusal.NOT_FOUND and self._look(ref) is Presence.GONE:
            detail = "it was gone before this run came to it"
            return _end(Outcome.ALREADY_GONE, detail, request_id)
        hint = advice_on(refused, self.token, Operation.DELETE, ref)
        outcome = Outcome.DENIED if hint else Outcome.ERROR
        return _end(outcome, said, request_id, hint=hint)

    def _lost(self, plan: Plan, lost: AnswerLost) -> _End:
        presence = self._look(plan.package.ref)
        match presence:
            case Presence.GONE:
                detail = "deleted; the answer was lost and it is gone"
                return _end(Outcome.DELETED, detail, lost.request_id)
            case Presence.THERE:
                return _end(Outcome.ERROR, f"still there after {lost.reason}", lost.request_id)
            case Presence.UNKNOWN:
                detail = f"what became of it can't be read: {lost.reason}"
                return _end(Outcome.ERROR, detail, lost.request_id)
        assert_never(presence)

    def _look(self, ref: PackageRef) -> Presence:
        """Whether it is there still; until now it could be read, so 404 is no missing right."""
        return presence_of(lambda: self.api.package(ref))


def _ends(plan: Plan, end: _End) -> list[tuple[Decision, Result]]:
    return [(decision, end(decision.version)) for decision in plan.deletions]


def _end(outcome: Outcome, detail: str, request_id: str | None = None, *, hint: str = "") -> _End:
    return lambda version: result_of(version, outcome, detail, request_id, hint=hint)
