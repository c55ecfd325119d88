"""The ways a run can end early, one class for each exit code.

Decides the exit code and that every message says what happened, why and what to do next. It does
not decide when a run ends; the callers do.
"""

from dataclasses import dataclass
from typing import ClassVar


class KeeperError(Exception):
    """A reason to stop that a person can act on.

    `message` says what happened and to what; `hint` says what to do now; `request_id` is GitHub's
    own id of the failed request, which its support asks for.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.request_id = request_id

    def __str__(self) -> str:
        request = f"(GitHub request {self.request_id})" if self.request_id else ""
        return " ".join(part for part in (self.message, self.hint, request) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputMistake:
    """One thing that is wrong with one input, in words for the person who wrote it.

    `value` is None where no value is to be shown: the input is missing, or it is the token.
    """

    name: str
    value: str | None
    problem: str
    accepted: str = ""

    def __str__(self) -> str:
        shown = "" if self.value is None else f" '{self.value}'"
        accepted = f" Accepted: {self.accepted}." if self.accepted else ""
        return f"{self.name}:{shown} {self.problem}.{accepted}"


class WrongInputs(KeeperError):
    """The inputs can't be carried out as written; raised before any request."""

    exit_code = 2

    def __init__(self, mistakes: tuple[InputMistake, ...]) -> None:
        plural = "" if len(mistakes) == 1 else "s"
        lines = "\n".join(f"- {mistake}" for mistake in mistakes)
        super().__init__(f"{len(mistakes)} mistake{plural} in the inputs:\n{lines}")
        self.mistakes = mistakes


class LimitExceeded(KeeperError):
    """A safety limit refuses the plan; nothing of that package was touched."""

    exit_code = 3


class AccessDenied(KeeperError):
    """The token may not do this, or what was named is not to be found with it."""

    exit_code = 4


class PatternTooSlow(KeeperError):
    """A regular expression takes so long for a text that nothing can be decided by it."""

    def __init__(self, pattern: str, text: str, seconds: float) -> None:
        super().__init__(
            f"the pattern {pattern} took more than {seconds:g} s to be matched against {text}, so "
            "nothing was decided by it.",
            hint="Write it without a repetition inside of a repetition, such as (a|b+)*.",
        )


class ListingIncomplete(KeeperError):
    """The versions of a package could not be listed to the end, so nothing can be decided."""


class ManifestsUnreadable(KeeperError):
    """A manifest of something kept can't be read, so nothing is proven unneeded."""


class KeptImageBroken(KeeperError):
    """Something that a kept image needs is gone after the run."""


class PartsLost(KeeperError):
    """Parts of images are missing and can't be brought back."""


class NotRestored(KeeperError):
    """What was to come back is not back."""


class NotJournalled(KeeperError):
    """The journal can't be written, so nothing more may be changed."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"the journal can't be written: {type(error).__name__}: {error}.",
            hint="Nothing is changed that it does not announce. Make room for it, or give another "
            "journal-file, and run again.",
        )


class Unexpected(KeeperError):
    """A fault of this program; nothing is known to be wrong with what was asked."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(
            f"unexpected {type(error).__name__}: {error}.",
            hint="What was done until then is in the journal. Please report this with the log.",
        )


class WaitedTooLong(KeeperError):
    """GitHub asked for a longer wait than `max-wait` allows; the run is incomplete, not failed."""

    exit_code = 0


class RequestFailed(KeeperError):
    """GitHub or the registry answered in a way that is neither a yes nor a clear no."""
