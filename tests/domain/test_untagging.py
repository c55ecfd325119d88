"""Tags that may go from images that stay."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given

from domain.packages import NOW, Pushes, World, package, worlds
from domain.promises import deleted, rule_lists
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan, Verdict
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.rules import (
    Condition,
    Except,
    Quantifier,
    Rule,
    Tagged,
    TagsMatch,
    Verb,
    YoungerThan,
)
from package_keeper.domain.untagging import removals


def tags(*patterns: str, quantifier: Quantifier = Quantifier.EVERY) -> TagsMatch:
    return TagsMatch(patterns=tuple(map(Pattern, patterns)), quantifier=quantifier)


def any_tag(*patterns: str) -> TagsMatch:
    return tags(*patterns, quantifier=Quantifier.ANY)


def delete(*conditions: Condition, text: str = "delete") -> Rule:
    return Rule(verb=Verb.DELETE, text=text, conditions=conditions)


def keep(*conditions: Condition) -> Rule:
    return Rule(verb=Verb.KEEP, text="keep", conditions=conditions)


def off(world: World, *rules: Rule) -> dict[int, tuple[str, ...]]:
    found = removals(world.graph(), rules, PackageType.CONTAINER, NOW)
    return {version_id: removal.tags for version_id, removal in found.items()}


def test_the_tags_that_a_delete_rule_matches_go_where_others_stay() -> None:
    pushes = Pushes()
    image = pushes.image("v1", "pr-1", "pr-2")
    pushes.image("v2")
    pushes.image("pr-3")
    assert off(pushes.world(), delete(tags("pr-*"))) == {image.id: ("pr-1", "pr-2")}


def test_a_tag_that_a_keep_rule_holds_stays() -> None:
    pushes = Pushes()
    image = pushes.image("v1", "pr-1", "pr-2")
    world = pushes.world()
    assert off(world, delete(tags("pr-*")), keep(any_tag("pr-1"))) == {}
    assert off(world, delete(tags("pr-2")), keep(any_tag("pr-1"))) == {image.id: ("pr-2",)}
    assert off(world, delete(tags("pr-*")), keep(YoungerThan(age=timedelta(days=30)))) == {}


def test_a_rule_that_names_no_tags_takes_none_off() -> None:
    pushes = Pushes()
    pushes.image("v1", "pr-1")
    world = pushes.world()
    assert off(world, delete(Tagged(value=True))) == {}
    assert off(world, delete(Except(patterns=(Pattern("v*"),)))) == {}


def test_the_first_rule_that_takes_a_tag_off_is_the_reason() -> None:
    pushes = Pushes()
    image = pushes.image("v1", "pr-1", "tmp")
    rules = [delete(tags("pr-*"), text="first"), delete(tags("tmp", "pr-*"), text="second")]
    found = removals(pushes.world().graph(), rules, PackageType.CONTAINER, NOW)
    assert (found[image.id].tags, found[image.id].rule.text) == (("pr-1",), "first")


def plan(world: World, rules: Sequence[Rule], *, untag: bool = True) -> Plan:
    return make_plan(package(), world.graph(), Question(rules=tuple(rules), now=NOW, untag=untag))


def test_the_plan_says_which_tags_go_and_which_keep_the_image() -> None:
    pushes = Pushes()
    image = pushes.image("v1", "pr-1", "latest")
    doomed, _ = pushes.image("pr-2"), pushes.image("v2")
    made = plan(pushes.world(), [delete(tags("pr-*"), text="delete: pr-*")])
    (decision,) = made.untags
    assert (decision.version.id, decision.tags_off) == (image.id, ("pr-1",))
    assert decision.reason == "pr-1 selected by delete: pr-*; v1, latest keeps the image"
    assert deleted(made) == {doomed.id}
    assert {d.version.id for d in made.changes} == {image.id, doomed.id}
    assert image.id in {d.version.id for d in made.staying}
    assert image.id not in {d.version.id for d in made.kept}


@given(worlds(), rule_lists())
def test_untagging_deletes_nothing_else_and_never_the_last_tag(
    world: World, rules: tuple[Rule, ...]
) -> None:
    made = plan(world, rules)
    assert made.deletions == plan(world, rules, untag=False).deletions
    for decision in made.untags:
        assert decision.verdict is Verdict.UNTAG
        assert set(decision.tags_off) < set(decision.version.own_tags)
        assert decision.tags_off
