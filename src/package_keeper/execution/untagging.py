"""Taking a tag off an image without touching the image.

Decides how, within what the registry allows: there is no request that removes a tag, so a small
manifest of its own is pushed under the tag, which moves the tag to it, and then that manifest's
version is deleted, which takes the tag along. The version is found by its digest and by nothing
else; where the listing does not show it, nothing is deleted. Where the deletion is refused the tag
is moved back, which pushes the image's own manifest once more. A cancelled run begins no further
tag, and brings the one that it is at to an end.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from package_keeper.domain.access import Operation, advice_on
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import NotJournalled, WaitedTooLong
from package_keeper.domain.model import PackageRef, Version
from package_keeper.domain.outcome import Outcome, Result, result_of
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.execution.journal import Journal
from package_keeper.execution.loop import Settler
from package_keeper.execution.ports import Content, Deletions, Tags
from package_keeper.execution.stand_in import STAND_IN_TYPE, stand_in_for
from package_keeper.pacing.exchange import (
    AT_ONCE,
    Cancelled,
    Postponed,
    bringing_to_an_end,
    sent_within,
)

PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each look at the listing, which may be behind after a push."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untagger:
    """Takes tags off versions of one package, one after another.

    `settler` deletes what stands in for a tag, `token` is only looked at to give advice. `unique`
    gives a text that was never used before; `pause` sleeps; `record` is told each result.
    """

    tags: Tags
    api: Deletions
    ref: PackageRef
    token: str
    settler: Settler
    journal: Journal
    unique: Callable[[], str]
    pause: Callable[[float], None]
    record: Callable[[Result], None]
    is_cancelled: Callable[[], bool]

    def carry_out(self, plan: Plan, *, stopped: str = "") -> None:
        """Take off what the plan says and tell what became of it; a failure ends the rest.

        `stopped` says why nothing more is to be begun, if so: then all of it is told as that.
        """
        for decision in plan.untags:
            stopped = stopped or ("the run was cancelled" if self.is_cancelled() else "")
            stopped = stopped or (self.journal.failure.message if self.journal.failure else "")
            if stopped:
                result = result_of(decision.version, Outcome.NOT_ATTEMPTED, stopped)
            else:
                result = self._journalled(plan, decision)
            self.record(result)
            if result.outcome is not Outcome.UNTAGGED:
                stopped = stopped or f"stopped after {result.outcome.value}"

    def _journalled(self, plan: Plan, decision: Decision) -> Result:
        try:
            self.journal.started(plan.package, decision)
        except NotJournalled as error:
            return result_of(decision.version, Outcome.NOT_ATTEMPTED, error.message)
        result = self._all_tags(plan, decision)
        self.journal.ended(plan.package, decision, result)
        return result

    def _all_tags(self, plan: Plan, decision: Decision) -> Result:
        version = decision.version
        off: list[str] = []
        try:
            original = self.tags.content(version.name)
            for tag in decision.tags_off:
                result = self._one_tag(plan, version, tag, original)
                if result.outcome is not Outcome.UNTAGGED:
                    return _after(off, result)
                off.append(tag)
        except Exception as error:  # noqa: BLE001 - whatever it is, stop, and let the rest be told
            return _after(off, self._not_begun(version, error))
        taken = f"took off {', '.join(off)}"
        return replace(result_of(version, Outcome.UNTAGGED, taken), tags_off=tuple(off))

    def _not_begun(self, version: Version, error: Exception) -> Result:
        """What is told where an error came before a tag was moved, or may have been."""
        match error:
            case WaitedTooLong() | Cancelled():
                return result_of(version, Outcome.NOT_ATTEMPTED, str(error))
            case Refused():
                return self._refused(version, error)
            case AnswerLost():
                return result_of(version, Outcome.ERROR, *_lost(error))
            case _:
                return result_of(version, Outcome.ERROR, f"stopped by {_named(error)}")

    def _one_tag(self, plan: Plan, version: Version, tag: str, original: Content) -> Result:
        """Take one tag off; once the tag may have moved, whatever goes wrong moves it back."""
        content = stand_in_for(tag, self.unique())
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        while True:
            if self.tags.digest_of(tag) != version.name:
                moved_on = f"{tag} moved on since the plan was shown"
                return result_of(version, Outcome.CHANGED, moved_on)
            try:
                failed = self._push(version, tag, content)
            except Postponed:
                continue  # it may have moved on while this waited
            break
        with bringing_to_an_end():
            result = failed or self._stand_in_deleted(plan, version, tag, digest)
            if result.outcome in (Outcome.DELETED, Outcome.ALREADY_GONE):
                return result_of(version, Outcome.UNTAGGED, "")
            return self._move_back(tag, original, digest, result)

    def _push(self, version: Version, tag: str, content: bytes) -> Result | None:
        """Move the tag to the stand-in; what is told where it may have come to that and may not.

        Raises what says that nothing was pushed.
        """
        try:
            with sent_within(AT_ONCE):
                self.tags.put_manifest(tag, content, STAND_IN_TYPE)
        except (Refused, WaitedTooLong, Cancelled):
            raise
        except AnswerLost as lost:
            return result_of(version, Outcome.ERROR, *_lost(lost))
        except Exception as error:  # noqa: BLE001 - it may have been pushed, whatever it is
            return result_of(version, Outcome.ERROR, f"stopped by {_named(error)}")
        return None

    def _stand_in_deleted(self, plan: Plan, version: Version, tag: str, digest: str) -> Result:
        """What became of it, told as of the image; nothing is raised."""
        try:
            stand_in = self._listed(digest)
        except Exception as error:  # noqa: BLE001 - the tag must be moved back, whatever it is
            detail = f"what was pushed under {tag} could not be looked for ({_named(error)})"
            return result_of(version, Outcome.ERROR, detail)
        if stand_in is None or set(stand_in.own_tags) - {tag}:
            detail = f"the listing does not show what was pushed under {tag}"
            return result_of(version, Outcome.ERROR, detail)
        return replace(self._deleted(plan, stand_in, tag, version), version=version)

    def _listed(self, digest: str) -> Version | None:
        for seconds in PAUSES:
            self.pause(seconds)
            rows = self.api.versions(self.ref)
            found = next((row for row in rows if row.name == digest), None)
            if found is not None:
                return found
        return None

    def _deleted(self, plan: Plan, stand_in: Version, tag: str, original: Version) -> Result:
        decision = Decision(
            version=stand_in,
            verdict=Verdict.UNTAG,
            ground=Ground.PART,
            reason=f"stands in for the tag {tag}, which is taken off version {original.id}",
            tags_off=(tag,),
            is_stand_in=True,
        )
        try:
            self.journal.started(plan.package, decision)
            result = self.settler.settle(stand_in)
        except (WaitedTooLong, Cancelled, NotJournalled) as error:
            result = result_of(stand_in, Outcome.NOT_ATTEMPTED, str(error))
        except Exception as error:  # noqa: BLE001 - the tag must be moved back, whatever it is
            result = result_of(stand_in, Outcome.ERROR, f"stopped by {_named(error)}")
        self.journal.ended(plan.package, decision, result)
        return result

    def _move_back(self, tag: str, original: Content, stand_in: str, result: Result) -> Result:
        """Point the tag at the image again, unless it moved on, and say where it points now."""
        image, why = result.version.name, ""
        try:
            if self.tags.digest_of(tag) in (stand_in, image):
                self.tags.put_manifest(tag, original.content, original.media_type)
                return replace(result, detail=f"{tag} was moved back to the image: {result.detail}")
        except Exception as error:  # noqa: BLE001 - where the tag is must be told, whatever it is
            why = f" and could not be moved back ({_named(error)})"
        try:
            now = self.tags.digest_of(tag)
        except Exception:  # noqa: BLE001 - then this is what is told
            return _astray(f"{tag} may now point to an empty stand-in{why}", tag, result)
        if now == image:
            return replace(result, detail=f"{tag} points to the image: {result.detail}")
        if now == stand_in:
            return _astray(f"{tag} now points to an empty stand-in{why}", tag, result)
        if now is None:
            return _astray(f"{tag} now points to nothing", tag, result)
        return replace(result, detail=f"{tag} moved on meanwhile: {result.detail}")

    def _refused(self, version: Version, refused: Refused) -> Result:
        ref, request_id = self.ref, refused.answer.request_id
        said = f"the registry answered {refused}"
        if refused.refusal in (Refusal.INVALID, Refusal.NOT_FOUND):
            return result_of(version, Outcome.ERROR, said, request_id)
        advice = advice_on(refused, self.token, Operation.UNTAG, ref)
        return result_of(version, Outcome.DENIED, said, request_id, hint=advice)


def _astray(where: str, tag: str, result: Result) -> Result:
    """The result of an image that lost a tag to nothing that anybody wants."""
    detail = f"{where}: {result.detail}"
    return replace(result, outcome=Outcome.ERROR, detail=detail, tags_off=(tag,))


def _after(off: list[str], result: Result) -> Result:
    """The result of an image that had lost some of its tags before."""
    if not off:
        return result
    detail = f"took off {', '.join(off)}; {result.detail}"
    return replace(result, detail=detail, tags_off=(*off, *result.tags_off))


def _lost(lost: AnswerLost) -> tuple[str, str | None]:
    return f"no usable answer: {lost.reason}", lost.request_id


def _named(error: Exception) -> str:
    """The error, with its kind where it is none that a run has to expect."""
    if isinstance(error, Refused | AnswerLost | WaitedTooLong | Cancelled):
        return str(error)
    return f"{type(error).__name__}: {error}"
