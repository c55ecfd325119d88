"""Version ids that were asked for and are not active.

Decides that one which is among the deleted versions is "already gone", and one that is nowhere an
error: it was asked for in so many words, and most likely belongs to another package. The same goes
for ids that are to come back and were never there.
"""

from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Plan
from package_keeper.inventory.ports import Packages


def results_of_missing(plan: Plan, api: Packages) -> tuple[Result, ...]:
    """A result for each id of `delete-ids` that is no active version."""
    if not plan.missing_ids:
        return ()
    deleted = {version.id: version for version in _deleted(plan, api)}
    return tuple(_result(plan, deleted.get(asked), asked) for asked in plan.missing_ids)


def results_of_never_deleted(plan: Plan) -> tuple[Result, ...]:
    """A result for each id that was to come back and is neither active nor deleted."""
    detail = (
        f"{plan.package.ref} has no deleted version with this id: either there never was one, or "
        "it was deleted more than 30 days ago"
    )
    return tuple(
        Result(version=Version.absent(asked), outcome=Outcome.ERROR, detail=detail)
        for asked in plan.missing_ids
    )


def _deleted(plan: Plan, api: Packages) -> tuple[Version, ...]:
    try:
        return api.versions(plan.package.ref, state="deleted")
    except (Refused, AnswerLost):
        return ()  # not every family of endpoints is documented to list deleted versions


def _result(plan: Plan, version: Version | None, asked: int) -> Result:
    if version is not None:
        detail = "it was deleted before"
        return Result(version=version, outcome=Outcome.ALREADY_GONE, detail=detail)
    detail = f"{plan.package.ref} has no version with this id"
    return Result(version=Version.absent(asked), outcome=Outcome.ERROR, detail=detail)
