"""The short inputs are a notation for rules: the design's table, line by line."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.promises import short_inputs
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import (
    End,
    Except,
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
from package_keeper.domain.shorthand import ShortInputs, describe_age, rules_of

K = (Pattern("latest"), Pattern("v*"))
D = (Pattern("pr-*"),)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)


def newest(count: int, *conditions: TagsMatch | Except) -> Rule:
    return Rule(
        verb=Verb.KEEP,
        text=f"versions-to-keep: {count}",
        conditions=(Tagged(value=True), *conditions),
        rank=Rank(end=End.NEWEST, count=count),
    )


KEEP_K = Rule(
    verb=Verb.KEEP,
    text="keep: latest, v*",
    conditions=(TagsMatch(patterns=K, quantifier=Quantifier.ANY),),
)
DELETE_D = Rule(
    verb=Verb.DELETE,
    text="delete: pr-*",
    conditions=(TagsMatch(patterns=D, quantifier=Quantifier.EVERY),),
)
DELETE_TAGGED = Rule(verb=Verb.DELETE, text="versions-to-keep: 3", conditions=(Tagged(value=True),))
UNTAGGED = Rule(verb=Verb.DELETE, text="delete-untagged", conditions=(Tagged(value=False),))
UNTAGGED_GRACED = Rule(
    verb=Verb.DELETE,
    text="delete-untagged, older than 1 day",
    conditions=(Tagged(value=False), OlderThan(age=DAY)),
)
OLDER = Rule(verb=Verb.KEEP, text="older-than: 30 days", conditions=(YoungerThan(age=MONTH),))
IDS = Rule(verb=Verb.DELETE, text="delete-ids", conditions=(IdIn(ids=(7, 8)),))
EVERY_D = TagsMatch(patterns=D, quantifier=Quantifier.EVERY)


@pytest.mark.parametrize(
    ("inputs", "rules"),
    [
        (ShortInputs(), set()),
        (ShortInputs(keep=K), {KEEP_K}),
        (ShortInputs(versions_to_keep=3), {newest(3), DELETE_TAGGED, UNTAGGED_GRACED}),
        (
            ShortInputs(versions_to_keep=3, keep=K),
            {KEEP_K, newest(3, Except(patterns=K)), DELETE_TAGGED, UNTAGGED_GRACED},
        ),
        (ShortInputs(versions_to_keep=3, delete=D), {newest(3, EVERY_D), DELETE_D}),
        (
            ShortInputs(versions_to_keep=3, delete=D, keep=K),
            {KEEP_K, newest(3, EVERY_D, Except(patterns=K)), DELETE_D},
        ),
        (ShortInputs(delete=D), {DELETE_D}),
        (ShortInputs(delete=D, older_than=MONTH), {OLDER, DELETE_D}),
        (ShortInputs(delete_untagged=True), {UNTAGGED_GRACED}),
        (ShortInputs(delete_untagged=True, older_than=MONTH), {OLDER, UNTAGGED}),
        (ShortInputs(versions_to_keep=3, delete_untagged=False), {newest(3), DELETE_TAGGED}),
        (
            ShortInputs(versions_to_keep=3, delete=D, delete_untagged=True),
            {newest(3, EVERY_D), DELETE_D, UNTAGGED_GRACED},
        ),
        (ShortInputs(delete_ids=(7, 8)), {IDS}),
    ],
)
def test_the_table(inputs: ShortInputs, rules: set[Rule]) -> None:
    assert set(rules_of(inputs)) == rules


def test_no_time_at_all_takes_the_day_of_grace_away() -> None:
    rules = rules_of(ShortInputs(delete_untagged=True, older_than=timedelta(0)))
    assert UNTAGGED in rules
    assert [rule.text for rule in rules] == ["older-than: 0 seconds", "delete-untagged"]


def test_none_may_be_kept() -> None:
    assert newest(0) in rules_of(ShortInputs(versions_to_keep=0))


@given(short_inputs())
def test_only_what_selects_gives_a_rule_that_deletes(inputs: ShortInputs) -> None:
    deletes = any(rule.verb is Verb.DELETE for rule in rules_of(inputs))
    assert inputs.selects == deletes


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(milliseconds=500), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=90), "90 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=12), "12 hours"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(weeks=6), "42 days"),
    ],
)
def test_an_age_is_told_in_the_largest_unit_that_says_it_exactly(age: timedelta, said: str) -> None:
    assert describe_age(age) == said


@given(st.integers(0, 10**9))
def test_a_described_age_is_the_age(seconds: int) -> None:
    sizes = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
    count, unit = describe_age(timedelta(seconds=seconds)).split()
    assert int(count) * sizes[unit.removesuffix("s")] == seconds


def test_a_rule_that_would_hold_for_everything_is_none() -> None:
    with pytest.raises(ValueError, match="without a condition"):
        Rule(verb=Verb.DELETE, text="everything")
