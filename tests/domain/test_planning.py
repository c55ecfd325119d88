"""Plans: which decision every version gets, for what reason, and what is said besides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.packages import NOW, Pushes, World, digest_of, package, referrer_tag, version
from domain.promises import deleted
from package_keeper.domain.errors import ManifestsUnreadable
from package_keeper.domain.images import plain_graph
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.manifests import INDEX_TYPES, Child
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Ground, Plan
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.rules import End, Rank, Rule, Tagged, Verb
from package_keeper.domain.shorthand import ShortInputs, rules_of


def rules(
    *,
    keep: str = "",
    delete: str = "",
    newest: int | None = None,
    untagged: bool | None = None,
    ids: Sequence[int] = (),
) -> tuple[Rule, ...]:
    return rules_of(
        ShortInputs(
            versions_to_keep=newest,
            keep=tuple(map(Pattern, keep.split())),
            delete=tuple(map(Pattern, delete.split())),
            delete_untagged=untagged,
            delete_ids=tuple(ids),
        )
    )


def plan(world: World, asked: tuple[Rule, ...], if_empty: IfEmpty = IfEmpty.KEEP_NEWEST) -> Plan:
    return make_plan(package(), world.graph(), Question(rules=asked, now=NOW, if_empty=if_empty))


def plan_of_type(
    package_type: PackageType,
    versions: Sequence[Version],
    asked: tuple[Rule, ...],
    if_empty: IfEmpty = IfEmpty.KEEP_NEWEST,
) -> Plan:
    question = Question(rules=asked, now=NOW, if_empty=if_empty)
    return make_plan(package(package_type), plain_graph(versions), question)


def reasons(made: Plan) -> dict[int, str]:
    return {decision.version.id: decision.reason for decision in made.decisions}


def grounds(made: Plan) -> dict[int, Ground]:
    return {decision.version.id: decision.ground for decision in made.decisions}


def test_every_decision_says_why() -> None:
    pushes = Pushes()
    part = pushes.image()
    old = pushes.index(part, tags=["pr-1"])
    signature = pushes.image(subject=old.name)
    shared = pushes.image()
    kept = pushes.index(shared, tags=["v1"])
    also = pushes.index(shared, tags=["pr-2"])
    other = pushes.image("main")
    made = plan(pushes.world(), rules(keep="v*", delete="pr-*"))
    assert reasons(made) == {
        old.id: "selected by delete: pr-*",
        part.id: "part of pr-1, which goes",
        signature.id: "part of pr-1, which goes",
        also.id: "selected by delete: pr-*",
        kept.id: "kept by keep: v*",
        shared.id: "needed by v1",
        other.id: "no delete rule selects it",
    }
    sources = {decision.version.id: decision.source for decision in made.decisions}
    assert sources[part.id] == "pr-1"
    assert sources[shared.id] == "v1"


def test_deletions_come_first_then_what_stays_newest_first() -> None:
    pushes = Pushes()
    oldest, old = pushes.image("v1", days=9), pushes.image("pr-1", days=8)
    new, newest = pushes.image("v2", days=7), pushes.image("pr-2", days=6)
    made = plan(pushes.world(), rules(delete="pr-*"))
    order = [decision.version.id for decision in made.decisions]
    assert order == [old.id, newest.id, new.id, oldest.id]


def test_what_belonged_together_is_written_down_for_whoever_puts_it_back() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["pr-1"])
    signature = pushes.image(subject=index.name)
    pushes.image("v1")
    made = plan(pushes.world(), rules(delete="pr-*"))
    parents = {decision.version.id: decision.parents for decision in made.deletions}
    assert parents == {index.id: (), part.id: (index.name,), signature.id: (index.name,)}
    after = {decision.version.id: decision.after for decision in made.deletions}
    assert after == {index.id: (), part.id: (index.id,), signature.id: (index.id,)}


def test_a_kept_index_keeps_the_subject_of_an_attestation_that_it_lists() -> None:
    """The first trap: nothing else needs that subject, and it is untagged and old."""
    pushes = Pushes()
    subject = pushes.image(days=50)
    attestation = pushes.image(subject=subject.name, days=50)
    index = pushes.index(attestation, pushes.image(), tags=["v1"])
    pushes.image("v2")
    made = plan(pushes.world(), rules(keep="v1", delete="v2", untagged=True))
    assert subject.id not in deleted(made)
    assert reasons(made)[subject.id] == "needed by v1"
    assert index.id not in deleted(made)


def test_what_a_deleted_parent_leaves_pushes_no_image_out_on_the_next_run() -> None:
    """The second trap: the subject that is left over counts among the newest from then on."""
    pushes = Pushes()
    old, newer = pushes.image(days=30), pushes.image(days=20)
    subject = pushes.image(days=2)
    index = pushes.index(pushes.image(subject=subject.name, days=2), tags=["pr-1"], days=2)
    pushes.image("v1")
    world = pushes.world()
    newest = Rank(end=End.NEWEST, count=2)
    untagged = Rule(verb=Verb.KEEP, text="untagged", conditions=(Tagged(value=False),), rank=newest)
    asked = (*rules(delete="pr-*", untagged=True), untagged)
    made = plan(world, asked)
    assert index.id in deleted(made)
    assert old.id in deleted(made)
    assert not {newer.id, subject.id} & deleted(made)
    assert deleted(plan(world.after(deleted(made)), asked)) == frozenset()


def test_a_part_that_is_left_over_is_decided_about_in_the_same_plan() -> None:
    pushes = Pushes()
    subject = pushes.image(days=50)
    attestation = pushes.image(subject=subject.name, days=50)
    index = pushes.index(attestation, pushes.image(days=50), tags=["pr-1"], days=50)
    pushes.image("v1")
    world = pushes.world()
    for untagged in (False, True):
        asked = rules(delete="pr-*", untagged=untagged)
        made = plan(world, asked)
        assert index.id in deleted(made)
        assert (subject.id in deleted(made)) == untagged
        assert deleted(plan(world.after(deleted(made)), asked)) == frozenset()


def test_the_parts_of_what_is_left_over_are_its_parts_still() -> None:
    """They take no place among the newest, and follow their image."""
    pushes = Pushes()
    old = pushes.image(days=9)
    subject = pushes.index(pushes.image(days=1), pushes.image(days=1), days=1)
    index = pushes.index(pushes.image(subject=subject.name), tags=["pr-1"], days=1)
    kept = pushes.image("v1")
    world = pushes.world()
    untagged = Rule(
        verb=Verb.KEEP,
        text="untagged",
        conditions=(Tagged(value=False),),
        rank=Rank(end=End.NEWEST, count=2),
    )
    asked = (*rules(delete="pr-*", untagged=True), untagged)
    made = plan(world, asked)
    assert index.id in deleted(made)
    assert {old.id, subject.id} & deleted(made) == set()
    by_id = plan(world, rules(delete="pr-*", ids=[subject.id]))
    assert deleted(by_id) == {v.id for v in world.versions} - {old.id, kept.id}
    assert deleted(plan(world.after(deleted(by_id)), rules(ids=[subject.id]))) == frozenset()


def test_a_version_asked_for_by_id_that_stays_is_warned_of() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["v1"])
    pushes.image("v2")
    made = plan(pushes.world(), rules(keep="v1", ids=[part.id, index.id]))
    assert deleted(made) == frozenset()
    assert set(made.warnings) == {
        f"version {part.id} ({part.name}) was asked for but stays: needed by v1",
        f"version {index.id} (v1) was asked for but stays: kept by keep: v1",
    }


def test_ids_that_are_no_versions_are_told_even_where_the_whole_package_goes() -> None:
    pushes = Pushes()
    image = pushes.image("v1")
    for if_empty in IfEmpty:
        made = plan(pushes.world(), rules(ids=[image.id, 99]), if_empty)
        assert made.missing_ids == (99,)
        assert made.deletes_package == (if_empty is IfEmpty.DELETE_PACKAGE)


def test_the_parts_of_what_is_asked_for_by_id_go_along() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["v1"])
    kept = pushes.image("v2")
    made = plan(pushes.world(), rules(ids=[index.id]))
    assert deleted(made) == {part.id, index.id}
    assert reasons(made)[kept.id] == "no delete rule selects it"


def test_a_superseded_index_stays_with_its_subject_and_goes_with_it() -> None:
    pushes = Pushes()
    image = pushes.image("v1")
    attestation = pushes.image(subject=image.name)
    former = pushes.index(attestation)
    pushes.image("v2")
    world = pushes.world()
    stays = plan(world, rules(delete="v2"))
    assert reasons(stays)[former.id] == "needed by v1"
    goes = plan(world, rules(delete="v1"))
    assert deleted(goes) == {image.id, attestation.id, former.id}
    assert reasons(goes)[former.id] == "part of v1, which goes"
    cleaned = plan(world, rules(delete="v2", untagged=True))
    assert former.id in deleted(cleaned)
    assert attestation.id not in deleted(cleaned)


def test_a_superseded_index_whose_subject_is_not_listed_is_on_its_own() -> None:
    pushes = Pushes()
    former = pushes.index(pushes.image(subject=digest_of("gone")))
    pushes.image("v1")
    world = pushes.world()
    assert deleted(plan(world, rules(delete="x"))) == frozenset()
    assert former.id in deleted(plan(world, rules(untagged=True)))


def test_orphans_go_with_the_untagged_though_they_have_a_tag() -> None:
    pushes = Pushes()
    orphan = pushes.image(digest_of("gone").replace(":", "-") + ".sig")
    pushes.image("v1")
    assert orphan.id in deleted(plan(pushes.world(), rules(untagged=True)))
    stays = plan(pushes.world(), rules(delete="x*"))
    assert reasons(stays)[orphan.id] == "no delete rule selects it"


def test_nothing_untagged_goes_where_something_that_stays_answers_404() -> None:
    pushes = Pushes()
    ghost = pushes.image("v1")
    old, part = pushes.image(), pushes.image()
    doomed = pushes.index(part, tags=["pr-1"])
    world = pushes.world(absent=[ghost])
    made = plan(world, rules(delete="pr-*", untagged=True))
    assert deleted(made) == {doomed.id}
    assert grounds(made)[old.id] is Ground.DOUBT
    assert reasons(made)[part.id] == "the parts of a version that stays are not known"
    (warning,) = made.warnings
    assert warning.startswith(f"version {ghost.id} (v1) is broken, missing: its manifest, so no ")
    assert warning.endswith(f"; to get rid of it, run once with delete-ids: {ghost.id} alone")
    assert deleted(plan(world, rules(ids=[ghost.id], untagged=True))) >= {ghost.id, old.id}


def test_a_missing_platform_alone_holds_nothing_up() -> None:
    """A platform manifest has no parts, so none of them can be missing too."""
    pushes = Pushes()
    gone = Child(
        digest=digest_of("gone"),
        media_type="application/vnd.oci.image.manifest.v1+json",
        platform="linux/arm64",
    )
    partial = pushes.index(pushes.image(), gone, tags=["v1"])
    old = pushes.image()
    made = plan(pushes.world(), rules(delete="x*", untagged=True))
    assert deleted(made) == {old.id}
    assert f"version {partial.id} (v1) is broken, missing: linux/arm64; " in made.warnings[-1]


def test_a_missing_nested_index_holds_everything_untagged_up() -> None:
    pushes = Pushes()
    gone = Child(digest=digest_of("gone"), media_type=INDEX_TYPES[0])
    pushes.index(gone, tags=["v1"])
    old = pushes.image()
    made = plan(pushes.world(), rules(delete="x*", untagged=True))
    assert deleted(made) == frozenset()
    assert grounds(made)[old.id] is Ground.DOUBT


def test_a_missing_subject_that_no_listing_shows_holds_nothing_up() -> None:
    """It is gone, not in doubt: an orphan's subject was an image that somebody deleted."""
    pushes = Pushes()
    pushes.image("v1", subject=digest_of("gone"))
    old = pushes.image()
    assert deleted(plan(pushes.world(), rules(untagged=True))) == {old.id}


def test_a_candidate_that_cannot_be_read_stays_with_all_that_may_be_its_parts() -> None:
    pushes = Pushes()
    old = pushes.image()
    part = pushes.image()
    platform = pushes.image("pr-1-amd64", days=8)
    unreadable = pushes.index(part, platform, tags=["pr-1"], days=8)
    pushed_again = pushes.image("pr-1-arm64", days=7)
    pushes.image("v1")
    made = plan(pushes.world(unreadable=[unreadable]), rules(delete="pr-*", untagged=True))
    assert deleted(made) == frozenset()
    assert reasons(made)[unreadable.id] == "its manifest could not be read"
    for stays in (old, part, platform, pushed_again):
        assert grounds(made)[stays.id] is Ground.DOUBT
    assert any("could not be read" in warning for warning in made.warnings)


def test_two_parts_in_doubt_may_list_the_same() -> None:
    pushes = Pushes()
    leaf = pushes.image()
    one, two = pushes.index(leaf), pushes.index(leaf, pushes.image())
    top = pushes.index(one, two, tags=["pr-1"])
    ghost = pushes.image("v1")
    made = plan(pushes.world(absent=[ghost]), rules(delete="pr-*"))
    assert deleted(made) == {top.id}


def test_an_unreadable_image_that_stays_stops_the_package_with_its_name_and_the_reason() -> None:
    pushes = Pushes()
    one, two, _ = pushes.image("v1"), pushes.image("v2"), pushes.image("pr-1")
    with pytest.raises(ManifestsUnreadable) as caught:
        plan(pushes.world(unreadable=[one, two]), rules(delete="pr-*"))
    assert "(and 1 more) could not be read: 500." in caught.value.message
    with pytest.raises(ManifestsUnreadable) as caught:
        plan(pushes.world(unreadable=[one]), rules(delete="pr-*"))
    assert caught.value.message == (
        f"the manifest of version {one.id} (v1) could not be read: 500."
    )


def test_an_unreadable_part_that_no_listing_shows_is_named_by_its_digest() -> None:
    pushes = Pushes()
    hidden = pushes.image()
    index = pushes.index(hidden, tags=["v1"])
    doomed = pushes.image("pr-1")
    world = replace(pushes.world(unreadable=[hidden]), versions=(index, doomed))
    with pytest.raises(ManifestsUnreadable, match=f"manifest of {hidden.name} could not"):
        plan(world, rules(delete="pr-*"))


def test_an_unreadable_part_of_what_goes_that_no_listing_shows_keeps_everything() -> None:
    """When it was pushed is not known, so neither is what it can't list."""
    pushes = Pushes()
    hidden = pushes.image()
    doomed = pushes.index(hidden, tags=["pr-1"])
    old = pushes.image()
    pushes.image("v1")
    shown = pushes.world(unreadable=[hidden])
    world = replace(shown, versions=tuple(v for v in shown.versions if v.id != hidden.id))
    made = plan(world, rules(delete="pr-*", untagged=True))
    assert deleted(made) == frozenset()
    assert grounds(made)[old.id] is grounds(made)[doomed.id] is Ground.DOUBT


def test_what_is_there_though_no_listing_shows_it_stays_whole() -> None:
    pushes = Pushes()
    part = pushes.image(days=50)
    hidden = pushes.index(part, tags=["hidden"])
    doomed = pushes.index(pushes.image(subject=hidden.name), tags=["pr-1"])
    pushes.image("v1")
    world = pushes.world()
    shown = replace(world, versions=tuple(v for v in world.versions if v.id != hidden.id))
    made = plan(shown, rules(delete="pr-*", untagged=True))
    assert deleted(made) == {doomed.id}
    assert reasons(made)[part.id] == f"needed by {hidden.name}"


def test_the_newest_tagged_image_stays_where_all_would_go() -> None:
    pushes = Pushes()
    old, new = pushes.image("pr-1", days=9), pushes.image("pr-2", days=8)
    untagged = pushes.image(days=3)
    made = plan(pushes.world(), rules(delete="pr-*", untagged=True))
    assert deleted(made) == {old.id, untagged.id}
    assert made.would_empty
    assert grounds(made)[new.id] is Ground.LAST
    assert reasons(made)[new.id] == (
        "the newest, kept so that the package is not emptied (if-empty)"
    )


def test_everything_goes_where_the_package_may() -> None:
    pushes = Pushes()
    part = pushes.image()
    pushes.index(part, tags=["pr-1"])
    pushes.image()
    asked = rules(delete="*", untagged=True)
    made = plan(pushes.world(), asked, IfEmpty.DELETE_PACKAGE)
    assert made.deletes_package
    assert made.would_empty
    assert len(made.deletions) == 3
    assert set(grounds(made).values()) == {Ground.LAST}
    assert made.manifests_read == 3


def test_a_package_with_something_that_no_rule_deletes_is_not_deleted_whole() -> None:
    """An untagged image, or the parts of a push whose index is still under way."""
    pushes = Pushes()
    tagged = pushes.image("pr-1")
    pushes.image()
    made = plan(pushes.world(), rules(delete="*"), IfEmpty.DELETE_PACKAGE)
    assert not made.deletes_package
    assert deleted(made) == frozenset()
    assert grounds(made)[tagged.id] is Ground.LAST
    [warning] = made.warnings
    assert warning.startswith("if-empty: delete-package did not take the package")


def test_a_package_with_something_that_a_rule_keeps_is_not_deleted_whole() -> None:
    pushes = Pushes()
    part = pushes.image()
    index = pushes.index(part, tags=["pr-1"])
    asked = rules(delete="*", keep=part.name)
    made = plan(pushes.world(), asked, IfEmpty.DELETE_PACKAGE)
    assert not made.deletes_package
    assert deleted(made) == frozenset()
    assert grounds(made)[index.id] is Ground.LAST


def test_the_newest_of_a_type_without_tags_stays_for_its_own_reason() -> None:
    versions = [version(number, f"1.0.{number}", age=timedelta(days=9)) for number in (1, 2)]
    asked = Question(rules=rules(newest=0), now=NOW)
    made = make_plan(package(PackageType.NPM), plain_graph(versions), asked)
    [kept] = made.kept
    assert kept.reason == "the newest, kept so that the package is not emptied (if-empty)"


def test_where_emptying_is_to_fail_the_plan_shows_what_would_go() -> None:
    pushes = Pushes()
    image = pushes.image("pr-1")
    made = plan(pushes.world(), rules(delete="*"), IfEmpty.FAIL)
    assert made.would_empty
    assert deleted(made) == {image.id}


def test_the_newest_stays_of_a_package_of_untagged_images() -> None:
    """GitHub lets them all go, and nobody knows what becomes of a package without versions."""
    pushes = Pushes()
    old, part = pushes.image(days=30), pushes.image(days=4)
    new = pushes.index(part, days=5)
    made = plan(pushes.world(), rules(untagged=True))
    assert deleted(made) == {old.id}
    assert made.would_empty
    assert grounds(made)[new.id] is Ground.LAST
    assert plan(pushes.world(), rules(untagged=True), IfEmpty.DELETE_PACKAGE).deletes_package


def test_where_only_signatures_have_tags_the_newest_stays_with_what_it_is_of() -> None:
    """GitHub deletes no last version with a tag, and may take any tag for one."""
    pushes = Pushes()
    one, two = pushes.image(days=30), pushes.image(days=20)
    gone = pushes.image(referrer_tag(one.name, ".sig"), days=30)
    signature = pushes.image(referrer_tag(two.name, ".sig"), days=20)
    young = pushes.image(days=0)
    made = plan(pushes.world(), rules(untagged=True))
    assert deleted(made) == {one.id, gone.id}
    assert grounds(made)[signature.id] is Ground.LAST
    assert reasons(made)[two.id] == f"needed by {signature.label}"
    assert reasons(made)[young.id] == "no delete rule selects it"
    whole = plan(pushes.world(), rules(untagged=True), IfEmpty.DELETE_PACKAGE)
    assert not whole.deletes_package


@pytest.mark.parametrize(
    "package_type",
    [PackageType.NPM, PackageType.MAVEN, PackageType.NUGET, PackageType.RUBYGEMS],
)
def test_without_tags_every_version_counts_and_names_may_be_equal(
    package_type: PackageType,
) -> None:
    versions = [version(n, "1.0.0" if n < 3 else f"{n}.0.0") for n in range(1, 6)]
    made = plan_of_type(package_type, versions, rules(newest=2))
    assert deleted(made) == {1, 2, 3}
    emptied = plan_of_type(package_type, versions, rules(newest=0))
    assert deleted(emptied) == {1, 2, 3, 4}
    assert grounds(emptied)[5] is Ground.LAST
    assert made.manifests_read == 0


def test_only_tagged_versions_go_from_the_old_docker_registry() -> None:
    versions = [
        version(1, "a", "1.0"),
        version(2, "b", "2.0"),
        version(3, "docker-base-layer"),
    ]
    made = plan_of_type(PackageType.DOCKER, versions, rules(newest=1, untagged=True, ids=[3]))
    assert deleted(made) == {1}
    emptied = plan_of_type(PackageType.DOCKER, versions, rules(newest=0))
    assert deleted(emptied) == {1}
    assert grounds(emptied)[2] is Ground.LAST
    assert grounds(made)[3] is Ground.NOT_READABLE
    assert reasons(made)[3] == "untagged in the old docker registry, which can't be read"
    assert made.warnings == (
        (
            "version 3 (docker-base-layer) was asked for but stays: "
            "untagged in the old docker registry, which can't be read"
        ),
    )


def test_a_package_without_versions_has_an_empty_plan() -> None:
    for if_empty in IfEmpty:
        made = plan_of_type(PackageType.NPM, [], rules(newest=1), if_empty)
        assert made.decisions == ()
        assert not made.would_empty
