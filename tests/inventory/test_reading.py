"""Reading manifests: each once, only what can change a decision, and what a failure means."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given

from domain.packages import (
    Pushes,
    World,
    digest_of,
    doubtful_worlds,
    package,
    referrer_tag,
    version,
)
from fakes.github import GitHubInMemory, RegistryInMemory, lost, refused
from package_keeper.domain.answers import Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.manifests import (
    DOCKER_SCHEMA_2,
    INDEX_TYPES,
    MANIFEST_TYPES,
    Child,
    Manifest,
)
from package_keeper.domain.model import Version
from package_keeper.domain.readings import Readings
from package_keeper.inventory.reading import ManifestReader

GONE = digest_of("gone")


class Scene:
    """The registry's side of a package, and a reader of it."""

    def __init__(self, world: World, workers: int = 3) -> None:
        self.world = world
        self.github = GitHubInMemory.holding(world)
        self.reader = ManifestReader(registry=self.github.of(package().ref), workers=workers)

    def read(self, *versions: Version) -> Readings:
        return self.reader.read(versions or self.world.versions)

    @property
    def fetched(self) -> list[str]:
        """The digests that were read, each time."""
        return [str(digest) for digest in self.github.asked("manifest")]


@given(doubtful_worlds())
def test_all_that_is_listed_or_named_is_read_and_each_once(world: World) -> None:
    """Whatever the package: the readings are what the registry would say of each digest."""
    scene = Scene(world)
    readings = scene.read() if world.versions else scene.reader.read(())
    expected = world.readings
    assert readings.manifests == expected.manifests
    assert readings.absent == expected.absent
    assert readings.unreadable.keys() == expected.unreadable.keys()
    assert len(scene.fetched) == len(set(scene.fetched))
    assert scene.reader.asked == readings.count


def test_what_was_read_is_not_read_again_but_what_failed_is() -> None:
    pushes = Pushes()
    there, absent, failing = pushes.image("v1"), pushes.image("v2"), pushes.image("v3")
    scene = Scene(pushes.world(absent=[absent]))
    scene.github.script("manifest", failing.name, lost("500"))
    first = scene.read()
    assert first.unreadable == {failing.name: "500"}
    scene.github.only.manifests[absent.name] = Manifest(digest=absent.name, media_type="")
    second = scene.read()
    assert second.manifests.keys() == {there.name, absent.name, failing.name}
    assert second.absent == frozenset()
    assert scene.fetched.count(there.name) == 1
    assert scene.fetched.count(absent.name) == 2


def test_the_first_goes_alone_so_that_the_others_find_a_token() -> None:
    pushes = Pushes()
    images = [pushes.image(f"v{n}") for n in range(4)]
    registry = Watched(GitHubInMemory.holding(pushes.world()).of(package().ref))
    ManifestReader(registry=registry, workers=4).read(pushes.world().versions)
    first = images[0].name
    assert registry.events[:2] == [("asks", first), ("told", first)]
    assert len(registry.events) == 8


@dataclass(slots=True)
class Watched:
    """A registry, with the order in which it was asked and answered."""

    registry: RegistryInMemory
    events: list[tuple[str, str]] = field(default_factory=list)

    def manifest(self, digest: str) -> Manifest:
        self.events.append(("asks", digest))
        time.sleep(0.01)
        manifest = self.registry.manifest(digest)
        self.events.append(("told", digest))
        return manifest

    def exists(self, digest: str) -> bool:
        return self.registry.exists(digest)

    def digests_of_other_tags(self, known: Collection[str]) -> tuple[str, ...]:
        return self.registry.digests_of_other_tags(known)


def test_the_listed_parts_of_a_docker_list_need_no_reading() -> None:
    """Their format has neither children nor a subject."""
    pushes = Pushes()
    parts = [pushes.image(), pushes.image()]
    children = [Child(digest=part.name, media_type=DOCKER_SCHEMA_2) for part in parts]
    index = pushes.index(*children, tags=["v1"])
    scene = Scene(pushes.world())
    readings = scene.read()
    assert scene.fetched == [index.name]
    assert readings.manifests.keys() == {index.name}


def test_a_part_of_a_docker_list_that_has_a_tag_is_read_all_the_same() -> None:
    pushes = Pushes()
    part = pushes.image("amd64")
    index = pushes.index(Child(digest=part.name, media_type=DOCKER_SCHEMA_2), tags=["v1"])
    scene = Scene(pushes.world())
    scene.read()
    assert sorted(scene.fetched) == sorted([part.name, index.name])


def test_what_is_only_named_is_read_as_well() -> None:
    pushes = Pushes()
    hidden = pushes.image()
    index = pushes.index(hidden, tags=["v1"])
    scene = Scene(replace(pushes.world(), versions=(index,)))
    assert scene.read().manifests.keys() == {index.name, hidden.name}
    assert scene.fetched == [index.name, hidden.name]


def test_named_at_any_depth_by_children_by_subjects_and_by_tags() -> None:
    pushes = Pushes()
    leaf = pushes.image()
    inner = pushes.index(leaf)
    outer = pushes.index(inner, tags=["v1"])
    signed = pushes.image()
    signature = pushes.image(subject=signed.name)
    about = pushes.image()
    attached = pushes.image(referrer_tag(about.name, ".sig"))
    scene = Scene(replace(pushes.world(), versions=(outer, signature, attached)))
    readings = scene.read()
    assert readings.manifests.keys() == {
        v.name for v in (leaf, inner, outer, signed, signature, about, attached)
    }


def test_a_named_digest_that_the_registry_does_not_have_is_absent() -> None:
    pushes = Pushes()
    pushes.index(Child(digest=GONE, media_type=INDEX_TYPES[0]), tags=["v1"])
    scene = Scene(pushes.world())
    assert scene.read().absent == {GONE}


def test_layers_are_never_asked_for() -> None:
    pushes = Pushes()
    layer = Child(digest=GONE, media_type="application/vnd.oci.image.layer.v1.tar+gzip")
    pushes.index(layer, tags=["cache"])
    scene = Scene(pushes.world())
    readings = scene.read()
    assert readings.absent == frozenset()
    assert GONE not in scene.fetched


def test_where_only_some_are_refused_these_are_unreadable() -> None:
    pushes = Pushes()
    one, two = pushes.image("v1"), pushes.image("v2")
    scene = Scene(pushes.world())
    scene.github.script("manifest", two.name, refused(403, "denied"))
    readings = scene.read()
    assert readings.manifests.keys() == {one.name}
    assert readings.unreadable == {two.name: "403 denied"}


def test_where_nothing_can_be_read_it_is_the_token_that_is_refused() -> None:
    pushes = Pushes()
    images = [pushes.image("v1"), pushes.image("v2")]
    scene = Scene(pushes.world())
    for image in images:
        scene.github.script("manifest", image.name, refused(403, "denied"))
    with pytest.raises(Refused, match="403 denied"):
        scene.read()


def test_where_everything_is_absent_nothing_was_refused() -> None:
    ghost = version(1, digest_of("1"), "v1")
    scene = Scene(World(versions=(ghost,), manifests={}))
    assert scene.read().absent == {ghost.name}


def test_a_wait_that_is_too_long_ends_the_reading() -> None:
    pushes = Pushes()
    images = [pushes.image(f"v{n}") for n in range(3)]
    scene = Scene(pushes.world())
    scene.github.script("manifest", images[1].name, WaitedTooLong("an hour"))
    with pytest.raises(WaitedTooLong):
        scene.read()


def test_nothing_listed_is_nothing_asked_for() -> None:
    scene = Scene(World(versions=(), manifests={}))
    assert scene.reader.read(()) == Readings()
    assert scene.github.requests == []


def test_reading_on_asks_again_only_for_what_is_listed() -> None:
    """Else a package with many missing parts would be asked for all of them at every look."""
    pushes = Pushes()
    part, gone = pushes.image(), Child(digest=GONE, media_type=MANIFEST_TYPES[0])
    index = pushes.index(part, gone, tags=["v1"])
    scene = Scene(pushes.world())
    held = scene.github.only
    missing = held.manifests.pop(part.name)
    assert scene.read().absent == {part.name, GONE}
    asked = scene.fetched
    held.manifests[part.name] = missing
    readings = scene.reader.read_on([index, part])
    assert readings.absent == {GONE}
    assert part.name in readings.manifests
    assert scene.fetched == [*asked, part.name]
