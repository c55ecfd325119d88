"""The order of deletions: what needs a version goes before it, and an image's parts close to it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.packages import Pushes, World, digest_of, referrer_tag, version, worlds
from domain.promises import twice_as_many
from package_keeper.domain.images import plain_graph
from package_keeper.domain.manifests import INDEX_TYPES, Child, Manifest
from package_keeper.domain.model import Version
from package_keeper.domain.ordering import Step, deletion_order


def ordered(world: World, doomed: Iterable[Version]) -> list[Step]:
    return deletion_order(world.graph(), [version.name for version in doomed])


def ids(world: World, steps: Iterable[Step]) -> list[int]:
    known = {version.name: version.id for version in world.versions}
    return [known[step.key] for step in steps]


def test_the_oldest_image_goes_first_with_its_parts_close_to_it() -> None:
    pushes = Pushes()
    young_part = pushes.image(days=50)
    young = pushes.index(young_part, tags=["v2"], days=1)
    old_part = pushes.image(days=2)
    old = pushes.index(old_part, tags=["v1"], days=9)
    world = pushes.world()
    steps = ordered(world, world.versions)
    assert ids(world, steps) == [old.id, old_part.id, young.id, young_part.id]


def test_a_parent_goes_before_its_children_at_any_depth() -> None:
    pushes = Pushes()
    leaf = pushes.image(days=9)
    inner = pushes.index(leaf, days=8)
    outer = pushes.index(inner, days=7)
    world = pushes.world()
    assert ids(world, ordered(world, world.versions)) == [outer.id, inner.id, leaf.id]


def test_a_shared_child_goes_after_the_last_that_lists_it() -> None:
    pushes = Pushes()
    shared = pushes.image(days=50)
    one, two = pushes.index(shared, days=9), pushes.index(shared, days=8)
    world = pushes.world()
    steps = ordered(world, world.versions)
    assert ids(world, steps) == [one.id, two.id, shared.id]
    assert set(steps[-1].after) == {one.name, two.name}


def test_a_subject_goes_before_what_is_about_it() -> None:
    pushes = Pushes()
    image = pushes.image("v1", days=1)
    signature = pushes.image(subject=image.name, days=9)
    world = pushes.world()
    assert ids(world, ordered(world, world.versions)) == [image.id, signature.id]


def test_an_index_that_lists_an_attestation_goes_before_the_attestations_subject() -> None:
    """Without the subject the attestation, and so the index, would not be whole."""
    pushes = Pushes()
    subject = pushes.image(days=9)
    attestation = pushes.image(subject=subject.name, days=9)
    index = pushes.index(attestation, days=1)
    world = pushes.world()
    steps = ordered(world, world.versions)
    assert ids(world, steps) == [index.id, subject.id, attestation.id]
    assert set(steps[1].after) == {index.name}
    assert set(steps[2].after) == {index.name, subject.name}


def test_what_stays_is_waited_for_by_nothing() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part)
    world = pushes.world()
    assert ordered(world, [part]) == [Step(key=part.name, after=())]
    assert ordered(world, [index]) == [Step(key=index.name, after=())]


def test_versions_about_each_other_begin_with_the_oldest() -> None:
    names = [digest_of(str(n)) for n in range(3)]
    versions = tuple(version(n, name, referrer_tag(names[n - 1])) for n, name in enumerate(names))
    world = World(versions=versions, manifests={})
    steps = ordered(world, versions)
    assert ids(world, steps) == [0, 1, 2]
    assert [len(step.after) for step in steps] == [0, 1, 1]


def cyclic(*, own_tags: bool) -> tuple[World, Version, list[Version]]:
    """An index about its own second child, beside an older first child and an older image."""
    pushes = Pushes()
    first = pushes.image(*(["v9-amd64"] if own_tags else []), days=90)
    second = pushes.image(*(["v9-arm64"] if own_tags else []), days=80)
    pushes.image("other", days=70)
    index = pushes.index(first, second, tags=["v9", referrer_tag(second.name)], days=60)
    return pushes.world(), index, [first, second]


@pytest.mark.parametrize("own_tags", [True, False])
def test_an_index_about_its_own_child_goes_before_all_its_children(*, own_tags: bool) -> None:
    world, index, children = cyclic(own_tags=own_tags)
    steps = ordered(world, world.versions)
    known = {step.key: step for step in steps}
    order = [step.key for step in steps]
    for child in children:
        assert order.index(index.name) < order.index(child.name)
        assert index.name in known[child.name].after


def test_what_hangs_on_a_cycle_keeps_its_own_order() -> None:
    """A nested index in an index that is in a cycle, with children older than all of it."""
    pushes = Pushes()
    leaf = pushes.image("leaf", days=90)
    inner = pushes.index(leaf, tags=["inner"], days=80)
    other = pushes.image("other", days=85)
    outer = pushes.index(inner, other, tags=["outer", referrer_tag(other.name)], days=70)
    world = pushes.world()
    order = ids(world, ordered(world, world.versions))
    assert order.index(outer.id) < order.index(inner.id) < order.index(leaf.id)
    assert order.index(outer.id) < order.index(other.id)


def test_what_lists_each_other_is_deleted_all_the_same() -> None:
    """No content can do that, but nothing may be left out of the order for it."""
    names = [digest_of(str(n)) for n in range(2)]
    versions = tuple(version(n, name) for n, name in enumerate(names))
    manifests = {
        name: Manifest(
            digest=name,
            media_type=INDEX_TYPES[0],
            children=(Child(digest=names[n - 1], media_type=INDEX_TYPES[0]),),
        )
        for n, name in enumerate(names)
    }
    world = World(versions=versions, manifests=manifests)
    steps = ordered(world, versions)
    assert [(step.key, step.after) for step in steps] == [(names[0], ()), (names[1], (names[0],))]


def test_of_equal_age_the_lower_id_goes_first() -> None:
    graph = plain_graph([version(9, "b"), version(2, "a"), version(5, "c")])
    assert [step.key for step in deletion_order(graph, ["9", "2", "5"])] == ["2", "5", "9"]


@given(worlds(), st.data())
def test_every_doomed_version_has_one_step_after_all_that_it_waits_for(
    world: World, data: st.DataObject
) -> None:
    doomed = data.draw(st.lists(st.sampled_from(world.versions), unique_by=lambda v: v.id))
    steps = ordered(world, doomed)
    assert sorted(step.key for step in steps) == sorted(version.name for version in doomed)
    seen: set[str] = set()
    for step in steps:
        assert set(step.after) <= seen
        seen.add(step.key)


@settings(max_examples=twice_as_many())
@given(worlds(), st.data())
def test_every_child_waits_for_every_index_that_lists_it(world: World, data: st.DataObject) -> None:
    """However much the tags say that things are about one another."""
    digests = st.sampled_from([v.name for v in world.versions])
    tagged = tuple(
        replace(v, tags=(*v.tags, referrer_tag(data.draw(digests))))
        if data.draw(st.booleans())
        else v
        for v in world.versions
    )
    world = replace(world, versions=tagged)
    going = {version.name for version in world.versions}
    after = {step.key: set(step.after) for step in ordered(world, world.versions)}
    assert after.keys() == going
    for digest, manifest in world.readings.manifests.items():
        for child in manifest.children:
            if {digest, child.digest} <= going:
                assert digest in after[child.digest]


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_listings(world: World, chance: object) -> None:
    steps = ordered(world, world.versions)
    assert ordered(world, world.versions[::-1]) == steps
