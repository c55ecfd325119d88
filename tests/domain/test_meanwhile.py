"""What is new since a package was listed, and what that needs."""

from dataclasses import replace

from domain.packages import Pushes, World, referrer_tag
from package_keeper.domain.meanwhile import needed_since, tags_of


def needed(world: World, before: World) -> dict[str, str]:
    return needed_since(world.graph(), tags_of(before.graph()))


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
