"""Warnings: what is said of something broken, and that following the advice gets rid of it."""

import re

from hypothesis import given, reject

from domain.packages import Pushes, World, digest_of, worlds
from domain.promises import deleted
from domain.test_planning import plan, rules
from package_keeper.domain.errors import ManifestsUnreadable
from package_keeper.domain.manifests import INDEX_TYPES, Child
from package_keeper.domain.plan import Plan
from package_keeper.domain.rules import Rule


def said_of(made: Plan, version_id: int) -> str:
    [warning] = [text for text in made.warnings if text.startswith(f"version {version_id} (")]
    return warning


def test_a_part_is_got_rid_of_with_the_images_that_need_it() -> None:
    pushes = Pushes()
    part = pushes.image()
    inner = pushes.index(part)
    outer = pushes.index(inner, tags=["v1"])
    other = pushes.index(part, tags=["v2"])
    pushes.image("v3")
    world = pushes.world(absent=[part])
    warning = said_of(plan(world, rules(delete="x*")), part.id)
    advice = f"run once with delete-ids: {outer.id}, {other.id} alone"
    assert warning.endswith(f"; it is needed by v1, v2; to get rid of it, {advice}")
    assert part.id in deleted(plan(world, rules(ids=[outer.id, other.id])))


def test_an_image_that_goes_anyway_is_not_part_of_the_advice() -> None:
    pushes = Pushes()
    part = pushes.image()
    pushes.index(part, tags=["pr-1"])
    kept = pushes.index(part, tags=["v1"])
    pushes.image("v2")
    warning = said_of(plan(pushes.world(absent=[part]), rules(delete="pr-*")), part.id)
    assert warning.endswith(f"run once with delete-ids: {kept.id} alone")


def test_what_has_the_last_tag_goes_once_something_else_has_one() -> None:
    pushes = Pushes()
    part = pushes.image()
    ghost = pushes.index(part, tags=["v1"])
    pushes.image()
    world = pushes.world(absent=[part])
    warning = said_of(plan(world, rules(delete="x*")), ghost.id)
    assert warning.endswith("to get rid of it, push a whole image first: it has the last tag")
    assert deleted(plan(world, rules(ids=[ghost.id]))) == frozenset()
    pushes.image("v2")
    assert ghost.id in deleted(plan(pushes.world(absent=[part]), rules(ids=[ghost.id])))


def test_nothing_is_advised_where_the_image_is_not_listed() -> None:
    pushes = Pushes()
    part = pushes.image()
    unlisted = pushes.index(part, tags=["v1"])
    pushes.image("sha256-" + unlisted.name[7:] + ".sig")
    pushes.image("v2")
    whole = pushes.world(absent=[part])
    world = World(
        versions=tuple(v for v in whole.versions if v.id != unlisted.id),
        manifests=whole.manifests,
        absent=whole.absent,
    )
    warning = said_of(plan(world, rules(delete="x*")), part.id)
    assert warning.endswith("so no untagged version of the package goes")


def test_nothing_is_advised_on_what_only_stays_because_of_a_doubt() -> None:
    pushes = Pushes()
    gone = Child(digest=digest_of("gone"), media_type=INDEX_TYPES[0])
    doubted = pushes.index(gone)
    pushes.index(gone, tags=["v1"])
    warning = said_of(plan(pushes.world(), rules(untagged=True)), doubted.id)
    assert warning.endswith(f"missing: {gone.digest}")


def test_nothing_is_advised_on_a_part_that_is_kept_by_its_name() -> None:
    pushes = Pushes()
    part = pushes.image()
    pushes.index(part, tags=["pr-1"])
    pushes.image("v1")
    made = plan(pushes.world(absent=[part]), rules(keep=part.name, delete="pr-*"))
    assert said_of(made, part.id).endswith("so no untagged version of the package goes")


ASKED = rules(delete="pr-*", untagged=True)


@given(worlds())
def test_whoever_follows_the_advice_gets_rid_of_it(world: World) -> None:
    made = _plan(world, ASKED)
    for warning in made.warnings:
        advised = re.search(r"version (\d+) .*run once with delete-ids: ([\d, ]+) alone", warning)
        if advised:
            followed = _plan(world, rules(ids=[int(i) for i in advised[2].split(", ")]))
            if not followed.would_empty:
                assert int(advised[1]) in deleted(followed), warning


def _plan(world: World, asked: tuple[Rule, ...]) -> Plan:
    try:
        return plan(world, asked)
    except ManifestsUnreadable:
        reject()
