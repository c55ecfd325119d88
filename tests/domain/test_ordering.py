"""The order of deletions: what needs a version goes before it, and an image's parts close to it."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from domain.packages import Pushes, World, digest_of, referrer_tag, version, worlds
from package_keeper.domain.images import plain_graph
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


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_listings(world: World, chance: object) -> None:
    steps = ordered(world, world.versions)
    assert ordered(world, world.versions[::-1]) == steps
