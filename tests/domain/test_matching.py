"""Which versions a rule holds for."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from domain.packages import NOW, digest_of, referrer_tag, version
from package_keeper.domain.matching import Matchable, holds_for, matchable, unmatched
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import (
    Condition,
    End,
    Except,
    IdIn,
    OlderThan,
    OrderBy,
    Quantifier,
    Rank,
    Rule,
    Tagged,
    TagsMatch,
    Verb,
    VersionGroup,
    YoungerThan,
)

ANY, EVERY = Quantifier.ANY, Quantifier.EVERY
D1, D2 = digest_of("1"), digest_of("2")


def images(
    *versions: Version, package_type: PackageType = PackageType.CONTAINER
) -> list[Matchable]:
    return [matchable(listed, package_type) for listed in versions]


def tagged_images(*tags: str) -> list[Matchable]:
    """The n-th has the id n, the n-th text as its tags, and is a day older than the next."""
    total = len(tags)
    return images(
        *(
            version(n, digest_of(str(n)), *text.split(), age=timedelta(days=total - n))
            for n, text in enumerate(tags, start=1)
        )
    )


def held(
    offered: Iterable[Matchable],
    *conditions: Condition,
    rank: Rank | None = None,
    verb: Verb = Verb.KEEP,
) -> list[int]:
    rule = Rule(verb=verb, text="", conditions=conditions, rank=rank)
    return sorted(holds_for(rule, tuple(offered), NOW))


def tags(quantifier: Quantifier, *patterns: str) -> TagsMatch:
    return TagsMatch(patterns=tuple(map(Pattern, patterns)), quantifier=quantifier)


def without(*patterns: str) -> Except:
    return Except(patterns=tuple(map(Pattern, patterns)))


def test_one_matching_tag_is_enough_or_every_tag_must_match() -> None:
    offered = tagged_images("pr-1", "pr-1 v1", "v1", "pr-1 pr-2", "")
    assert held(offered, tags(ANY, "pr-*")) == [1, 2, 4]
    assert held(offered, tags(EVERY, "pr-*")) == [1, 4]
    assert held(offered, tags(EVERY, "pr-1", "v*")) == [1, 2, 3]


def test_an_image_without_a_tag_has_neither_any_nor_every_tag() -> None:
    offered = tagged_images("")
    assert held(offered, tags(ANY, "*")) == []
    assert held(offered, tags(EVERY, "*")) == []


def test_except_takes_away_what_has_any_matching_tag_or_the_digest() -> None:
    offered = tagged_images("v1", "v1 latest", "", "v2")
    assert held(offered, Tagged(value=True), without("latest", "v2")) == [1]
    assert held(offered, without("v*")) == [3]
    assert held(offered, without(digest_of("4"))) == [1, 2, 3]


def test_a_digest_pattern_is_about_the_digest_and_never_about_tags() -> None:
    offered = tagged_images("v1", "v2", "")
    assert held(offered, tags(EVERY, digest_of("3"))) == [3]
    assert held(offered, tags(ANY, f"{digest_of('1')[:20]}*")) == [1]
    assert held(offered, tags(EVERY, "sha256:*")) == [1, 2, 3]


def test_tags_that_only_attach_are_not_the_images_own() -> None:
    offered = images(version(1, D1, referrer_tag(D2, ".sig")), version(2, D2, "v1"))
    assert held(offered, Tagged(value=False)) == [1]
    assert held(offered, tags(ANY, "sha256-*")) == []


def test_all_conditions_must_hold() -> None:
    offered = tagged_images("pr-1", "pr-2", "pr-3", "v1")
    two_days = timedelta(days=2)
    assert held(offered, tags(EVERY, "pr-*"), YoungerThan(age=two_days)) == [2, 3]
    assert held(offered, tags(EVERY, "pr-*"), IdIn(ids=(1, 2, 4))) == [1, 2]


def test_an_age_is_either_younger_or_older() -> None:
    ages = [timedelta(days=1), timedelta(days=1, seconds=1), timedelta(hours=23), timedelta(0)]
    offered = images(*(version(n, digest_of(str(n)), age=age) for n, age in enumerate(ages)))
    assert held(offered, OlderThan(age=timedelta(days=1))) == [1]
    assert held(offered, YoungerThan(age=timedelta(days=1))) == [0, 2, 3]
    assert held(offered, OlderThan(age=timedelta(0))) == [0, 1, 2]


def test_what_is_dated_in_the_future_is_young() -> None:
    offered = images(version(1, D1, age=timedelta(hours=-1)))
    assert held(offered, YoungerThan(age=timedelta(0))) == [1]


@pytest.mark.parametrize(
    "package_type",
    [PackageType.NPM, PackageType.MAVEN, PackageType.NUGET, PackageType.RUBYGEMS],
)
def test_where_there_are_no_tags_the_name_is_the_tag(package_type: PackageType) -> None:
    offered = images(version(1, "1.0.0"), version(2, "2.0.0-rc.1"), package_type=package_type)
    assert held(offered, tags(EVERY, "1.*")) == [1]
    assert held(offered, Tagged(value=True)) == [1, 2]
    assert held(offered, Tagged(value=False)) == []
    assert held(offered, without("*-rc.*")) == [1]
    assert held(offered, tags(ANY, "sha256:*")) == []


def test_the_old_docker_registry_has_tags_and_no_digests_to_match() -> None:
    offered = images(
        version(1, "sha256:abc", "v1"),
        version(2, "docker-base-layer"),
        package_type=PackageType.DOCKER,
    )
    assert held(offered, Tagged(value=True)) == [1]
    assert held(offered, tags(ANY, "sha256:*")) == []
    assert held(offered, tags(ANY, "docker-base-layer")) == []


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (IdIn(ids=(1,)), True),
        (tags(ANY, D1), True),
        (tags(EVERY, D1), True),
        (tags(EVERY, "*", "sha256:*"), True),
        (tags(ANY, "*"), False),
        (Tagged(value=False), False),
        (OlderThan(age=timedelta(0)), False),
        (without("v*"), False),
    ],
)
def test_a_part_is_only_held_where_it_is_named_outright(
    condition: Condition, *, holds: bool
) -> None:
    part = matchable(version(1, D1), PackageType.CONTAINER, is_image=False)
    assert held([part], condition) == ([1] if holds else [])


def test_a_part_that_is_named_must_meet_the_other_conditions_too() -> None:
    part = matchable(version(1, D1), PackageType.CONTAINER, is_image=False)
    assert held([part], IdIn(ids=(1,)), OlderThan(age=timedelta(days=9))) == [1]
    assert held([part], IdIn(ids=(1,)), OlderThan(age=timedelta(days=10))) == []


def test_only_what_counts_takes_a_place_among_the_newest() -> None:
    offered = [
        matchable(version(3, D1, age=timedelta(0)), PackageType.CONTAINER, is_counted=False),
        matchable(version(2, D2, age=timedelta(0)), PackageType.CONTAINER, is_image=False),
        matchable(version(1, digest_of("3")), PackageType.CONTAINER),
    ]
    assert held(offered, rank=Rank(end=End.NEWEST, count=1)) == [1]


def test_newest_and_oldest_count_what_meets_the_other_conditions() -> None:
    offered = tagged_images("v1", "pr-1", "v2", "pr-2", "v3")
    assert held(offered, tags(ANY, "v*"), rank=Rank(end=End.NEWEST, count=2)) == [3, 5]
    assert held(offered, tags(ANY, "v*"), rank=Rank(end=End.OLDEST, count=2)) == [1, 3]
    assert held(offered, rank=Rank(end=End.NEWEST, count=0)) == []
    assert held(offered, rank=Rank(end=End.OLDEST, count=9)) == [1, 2, 3, 4, 5]


def test_ties_are_broken_by_id_at_either_end() -> None:
    offered = images(*(version(n, digest_of(str(n))) for n in (5, 3, 9)))
    assert held(offered, rank=Rank(end=End.NEWEST, count=1)) == [9]
    assert held(offered, rank=Rank(end=End.OLDEST, count=1)) == [3]


def test_the_order_is_by_creation_by_update_or_by_version() -> None:
    def at(number: int, tag: str, created: int, updated: int) -> Version:
        return Version(
            id=number,
            name=digest_of(str(number)),
            tags=(tag,),
            created_at=NOW - timedelta(days=created),
            updated_at=NOW - timedelta(days=updated),
        )

    offered = images(at(1, "v3.0", 3, 1), at(2, "v10.0", 2, 2), at(3, "v2.0", 1, 3))
    newest = {
        order: held(offered, rank=Rank(end=End.NEWEST, count=1, order_by=order))
        for order in OrderBy
    }
    assert newest == {OrderBy.CREATED: [3], OrderBy.UPDATED: [1], OrderBy.VERSION: [2]}


def test_what_has_no_version_number_has_no_place_in_an_order_by_version() -> None:
    offered = tagged_images("v1.0", "latest", "v3.0 latest", "v2.0 v9.0", "1.0")
    by_version = Rank(end=End.NEWEST, count=3, order_by=OrderBy.VERSION)
    assert held(offered, rank=by_version) == [3, 4, 5]
    assert held(offered, rank=Rank(end=End.OLDEST, count=9, order_by=OrderBy.VERSION)) == [
        1,
        3,
        4,
        5,
    ]


def test_each_group_is_counted_for_itself() -> None:
    offered = tagged_images("v1.0.0", "v1.0.1", "v1.1.0", "v1.1.1", "v2.0.0", "latest")

    def newest(of_each: VersionGroup | Pattern) -> list[int]:
        return held(offered, rank=Rank(end=End.NEWEST, count=1, of_each=of_each))

    assert newest(VersionGroup.MAJOR) == [4, 5]
    assert newest(VersionGroup.MINOR) == [2, 4, 5]
    assert newest(VersionGroup.PATCH) == [1, 2, 3, 4, 5]


def test_two_builds_of_every_branch() -> None:
    offered = tagged_images(
        "main-0000001", "main-0000002", "dev-0000003", "main-0000004", "release"
    )
    branches = Pattern("/(.+)-[0-9a-f]{7,40}/")
    assert held(offered, rank=Rank(end=End.NEWEST, count=2, of_each=branches)) == [2, 3, 4]


@pytest.mark.parametrize("order", ["v1.0 v2.0", "v2.0 v1.0"])
def test_an_image_in_two_groups_is_kept_for_one_and_goes_for_both(order: str) -> None:
    """Whichever of its tags the listing shows first."""
    offered = tagged_images("v1.0", order, "v2.0")
    newest = Rank(end=End.NEWEST, count=1, of_each=VersionGroup.MAJOR)
    assert held(offered, rank=newest) == [2, 3]
    assert held(offered, rank=newest, verb=Verb.DELETE) == [3]
    oldest = Rank(end=End.OLDEST, count=1, of_each=VersionGroup.MAJOR)
    assert held(offered, rank=oldest) == [1, 2]
    assert held(offered, rank=oldest, verb=Verb.DELETE) == [1]


def test_what_is_in_no_group_is_neither_kept_nor_deleted_for_its_rank() -> None:
    newest = Rank(end=End.NEWEST, count=9, of_each=VersionGroup.MAJOR)
    assert held(tagged_images("latest", ""), rank=newest) == []
    assert held(tagged_images("latest", ""), rank=newest, verb=Verb.DELETE) == []


def test_a_pattern_that_matches_nothing_is_named() -> None:
    offered = tagged_images("v1", "")
    rule = Rule(
        verb=Verb.KEEP,
        text="",
        conditions=(
            tags(ANY, "v*", "v2", "/x/", digest_of("2"), "sha256:no"),
            without("nothing"),
            IdIn(ids=(7,)),
        ),
    )
    assert unmatched(rule, offered) == ("v2", "/x/", "sha256:no")


def test_where_there_are_no_digests_a_digest_pattern_matches_nothing() -> None:
    offered = images(version(1, "1.0.0"), package_type=PackageType.NPM)
    rule = Rule(verb=Verb.KEEP, text="", conditions=(tags(ANY, "sha256:*"),))
    assert unmatched(rule, offered) == ("sha256:*",)
