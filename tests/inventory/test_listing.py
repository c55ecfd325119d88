# ruff: noqa: ARG002 - the methods are those of a protocol
"""When a listing is complete: rows that come twice, slip between pages, or never come."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import package, version
from fakes.github import lost, refused
from package_keeper.domain.answers import Refused
from package_keeper.domain.errors import ListingIncomplete
from package_keeper.domain.model import Owner, Package, PackageRef, PackageType, Version
from package_keeper.inventory.listing import OTHER_PAGE_SIZE, list_meanwhile, list_versions


@dataclass(slots=True)
class Listings:
    """An API that shows one listing after another, the last one from then on."""

    shown: list[list[int] | Exception]
    sizes: list[int] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)

    def versions(
        self, ref: PackageRef, *, per_page: int = 100, state: str = "active", expected: int = 0
    ) -> tuple[Version, ...]:
        self.sizes.append(per_page)
        self.expected.append(expected)
        assert state == "active"
        listing = self.shown[0] if len(self.shown) == 1 else self.shown.pop(0)
        if isinstance(listing, Exception):
            raise listing
        return tuple(version(n, self.names.get(n, f"v{n}")) for n in listing)

    def owner(self, login: str) -> Owner:
        raise NotImplementedError

    def packages(self, owner: Owner, package_type: PackageType) -> tuple[Package, ...]:
        raise NotImplementedError

    def package(self, ref: PackageRef) -> Package:
        raise NotImplementedError


def counted(count: int | None, package_type: PackageType = PackageType.NPM) -> Package:
    return Package(ref=package(package_type).ref, version_count=count)


def listed(api: Listings, count: int | None) -> list[int]:
    return sorted(row.id for row in list_versions(api, counted(count)))


def test_a_listing_that_reaches_the_count_is_believed() -> None:
    api = Listings([[1, 2, 3]])
    assert listed(api, 3) == [1, 2, 3]
    assert (api.sizes, api.expected) == ([100], [3])


def test_without_a_count_there_is_nothing_to_hold_it_against() -> None:
    api = Listings([[1, 2]])
    assert listed(api, None) == [1, 2]
    assert (api.sizes, api.expected) == ([100], [0])


def test_more_than_the_count_is_no_reason_for_doubt() -> None:
    assert listed(Listings([[1, 2, 3]]), 2) == [1, 2, 3]


def test_a_row_that_comes_twice_is_one_version() -> None:
    assert listed(Listings([[1, 2, 2, 3, 1]]), 3) == [1, 2, 3]


def test_a_row_that_slipped_between_pages_is_found_at_other_page_boundaries() -> None:
    api = Listings([[1, 3], [1, 2, 3]])
    assert listed(api, 3) == [1, 2, 3]
    assert api.sizes == [100, OTHER_PAGE_SIZE]
    assert 100 % OTHER_PAGE_SIZE


def test_several_listings_together_may_reach_the_count() -> None:
    api = Listings([[1, 2], [2, 3]])
    assert listed(api, 3) == [1, 2, 3]


def test_the_last_of_them_counts_too() -> None:
    api = Listings([[1], [2], [3], [4], [5], [9]])
    assert listed(api, 5) == [1, 2, 3, 4, 5]
    assert len(api.sizes) == 5


def test_two_in_a_row_that_agree_are_believed_whatever_is_counted() -> None:
    """What GitHub counts is not documented; deleted versions, for one, may be among it."""
    api = Listings([[1, 2], [2, 1]])
    assert listed(api, 9) == [1, 2]
    assert len(api.sizes) == 2


def test_two_that_agree_about_nothing_are_not_believed() -> None:
    with pytest.raises(ListingIncomplete, match="0 of 9 versions were listed"):
        listed(Listings([[]]), 9)


def test_an_empty_package_is_one() -> None:
    assert listed(Listings([[]]), 0) == []
    assert listed(Listings([[]]), None) == []


def test_listings_that_go_on_differing_are_not_believed() -> None:
    api = Listings([[1], [2], [1], [2], [1], [2]])
    with pytest.raises(ListingIncomplete, match="2 of 9 versions were listed"):
        listed(api, 9)
    assert len(api.sizes) == 5


def test_one_that_shows_fewer_does_not_agree_with_the_one_before() -> None:
    api = Listings([[1, 2, 3], [1, 2], [1, 2]])
    assert listed(api, 9) == [1, 2, 3]
    assert len(api.sizes) == 3


def test_a_lost_answer_makes_no_listing() -> None:
    with pytest.raises(ListingIncomplete) as caught:
        listed(Listings([lost("502")]), 3)
    assert caught.value.message == (
        "acme/app (npm): the versions could not be listed completely: 502."
    )
    assert caught.value.request_id is not None
    with pytest.raises(ListingIncomplete):
        listed(Listings([[1], lost("502")]), 3)


def test_a_refusal_is_told_as_it_comes() -> None:
    with pytest.raises(Refused):
        listed(Listings([refused(403, "no")]), 3)


def test_two_versions_of_one_digest_are_no_listing() -> None:
    api = Listings([[1, 2, 3]], names={1: "sha256:a", 3: "sha256:a"})
    with pytest.raises(ListingIncomplete, match="versions 1 and 3 have one digest"):
        list_versions(api, counted(3, PackageType.CONTAINER))


def test_where_names_are_no_digests_they_may_be_equal() -> None:
    api = Listings([[1, 2]], names={1: "1.0.0", 2: "1.0.0"})
    assert len(list_versions(api, counted(2, PackageType.MAVEN))) == 2


@given(st.integers(0, 12), st.lists(st.sets(st.integers(0, 11)), max_size=6), st.randoms())
def test_whatever_is_listed_no_row_that_was_seen_is_forgotten(
    count: int, listings: Sequence[set[int]], chance: random.Random
) -> None:
    """And what is returned reaches the count, or the last two that were looked at agree."""
    everything = list(range(count))
    chance.shuffle(everything)
    shown = [[n for n in some if n < count] for some in listings]
    api = Listings([*shown, everything])
    try:
        found = listed(api, count)
    except ListingIncomplete:
        return
    looked_at = [*shown, *[everything] * 9][: len(api.sizes)]
    assert found == sorted(set().union(*looked_at))
    assert len(found) == count or set(looked_at[-1]) == set(looked_at[-2]) != set()


def meanwhile(api: Listings, *expected: int) -> list[int]:
    return sorted(row.id for row in list_meanwhile(api, counted(None), expected))


def test_while_others_go_what_several_listings_show_counts_together() -> None:
    api = Listings([[1, 4], [2, 4], [3]])
    assert meanwhile(api, 1, 2, 3) == [1, 2, 3, 4]
    assert api.sizes == [100, OTHER_PAGE_SIZE, 100]


def test_while_others_go_one_listing_that_shows_all_that_stays_is_enough() -> None:
    api = Listings([[1, 2, 3]])
    assert meanwhile(api, 1, 3) == [1, 2, 3]
    assert len(api.sizes) == 1


def test_what_stays_missing_is_for_the_caller_to_ask_for() -> None:
    api = Listings([[2]])
    assert meanwhile(api, 1, 2) == [2]
    assert len(api.sizes) == 5


def test_while_others_go_one_digest_has_one_version_too() -> None:
    api = Listings([[1], [2]], names={1: "sha256:x", 2: "sha256:x"})
    with pytest.raises(ListingIncomplete, match="have one digest"):
        list_meanwhile(api, counted(None, PackageType.CONTAINER), [1, 2])
