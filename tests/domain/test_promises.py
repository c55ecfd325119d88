"""The promises of the README, each as a property over random packages, rules and histories."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.model import Version
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan, Verdict
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.rules import End, IdIn, Rank, Rule, Tagged, Verb
from package_keeper.domain.shorthand import ShortInputs, rules_of

from domain.packages import NOW, World, package, worlds

_PATTERNS = st.lists(
    st.sampled_from(["v*", "pr-*", "latest", "main", "/pr-[12]/", "*"]).map(Pattern), max_size=2
).map(tuple)
_AGE = st.integers(0, 60).map(lambda days: timedelta(days=days))


@st.composite
def short_inputs(draw: st.DrawFn) -> ShortInputs:
    return ShortInputs(
        versions_to_keep=draw(st.none() | st.integers(0, 4)),
        keep=draw(_PATTERNS),
        delete=draw(_PATTERNS),
        older_than=draw(st.none() | _AGE),
        delete_untagged=draw(st.none() | st.booleans()),
        delete_ids=tuple(draw(st.lists(st.integers(1, 9), max_size=2))),
    )


@st.composite
def rule_lists(draw: st.DrawFn) -> tuple[Rule, ...]:
    """What the short inputs can say, and a policy's "keep the newest untagged" with it."""
    rules = rules_of(draw(short_inputs()))
    if draw(st.booleans()):
        count = draw(st.integers(0, 3))
        newest = Rank(end=End.NEWEST, count=count)
        condition = Tagged(value=False)
        rules = (
            *rules,
            Rule(verb=Verb.KEEP, text="untagged", conditions=(condition,), rank=newest),
        )
    return rules


def plan_of(world: World, rules: Sequence[Rule], if_empty: IfEmpty = IfEmpty.KEEP_NEWEST) -> Plan:
    question = Question(rules=tuple(rules), now=NOW, if_empty=if_empty)
    return make_plan(package(), world.graph(), question)


def deleted(plan: Plan) -> frozenset[int]:
    return frozenset(decision.version.id for decision in plan.deletions)


def names(versions: Sequence[Version]) -> set[str]:
    return {version.name for version in versions}


def closure(world: World, roots: set[str]) -> set[str]:
    """The design's definition, written down once more and apart from the code under test."""
    found: set[str] = set()
    pending = list(roots)
    tags = {v.name: v.tagged_subjects for v in world.versions}
    while pending:
        digest = pending.pop()
        if digest in found:
            continue
        found.add(digest)
        manifest = world.manifests.get(digest)
        if manifest is not None:
            pending += [child.digest for child in manifest.children]
            pending += [manifest.subject] if manifest.subject else []
        pending += tags.get(digest, ())
        pending += [d for d, m in world.manifests.items() if m.subject == digest]
        pending += [d for d, about in tags.items() if digest in about]
    return found


@given(worlds(), rule_lists())
def test_every_version_gets_exactly_one_decision_with_a_reason(
    world: World, rules: tuple[Rule, ...]
) -> None:
    plan = plan_of(world, rules)
    decided = [decision.version.id for decision in plan.decisions]
    assert sorted(decided) == sorted(version.id for version in world.versions)
    assert all(decision.reason for decision in plan.decisions)


@settings(max_examples=400)
@given(worlds(), rule_lists())
def test_a_kept_image_stays_whole(world: World, rules: tuple[Rule, ...]) -> None:
    plan = plan_of(world, rules)
    gone = {d.version.name for d in plan.deletions}
    kept_images = {
        decision.version.name
        for decision in plan.kept
        if decision.is_image and not world.graph().superseded.get(decision.version.name)
    }
    assert not closure(world, kept_images) & gone


@given(worlds(), rule_lists(), st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_keep_wins(world: World, rules: tuple[Rule, ...], ids: list[int]) -> None:
    held = [v for v in world.versions if v.id in ids]
    rule = Rule(verb=Verb.KEEP, text="ids", conditions=(IdIn(ids=tuple(ids)),))
    assert not deleted(plan_of(world, (*rules, rule))) & {v.id for v in held}


@settings(max_examples=400)
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


@settings(max_examples=400)
@given(worlds(), short_inputs(), _PATTERNS, st.integers(0, 2))
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


@settings(max_examples=400)
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
    gone = names([d.version for d in plan.deletions])
    for decision in plan.deletions:
        if decision.ground.value == "part":
            name = decision.version.name
            above = {*graph.parents.get(name, ()), *graph.subjects.get(name, ())}
            above |= {graph.superseded.get(name, "")}
            assert above & (gone | graph.readings.absent)


@given(worlds(), rule_lists())
def test_one_tagged_image_is_always_left(world: World, rules: tuple[Rule, ...]) -> None:
    tagged = [version for version in world.versions if version.own_tags]
    plan = plan_of(world, rules)
    left = [d for d in plan.kept if d.version.own_tags]
    assert bool(left) == bool(tagged)
    assert {d.verdict for d in plan.decisions} <= {Verdict.KEEP, Verdict.DELETE}
