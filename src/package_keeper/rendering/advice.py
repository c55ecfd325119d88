"""What went wrong, in words, and what to do about it.

Decides the title of every error and the advice for every outcome that is not as planned. The
message of an error and the detail of a result are made where they arise and are only arranged
here; their texts may hold what GitHub or a user wrote and are not yet made harmless.
"""

from collections.abc import Iterable

from package_keeper.domain.errors import (
    AccessDenied,
    KeeperError,
    KeptImageBroken,
    LimitExceeded,
    ListingIncomplete,
    ManifestsUnreadable,
    NotJournalled,
    NotRestored,
    PartsLost,
    RequestFailed,
    Unexpected,
    WaitedTooLong,
    WrongInputs,
)
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.rendering.words import counted

_TITLES: tuple[tuple[type[KeeperError], str], ...] = (
    (LimitExceeded, "refused by a safety limit"),
    (AccessDenied, "access denied or not found"),
    (ListingIncomplete, "the versions could not be listed completely"),
    (ManifestsUnreadable, "a manifest could not be read"),
    (KeptImageBroken, "a kept image is not whole"),
    (WaitedTooLong, "the wait for a rate limit would be too long"),
    (RequestFailed, "a request failed"),
    (PartsLost, "parts of images are lost"),
    (NotRestored, "not restored"),
    (NotJournalled, "the journal can't be written"),
    (Unexpected, "a fault of this program"),
)


def title_of(error: KeeperError) -> str:
    """The kind of error in a few words, such as `refused by a safety limit`."""
    if isinstance(error, WrongInputs):
        return f"{counted(len(error.mistakes), 'mistake')} in the inputs"
    return next((title for kind, title in _TITLES if isinstance(error, kind)), OTHER)


_MOST = 3
"""How many different pieces of advice are given on one outcome."""

OTHER = "an error"
"""The kind of an error that is of no kind with a name."""

TAGS_BACK = (
    "A tag that was taken off is put back by pushing it again: its image is still there, under "
    "the same digest."
)

_IN_WORDS = {
    Outcome.UNDELETABLE: "over GitHub's download limit",
    Outcome.CHANGED: "changed since the plan was made",
    Outcome.ERROR: "failed",
}

_ADVICE = {
    Outcome.RETAINED: (
        "What a version that stays needs is not deleted; it goes when nothing that stays needs it."
    ),
    Outcome.UNDELETABLE: (
        "GitHub does not delete public versions with more than 5,000 downloads. Ask GitHub Support "
        "to delete them, or add them to keep so that they are not tried again."
    ),
    Outcome.CHANGED: "Nothing to do: the next run decides about them again.",
    Outcome.DENIED: (
        "A classic token needs the scopes read:packages and delete:packages to delete, and "
        "read:packages and write:packages to restore. GITHUB_TOKEN needs packages: write in the "
        "workflow's permissions, and this repository the Admin role under Manage Actions access in "
        "the settings of the package."
    ),
    Outcome.ERROR: (
        "Correct what is named, or run the workflow again. If it fails in the same way, GitHub "
        "Support can find the cause by the request ids."
    ),
    Outcome.NOT_ATTEMPTED: (
        "Run the workflow again once what stopped it is over or fixed: it goes on where this run "
        "stopped. Where that was a rate limit, a higher max-wait lets one run wait for longer."
    ),
}


def happened(outcome: Outcome) -> str:
    """The outcome in words, to follow a number of versions."""
    return _IN_WORDS.get(outcome, outcome.value.replace("-", " "))


def what_to_do(outcome: Outcome) -> str:
    """The advice that goes with an outcome; empty where all is as planned."""
    return _ADVICE.get(outcome, "")


def advice_on(outcome: Outcome, results: Iterable[Result]) -> tuple[str, ...]:
    """What to do about results of one outcome: what they say themselves, or else the general."""
    said = (result.hint or what_to_do(outcome) for result in results)
    return tuple(advice for advice in dict.fromkeys(said) if advice)[:_MOST]
