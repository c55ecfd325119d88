"""The promises of the README, each as a property over random packages, rules and doubts."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.packages import NOW, World, doubtful_worlds, package, worlds
from domain.promises import (
    closure,
    deleted,
    images_of,
    pattern_lists,
    rule_lists,
    short_inputs,
    twice_as_many,
)
from package_keeper.domain.errors import ManifestsUnreadable
from package_keeper.domain.images import build_graph
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan, Verdict
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.readings import Readings
from package_keeper.domain.rules import IdIn, Rule, Verb
from package_keeper.domain.selection import may_delete
from package_keeper.domain.shorthand import ShortInputs, rules_of


def plan_of(world: World, rules: Sequence[Rule], if_empty: IfEmpty = IfEmpty.KEEP_NEWEST) -> Plan:
    question = Question(rules=tuple(rules), now=NOW, if_empty=if_empty)
    return make_plan(package(), world.graph(), question)


def plan_in_doubt(world: World, rules: Sequence[Rule]) -> Plan | None:
    """The plan; None where something that stays can't be read, so that nothing goes."""
    try:
        return plan_of(world, rules)
    except ManifestsUnreadable:
        return None


@given(worlds(), rule_lists())
def test_every_version_gets_exactly_one_decision_with_a_reason(
    world: World, rules: tuple[Rule, ...]
) -> None:
    plan = plan_of(world, rules)
    decided = [decision.version.id for decision in plan.decisions]
    assert sorted(decided) == sorted(version.id for version in world.versions)
    assert all(decision.reason for decision in plan.decisions)


@settings(max_examples=twice_as_many())
@given(worlds(), rule_lists())
def test_a_kept_image_stays_whole(world: World, rules: tuple[Rule, ...]) -> None:
    plan = plan_of(world, rules)
    gone = {d.version.name for d in plan.deletions}
    assert not closure(world, images_of(plan, world)) & gone


@given(worlds(), rule_lists(), st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_keep_wins(world: World, rules: tuple[Rule, ...], ids: list[int]) -> None:
    held = [v for v in world.versions if v.id in ids]
    rule = Rule(verb=Verb.KEEP, text="ids", conditions=(IdIn(ids=tuple(ids)),))
    assert not deleted(plan_of(world, (*rules, rule))) & {v.id for v in held}


@settings(max_examples=twice_as_many())
@given(worlds(), rule_lists())
def test_a_second_run_has_nothing_to_do(world: World, rules: tuple[Rule, ...]) -> None:
    first = deleted(plan_of(world, rules))
    left = world.after(first)
    assert deleted(plan_of(left, rules)) == frozenset()


@given(worlds(), rule_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_listing_does_not_matter(
    world: World, rules: tuple[Rule, ...], chance: random.Random
) -> None:
    shuffled = list(world.versions)
    chance.shuffle(shuffled)
    manifests = list(world.manifests.items())
    chance.shuffle(manifests)
    other = replace(world, versions=tuple(shuffled), manifests=dict(manifests))
    assert plan_of(other, rules).deletions == plan_of(world, rules).deletions


@settings(max_examples=twice_as_many())
@given(worlds(), short_inputs(), pattern_lists, st.integers(0, 2))
def test_keeping_more_never_deletes_more(
    world: World, inputs: ShortInputs, more: tuple[Pattern, ...], extra: int
) -> None:
    """Apart from `if-empty`, which steps in only where nothing else would be left."""
    count = inputs.versions_to_keep
    stricter = replace(
        inputs,
        keep=inputs.keep + more,
        versions_to_keep=None if count is None else count + extra,
    )
    fewer = deleted(plan_of(world, rules_of(stricter), IfEmpty.FAIL))
    assert fewer <= deleted(plan_of(world, rules_of(inputs), IfEmpty.FAIL))


@given(worlds(), rule_lists())
def test_what_needs_a_version_goes_before_it(world: World, rules: tuple[Rule, ...]) -> None:
    plan = plan_of(world, rules)
    place = {decision.version.name: n for n, decision in enumerate(plan.deletions)}
    by_id = {decision.version.id: n for n, decision in enumerate(plan.deletions)}
    for n, decision in enumerate(plan.deletions):
        assert all(by_id[above] < n for above in decision.after)
    for digest, manifest in world.manifests.items():
        for child in manifest.children:
            if digest in place and child.digest in place:
                assert place[digest] < place[child.digest]


@settings(max_examples=twice_as_many())
@given(worlds(), rule_lists(), st.data())
def test_a_run_cut_anywhere_leaves_every_kept_and_unattempted_image_whole(
    world: World, rules: tuple[Rule, ...], data: st.DataObject
) -> None:
    """Whatever fails on the way: only what has all its `after` gone may go."""
    plan = plan_of(world, rules)
    failing = data.draw(st.sets(st.sampled_from([v.id for v in world.versions])))
    gone: set[int] = set()
    for decision in plan.deletions:
        if decision.version.id not in failing and set(decision.after) <= gone:
            gone.add(decision.version.id)
    left = world.after(frozenset(gone))
    before, after = world.manifests, left.manifests
    for version in left.versions:
        for child in before[version.name].children if version.name in before else ():
            assert (child.digest in before) == (child.digest in after)


@given(worlds(), rule_lists())
def test_nothing_goes_that_no_rule_selects_and_that_is_no_part_of_what_goes(
    world: World, rules: tuple[Rule, ...]
) -> None:
    plan = plan_of(world, rules)
    graph = world.graph()
    gone = {d.version.name for d in plan.deletions}
    for decision in plan.deletions:
        if decision.ground.value == "part":
            name = decision.version.name
            above = {*graph.parents.get(name, ()), *graph.subjects.get(name, ())}
            above |= {graph.superseded.get(name, "")}
            assert above & (gone | graph.readings.absent)


@given(worlds(), rule_lists())
def test_a_tagged_image_is_always_left_or_at_least_a_version(
    world: World, rules: tuple[Rule, ...]
) -> None:
    plan = plan_of(world, rules)
    left = [decision.version for decision in plan.kept]
    assert left
    assert any(v.own_tags for v in left) == any(v.own_tags for v in world.versions)
    assert any(v.tags for v in left) == any(v.tags for v in world.versions)
    assert {d.verdict for d in plan.decisions} <= {Verdict.KEEP, Verdict.DELETE}


@settings(max_examples=twice_as_many())
@given(doubtful_worlds(), rule_lists())
def test_in_doubt_all_that_is_known_of_a_kept_image_stays(
    world: World, rules: tuple[Rule, ...]
) -> None:
    plan = plan_in_doubt(world, rules)
    if plan is None:
        return
    known = replace(world, manifests=world.readings.manifests)
    gone = {d.version.name for d in plan.deletions}
    assert not closure(known, images_of(plan, world)) & gone
    assert not world.unreadable & gone


@settings(max_examples=twice_as_many())
@given(doubtful_worlds(), rule_lists())
def test_what_could_not_be_read_is_never_taken_for_not_needed(
    world: World, rules: tuple[Rule, ...]
) -> None:
    """Judged by what the unreadable manifests really say, which the plan can't know."""
    plan = plan_in_doubt(world, rules)
    if plan is None:
        return
    there = {d: m for d, m in world.manifests.items() if d not in world.absent}
    gone = {d.version.name for d in plan.deletions}
    if (
        not world.readings.unreadable
    ):  # what stays is a riddle then, of which the tagged are no part
        gone -= {v.name for v in world.versions if v.own_tags}
    assert not closure(replace(world, manifests=there), images_of(plan, world)) & gone


@given(doubtful_worlds(), rule_lists())
def test_an_unreadable_version_that_is_to_stay_stops_everything(
    world: World, rules: tuple[Rule, ...]
) -> None:
    """And a keep rule is enough for it to be such a version."""
    unreadable = world.readings.unreadable
    listed = tuple(v.id for v in world.versions if v.name in unreadable)
    if listed:
        held = Rule(verb=Verb.KEEP, text="ids", conditions=(IdIn(ids=listed),))
        with pytest.raises(ManifestsUnreadable, match="could not be read: 500"):
            plan_of(world, (*rules, held))
    elif not unreadable:
        assert plan_in_doubt(world, rules) is not None


@given(doubtful_worlds(), rule_lists())
def test_in_doubt_a_second_run_has_nothing_to_do(world: World, rules: tuple[Rule, ...]) -> None:
    plan = plan_in_doubt(world, rules)
    again = plan and plan_in_doubt(world.after(deleted(plan)), rules)
    assert again is None or deleted(again) == frozenset()


@given(doubtful_worlds(), rule_lists())
def test_where_the_listing_leaves_nothing_to_delete_no_manifest_changes_that(
    world: World, rules: tuple[Rule, ...]
) -> None:
    """So that such a run need not read any: each reading counts as a download."""
    if may_delete(world.versions, rules, PackageType.CONTAINER, NOW):
        return
    plan = plan_in_doubt(world, rules)
    assert plan is None or plan.deletions == ()
    unread = build_graph({v.name: v for v in world.versions}, Readings())
    question = Question(rules=rules, now=NOW)
    assert make_plan(package(), unread, question).deletions == ()
