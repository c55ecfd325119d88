"""What the hour's requests are enough for."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from domain.packages import version
from package_keeper.domain.budget import RESERVE, attempted
from package_keeper.domain.plan import Decision, Ground, Verdict


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


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(0, 60))
def test_no_part_is_attempted_without_what_needs_it_nor_more_than_fits(
    groups: list[int], requests: int
) -> None:
    decided = deletions(*groups)
    count = attempted(decided, requests)
    first = {decision.version.id for decision in decided[:count]}
    assert count <= max(requests - RESERVE, 0) or count == len(decided) <= requests - RESERVE
    assert all(set(decision.after) <= first for decision in decided[:count])
