"""What is new since a package was listed, and what that needs."""

from dataclasses import replace

import pytest

from domain.packages import Pushes, World, referrer_tag
from package_keeper.domain.meanwhile import needed_since, tags_gone, tags_of, tags_put_on
from package_keeper.domain.model import Version


def needed(world: World, before: World) -> dict[str, str]:
    found = needed_since(world.graph(), tags_of(before.graph()))
    assert found.unseen == ""
    return dict(found.labels)


def test_nothing_new_needs_nothing() -> None:
    pushes = Pushes()
    pushes.index(pushes.image(), tags=["v1"])
    world = pushes.world()
    assert needed(world, world) == {}


def test_an_index_pushed_since_needs_what_it_lists_and_what_is_attached_to_that() -> None:
    pushes = Pushes()
    part = pushes.image()
    signature = pushes.image(referrer_tag(part.name, ".sig"))
    pushes.index(part, tags=["v1"])
    other = pushes.image("pr-1")
    before = pushes.world()
    new = pushes.index(part, tags=["v2"], days=0)
    found = needed(pushes.world(), before)
    assert found == dict.fromkeys([new.name, part.name, signature.name], "v2")
    assert other.name not in found


def test_a_tag_put_on_an_image_makes_it_new_and_one_taken_off_does_not() -> None:
    pushes = Pushes()
    image = pushes.image("pr-1", "pr-2")
    before = pushes.world()
    tagged = replace(before, versions=(replace(image, tags=("pr-1", "pr-2", "v1")),))
    assert needed(tagged, before) == {image.name: "pr-1, pr-2, v1"}
    untagged = replace(before, versions=(replace(image, tags=("pr-1",)),))
    assert needed(untagged, before) == {}


def test_a_signature_pushed_since_does_not_hold_what_it_is_of() -> None:
    pushes = Pushes()
    image = pushes.image("pr-1")
    before = pushes.world()
    pushes.image(referrer_tag(image.name, ".sig"), days=0)
    assert needed(pushes.world(), before) == {}


@pytest.mark.parametrize("missing", ["unreadable", "absent"])
def test_a_new_image_that_can_not_be_read_may_need_anything(missing: str) -> None:
    pushes = Pushes()
    part = pushes.image()
    pushes.index(part, tags=["pr-1"])
    before = pushes.world()
    new = pushes.index(part, tags=["v2"], days=0)
    doubt = frozenset([new.name])
    world = replace(
        pushes.world(),
        unreadable=doubt if missing == "unreadable" else frozenset(),
        absent=doubt if missing == "absent" else frozenset(),
    )
    found = needed_since(world.graph(), tags_of(before.graph()))
    assert "which v2 needs, could not be read" in found.unseen
    assert new.name in found.labels


def test_what_is_known_to_be_needed_is_told_beside_what_can_not_be_read() -> None:
    pushes = Pushes()
    part = pushes.image()
    pushes.index(part, tags=["pr-1"])
    before = pushes.world()
    pushes.index(part, tags=["v2"], days=0)
    other = pushes.image("v3", days=0)
    world = pushes.world(unreadable=[other])
    found = needed_since(world.graph(), tags_of(before.graph()))
    assert found.labels[part.name] == "v2"
    assert "which v3 needs" in found.unseen


def test_a_tag_is_gone_when_what_it_was_on_is_there_without_it_and_nothing_else_has_it() -> None:
    pushes = Pushes()
    image, other = pushes.image("v1", "stable"), pushes.image("pr-1")
    before = tags_of(pushes.world().graph())

    def gone(*versions: Version) -> dict[str, str]:
        return tags_gone(replace(pushes.world(), versions=versions).graph(), before)

    without = replace(image, tags=("stable",))
    assert gone(image, other) == {}
    assert gone(without, other) == {"v1": "stable"}
    assert gone(without, replace(other, tags=("pr-1", "v1"))) == {}
    assert gone(other) == {}, "what went with its tag is another matter"


def test_tags_that_what_was_deleted_got_meanwhile() -> None:
    pushes = Pushes()
    image = pushes.image("pr-1")
    other = pushes.image("pr-2")
    world = pushes.world()
    before, left = tags_of(world.graph()), replace(world, versions=(other,)).graph()
    assert tags_put_on([image], left, before) == {}
    tags = ("pr-1", "production", referrer_tag(image.name))
    assert tags_put_on([replace(image, tags=tags)], left, before) == {"production": image.id}


def test_tags_that_versions_ever_had_tell_nothing() -> None:
    """Whether the listing of what is deleted names these GitHub does not document."""
    pushes = Pushes()
    image, other, kept = pushes.image("pr-1"), pushes.image("pr-2"), pushes.image("v1")
    world = pushes.world()
    before = tags_of(world.graph())
    now = replace(world, versions=(replace(kept, tags=("v1", "v2")),)).graph()
    known = replace(image, tags=("pr-1", "pr-2", "v1"))
    assert tags_put_on([known, other], now, before) == {}
    elsewhere = replace(image, tags=("pr-1", "production", "v2"))
    assert tags_put_on([elsewhere, other], now, before) == {"production": image.id}
    nightly = [replace(image, tags=("nightly",)), replace(other, tags=("nightly",))]
    assert tags_put_on(nightly, now, before) == {}


def test_what_could_not_be_read_before_and_nothing_new_needs_is_no_new_doubt() -> None:
    pushes = Pushes()
    old = pushes.image("v1")
    before = pushes.world(unreadable=[old])
    new = pushes.image("v2", days=0)
    assert needed(pushes.world(unreadable=[old]), before) == {new.name: "v2"}
