"""The image graph: what is an image, what is a part of one, and what an image needs."""

from collections.abc import Iterable

import pytest

from domain.packages import Pushes, World, digest_of, referrer_tag, version
from package_keeper.domain.images import ImageGraph, Role, build_graph, plain_graph
from package_keeper.domain.manifests import DOCKER_SCHEMA_2, INDEX_TYPES, Child, Manifest
from package_keeper.domain.model import Version
from package_keeper.domain.readings import Readings

IMAGE, PART, ORPHAN, SUPERSEDED = Role.IMAGE, Role.PART, Role.ORPHAN, Role.SUPERSEDED


def role(world: World, *versions: Version) -> list[Role]:
    graph = world.graph()
    return [graph.roles[version.name] for version in versions]


def closure(graph: ImageGraph, *roots: Version) -> set[str]:
    return set(graph.closure([root.name for root in roots]))


def names(*versions: Version) -> set[str]:
    return {version.name for version in versions}


def test_an_index_is_one_image_however_many_manifests_it_is_made_of() -> None:
    pushes = Pushes()
    amd, arm = pushes.image(), pushes.image()
    index = pushes.index(amd, arm, tags=["v1"])
    assert role(pushes.world(), amd, arm, index) == [PART, PART, IMAGE]
    assert closure(pushes.world().graph(), index) == names(amd, arm, index)


def test_indexes_may_nest_and_share() -> None:
    pushes = Pushes()
    shared, own = pushes.image(), pushes.image()
    inner = pushes.index(shared, own)
    outer, other = pushes.index(inner, tags=["v1"]), pushes.index(shared, tags=["v2"])
    world = pushes.world()
    assert role(world, shared, own, inner, outer, other) == [PART, PART, PART, IMAGE, IMAGE]
    assert closure(world.graph(), outer) == names(outer, inner, shared, own)
    assert closure(world.graph(), other) == names(other, shared)
    assert world.graph().parents[shared.name] == tuple(sorted(names(inner, other)))


def test_a_child_with_a_tag_of_its_own_is_an_image_too() -> None:
    pushes = Pushes()
    child = pushes.image("v1-amd64")
    index = pushes.index(child, tags=["v1"])
    assert role(pushes.world(), child, index) == [IMAGE, IMAGE]
    assert closure(pushes.world().graph(), index) == names(index, child)
    assert closure(pushes.world().graph(), child) == names(child)


def test_an_untagged_version_that_belongs_to_nothing_is_an_image() -> None:
    pushes = Pushes()
    alone = pushes.image()
    child = pushes.image()
    index = pushes.index(child)
    assert role(pushes.world(), alone, child, index) == [IMAGE, PART, IMAGE]


def test_a_signature_follows_its_subject_and_is_never_an_image() -> None:
    pushes = Pushes()
    image = pushes.image("v1")
    by_subject = pushes.image(subject=image.name)
    by_tag = pushes.image(referrer_tag(image.name, ".sig"))
    world = pushes.world()
    assert role(world, image, by_subject, by_tag) == [IMAGE, PART, PART]
    assert closure(world.graph(), image) == names(image, by_subject, by_tag)
    assert closure(world.graph(), by_tag) == names(image, by_subject, by_tag)


def test_a_signature_of_a_part_belongs_to_every_image_with_that_part() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["v1"])
    signature = pushes.image(subject=part.name)
    assert role(pushes.world(), signature) == [PART]
    assert closure(pushes.world().graph(), index) == names(index, part, signature)


def test_an_index_of_attestations_hangs_on_its_subject_by_its_tag() -> None:
    """What a registry without a referrers API makes of an attestation."""
    pushes = Pushes()
    image = pushes.image("v1")
    attestation = pushes.image(subject=image.name)
    listing = pushes.index(attestation, tags=[referrer_tag(image.name)])
    world = pushes.world()
    assert role(world, image, attestation, listing) == [IMAGE, PART, PART]
    assert closure(world.graph(), image) == names(image, attestation, listing)


def test_an_index_of_attestations_that_a_newer_one_replaced_is_no_image() -> None:
    pushes = Pushes()
    image = pushes.image("v1")
    first, second = pushes.image(subject=image.name), pushes.image(subject=image.name)
    former = pushes.index(first)
    pushes.index(first, second, tags=[referrer_tag(image.name)])
    world = pushes.world()
    assert role(world, former) == [SUPERSEDED]
    assert world.graph().superseded == {former.name: image.name}


def test_an_index_of_attestations_of_several_images_is_an_image() -> None:
    pushes = Pushes()
    one, two = pushes.image("v1"), pushes.image("v2")
    index = pushes.index(pushes.image(subject=one.name), pushes.image(subject=two.name))
    assert role(pushes.world(), index) == [IMAGE]
    assert pushes.world().graph().superseded == {}


def test_an_index_with_anything_besides_attestations_is_an_image() -> None:
    pushes = Pushes()
    image = pushes.image()
    index = pushes.index(image, pushes.image(subject=image.name))
    assert role(pushes.world(), index) == [IMAGE]


def test_an_index_none_of_whose_parts_can_be_read_is_an_image() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part)
    for world in (pushes.world(absent=[part]), pushes.world(unreadable=[part])):
        assert role(world, index) == [IMAGE]
        assert world.graph().superseded == {}


def test_what_is_about_something_that_is_gone_is_an_orphan() -> None:
    pushes = Pushes()
    by_subject = pushes.image(subject=digest_of("gone"))
    by_tag = pushes.image(referrer_tag(digest_of("gone"), ".att"))
    assert role(pushes.world(), by_subject, by_tag) == [ORPHAN, ORPHAN]


def test_what_is_about_something_that_only_the_registry_shows_is_no_orphan() -> None:
    pushes = Pushes()
    unlisted = pushes.image()
    about = pushes.image(subject=unlisted.name)
    there = pushes.world()
    world = World(versions=(about,), manifests=there.manifests)
    assert role(world, about) == [PART]
    assert world.graph().unlisted == (unlisted.name,)


def test_what_is_about_a_missing_part_of_something_is_no_orphan() -> None:
    pushes = Pushes()
    part = pushes.image()
    pushes.index(part, tags=["v1"])
    signature = pushes.image(subject=part.name)
    assert role(pushes.world(absent=[part]), signature) == [PART]


def test_two_versions_about_each_other_are_images_of_their_own() -> None:
    """No push can make such subjects, but tags can say anything."""
    one, two = digest_of("1"), digest_of("2")
    versions = (version(1, one, referrer_tag(two)), version(2, two, referrer_tag(one)))
    world = World(versions=versions, manifests={})
    assert role(world, *versions) == [IMAGE, IMAGE]
    assert closure(world.graph(), versions[0]) == {one, two}


def test_a_version_about_itself_is_about_nothing() -> None:
    itself = version(1, digest_of("1"), referrer_tag(digest_of("1")))
    world = World(versions=(itself,), manifests={})
    assert role(world, itself) == [IMAGE]
    assert world.graph().subjects == {}


def test_the_subject_of_a_listed_attestation_belongs_to_who_lists_it() -> None:
    """The trap: nothing lists the subject itself, and yet the index is whole only with it."""
    pushes = Pushes()
    subject = pushes.image()
    attestation = pushes.image(subject=subject.name)
    index = pushes.index(attestation, pushes.image(), tags=["v1"])
    world = pushes.world()
    assert role(world, subject) == [PART]
    assert subject.name in closure(world.graph(), index)


def test_what_nobody_lists_is_an_image_even_with_its_own_signature_on_it() -> None:
    pushes = Pushes()
    image = pushes.image()
    signature = pushes.image(subject=image.name)
    countersignature = pushes.image(subject=signature.name)
    assert role(pushes.world(), image, signature, countersignature) == [IMAGE, PART, PART]


def test_an_index_needs_a_version_that_it_calls_no_manifest() -> None:
    """And the layers that it lists are neither needed nor missing."""
    pushes = Pushes()
    part = pushes.image()
    layer = Child(digest=digest_of("layer"), media_type="application/vnd.oci.image.layer.v1.tar")
    nameless = Child(digest=part.name, media_type="")
    index = pushes.index(nameless, layer, tags=["v1"])
    graph = pushes.world().graph()
    assert graph.children[index.name] == (part.name,)
    assert graph.roles[part.name] is PART
    assert graph.missing_parts(index.name) == ()


def test_a_build_cache_that_lists_only_layers_has_no_parts() -> None:
    pushes = Pushes()
    layer = Child(digest=digest_of("layer"), media_type="application/vnd.oci.image.layer.v1.tar")
    cache = pushes.index(layer)
    graph = pushes.world().graph()
    assert graph.roles[cache.name] is IMAGE
    assert graph.children == {}


def test_missing_parts_are_told_with_their_platforms() -> None:
    pushes = Pushes()
    there = pushes.image()
    gone = Child(digest=digest_of("gone"), media_type=DOCKER_SCHEMA_2, platform="linux/arm64")
    index = pushes.index(there, gone, tags=["v1"])
    graph = pushes.world().graph()
    assert graph.missing_parts(index.name) == (gone,)
    assert graph.missing_parts(there.name) == ()
    assert graph.missing_parts(gone.digest) == ()


def test_a_part_that_was_not_read_is_a_part_all_the_same() -> None:
    """As those of a Docker schema 2 list need no reading."""
    part, index = version(1, digest_of("1")), version(2, digest_of("2"), "v1")
    listing = Manifest(
        digest=index.name,
        media_type=INDEX_TYPES[1],
        children=(Child(digest=part.name, media_type=DOCKER_SCHEMA_2),),
    )
    graph = build_graph(
        {part.name: part, index.name: index}, Readings(manifests={index.name: listing})
    )
    assert graph.roles == {part.name: PART, index.name: IMAGE}
    assert graph.missing_parts(index.name) == ()


def test_what_could_not_be_read_may_be_there_though_it_is_not_listed() -> None:
    pushes = Pushes()
    hidden = pushes.image()
    index = pushes.index(hidden, tags=["v1"])
    world = World(
        versions=(index,),
        manifests=pushes.world().manifests,
        unreadable=frozenset([hidden.name]),
    )
    assert world.graph().unlisted == (hidden.name,)
    assert world.graph().readings.count == 2


@pytest.mark.parametrize("same_name", [False, True])
def test_without_manifests_every_version_is_an_image(*, same_name: bool) -> None:
    versions = [version(1, "1.0"), version(2, "1.0" if same_name else "2.0")]
    graph = plain_graph(versions)
    assert graph.roles == {"1": IMAGE, "2": IMAGE}
    assert set(graph.closure(["1"])) == {"1"}


def test_what_is_attached_to_many_is_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same SBOM of a hundred builds: they need one another, so one of them tells of all."""
    pushes = Pushes()
    builds = [pushes.image() for _ in range(100)]
    pushes.image(*(referrer_tag(build.name, ".sbom") for build in builds))
    followed: list[set[str]] = []
    whole = ImageGraph.closure

    def counted(graph: ImageGraph, roots: Iterable[str]) -> dict[str, str]:
        found = whole(graph, roots)
        followed.append(set(found))
        return found

    monkeypatch.setattr(ImageGraph, "closure", counted)
    graph = pushes.world().graph()
    assert len(followed) == 2, "one of them, and then all images"
    assert {graph.roles[build.name] for build in builds} == {Role.IMAGE}
