"""Safety limits: what refuses a plan, with nothing deleted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import package, version
from package_keeper.domain.errors import LimitExceeded
from package_keeper.domain.limits import IfEmpty, Limits, MaxDeletions, check_limits
from package_keeper.domain.model import PackageType
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict


def plan(
    deletions: int,
    kept: int,
    package_type: PackageType = PackageType.CONTAINER,
    *,
    would_empty: bool = False,
    whole: bool = False,
) -> Plan:
    verdicts = [Verdict.DELETE] * deletions + [Verdict.KEEP] * kept
    return Plan(
        package=package(package_type),
        decisions=tuple(
            Decision(version=version(n, str(n)), verdict=verdict, ground=Ground.RULE, reason="x")
            for n, verdict in enumerate(verdicts)
        ),
        would_empty=would_empty,
        deletes_package=whole,
    )


@pytest.mark.parametrize(
    ("limit", "deletions", "kept", "refused"),
    [
        (MaxDeletions(count=3), 3, 0, False),
        (MaxDeletions(count=3), 4, 0, True),
        (MaxDeletions(count=0), 0, 9, False),
        (MaxDeletions(count=0), 1, 9, True),
        (MaxDeletions(percent=10.0), 1, 9, False),
        (MaxDeletions(percent=10.0), 2, 8, True),
        (MaxDeletions(percent=10.0), 1, 8, True),
        (MaxDeletions(percent=100.0), 9, 0, False),
        (MaxDeletions(percent=0.0), 1, 99, True),
        (MaxDeletions(percent=2.3), 69, 2931, False),
        (MaxDeletions(percent=2.3), 70, 2930, True),
        (None, 9, 0, False),
    ],
)
def test_a_plan_that_deletes_more_is_refused(
    limit: MaxDeletions | None, deletions: int, kept: int, *, refused: bool
) -> None:
    limits = Limits(max_deletions=limit)
    if not refused:
        check_limits(plan(deletions, kept), limits)
        return
    with pytest.raises(LimitExceeded) as caught:
        check_limits(plan(deletions, kept), limits)
    assert f"deletes {deletions} of {deletions + kept} versions" in caught.value.message
    assert f"(set to {limit})" in caught.value.message


def test_a_whole_package_counts_with_every_version() -> None:
    limits = Limits(max_deletions=MaxDeletions(count=2), if_empty=IfEmpty.DELETE_PACKAGE)
    with pytest.raises(LimitExceeded, match="deletes 3 of 3"):
        check_limits(plan(3, 0, whole=True), limits)


@pytest.mark.parametrize(
    ("package_type", "counted"),
    [(PackageType.CONTAINER, "every tagged image"), (PackageType.NPM, "every version")],
)
def test_a_plan_that_would_empty_the_package_fails_where_that_is_asked(
    package_type: PackageType, counted: str
) -> None:
    emptying = plan(1, 0, package_type, would_empty=True)
    with pytest.raises(LimitExceeded, match=counted):
        check_limits(emptying, Limits(if_empty=IfEmpty.FAIL))
    check_limits(emptying, Limits(if_empty=IfEmpty.KEEP_NEWEST))
    check_limits(plan(1, 1, package_type), Limits(if_empty=IfEmpty.FAIL))


def test_a_limit_is_told_as_it_was_written() -> None:
    assert str(MaxDeletions(count=25)) == "25"
    assert [str(MaxDeletions(percent=p)) for p in (10.0, 2.5, 0.0)] == ["10%", "2.5%", "0%"]


@given(st.integers(0, 10**6), st.integers(0, 1000))
def test_a_share_is_rounded_down_and_by_nothing_else(active: int, tenths: int) -> None:
    assert MaxDeletions(percent=tenths / 10).allowed(active) == active * tenths // 1000
