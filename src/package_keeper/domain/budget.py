"""How much of a plan the requests that are left of the hour are enough for.

Decides that deletions are attempted in the plan's order, whole images first: a cut between two
images leaves nothing behind, a cut inside of one only garbage, never a broken image. It does not
decide what is left of the hour, nor whether to wait for the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from package_keeper.domain.model import PackageRef
from package_keeper.domain.plan import Decision, Plan

RESERVE = 10
"""Requests put aside for settling answers in doubt, so that a run ends knowing what it did."""

PAGE_SIZE = 100
"""Rows on a page of a listing, the most that GitHub gives."""

DELETIONS_A_MINUTE = 180
"""Deletions in a minute, of 900 points at 5 each ("Rate limits for the REST API")."""


def pages(versions: int) -> int:
    """The requests that it takes to list so many versions."""
    return versions // PAGE_SIZE + 1


def attempted(deletions: Sequence[Decision], requests: int | None) -> int:
    """How many of the first deletions to attempt with this many requests; None is no bound."""
    if requests is None or len(deletions) + RESERVE <= requests:
        return len(deletions)
    room = max(requests - RESERVE, 0)
    boundaries = (place for place in range(room, 0, -1) if not deletions[place].after)
    return next(boundaries, room)


@dataclass(frozen=True, slots=True, kw_only=True)
class Affordable:
    """What of a plan is attempted: so many of the first deletions, and the tags or none of them."""

    deletions: int
    untags: bool


def affordable(plan: Plan, requests: int | None, *, looks: int, watched: bool) -> Affordable:
    """What so many requests are enough for; None is no bound.

    The package is listed `looks` times before the first deletion, and where it is `watched` every
    minute and at the end as well. Tags are taken off once all is deleted: for each one the package
    is listed, and one version deleted.
    """
    if requests is None:
        return Affordable(deletions=len(plan.deletions), untags=True)
    listing = pages(len(plan.decisions))
    if watched and plan.deletions:
        looks += len(plan.deletions) // DELETIONS_A_MINUTE + 1
    left = max(requests - looks * listing, 0)
    count = attempted(plan.deletions, left)
    tags = sum(len(decision.tags_off) for decision in plan.untags)
    rest = left - count - RESERVE
    untags = count == len(plan.deletions) and rest >= tags * (listing + 1)
    return Affordable(deletions=count, untags=untags)


def too_few_requests(ref: PackageRef, left: int, what_for: str) -> str:
    """The warning that a run ends before all is done; `what_for`, such as `not enough for …`."""
    said = f"{left} requests can be sent within max-wait, which is {what_for}"
    return f"{ref}: {said}; the next run goes on"
