"""Which deleted versions are meant, in which order they come back, and what is said of others."""

from dataclasses import replace
from datetime import timedelta

from domain.packages import NOW, Pushes, digest_of, package, referrer_tag, version
from package_keeper.domain.images import build_graph
from package_keeper.domain.journal import JournalEntry
from package_keeper.domain.manifests import DOCKER_SCHEMA_2, Child
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan, Verdict
from package_keeper.domain.repairing import Repair, plan_repair
from package_keeper.domain.resolution import not_back, tag_warnings
from package_keeper.domain.restoration_order import in_waves
from package_keeper.domain.restoring import plan_restoring
from package_keeper.domain.wanted import Wanted

A, B, C = digest_of("a"), digest_of("b"), digest_of("c")


def gone(number: int, name: str, *tags: str, days: int = 1) -> Version:
    return replace(version(number, name, *tags), deleted_at=NOW - timedelta(days=days))


def entry(of: Version, *parents: str, outcome: str = "deleted") -> JournalEntry:
    return JournalEntry(
        owner="acme",
        type=PackageType.CONTAINER,
        package="app",
        id=of.id,
        name=of.name,
        tags=of.tags,
        parents=parents,
        action=Verdict.DELETE,
        outcome=outcome,
    )


def plan_of(
    wanted: Wanted,
    *,
    active: tuple[Version, ...] = (),
    deleted: tuple[Version, ...] = (),
    package_type: PackageType = PackageType.CONTAINER,
) -> Plan:
    return plan_restoring(package(package_type), active, deleted, wanted)


def ids(plan: Plan) -> list[int]:
    return [decision.version.id for decision in plan.restorations]


def patterns(*texts: str) -> tuple[Pattern, ...]:
    return tuple(map(Pattern, texts))


# What is meant


def test_patterns_are_held_against_tags_digests_or_names() -> None:
    deleted = (gone(1, A, "v1"), gone(2, B, "v2"), gone(3, C, referrer_tag(A, ".sig")))
    assert ids(plan_of(Wanted(patterns=patterns("v2", A[:20] + "*")), deleted=deleted)) == [2, 3, 1]
    named = (gone(1, "1.0.0"), gone(2, "2.0.0"))
    npm = plan_of(Wanted(patterns=patterns("1.*")), deleted=named, package_type=PackageType.NPM)
    assert ids(npm) == [1]


def test_a_tag_that_attaches_is_no_name_of_an_image() -> None:
    deleted = (gone(3, C, referrer_tag(A, ".sig")),)
    plan = plan_of(Wanted(patterns=patterns("*")), deleted=deleted)
    assert ids(plan) == []
    assert plan.warnings == ("restore: the pattern * matches no deleted version",)


def test_deleted_since_narrows_patterns_and_says_what_is_left_out() -> None:
    deleted = (gone(1, A, "v1", days=9), gone(2, B, "v2", days=1), version(3, C, "v3"))
    since = NOW - timedelta(days=2)
    plan = plan_of(Wanted(patterns=patterns("v?"), since=since), deleted=deleted)
    assert ids(plan) == [2]
    (warning,) = plan_of(Wanted(patterns=patterns("v1"), since=since), deleted=deleted).warnings
    assert warning == (
        "restore: the pattern v1 matches no version deleted since 2026-11-20 12:00 UTC"
    )


def test_where_github_names_no_tags_of_deleted_versions_it_is_said() -> None:
    (warning,) = plan_of(Wanted(patterns=patterns("v1")), deleted=(gone(1, A),)).warnings
    assert warning.endswith("so give restore-from or restore-ids")


def test_what_is_active_needs_nothing() -> None:
    here, there = version(1, A, "v1"), version(2, B, "v2")
    wanted = Wanted(ids=(1,), entries=(entry(here), entry(there)))
    plan = plan_of(wanted, active=(here, there))
    assert (ids(plan), plan.missing_ids) == ([], ())
    assert plan.notices == (
        "version 1 is active: nothing to bring back but what it lacks",
        "1 version is active that the journal counts as deleted: nothing to do",
    )


def test_ids_that_are_nowhere_are_missing() -> None:
    plan = plan_of(Wanted(ids=(7, 8, 7), entries=(entry(gone(9, A)),)))
    assert plan.missing_ids == (7, 8, 9)


def test_an_id_of_the_journal_that_is_another_version_does_not_come_back() -> None:
    plan = plan_of(Wanted(entries=(entry(gone(1, A)),)), deleted=(gone(1, B),))
    assert (ids(plan), plan.missing_ids) == ([], (1,))
    assert f"version 1 is {B} and not {A}" in plan.warnings[0]


# Versions of one name


def test_content_that_was_pushed_again_is_not_brought_back_as_well() -> None:
    old = gone(1, A, "v1")
    plan = plan_of(Wanted(entries=(entry(old),)), active=(version(5, A, "v1"),), deleted=(old,))
    assert ids(plan) == []
    assert plan.notices == (
        "version 1 (v1) stays deleted: the same content is active as version 5",
    )


def test_tags_of_what_is_not_brought_back_are_told_where_they_are_not_with_its_content() -> None:
    old, older = gone(1, A, "v1", "v2", "v3"), gone(2, A, "v3", "v4", days=9)
    active = (version(5, A, "v2"), version(6, B, "v1"))
    plan = plan_of(Wanted(patterns=patterns("v*")), active=active, deleted=(older, old))
    warnings = sorted(plan.warnings)
    assert [warning.split(" (")[0] for warning in warnings] == [
        "the tag v1 of version 1",
        "the tag v3 leads nowhere: what it led to",
        "the tag v4 leads nowhere: what it led to",
    ]
    assert f"now belongs to version 6 ({B})" in warnings[0]
    assert "is active as version 5" in warnings[1]
    (warning,) = plan_of(Wanted(patterns=patterns("v*")), deleted=(older, old)).warnings
    assert warning.startswith("the tag v4 leads nowhere")
    assert "comes back as version 1" in warning


def test_of_one_name_the_version_deleted_last_comes_back() -> None:
    old, new = gone(1, A, "v1", days=3), gone(5, A, "v1", days=2)
    plan = plan_of(Wanted(patterns=patterns("v1")), deleted=(new, old))
    assert ids(plan) == [5]
    (notice,) = plan.notices
    assert notice.startswith("version 1 (v1) stays deleted: version 5 of the same name was deleted")
    assert ids(plan_of(Wanted(ids=(1,), patterns=patterns("v1")), deleted=(new, old))) == [1]


def test_an_id_is_tried_all_the_same_and_github_says_why_not() -> None:
    old = gone(1, A, "v1")
    assert ids(plan_of(Wanted(ids=(1,)), active=(version(5, A),), deleted=(old,))) == [1]


def test_elsewhere_a_name_says_nothing_about_the_content() -> None:
    old = gone(1, "1.0.0")
    plan = plan_of(
        Wanted(patterns=patterns("1.0.0")),
        active=(version(5, "1.0.0"),),
        deleted=(old,),
        package_type=PackageType.NPM,
    )
    assert ids(plan) == [1]


# Order


def test_parts_come_in_a_group_before_what_they_belong_to() -> None:
    index, child, signature = gone(3, C, "v1"), gone(1, A), gone(2, B, referrer_tag(A, ".sig"))
    deleted = (index, child, signature)
    wanted = Wanted(ids=(3,), entries=(entry(child, C), entry(index), entry(signature, A)))
    plan = plan_of(wanted, deleted=deleted)
    waves = in_waves(plan.restorations)
    assert [[d.version.id for d in wave] for wave in waves] == [[2], [1], [3]]


def test_parts_that_belong_to_one_another_come_back_once() -> None:
    one, other = gone(1, A, referrer_tag(B)), gone(2, B, referrer_tag(A))
    plan = plan_of(Wanted(ids=(1, 2)), deleted=(one, other))
    assert sorted(ids(plan)) == [1, 2]
    assert sorted(d.version.id for wave in in_waves(plan.restorations) for d in wave) == [1, 2]


# Repair


def repair_of(
    pushes: Pushes, *deleted: Version, absent: tuple[Version, ...] = (), stays: bool = False
) -> Repair:
    """The repair of what was pushed, once some of it is deleted and more has lost its manifest."""
    whole = pushes.world(absent=absent)
    world = whole if stays else whole.without(v.id for v in deleted)
    images = [v for v in world.versions if v.own_tags]
    return plan_repair(world.graph(), images, [replace(v, deleted_at=NOW) for v in deleted])


def test_missing_parts_are_named_once_with_their_platform_and_the_newest_image() -> None:
    pushes = Pushes()
    shared = pushes.image()
    listed = replace(pushes.child(shared.name), platform="linux/arm64")
    pushes.index(listed, tags=["old"], days=9)
    pushes.index(listed, tags=["new"], days=1)
    (found,) = repair_of(pushes, shared).restorations
    assert (found.version.id, found.reason) == (shared.id, "new lacks its part for linux/arm64")


def test_what_is_not_among_the_deleted_is_lost_with_digest_and_platform() -> None:
    pushes = Pushes()
    strange = Child(digest=A, media_type=DOCKER_SCHEMA_2, platform="linux/amd64")
    pushes.index(strange, Child(digest=B, media_type=DOCKER_SCHEMA_2), tags=["v1"])
    repair = repair_of(pushes)
    assert [str(lost) for lost in repair.lost] == [f"v1 lacks linux/amd64 {A}", f"v1 lacks {B}"]


def test_what_several_images_lack_is_told_with_all_or_the_newest_of_them() -> None:
    pushes = Pushes()
    strange = Child(digest=A, media_type=DOCKER_SCHEMA_2)
    pushes.index(strange, tags=["v1"], days=9)
    pushes.index(strange, tags=["v2"], days=8)
    (lost,) = repair_of(pushes).lost
    assert str(lost) == f"v2 and v1 lack {A}"
    pushes.index(strange, tags=["v3"], days=7)
    pushes.index(strange, tags=["v4"], days=6)
    (lost,) = repair_of(pushes).lost
    assert str(lost) == f"v4, v3, v2 and 1 more lack {A}"


def test_an_image_without_a_manifest_is_lost_itself() -> None:
    pushes = Pushes()
    ghost = pushes.image("v1")
    (lost,) = repair_of(pushes, absent=(ghost,)).lost
    assert str(lost) == f"v1 has no manifest of its own ({ghost.name})"


def test_what_was_attached_comes_back_unless_it_was_replaced() -> None:
    pushes = Pushes()
    image = pushes.image("v1")
    tag = referrer_tag(image.name, ".sig")
    signature = pushes.image(tag)
    other = pushes.image(referrer_tag(A, ".sig"))
    (found,) = repair_of(pushes, signature, other).restorations
    assert (found.version.id, found.reason) == (signature.id, "v1 lacks what was attached to it")
    pushes.image(tag)
    assert repair_of(pushes, signature).restorations == ()


def test_what_could_not_be_read_is_counted() -> None:
    pushes = Pushes()
    image = pushes.image("v1")
    world = pushes.world(unreadable=(image,))
    repair = plan_repair(world.graph(), [image], ())
    assert (repair.unread, repair.lost) == (1, ())


def test_untagged_images_are_not_repaired() -> None:
    pushes = Pushes()
    child = pushes.image()
    pushes.index(child)
    assert repair_of(pushes, child).restorations == ()


def test_of_several_deleted_versions_of_a_part_the_last_comes_back() -> None:
    pushes = Pushes()
    child = pushes.image()
    index = pushes.index(child, tags=["v1"])
    world = pushes.world().without([child.id])
    deleted = [gone(90, child.name, days=1), gone(80, child.name, days=5)]
    graph = build_graph({v.name: v for v in world.versions}, world.readings)
    (found,) = plan_repair(graph, [index], deleted).restorations
    assert found.version.id == 90


# Afterwards


def test_a_tag_that_moved_on_is_told_with_where_it_is() -> None:
    back = version(1, A, "v1")
    former = {1: ("v1", "latest", "edge")}
    warnings = tag_warnings([back], former, [back, version(2, B, "latest")])
    assert warnings == (
        f"the tag latest of version 1 ({A}) now belongs to version 2 ({B})",
        f"version 1 ({A}) came back without its tag edge: push the tag again",
    )


def test_what_is_not_listed_is_not_back() -> None:
    assert not_back([1, 2], [version(2, B)]) == (1,)
    assert tag_warnings([version(1, A, "v1")], {}, []) == ()
