"""What is left of a tag that was being taken off, and indexes whose parts were not read."""

from dataclasses import replace

from domain.packages import NOW, Pushes, package
from package_keeper.domain.images import Role, build_graph
from package_keeper.domain.manifests import DOCKER_SCHEMA_2, STAND_IN, Child
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.readings import Readings
from package_keeper.domain.shorthand import ShortInputs, rules_of


def test_a_stand_in_takes_no_place_among_the_newest() -> None:
    pushes = Pushes()
    image = pushes.image("v1", days=9)
    stand_in = pushes.image("pr-1", days=0, artifact_type=STAND_IN)
    graph = pushes.world().graph()
    assert graph.roles[stand_in.name] is Role.ORPHAN
    rules = rules_of(ShortInputs(versions_to_keep=1))
    plan = make_plan(package(), graph, Question(rules=rules, now=NOW))
    assert [decision.version.id for decision in plan.deletions] == [stand_in.id]
    assert image.id in {decision.version.id for decision in plan.kept}


def test_what_stays_of_a_package_is_an_image_rather_than_a_newer_stand_in() -> None:
    pushes = Pushes()
    image = pushes.image("v1", days=9)
    pushes.image("pr-1", days=2, artifact_type=STAND_IN)
    rules = rules_of(ShortInputs(versions_to_keep=0))
    plan = make_plan(package(), pushes.world().graph(), Question(rules=rules, now=NOW))
    assert [decision.version.id for decision in plan.kept] == [image.id]


def test_an_index_with_a_part_that_was_not_read_is_an_image() -> None:
    """The parts of a Docker list are not read; an attestation beside them proves nothing."""
    pushes = Pushes()
    platform = pushes.image()
    attestation = pushes.image(subject=platform.name)
    part = Child(digest=platform.name, media_type=DOCKER_SCHEMA_2)
    index = pushes.index(part, attestation)
    world = pushes.world()
    read = {d: m for d, m in world.manifests.items() if d != platform.name}
    versions = {version.name: version for version in world.versions}
    graph = build_graph(versions, Readings(manifests=read))
    assert graph.roles[index.name] is Role.IMAGE
    assert not graph.superseded
    gone = replace(graph.readings, absent=frozenset([platform.name]))
    assert index.name in build_graph(versions, gone).superseded
