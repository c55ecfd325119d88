"""Pushes while versions are being deleted: seen every minute, and once more at the end."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.packages import NOW, Pushes, World, digest_of, version
from fakes.github import GitHubInMemory, Request, Stale, lost, refused
from fakes.runs import Stage
from package_keeper.domain.budget import RESERVE
from package_keeper.domain.errors import KeptImageBroken, WaitedTooLong
from package_keeper.domain.manifests import INDEX_TYPES, MANIFEST_TYPES, Child, Manifest
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.outcome import Outcome, RunOutcome
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.pacing.exchange import Postponed
from package_keeper.run.lookout import INTERVAL

IMAGE_98 = Manifest(digest=digest_of("98"), media_type=MANIFEST_TYPES[0])
RULES = rules_of(ShortInputs(delete=(Pattern("pr-*"),)))


class Scene:
    """An image `v1` that stays, and three that go one version after another, a part each."""

    def __init__(self) -> None:
        pushes = Pushes()
        self.kept = pushes.image("v1")
        self.parts: list[Version] = []
        self.images: list[Version] = []
        for n in (1, 2, 3):
            self.parts.append(pushes.image(days=90 - n))
            self.images.append(pushes.index(self.parts[-1], tags=[f"pr-{n}"], days=90 - n))
        self.github = GitHubInMemory.holding(pushes.world())
        self.stage = Stage(self.github, workers=1)

    def when_deleting(self, of: Version, do: Callable[[], None]) -> None:
        """Do this once, right before the version's deletion is carried out."""
        left = [do]

        def before(request: Request) -> None:
            if request.action == "delete_version" and request.of == of.id and left:
                left.pop()()

        self.github.before = before

    def push(self, part: Version, *tags: str) -> None:
        """An index that lists what is there already."""
        new = Version(id=99, name=digest_of("99"), created_at=NOW, updated_at=NOW, tags=tags)
        child = Child(digest=part.name, media_type=MANIFEST_TYPES[0])
        manifest = Manifest(digest=new.name, media_type=INDEX_TYPES[0], children=(child,))
        self.github.only.push(new, manifest)

    def run(self) -> RunReport:
        return self.stage.run(self.stage.asked(RULES))

    @property
    def left(self) -> set[int]:
        return set(self.github.only.versions)


def only(report: RunReport) -> PackageReport:
    (package,) = report.packages
    return package


def outcomes(report: RunReport) -> dict[int, Outcome]:
    return {result.version.id: result.outcome for result in report.results}


def test_a_part_that_a_push_needs_stays_where_it_is_seen_in_time() -> None:
    scene = Scene()

    def push_and_wait() -> None:
        scene.push(scene.parts[1], "v2")
        scene.stage.elapsed = INTERVAL

    scene.when_deleting(scene.images[0], push_and_wait)
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    stays, goes = scene.parts[1].id, {v.id for v in (*scene.images, scene.parts[0], scene.parts[2])}
    assert outcomes(report) == dict.fromkeys(goes, Outcome.DELETED) | {stays: Outcome.CHANGED}
    assert scene.left == {1, stays, 99}
    (result,) = (r for r in report.results if r.version.id == stays)
    assert result.detail == "v2, pushed or tagged since the plan was shown, needs it"


def test_a_tag_put_on_an_image_keeps_it_with_its_parts() -> None:
    scene = Scene()

    def retag_and_wait() -> None:
        held, image = scene.github.only, scene.images[2]
        tags = (*image.tags, "production")
        held.versions[image.id] = version(image.id, image.name, *tags)
        scene.stage.elapsed = INTERVAL

    scene.when_deleting(scene.images[0], retag_and_wait)
    found = outcomes(scene.run())
    assert found[scene.images[2].id] is Outcome.CHANGED
    assert found[scene.parts[2].id] in (Outcome.CHANGED, Outcome.RETAINED)
    assert {scene.images[2].id, scene.parts[2].id} <= scene.left


def test_what_is_seen_too_late_is_told_with_the_way_back() -> None:
    scene = Scene()
    scene.when_deleting(scene.images[0], lambda: scene.push(scene.parts[1], "v2"))
    report = scene.run()
    assert report.outcome is RunOutcome.FAILED
    (error,) = report.errors
    assert isinstance(error, KeptImageBroken)
    assert error.message == (
        "acme/app (container): v2, pushed while this run was deleting, needs what it deleted: "
        f"{scene.parts[1].name}."
    )
    assert error.hint == f"Bring it back with restore-ids: {scene.parts[1].id}."
    assert outcomes(report)[scene.parts[1].id] is Outcome.DELETED


@pytest.mark.parametrize("names_tags", [True, False])
def test_a_tag_that_was_moved_to_what_went_is_told(names_tags: bool) -> None:  # noqa: FBT001
    """Seen by what it was on, whatever the deleted are listed with."""
    scene = Scene()
    scene.github.names_tags_of_deleted = names_tags
    image = scene.images[2]

    def move() -> None:
        held = scene.github.only
        held.versions[1] = version(1, scene.kept.name, "stable")
        held.versions[image.id] = version(image.id, image.name, *image.tags, "v1")

    scene.when_deleting(scene.images[0], move)
    report = scene.run()
    assert report.outcome is RunOutcome.FAILED
    (error,) = report.errors
    assert "the tag v1, which was on stable, leads nowhere now" in error.message
    assert "Push the tag again" in error.hint


def test_a_new_tag_that_went_is_told_where_the_deleted_are_listed_with_tags() -> None:
    scene = Scene()
    image = scene.images[2]

    def tag() -> None:
        scene.github.only.versions[image.id] = version(
            image.id, image.name, *image.tags, "production"
        )

    scene.when_deleting(image, tag)
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    (warning,) = only(report).warnings
    assert warning == (
        "acme/app (container): production: put on what this run was deleting, it seems, and "
        f"deleted with it. Bring it back with restore-ids: {image.id}"
    )
    assert scene.github.asked("some_deleted") == [2]


@pytest.mark.parametrize("answer", [refused(404), refused(403), lost(), WaitedTooLong("an hour")])
def test_that_the_deleted_can_not_be_listed_is_no_fault(answer: Exception) -> None:
    scene = Scene()
    scene.github.script("some_deleted", 2, *[answer] * 9)
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert only(report).warnings == ()


def test_a_tag_that_was_moved_to_what_is_there_is_where_it_should_be() -> None:
    scene = Scene()

    def move() -> None:
        held = scene.github.only
        held.versions[1] = version(1, scene.kept.name)
        scene.push(version(98, digest_of("98")), "v1")

    scene.when_deleting(scene.images[0], move)
    assert scene.run().outcome is RunOutcome.DONE


def test_a_tag_that_the_listing_shows_nowhere_and_the_registry_has_is_no_loss() -> None:
    """It moved on while the listing was taken."""
    scene = Scene()

    def hide() -> None:
        held = scene.github.only
        rows = tuple(held.versions.values())
        seen = (version(1, scene.kept.name, "stable"), *rows[1:])
        scene.github.script("versions", "active", Stale(seen))

    scene.when_deleting(scene.images[2], hide)
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert only(report).warnings == ()


def test_content_that_was_pushed_again_is_there() -> None:
    """A rebuild gives the same bytes: a version of its own, and nothing of it is lost."""
    scene = Scene()
    part = scene.parts[0]

    def push_again() -> None:
        again = replace(part, id=98)
        scene.github.only.push(again, Manifest(digest=part.name, media_type=MANIFEST_TYPES[0]))
        scene.push(part, "v2")

    scene.when_deleting(scene.images[2], push_again)
    report = scene.run()
    assert report.outcome is RunOutcome.DONE, report.errors
    assert {98, 99} <= scene.left


def test_a_version_that_went_with_its_tag_is_somebody_elses_doing() -> None:
    scene = Scene()

    def delete() -> None:
        del scene.github.only.versions[1]

    scene.when_deleting(scene.images[0], delete)
    report = scene.run()
    assert not any("leads nowhere" in str(error) for error in report.errors)


def test_what_came_too_late_in_several_ways_is_told_together() -> None:
    scene = Scene()

    def push_and_break() -> None:
        scene.push(scene.parts[1], "v2")
        del scene.github.only.manifests[scene.kept.name]

    scene.when_deleting(scene.images[0], push_and_break)
    (error,) = scene.run().errors
    assert "kept images need manifests that are gone now" in error.message
    assert "needs what it deleted" in error.message
    assert f"restore: {scene.kept.name}." in error.hint
    assert f"restore-ids: {scene.parts[1].id}." in error.hint


def test_what_waited_for_minutes_is_looked_at_again_first() -> None:
    """All that was handed out waits together, and nothing of it goes on what was seen before."""
    scene = Scene()
    image = scene.images[2]
    scene.stage.workers = 8
    postponed = Postponed("it waited 15 min for its turn")
    for doomed in scene.images[1:]:
        scene.github.script("delete_version", doomed.id, postponed)

    def retag_and_wait() -> None:
        held = scene.github.only
        held.versions[image.id] = version(image.id, image.name, *image.tags, "production")
        scene.stage.elapsed = 900.0

    scene.when_deleting(image, retag_and_wait)
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    found = outcomes(report)
    assert found[image.id] is Outcome.CHANGED
    assert found[scene.images[1].id] is Outcome.DELETED
    assert {image.id, scene.parts[2].id} <= scene.left
    lines = [outcome for number, outcome in scene.stage.lines.actions if number == image.id]
    assert lines == ["started", "not-attempted"]


def test_what_waited_for_less_than_the_time_between_two_looks_is_looked_at_again_as_well() -> None:
    scene = Scene()
    image = scene.images[2]
    scene.stage.workers = 8
    postponed = Postponed("it waited 45 s for its turn")
    for doomed in scene.images[1:]:
        scene.github.script("delete_version", doomed.id, postponed)

    def retag_and_wait() -> None:
        held = scene.github.only
        held.versions[image.id] = version(image.id, image.name, *image.tags, "production")
        scene.stage.elapsed = INTERVAL - 15.0

    scene.when_deleting(image, retag_and_wait)
    assert outcomes(scene.run())[image.id] is Outcome.CHANGED


def test_what_somebody_else_deleted_is_missed_once() -> None:
    scene = Scene()

    def delete_and_wait() -> None:
        del scene.github.only.versions[1]
        scene.push(version(98, digest_of("98")), "v2")
        scene.stage.elapsed = INTERVAL

    scene.when_deleting(scene.images[0], delete_and_wait)
    scene.run()
    listed = [r.action for r in scene.github.requests].count("versions")
    assert listed == 2 + 5 + 1, "both plans, a look that lists until it is clear, and the last one"


def test_a_push_that_needs_nothing_of_it_changes_nothing() -> None:
    scene = Scene()
    scene.when_deleting(scene.images[0], lambda: scene.push(version(98, digest_of("98")), "v2"))
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert scene.left == {1, 99}
    assert only(report).left == 2


def test_without_a_push_there_is_one_look_more_at_the_end() -> None:
    scene = Scene()
    assert scene.run().outcome is RunOutcome.DONE
    assert [r.action for r in scene.github.requests].count("versions") == 3
    assert [r.action for r in scene.github.requests].count("some_deleted") == 1
    read = scene.github.asked("manifest")
    assert len(read) == len(set(read))


@pytest.mark.parametrize("answer", [refused(500), lost()])
def test_where_nothing_can_be_seen_nothing_more_goes(answer: Exception) -> None:
    scene = Scene()

    def wait() -> None:
        scene.stage.elapsed = INTERVAL
        scene.github.script("versions", "active", *[answer] * 9)

    scene.when_deleting(scene.images[0], wait)
    report = scene.run()
    assert report.outcome is RunOutcome.INCOMPLETE
    found = outcomes(report)
    assert found.pop(scene.images[0].id) is Outcome.DELETED
    assert set(found.values()) == {Outcome.NOT_ATTEMPTED}
    (package,) = report.packages
    assert any("could not be looked at" in warning for warning in package.warnings)


def test_where_a_push_can_not_be_read_nothing_more_goes() -> None:
    scene = Scene()

    def push_and_wait() -> None:
        scene.push(scene.parts[1], "v2")
        scene.github.script("manifest", digest_of("99"), *[lost("500")] * 9)
        scene.stage.elapsed = INTERVAL

    scene.when_deleting(scene.images[0], push_and_wait)
    report = scene.run()
    assert report.outcome is RunOutcome.INCOMPLETE
    assert scene.parts[1].id in scene.left
    (package,) = report.packages
    assert any("could not be looked at" in warning for warning in package.warnings)


def test_an_image_that_can_not_be_read_hides_no_loss_that_is_known() -> None:
    scene = Scene()

    def push_two() -> None:
        scene.push(scene.parts[1], "v2")
        scene.github.only.push(version(98, digest_of("98"), "other"))
        scene.github.script("manifest", digest_of("98"), *[lost("500")] * 9)

    scene.when_deleting(scene.images[0], push_two)
    report = scene.run()
    assert report.outcome is RunOutcome.FAILED
    (error,) = report.errors
    assert f"restore-ids: {scene.parts[1].id}." in error.hint
    assert any("which other needs, could not be read" in said for said in only(report).warnings)


@pytest.mark.parametrize("late", [True, False], ids=["while deleting", "in the end"])
def test_a_listing_that_lacks_what_stays_is_not_believed(late: bool) -> None:  # noqa: FBT001
    """Though it is there; what somebody else deleted is another matter."""
    scene = Scene()

    def hide() -> None:
        scene.push(scene.parts[1], "v2")
        versions = scene.github.only.versions
        scene.github.script("versions", "active", *[Stale(tuple(versions.values())[3:])] * 40)
        if late:
            scene.stage.elapsed = INTERVAL

    scene.when_deleting(scene.images[0], hide)
    report = scene.run()
    assert any("are missing from the listing, and are there" in w for w in only(report).warnings)
    assert report.outcome is (RunOutcome.INCOMPLETE if late else RunOutcome.DONE)


def test_a_last_look_that_the_budget_is_not_enough_for_is_told() -> None:
    scene = Scene()
    scene.stage.affordable = RESERVE + 8

    def spend() -> None:
        scene.stage.affordable = 0

    scene.when_deleting(scene.images[2], spend)
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    (package,) = report.packages
    (warning,) = package.warnings
    assert "the requests left of this hour are not enough for it" in warning


def test_of_types_without_manifests_nothing_needs_anything() -> None:
    versions = tuple(version(n, f"1.0.{n}") for n in range(4))
    github = GitHubInMemory.holding(World(versions=versions, manifests={}), PackageType.NPM)
    stage = Stage(github)
    stage.run(stage.asked(rules_of(ShortInputs(versions_to_keep=1))), package_type=PackageType.NPM)
    assert [r.action for r in github.requests].count("versions") == 2


def test_a_second_look_that_took_long_to_read_is_taken_again() -> None:
    """What is pushed has to be read, and the registry may ask to wait for that."""
    scene = Scene()
    image = scene.images[2]
    listings = 0

    def before(request: Request) -> None:
        nonlocal listings
        held = scene.github.only
        if request.action == "versions":
            listings += 1
            if listings == 2:
                held.push(version(98, digest_of("98"), "v2"), IMAGE_98)
        if request == Request("manifest", digest_of("98")):
            scene.stage.elapsed += 65.0
            held.versions[image.id] = version(image.id, image.name, *image.tags, "production")

    scene.github.before = before
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert outcomes(report)[image.id] is Outcome.CHANGED
    assert {image.id, scene.parts[2].id, 98} <= scene.left
    assert listings == 4, "two plans, one of which was made again, and one look in the end"


def test_a_second_look_that_always_takes_long_is_taken_a_few_times() -> None:
    scene = Scene()
    pushed = iter(range(50, 90))

    def before(request: Request) -> None:
        held = scene.github.only
        if request.action == "versions":
            number = next(pushed)
            name = digest_of(str(number))
            held.push(
                version(number, name, f"v{number}"),
                Manifest(digest=name, media_type=MANIFEST_TYPES[0]),
            )
        if request.action == "manifest":
            scene.stage.elapsed += 65.0

    scene.github.before = before
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert {v.id for v in scene.images}.isdisjoint(scene.left)


def test_what_was_deleted_is_listed_only_where_there_are_requests_to_spare() -> None:
    scene = Scene()
    scene.stage.affordable = 100

    def spend() -> None:
        scene.stage.affordable = 2

    scene.when_deleting(scene.images[2], spend)
    assert scene.run().outcome is RunOutcome.DONE
    assert scene.github.asked("some_deleted") == []


def test_a_tag_that_can_not_be_asked_for_is_not_said_to_be_lost() -> None:
    scene = Scene()
    scene.github.script("digest_of", "v1", *[lost("502")] * 9)

    def move() -> None:
        scene.github.only.versions[1] = version(1, scene.kept.name, "stable")

    scene.when_deleting(scene.images[2], move)
    assert scene.run().outcome is RunOutcome.DONE


def test_whether_something_is_there_that_can_not_be_asked_is_not_known() -> None:
    scene = Scene()

    def hide() -> None:
        rows = tuple(scene.github.only.versions.values())[1:]
        scene.github.script("versions", "active", *[Stale(rows)] * 40)
        scene.github.script("version", 1, *[refused(403)] * 9)

    scene.when_deleting(scene.images[2], hide)
    (warning,) = only(scene.run()).warnings
    assert "could not be looked at" in warning
