"""Bringing one version back, and finding out what really became of it.

Decides which outcome an answer means. GitHub does not document how it refuses a restoration, so
apart from a clear "done" it is decided by what can be read afterwards, and the detail says what is
known to stand in the way. A restoration whose answer got lost is sent again only after the version
was seen to be missing still. A clear "done" that nothing shows in the end is an error, and the
journal says so, since what is not back is to come back another time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from package_keeper.domain.access import Operation, advice_on
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.model import PackageRef, Version
from package_keeper.domain.outcome import Outcome, Result, result_of
from package_keeper.domain.plan import Plan
from package_keeper.domain.restoring import KEPT_FOR
from package_keeper.execution.journal import Journal
from package_keeper.pacing.exchange import Cancelled, bringing_to_an_end

ATTEMPTS = 3
_OR_GONE = (
    "Where none of that is missing, GitHub does not have the version any more: it keeps them for "
    "30 days."
)


_NOT_BACK = "GitHub confirmed it, but it can't be read"
_BEHIND = "Look again in a few minutes: GitHub can be behind."


class Restorations(Protocol):
    """Restoring versions and reading what became of them."""

    def restore_version(self, ref: PackageRef, version_id: int) -> str | None:
        """Bring one version back; returns GitHub's request id. Raises Refused or AnswerLost."""
        ...

    def version(self, ref: PackageRef, version_id: int) -> Version:
        """One active version; raises `Refused` with `Refusal.NOT_FOUND` where it can't be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorationSettler:
    """Restores versions of one package.

    `taken` are the names of active versions, which a deleted namesake can't have back, with their
    ids. `token` is only looked at to give advice.
    """

    api: Restorations
    ref: PackageRef
    token: str
    now: datetime
    taken: Mapping[str, int]

    def settle(self, version: Version) -> Result:
        """What became of the version; raises WaitedTooLong or Cancelled where nothing was sent."""
        reason, request_id = "", None
        for _ in range(ATTEMPTS):
            try:
                request_id = self.api.restore_version(self.ref, version.id)
            except Refused as refused:
                return self._refused(version, refused)
            except AnswerLost as lost:
                reason, request_id = lost.reason, lost.request_id
                is_active = self._is_active(version)
                if is_active is None:
                    detail = f"no usable answer ({reason}), and what became of it can't be read"
                    return result_of(version, Outcome.ERROR, detail, request_id)
                if is_active:
                    detail = f"restored; the answer was lost ({reason}) and it is back"
                    return result_of(version, Outcome.RESTORED, detail, request_id)
            except (WaitedTooLong, Cancelled):
                if not reason:
                    raise
                break
            else:
                return result_of(version, Outcome.RESTORED, "restored", request_id)
        detail = f"restoring got no usable answer, and it is not back: {reason}"
        return result_of(version, Outcome.ERROR, detail, request_id)

    def _refused(self, version: Version, refused: Refused) -> Result:
        request_id = refused.answer.request_id
        is_active = self._is_active(version)
        if is_active:
            return result_of(version, Outcome.RESTORED, "it is active by now", request_id)
        said = f"GitHub answered {refused.answer.said}"
        if is_active is None:
            said = f"{said}, and whether it is active can't be read"
        obstacle = self._obstacle(version)
        if obstacle:
            return result_of(version, Outcome.ERROR, f"{said}. {obstacle}", request_id)
        advice = advice_on(refused, self.token, Operation.RESTORE, self.ref)
        if not advice:
            return result_of(version, Outcome.ERROR, said, request_id)
        may_be_gone = refused.refusal is Refusal.NOT_FOUND and not refused.answer.sso_url
        hint = f"{advice} {_OR_GONE}" if may_be_gone else advice
        return result_of(version, Outcome.DENIED, said, request_id, hint=hint)

    def _obstacle(self, version: Version) -> str:
        """What is known to stand in the way, apart from rights."""
        if version.deleted_at is not None and self.now - version.deleted_at > KEPT_FOR:
            return "It was deleted more than 30 days ago, which is how long GitHub keeps versions."
        if version.name in self.taken:
            other = f"version {self.taken[version.name]}"
            return f"An active version has its name: delete that first ({other}), then restore."
        return ""

    def _is_active(self, version: Version) -> bool | None:
        """Whether it can be read as active; None where reading says neither."""
        try:
            with bringing_to_an_end():
                self.api.version(self.ref, version.id)
        except Refused as refused:
            return False if refused.refusal is Refusal.NOT_FOUND else None
        except (AnswerLost, WaitedTooLong, Cancelled):
            return None
        return True


def told_not_back(plan: Plan, absent: Collection[int], journal: Journal) -> tuple[Result, ...]:
    """What became of those, by id, that GitHub said it restored and that are not there.

    The journal gets one more line about each: the last one about it is the one that counts.
    """
    results = []
    for decision in plan.restorations:
        if decision.version.id in absent:
            result = result_of(decision.version, Outcome.ERROR, _NOT_BACK, hint=_BEHIND)
            journal.ended(plan.package, decision, result)
            results.append(result)
    return tuple(results)
