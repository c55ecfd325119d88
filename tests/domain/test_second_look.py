"""The second look: whatever happens between showing a plan and carrying it out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import NOW, Pushes, World, package, two_looks
from domain.promises import closure, deleted, images_of, rule_lists
from package_keeper.domain.confirming import both_listings, confirm
from package_keeper.domain.errors import ManifestsUnreadable
from package_keeper.domain.images import plain_graph
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.rules import Rule
from package_keeper.domain.shorthand import ShortInputs, rules_of


def short(
    keep: str = "", delete: str = "", *, versions_to_keep: int | None = None, untagged: bool = False
) -> tuple[Rule, ...]:
    return rules_of(
        ShortInputs(
            versions_to_keep=versions_to_keep,
            keep=tuple(map(Pattern, keep.split())),
            delete=tuple(map(Pattern, delete.split())),
            delete_untagged=untagged,
        )
    )


def asking(
    rules: Sequence[Rule], if_empty: IfEmpty = IfEmpty.KEEP_NEWEST, *, untag: bool = False
) -> Question:
    return Question(rules=tuple(rules), now=NOW, if_empty=if_empty, untag=untag)


def looked_twice(
    first: World, second: World, question: Question
) -> tuple[Plan, Plan, tuple[Result, ...]]:
    """The plan that was shown, the one that is carried out, and what is off."""
    shown = make_plan(package(), first.graph(), question)
    listed = {version.id for version in second.versions}
    plan, off = confirm(shown, second.seen_after(first).graph(), question, listed)
    return shown, plan, off


def ids_of(world: World) -> set[int]:
    return {version.id for version in world.versions}


def tagged(world: World, version: Version, *tags: str) -> World:
    """The package with other tags on one version."""
    return replace(
        world,
        versions=tuple(replace(v, tags=tags) if v.id == version.id else v for v in world.versions),
    )


@given(two_looks(), rule_lists(), st.sampled_from(IfEmpty))
def test_whatever_changed_nothing_kept_in_either_plan_goes_and_what_stays_is_whole(
    looks: tuple[World, World], rules: tuple[Rule, ...], if_empty: IfEmpty
) -> None:
    first, second = looks
    question = asking(rules, if_empty)
    shown, plan, off = looked_twice(first, second, question)
    both = second.seen_after(first)
    alone = make_plan(package(), both.graph(), question)
    going = deleted(plan)
    assert going <= deleted(shown)
    if if_empty is IfEmpty.FAIL:  # else the newest may be another one, as another one stays
        assert going <= deleted(alone)
    assert plan.deletes_package <= (shown.deletes_package and alone.deletes_package)
    gone = {v.name for v in both.versions if v.id in going}
    assert not closure(both, images_of(plan, both)) & gone
    assert {result.version.id for result in off} == deleted(shown) - going
    assert {result.outcome for result in off} <= {Outcome.CHANGED}


@given(two_looks(), rule_lists())
def test_what_gained_a_tag_stays(looks: tuple[World, World], rules: tuple[Rule, ...]) -> None:
    first, second = looks
    before = {v.id: set(v.tags) for v in first.versions}
    _, plan, _ = looked_twice(first, second, asking(rules))
    gained = {v.id for v in second.versions if set(v.tags) - before.get(v.id, set())}
    assert not deleted(plan) & gained


@given(two_looks(), rule_lists(), st.sampled_from(IfEmpty))
def test_where_nothing_changed_all_that_was_shown_goes(
    looks: tuple[World, World], rules: tuple[Rule, ...], if_empty: IfEmpty
) -> None:
    world, _ = looks
    shown, plan, off = looked_twice(world, world, asking(rules, if_empty))
    assert plan == shown
    assert off == ()


def test_a_part_of_a_new_push_stays_although_the_push_itself_may_go_next_time() -> None:
    """A new index that the rules would delete was never shown, so it stays, and whole."""
    pushes = Pushes()
    platform = pushes.image()
    old = pushes.index(platform, tags=["pr-1"])
    pushes.image("v1")
    first = pushes.world()
    new = pushes.index(platform, tags=["pr-2"], days=0)
    shown, plan, off = looked_twice(first, pushes.world(), asking(short(delete="pr-*")))
    assert deleted(shown) == {platform.id, old.id}
    assert deleted(plan) == {old.id}
    (result,) = off
    assert (result.version.id, result.outcome) == (platform.id, Outcome.CHANGED)
    assert result.detail == "since the plan was shown it changed: needed by pr-2"
    assert new.id not in {decision.version.id for decision in plan.deletions}


def test_a_new_signature_keeps_the_image_that_it_signs() -> None:
    pushes = Pushes()
    image = pushes.image("pr-1")
    pushes.image("v1")
    first = pushes.world()
    pushes.image(subject=image.name, days=0)
    _, plan, off = looked_twice(first, pushes.world(), asking(short(delete="pr-*")))
    assert deleted(plan) == frozenset()
    assert [result.version.id for result in off] == [image.id]


def test_the_whole_package_never_goes_where_that_was_not_shown() -> None:
    """The image that was kept for its tag lost it to none: only now would everything go."""
    pushes = Pushes()
    old, kept = pushes.image("pr-1"), pushes.image("main")
    first = pushes.world()
    second = tagged(first, kept, "pr-2")
    question = asking(short(delete="pr-*"), IfEmpty.DELETE_PACKAGE)
    shown, plan, _ = looked_twice(first, second, question)
    assert deleted(shown) == {old.id}
    assert make_plan(package(), second.graph(), question).deletes_package
    assert not plan.deletes_package
    assert deleted(plan) == {old.id}


def test_a_package_that_is_to_go_whole_stays_whole_where_anything_was_pushed() -> None:
    pushes = Pushes()
    pushes.image("pr-1")
    first = pushes.world()
    pushes.image("pr-2", days=0)
    question = asking(short(delete="pr-*"), IfEmpty.DELETE_PACKAGE)
    shown, plan, off = looked_twice(first, pushes.world(), question)
    assert shown.deletes_package
    assert not plan.deletes_package
    assert deleted(plan) == frozenset()
    assert [result.detail for result in off] == [
        "the package is not as it was when the plan was shown"
    ]


def test_a_package_that_is_as_it_was_goes_whole() -> None:
    pushes = Pushes()
    pushes.image("pr-1")
    question = asking(short(delete="pr-*"), IfEmpty.DELETE_PACKAGE)
    _, plan, off = looked_twice(pushes.world(), pushes.world(), question)
    assert plan.deletes_package
    assert off == ()


def test_no_tag_is_taken_off_in_place_of_a_package_that_was_to_go() -> None:
    pushes = Pushes()
    image = pushes.image("pr-1")
    first = pushes.world()
    second = tagged(first, image, "pr-1", "v1")
    question = asking(short(delete="pr-*"), IfEmpty.DELETE_PACKAGE, untag=True)
    shown, plan, off = looked_twice(first, second, question)
    assert shown.deletes_package
    assert plan.changes == ()
    assert [result.version.id for result in off] == [image.id]


def test_only_the_tags_that_were_shown_are_taken_off() -> None:
    pushes = Pushes()
    shown_so, retagged = pushes.image("v1", "pr-1"), pushes.image("v2", "pr-2")
    first = pushes.world()
    second = tagged(first, retagged, "v2", "pr-2", "pr-3")
    question = asking(short(delete="pr-*"), untag=True)
    _, plan, off = looked_twice(first, second, question)
    assert [(d.version.id, d.tags_off) for d in plan.untags] == [(shown_so.id, ("pr-1",))]
    assert [(result.version.id, result.outcome) for result in off] == [
        (retagged.id, Outcome.CHANGED)
    ]


def test_an_image_of_which_a_tag_was_to_be_taken_off_does_not_go_instead() -> None:
    """It lost the tag that kept it: its deletion was never shown."""
    pushes = Pushes()
    image = pushes.image("v1", "pr-1")
    pushes.image("v2")
    first = pushes.world()
    second = tagged(first, image, "pr-1")
    _, plan, off = looked_twice(first, second, asking(short(delete="pr-*"), untag=True))
    assert plan.changes == ()
    (result,) = off
    assert result.detail == (
        "since the plan was shown it changed: it only became deletable after the plan was shown"
    )


def test_the_newest_stays_and_so_does_the_one_that_was_the_newest_when_the_plan_was_shown() -> None:
    pushes = Pushes()
    oldest, newest = pushes.image("pr-1", days=9), pushes.image("pr-2", days=8)
    first = pushes.world()
    pushed = pushes.image("pr-3", days=0)
    _, plan, _ = looked_twice(first, pushes.world(), asking(short(delete="pr-*")))
    assert deleted(plan) == {oldest.id}
    assert {d.version.id for d in plan.kept} == {newest.id, pushed.id}


def test_what_was_deleted_meanwhile_is_still_attempted_so_that_its_end_is_known() -> None:
    pushes = Pushes()
    image, _ = pushes.image("pr-1"), pushes.image("v1")
    first = pushes.world()
    _, plan, off = looked_twice(first, first.without([image.id]), asking(short(delete="pr-*")))
    assert deleted(plan) == {image.id}
    assert off == ()


def test_a_digest_that_came_back_under_another_id_is_another_version() -> None:
    pushes = Pushes()
    image, _ = pushes.image("pr-1"), pushes.image("v1")
    first = pushes.world()
    again = replace(image, id=77, created_at=NOW, updated_at=NOW)
    second = replace(first, versions=(*first.without([image.id]).versions, again))
    _, plan, off = looked_twice(first, second, asking(short(delete="pr-*")))
    assert deleted(plan) == frozenset()
    (result,) = off
    assert (result.version.id, result.detail) == (image.id, "it is not listed any more")


def test_what_was_to_lose_a_tag_and_is_not_listed_any_more_has_its_result() -> None:
    pushes = Pushes()
    image = pushes.image("v1", "pr-1")
    first = pushes.world()
    again = replace(image, id=77)
    second = replace(first, versions=(again,))
    _, plan, off = looked_twice(first, second, asking(short(delete="pr-*"), untag=True))
    assert plan.changes == ()
    assert [(r.version.id, r.detail) for r in off] == [(image.id, "it is not listed any more")]


def test_a_new_version_that_cannot_be_read_keeps_everything_where_it_stays() -> None:
    """It was never shown, so it stays, and what it consists of is not known."""
    pushes = Pushes()
    old = pushes.image("pr-1")
    pushes.image("v1")
    first = pushes.world()
    new = pushes.image("pr-2", days=0)
    question = asking(short(delete="pr-*"))
    shown = make_plan(package(), first.graph(), question)
    unreadable = pushes.world(unreadable=[new])
    plan, off = confirm(shown, unreadable.graph(), question, ids_of(unreadable))
    assert deleted(plan) == frozenset()
    assert [result.version for result in off] == [old]
    world = pushes.world(unreadable=[pushes.image("v3")])
    with pytest.raises(ManifestsUnreadable):
        confirm(shown, world.graph(), question, ids_of(world))


def test_versions_without_manifests_are_held_against_both_listings_by_id() -> None:
    def npm(number: int, name: str, days: int) -> Version:
        when = NOW - timedelta(days=days)
        return Version(id=number, name=name, created_at=when, updated_at=when)

    first = tuple(npm(n, f"1.0.{n}", 10 - n) for n in range(4))
    pushed = npm(9, "2.0.0", 0)
    question = asking(
        rules_of(ShortInputs(versions_to_keep=2)),
    )
    shown = make_plan(package(PackageType.NPM), plain_graph(first), question)
    both = both_listings(first, [*first[1:], pushed])
    listed = {version.id for version in first[1:]} | {pushed.id}
    plan, off = confirm(shown, plain_graph(both), question, listed)
    assert deleted(shown) == {0, 1}
    assert deleted(plan) == {0, 1}
    assert off == ()
    assert {d.version.id for d in plan.kept} == {2, 3, 9}


def test_what_somebody_else_deleted_meanwhile_takes_no_place_among_the_newest() -> None:
    """Else everything would go: the newest by their hand, all the others by ours."""
    pushes = Pushes()
    kept, *others = (pushes.image(f"v{n}", days=n) for n in range(4))
    question = asking(short(versions_to_keep=1))
    shown = make_plan(package(), pushes.world().graph(), question)
    assert kept.id not in deleted(shown)
    listed = {version.id for version in others}
    plan, off = confirm(shown, pushes.world().graph(), question, listed)
    assert deleted(plan) == {version.id for version in others[1:]}
    assert [result.version.id for result in off] == [others[0].id]
