"""What the rules alone say, before anything's needs are weighed."""

from datetime import timedelta

import pytest

from domain.packages import NOW, Pushes, digest_of, referrer_tag, version
from package_keeper.domain.images import ImageGraph, plain_graph
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import (
    Condition,
    End,
    IdIn,
    OlderThan,
    Quantifier,
    Rank,
    Rule,
    Tagged,
    TagsMatch,
    Verb,
    YoungerThan,
)
from package_keeper.domain.selection import (
    Selection,
    may_delete,
    missing_ids,
    offer,
    select,
    warnings_of,
)

CONTAINER = PackageType.CONTAINER


def keep(*conditions: Condition, text: str = "keep", rank: Rank | None = None) -> Rule:
    return Rule(verb=Verb.KEEP, text=text, conditions=conditions, rank=rank)


def delete(*conditions: Condition, text: str = "delete", rank: Rank | None = None) -> Rule:
    return Rule(verb=Verb.DELETE, text=text, conditions=conditions, rank=rank)


def tags(*patterns: str) -> TagsMatch:
    return TagsMatch(patterns=tuple(map(Pattern, patterns)), quantifier=Quantifier.EVERY)


def selected(graph: ImageGraph, *rules: Rule) -> Selection:
    return select(graph, rules, CONTAINER, NOW)


def test_a_version_goes_where_a_delete_rule_selects_it_and_no_keep_rule_holds_it() -> None:
    graph = plain_graph([version(1, "a", "v1"), version(2, "b", "pr-1"), version(3, "c", "main")])
    selection = selected(graph, delete(tags("*")), keep(tags("v*")), keep(IdIn(ids=(3,))))
    assert [selection.dooms(number) for number in (1, 2, 3)] == [False, True, False]
    assert not selection.dooms(99)


def test_the_first_rule_of_its_kind_is_the_reason() -> None:
    graph = plain_graph([version(1, "a", "v1")])
    rules = [keep(IdIn(ids=(1,)), text="one"), keep(tags("v*"), text="two")]
    assert selected(graph, *rules).held[1].text == "one"
    assert selected(graph, *reversed(rules)).held[1].text == "two"


def test_what_is_named_outright_is_told_apart_from_what_is_counted() -> None:
    graph = plain_graph([version(1, digest_of("1"), "v1"), version(2, digest_of("2"), "v2")])
    newest = Rank(end=End.NEWEST, count=2)
    rules = [
        keep(tags(digest_of("1"))),
        keep(IdIn(ids=(2,)), rank=newest),
        keep(tags("v*")),
        delete(IdIn(ids=(2,))),
    ]
    assert selected(graph, *rules).named == {1}


def test_parts_are_offered_as_parts_and_referrers_take_no_place() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["v1"])
    orphan = pushes.image(subject=digest_of("gone"))
    offered = {item.version.id: item for item in offer(pushes.world().graph(), CONTAINER)}
    assert (offered[part.id].is_image, offered[part.id].is_counted) == (False, False)
    assert (offered[index.id].is_image, offered[index.id].is_counted) == (True, True)
    assert (offered[orphan.id].is_image, offered[orphan.id].is_counted) == (True, False)


def test_warnings_name_each_useless_pattern_of_a_kind_once() -> None:
    offered = offer(plain_graph([version(1, "a", "v1")]), CONTAINER)
    rules = [keep(tags("x", "v1")), delete(tags("x")), keep(tags("x"))]
    assert warnings_of(rules, offered) == (
        "keep: the pattern x matches nothing",
        "delete: the pattern x matches nothing",
    )


def test_ids_that_are_no_versions_are_named_once_in_the_order_asked_for() -> None:
    offered = offer(plain_graph([version(1, "a", "v1")]), CONTAINER)
    rules = [delete(IdIn(ids=(9, 1, 7))), keep(IdIn(ids=(7, 8)), Tagged(value=True))]
    assert missing_ids(rules, offered) == (9, 7, 8)


OLD, NEW = timedelta(days=10), timedelta(hours=1)
NEWEST = Rank(end=End.NEWEST, count=1)


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        ([], False),
        ([keep(tags("*"))], False),
        ([delete(tags("v*"))], True),
        ([delete(tags("x*"))], False),
        ([delete(tags("v*")), keep(tags("v*"))], False),
        ([delete(tags("v*")), keep(YoungerThan(age=OLD))], False),
        ([delete(tags("v*")), keep(YoungerThan(age=timedelta(days=9)))], True),
        ([delete(Tagged(value=False), OlderThan(age=timedelta(days=1)))], True),
        ([delete(Tagged(value=False), OlderThan(age=OLD))], False),
        ([delete(tags("v*")), keep(Tagged(value=True), rank=NEWEST)], True),
        (
            [
                delete(tags("v*")),
                keep(Tagged(value=True), rank=Rank(end=End.NEWEST, count=2)),
            ],
            False,
        ),
        ([delete(IdIn(ids=(3,)))], True),
        ([delete(IdIn(ids=(9,)))], False),
    ],
)
def test_whether_anything_could_go_is_told_by_the_listing_alone(
    rules: list[Rule], *, answer: bool
) -> None:
    versions = [version(1, "a", "v1"), version(2, "b", "v2"), version(3, "c")]
    assert may_delete(versions, rules, CONTAINER, NOW) is answer


def test_a_count_of_untagged_images_does_not_spare_the_reading() -> None:
    """Which of them are images is only known from the manifests."""
    versions = [version(1, "a"), version(2, "b")]
    rules = [
        delete(Tagged(value=False)),
        keep(Tagged(value=False), rank=Rank(end=End.NEWEST, count=2)),
    ]
    assert may_delete(versions, rules, CONTAINER, NOW)


def test_the_oldest_to_delete_are_not_counted_before_it_is_known_what_counts() -> None:
    """Untagged and the oldest, but kept by name: another image may turn out to be the oldest."""
    versions = [version(1, "a", age=OLD), version(2, "b", "v1", age=NEW)]
    rules = [delete(rank=Rank(end=End.OLDEST, count=1)), keep(IdIn(ids=(1,)))]
    assert may_delete(versions, rules, CONTAINER, NOW)


def test_nothing_listed_is_nothing_to_delete() -> None:
    nothing: list[Version] = []
    assert not may_delete(nothing, [delete(Tagged(value=True))], CONTAINER, NOW)


def test_what_only_attaches_counts_as_untagged_in_the_listing() -> None:
    versions = [version(1, digest_of("1"), referrer_tag(digest_of("2")))]
    assert may_delete(versions, [delete(Tagged(value=False))], CONTAINER, NOW)
