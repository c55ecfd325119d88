"""What became of each action, and of the run as a whole.

Decides the closed set of outcomes and which of them fail a run. It does not decide which outcome
an answer of GitHub's means; `execution` does.
"""

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from package_keeper.domain.model import Version


class Outcome(Enum):
    """The end of one action."""

    DELETED = "deleted"
    RESTORED = "restored"
    UNTAGGED = "untagged"
    ALREADY_GONE = "already-gone"
    RETAINED = "retained"
    UNDELETABLE = "undeletable"
    CHANGED = "changed"
    DENIED = "denied"
    ERROR = "error"
    NOT_ATTEMPTED = "not-attempted"

    @property
    def severity(self) -> "Severity":
        """How much the run as a whole suffers from it."""
        match self:
            case Outcome.DELETED | Outcome.RESTORED | Outcome.UNTAGGED | Outcome.ALREADY_GONE:
                return Severity.FINE
            case Outcome.RETAINED | Outcome.UNDELETABLE | Outcome.CHANGED:
                return Severity.WARNING
            case Outcome.DENIED | Outcome.ERROR:
                return Severity.FAILURE
            case Outcome.NOT_ATTEMPTED:
                return Severity.INCOMPLETE
        assert_never(self)


class Severity(Enum):
    """What an outcome means for the run."""

    FINE = "fine"
    WARNING = "warning"
    FAILURE = "failure"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one planned action, in words, with GitHub's request id where there is one.

    `hint` says what to do about it where the outcome alone does not tell. `tags_off` are the tags
    that the version lost to it, whatever the outcome: the second of two may have failed.
    """

    version: Version
    outcome: Outcome
    detail: str = ""
    request_id: str | None = None
    hint: str = ""
    tags_off: tuple[str, ...] = ()

    @property
    def took_tags(self) -> bool:
        """Whether the version lost tags, all that were to go or some of them."""
        return self.outcome is Outcome.UNTAGGED or bool(self.tags_off)

    @property
    def is_change(self) -> bool:
        """Whether anything is not as it was."""
        return self.took_tags or self.outcome in (Outcome.DELETED, Outcome.RESTORED)


def result_of(
    version: Version,
    outcome: Outcome,
    detail: str,
    request_id: str | None = None,
    *,
    hint: str = "",
) -> Result:
    """What became of the version, in the order in which it is said."""
    return Result(version=version, outcome=outcome, detail=detail, request_id=request_id, hint=hint)


class RunOutcome(Enum):
    """The value of the output `outcome`."""

    NOTHING_TO_DO = "nothing-to-do"
    PLANNED = "planned"
    DONE = "done"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
