"""What the hour's requests are enough for."""

from dataclasses import replace
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from domain.packages import package, version
from package_keeper.domain.budget import (
    DELETIONS_A_MINUTE,
    PAGE_SIZE,
    RESERVE,
    Affordable,
    affordable,
    attempted,
)
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict


def deletions(*groups: int) -> list[Decision]:
    """Images one after another, each with so many versions: a root, and parts that follow it."""
    roots = [
        root
        for root, size in zip(accumulate(groups, initial=0), groups, strict=False)
        for _ in range(size)
    ]
    return [
        Decision(
            version=version(number, str(number)),
            verdict=Verdict.DELETE,
            ground=Ground.RULE,
            reason="x",
            after=() if number == root else (root,),
        )
        for number, root in enumerate(roots)
    ]


def test_a_budget_that_is_not_known_bounds_nothing() -> None:
    assert attempted(deletions(3, 3), None) == 6


def test_what_fits_with_the_reserve_is_attempted_whole() -> None:
    assert attempted(deletions(3, 3), RESERVE + 6) == 6


def test_a_budget_that_is_too_small_is_cut_between_two_images() -> None:
    assert attempted(deletions(3, 3), RESERVE + 5) == 3
    assert attempted(deletions(3, 3, 3), RESERVE + 6) == 6


def test_an_image_that_is_larger_than_the_budget_is_begun_from_the_top() -> None:
    assert attempted(deletions(9), RESERVE + 4) == 4


def test_the_reserve_is_not_spent() -> None:
    assert attempted(deletions(3, 3), RESERVE) == 0
    assert attempted(deletions(3, 3), 0) == 0


def test_nothing_to_delete_needs_nothing() -> None:
    assert attempted([], 0) == 0


def plan_of(deleted: int, tags: int = 0, kept: int = 0) -> Plan:
    """So many images to delete, one that is to lose so many tags, and some that stay."""
    going = deletions(*[1] * deleted)
    losing = replace(
        deletions(1)[0], verdict=Verdict.UNTAG, tags_off=tuple(f"pr-{n}" for n in range(tags))
    )
    staying = [replace(decision, verdict=Verdict.KEEP) for decision in deletions(*[1] * kept)]
    decisions = (*going, *([losing] if tags else []), *staying)
    return Plan(package=package(), decisions=decisions)


def test_without_a_bound_everything_is_attempted() -> None:
    enough = affordable(plan_of(7, tags=2), None, looks=1, watched=True)
    assert enough == Affordable(deletions=7, untags=True)


def test_looking_costs_a_page_for_every_hundred_versions() -> None:
    plan = plan_of(50, kept=3 * PAGE_SIZE)
    for looks, watched, listings in ((0, False, 0), (1, False, 1), (0, True, 1), (1, True, 2)):
        needed = RESERVE + 50 + listings * 4
        enough = affordable(plan, needed, looks=looks, watched=watched)
        assert enough.deletions == 50
        less = affordable(plan, needed - 1, looks=looks, watched=watched)
        assert less == Affordable(deletions=49, untags=False)


def test_of_what_takes_minutes_every_minute_is_looked_at() -> None:
    plan = plan_of(2 * DELETIONS_A_MINUTE)
    needed = RESERVE + 2 * DELETIONS_A_MINUTE + 3 * 4
    assert affordable(plan, needed, looks=0, watched=True).deletions == 2 * DELETIONS_A_MINUTE
    assert affordable(plan, needed - 1, looks=0, watched=True).deletions == 359


def test_tags_come_off_only_where_the_deletions_leave_enough() -> None:
    plan = plan_of(5, tags=3)
    needed = RESERVE + 5 + 3 * 2
    assert affordable(plan, needed, looks=0, watched=False).untags
    less = affordable(plan, needed - 1, looks=0, watched=False)
    assert less == Affordable(deletions=5, untags=False)


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(0, 60))
def test_no_part_is_attempted_without_what_needs_it_nor_more_than_fits(
    groups: list[int], requests: int
) -> None:
    decided = deletions(*groups)
    count = attempted(decided, requests)
    first = {decision.version.id for decision in decided[:count]}
    assert count <= max(requests - RESERVE, 0) or count == len(decided) <= requests - RESERVE
    assert all(set(decision.after) <= first for decision in decided[:count])
