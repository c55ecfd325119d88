"""What a plan is made of: when manifests are read, and what a short listing is held against."""

from dataclasses import replace

import pytest

from domain.packages import NOW, Pushes, World, package, version
from fakes.github import GitHubInMemory, Stale, lost, refused
from fakes.runs import Stage
from package_keeper.domain.errors import ListingIncomplete
from package_keeper.domain.model import Package, PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.planning import Question
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.inventory.reading import ManifestReader
from package_keeper.run.survey import Surveyor

DELETING = rules_of(ShortInputs(delete=(Pattern("pr-*"),)))


class Scene:
    """A shared platform in the images `v1` and `pr-1`; GitHub counts so many versions."""

    def __init__(self, count: int | None = None) -> None:
        self.pushes = Pushes()
        self.shared = self.pushes.image()
        self.doomed = self.pushes.index(self.shared, tags=["pr-1"])
        self.hidden = self.pushes.index(self.shared, tags=["v1"])
        self.world: World = self.pushes.world()
        self.github = GitHubInMemory.holding(self.world)
        self.listed = (self.shared, self.doomed)
        reader = ManifestReader(registry=self.github.of(package().ref), workers=2)
        self.surveyor = Surveyor(
            api=self.github,
            package=Package(ref=package().ref, version_count=count),
            reader=reader,
            question=Question(rules=DELETING, now=NOW),
        )


def test_a_listing_that_is_not_short_is_held_against_nothing() -> None:
    for count in (None, 2, 1):
        scene = Scene(count)
        graph = scene.surveyor.graph(scene.listed)
        assert scene.github.asked("tags") == []
        assert scene.hidden.name not in graph.readings.manifests


def test_where_the_listing_is_short_the_registrys_tags_show_what_else_there_is() -> None:
    scene = Scene(3)
    graph = scene.surveyor.graph(scene.listed)
    assert graph.readings.manifests.keys() == {v.name for v in scene.world.versions}
    assert graph.unlisted == (scene.hidden.name,)


@pytest.mark.parametrize("answer", [refused(403, "no"), lost("502")])
def test_a_registry_that_does_not_tell_its_tags_proves_nothing(answer: Exception) -> None:
    scene = Scene(3)
    scene.github.script("tags", None, answer)
    graph = scene.surveyor.graph(scene.listed)
    assert graph.unlisted == ()


def test_a_listing_that_lacks_a_tag_of_what_it_shows_is_behind() -> None:
    scene = Scene(4)
    behind = replace(scene.hidden, tags=())
    with pytest.raises(ListingIncomplete, match=f"where version {behind.id} has a tag that it"):
        scene.surveyor.graph((*scene.listed, behind))


def test_a_short_listing_does_not_delete_what_a_hidden_image_needs() -> None:
    """End to end: the platform is shared with an image that only the registry shows."""
    scene = Scene()
    scene.github.only.count = 3
    rows = Stale(scene.listed)
    scene.github.script("versions", "active", *[rows] * 20)
    stage = Stage(scene.github)
    stage.run(stage.asked(rules_of(ShortInputs(delete=(Pattern("pr-*"),), delete_untagged=True))))
    assert scene.shared.id in scene.github.only.versions
    assert scene.shared.name in scene.github.only.manifests


def test_types_without_a_registry_are_never_read() -> None:
    versions = (version(1, "1.0.0"), version(2, "2.0.0"))
    github = GitHubInMemory.holding(World(versions=versions, manifests={}), PackageType.NPM)
    surveyor = Surveyor(
        api=github,
        package=Package(ref=package(PackageType.NPM).ref, version_count=9),
        reader=None,
        question=Question(rules=DELETING, now=NOW),
    )
    assert len(surveyor.graph(versions).roles) == 2
    assert github.requests == []
