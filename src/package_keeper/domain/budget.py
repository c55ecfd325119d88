"""How much of a plan the requests that are left of the hour are enough for.

Decides that deletions are attempted in the plan's order, whole images first: a cut between two
images leaves nothing behind, a cut inside of one only garbage, never a broken image. It does not
decide what is left of the hour, nor whether to wait for the next.
"""

from collections.abc import Sequence

from package_keeper.domain.plan import Decision

RESERVE = 10
"""Requests put aside for settling answers in doubt, so that a run ends knowing what it did."""


PAGE = 100
"""Versions on a page of the listing."""


def after_second_look(requests: int | None, versions: int) -> int | None:
    """What is left for deletions when so many versions have been listed once more before them."""
    return None if requests is None else max(requests - (versions // PAGE + 1), 0)


def attempted(deletions: Sequence[Decision], requests: int | None) -> int:
    """How many of the first deletions to attempt with this many requests; None is no bound."""
    if requests is None or len(deletions) + RESERVE <= requests:
        return len(deletions)
    room = max(requests - RESERVE, 0)
    boundaries = (place for place in range(room, 0, -1) if not deletions[place].after)
    return next(boundaries, room)
