"""What is left of a tag that was being taken off, and indexes whose parts were not read."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.packages import NOW, Pushes, package, version
from package_keeper.domain.images import Role, build_graph
from package_keeper.domain.manifests import DOCKER_SCHEMA_2, STAND_IN, Child, parse_manifest
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.readings import Readings
from package_keeper.domain.selection import perhaps_left_over
from package_keeper.domain.shorthand import ShortInputs, rules_of

OLD = ShortInputs(delete=(Pattern("pr-*"),), older_than=timedelta(days=10))


def planned(pushes: Pushes, short: ShortInputs) -> Plan:
    question = Question(rules=rules_of(short), now=NOW)
    return make_plan(package(), pushes.world().graph(), question)


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


def test_what_stands_in_for_a_tag_goes_whatever_its_age() -> None:
    pushes = Pushes()
    image = pushes.image("v1", days=9)
    young = pushes.image("pr-2", days=9)
    stand_in = pushes.stand_in("pr-1", "pr-1")
    [decision] = planned(pushes, OLD).deletions
    assert (decision.version, decision.is_stand_in) == (stand_in, True)
    assert decision.reason == "left over from taking off a tag, selected by delete: pr-*"
    assert {d.version.id for d in planned(pushes, OLD).kept} == {image.id, young.id}


def test_one_that_lost_its_tag_goes_with_the_untagged_whatever_its_age() -> None:
    pushes = Pushes()
    pushes.image("v1")
    stand_in = pushes.stand_in("pr-1")
    plan = planned(pushes, ShortInputs(delete_untagged=True))
    assert [decision.version for decision in plan.deletions] == [stand_in]


@pytest.mark.parametrize(
    ("tags", "short"),
    [
        (["pr-1"], replace(OLD, keep=(Pattern("pr-1"),))),
        (["pr-1"], replace(OLD, delete=(Pattern("preview-*"),))),
        (["pr-1", "pr-2"], OLD),
        (["pr-2"], OLD),
    ],
    ids=["kept by a rule", "not selected", "another tag as well", "another tag"],
)
def test_one_that_somebody_wants_or_uses_stays(tags: list[str], short: ShortInputs) -> None:
    pushes = Pushes()
    pushes.image("v1")
    pushes.stand_in("pr-1", *tags)
    assert not planned(pushes, short).deletions


def test_one_that_somebody_uses_goes_and_comes_back_like_anything_else() -> None:
    pushes = Pushes()
    pushes.image("v1")
    pushes.stand_in("pr-1", "pr-2")
    [decision] = planned(pushes, replace(OLD, older_than=None)).deletions
    assert not decision.is_stand_in
    assert decision.reason == "selected by delete: pr-*"


def test_only_what_a_rule_about_its_tag_selects_may_be_left_over() -> None:
    listed = [
        version(1, "sha256:1", "pr-1", age=timedelta()),
        version(2, "sha256:2", "pr-2", "pr-3"),
        version(3, "sha256:3", "v1"),
        version(4, "sha256:4"),
        version(5, "sha256:5", "pr-5"),
    ]
    short = replace(OLD, keep=(Pattern("pr-5"),), versions_to_keep=9)
    found = perhaps_left_over(listed, rules_of(short), PackageType.CONTAINER, NOW)
    assert [v.id for v in found] == [1]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pr-1"),
        ({"artifactType": "application/json"}, None),
        ({"annotations": None}, None),
        ({"annotations": {"package-keeper.tag": 1}}, None),
    ],
)
def test_a_stand_in_says_which_tag_it_stands_in_for(
    changes: dict[str, object], expected: str | None
) -> None:
    body = {"artifactType": STAND_IN, "annotations": {"package-keeper.tag": "pr-1"}, **changes}
    content = json.dumps(body).encode()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert parse_manifest(digest, "", content).stands_in_for == expected


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
