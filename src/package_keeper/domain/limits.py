"""Safety limits: what refuses a plan before its first deletion.

Decides whether a plan is within `max-deletions`, and what `if-empty` may be. It does not change a
plan: keeping the newest instead of emptying a package is planning's part.
"""

from dataclasses import dataclass
from enum import Enum

from package_keeper.domain.errors import LimitExceeded
from package_keeper.domain.plan import Plan


class IfEmpty(Enum):
    """What to do when every version (on containers every tagged image) would go."""

    KEEP_NEWEST = "keep-newest"
    DELETE_PACKAGE = "delete-package"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxDeletions:
    """The most deletions a plan may have: a number, or a share of the active versions."""

    count: int | None = None
    percent: float | None = None

    def allowed(self, active: int) -> int:
        """How many of `active` versions may go; a share is rounded down."""
        if self.count is not None:
            return self.count
        share = active * (self.percent or 0.0) / 100
        return int(round(share, 9))  # 2.3% of 3,000 are 69, not 68.99999999999999

    def __str__(self) -> str:
        return str(self.count) if self.count is not None else f"{self.percent:g}%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits that a plan must keep to."""

    max_deletions: MaxDeletions | None = None
    if_empty: IfEmpty = IfEmpty.KEEP_NEWEST


def check_limits(plan: Plan, limits: Limits) -> None:
    """Raise LimitExceeded where a limit refuses the plan.

    There is no size of package below which a limit is off. Deleting the whole package counts as
    deleting every version of it.
    """
    if plan.would_empty and limits.if_empty is IfEmpty.FAIL:
        counted = "tagged image" if plan.package.ref.type.has_manifests else "version"
        raise LimitExceeded(
            f"{plan.package.ref}: every {counted} would go, which if-empty: fail refuses. "
            "Nothing was deleted.",
            hint="Keep something by keep or versions-to-keep, or set if-empty to what you want.",
        )
    _check_count(plan, limits.max_deletions)


def _check_count(plan: Plan, limit: MaxDeletions | None) -> None:
    if limit is None:
        return
    active = len(plan.decisions)
    planned = active if plan.deletes_package else len(plan.deletions)
    allowed = limit.allowed(active)
    if planned > allowed:
        raise LimitExceeded(
            f"{plan.package.ref}: the plan deletes {planned} of {active} versions, "
            f"max-deletions allows {allowed} (set to {limit}). Nothing was deleted.",
            hint="Look at the plan; if it is right, raise max-deletions for this run.",
        )
