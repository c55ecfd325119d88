"""The look at what was kept, after a run that deleted something."""

from collections.abc import Collection

import pytest

from domain.packages import NOW, Pushes, World, package
from fakes.github import GitHubInMemory, lost, refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.execution.checking import Check, check_kept
from package_keeper.pacing.exchange import Cancelled


def checked(world: World, github: GitHubInMemory, *, without: Collection[int] = ()) -> Check:
    """The look after `pr-*` was deleted; some were not listed any more right before."""
    question = Question(rules=rules_of(ShortInputs(delete=(Pattern("pr-*"),))), now=NOW)
    plan = make_plan(package(), world.graph(), question)
    for decision in plan.deletions:
        if decision.version.id in github.only.versions:
            github.only.delete(decision.version.id)
    listed = {version.id for version in world.versions} - set(without)
    return check_kept(plan, world.graph(), listed, github.of(package().ref), workers=2)


def test_everything_that_kept_images_need_is_asked_for_once() -> None:
    pushes = Pushes()
    shared = pushes.image()
    one, two = pushes.index(shared, tags=["v1"]), pushes.index(shared, tags=["v2"])
    doomed = pushes.image("pr-1")
    world = pushes.world()
    github = GitHubInMemory.holding(world)
    assert checked(world, github) == Check(missing=(), unchecked=())
    assert sorted(map(str, github.asked("exists"))) == sorted([shared.name, one.name, two.name])
    assert doomed.name not in github.asked("exists")


def test_what_was_there_and_is_not_is_named() -> None:
    pushes = Pushes()
    part = pushes.image()
    pushes.index(part, tags=["v1"])
    pushes.image("pr-1")
    world = pushes.world()
    github = GitHubInMemory.holding(world)
    del github.only.manifests[part.name]
    assert checked(world, github).missing == (part.name,)


def test_what_somebody_else_deleted_before_the_first_deletion_is_not_asked_for() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["v1"])
    other = pushes.image("v2")
    world = pushes.world()
    github = GitHubInMemory.holding(world)
    for version in (part, index):
        github.only.delete(version.id)
    assert checked(world, github, without=[part.id, index.id]) == Check(missing=(), unchecked=())
    assert github.asked("exists") == [other.name]


def test_what_was_missing_before_is_not_asked_for() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["v1"])
    pushes.image("pr-1")
    world = pushes.world(absent=[part])
    github = GitHubInMemory.holding(world)
    assert checked(world, github) == Check(missing=(), unchecked=())
    assert github.asked("exists") == [index.name]


@pytest.mark.parametrize(
    "answer", [refused(403, "no"), lost(), WaitedTooLong("an hour"), Cancelled("stop")]
)
def test_what_can_not_be_asked_is_neither_there_nor_missing(answer: Exception) -> None:
    pushes = Pushes()
    image = pushes.image("v1")
    pushes.image("pr-1")
    world = pushes.world()
    github = GitHubInMemory.holding(world)
    github.script("exists", image.name, answer)
    assert checked(world, github) == Check(missing=(), unchecked=(image.name,))


def test_what_stays_only_in_doubt_needs_nothing() -> None:
    """An attestation stays, since a ghost could list it; its subject goes all the same."""
    pushes = Pushes()
    subject = pushes.image("pr-1")
    attestation = pushes.image(subject=subject.name)
    ghost = pushes.image("v1")
    world = pushes.world(absent=[ghost])
    github = GitHubInMemory.holding(world)
    assert checked(world, github) == Check(missing=(), unchecked=())
    assert github.asked("exists") == [attestation.name]
