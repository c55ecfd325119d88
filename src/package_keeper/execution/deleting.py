"""Deleting one version, and finding out what really became of it.

Decides which outcome an answer means. A 404 may mean "gone" as well as "no right to", and a lost
answer nothing at all, so both are settled by reading. Nothing is repeated blindly: a deletion is
sent again only after the version was seen to be there still.
"""

from dataclasses import dataclass, field
from typing import assert_never

from package_keeper.domain.access import Operation, advice_on
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.model import PackageRef, Version
from package_keeper.domain.outcome import Outcome, Result, result_of
from package_keeper.execution.looking import Presence, presence_of
from package_keeper.execution.ports import Deletions
from package_keeper.pacing.exchange import Cancelled, Postponed

ATTEMPTS = 3
"""How often a deletion is sent in all when its answers get lost."""

KEEPS_THE_LAST = (
    "GitHub keeps the last version of a package, on containers the last tagged one. If the whole "
    "package may go, set if-empty: delete-package."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionSettler:
    """Deletes versions of one package; `token` is only looked at to give advice.

    `in_doubt` are the ids of those whose deletion got no answer: gone later, they are deleted.
    """

    api: Deletions
    ref: PackageRef
    token: str
    in_doubt: set[int] = field(default_factory=set)

    def settle(self, version: Version) -> Result:
        """What became of the version.

        Raises what pacing raises where no deletion was sent at all: WaitedTooLong, Cancelled; and
        Postponed also where it is known to be there still.
        """
        lost: AnswerLost | None = None
        for _ in range(ATTEMPTS):
            try:
                request_id = self.api.delete_version(self.ref, version.id)
            except Refused as refused:
                return self._refused(version, refused, after_lost=version.id in self.in_doubt)
            except AnswerLost as error:
                lost = error
                self.in_doubt.add(version.id)
                presence = self._look(version)
                if presence is not Presence.THERE:
                    return self._lost(version, error, presence)
            except Postponed:
                raise
            except (WaitedTooLong, Cancelled):
                if lost is None:
                    raise
                break
            else:
                return result_of(version, Outcome.DELETED, "deleted", request_id)
        reason = (
            f"deleting got no usable answer, and it is still there: {lost.reason if lost else ''}"
        )
        return result_of(version, Outcome.ERROR, reason, lost.request_id if lost else None)

    def _refused(self, version: Version, refused: Refused, *, after_lost: bool) -> Result:
        answer, hint = refused.answer, ""
        said = f"GitHub answered {answer.said}"
        match refused.refusal:
            case Refusal.NOT_FOUND:
                return self._not_found(version, refused, after_lost=after_lost)
            case Refusal.LAST_VERSION:
                outcome, hint = Outcome.RETAINED, KEEPS_THE_LAST
            case Refusal.TOO_MANY_DOWNLOADS:
                outcome = Outcome.UNDELETABLE
            case (
                Refusal.SCOPE
                | Refusal.ROLE
                | Refusal.SINGLE_SIGN_ON
                | Refusal.IP_ALLOW_LIST
                | Refusal.BAD_CREDENTIALS
            ):
                outcome, hint = Outcome.DENIED, self._advice(refused)
            case Refusal.INVALID | Refusal.RATE_LIMITED:
                outcome = Outcome.ERROR
            case _:
                assert_never(refused.refusal)
        return result_of(version, outcome, said, answer.request_id, hint=hint)

    def _not_found(self, version: Version, refused: Refused, *, after_lost: bool) -> Result:
        request_id = refused.answer.request_id
        presence = self._look(version)
        match presence:
            case Presence.GONE if after_lost:
                detail = "deleted; the answer to the first request was lost"
                return result_of(version, Outcome.DELETED, detail, request_id)
            case Presence.GONE:
                detail = "it was gone before this run came to it"
                return result_of(version, Outcome.ALREADY_GONE, detail, request_id)
            case Presence.THERE:
                said = f"GitHub answered {refused.answer.said}, though it can be read"
                hint = self._advice(refused)
                return result_of(version, Outcome.DENIED, said, request_id, hint=hint)
            case Presence.UNKNOWN:
                detail = f"GitHub answered {refused.answer.said}, and it can't be read"
                return result_of(version, Outcome.ERROR, detail, request_id)
        assert_never(presence)

    def _lost(self, version: Version, lost: AnswerLost, presence: Presence) -> Result:
        if presence is Presence.GONE:
            detail = f"deleted; the answer was lost ({lost.reason}) and it is gone"
            return result_of(version, Outcome.DELETED, detail, lost.request_id)
        detail = f"no usable answer ({lost.reason}), and what became of it can't be read"
        return result_of(version, Outcome.ERROR, detail, lost.request_id)

    def _look(self, version: Version) -> Presence:
        """Whether the version is there.

        The package must exist, so that where it can't be read either, 404 says nothing about it.
        """
        return presence_of(
            lambda: self.api.version(self.ref, version.id),
            meanwhile=lambda: self.api.package(self.ref),
        )

    def _advice(self, refused: Refused) -> str:
        return advice_on(refused, self.token, Operation.DELETE, self.ref)
