"""Whether something is there still, as far as reading can tell.

Decides that one answer "not found" proves nothing, since now and then one is stale: gone is only
what two readings do not find. It does not decide what may be concluded from it.
"""

from collections.abc import Callable
from enum import Enum

from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.pacing.exchange import Cancelled, bringing_to_an_end


class Presence(Enum):
    """What reading says; unknown is neither "there" nor "gone"."""

    THERE = "there"
    GONE = "gone"
    UNKNOWN = "unknown"


def presence_of(
    read: Callable[[], object], *, meanwhile: Callable[[], object] | None = None
) -> Presence:
    """What two readings say; the second is made only where the first does not find it.

    `meanwhile` reads what must exist in between the two: where it can't be read, nothing is known.
    A run that was cancelled brings this to an end.
    """
    with bringing_to_an_end():
        presence = _read(read)
        if presence is not Presence.GONE:
            return presence
        if meanwhile is not None and _read(meanwhile) is not Presence.THERE:
            return Presence.UNKNOWN
        return _read(read)


def _read(read: Callable[[], object]) -> Presence:
    try:
        read()
    except Refused as refused:
        missing = refused.refusal is Refusal.NOT_FOUND
        return Presence.GONE if missing else Presence.UNKNOWN
    except (AnswerLost, WaitedTooLong, Cancelled):
        return Presence.UNKNOWN
    return Presence.THERE
