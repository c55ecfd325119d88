"""Deleting in one package, from its listing to its report."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.packages import NOW, Pushes, World, digest_of, version
from fakes.github import GitHubInMemory, LostAfterwards, Request, Stale, lost, refused
from fakes.runs import Stage
from package_keeper.domain.budget import RESERVE
from package_keeper.domain.errors import (
    AccessDenied,
    KeptImageBroken,
    LimitExceeded,
    ManifestsUnreadable,
    NotJournalled,
    RequestFailed,
    Unexpected,
    WaitedTooLong,
)
from package_keeper.domain.limits import IfEmpty, MaxDeletions
from package_keeper.domain.manifests import Manifest
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.outcome import Outcome, RunOutcome
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.domain.rules import Rule
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.pacing.exchange import Cancelled


def deleting(delete: str = "pr-*", *, ids: Sequence[int] = (), keep: str = "") -> tuple[Rule, ...]:
    return rules_of(
        ShortInputs(
            delete=tuple(map(Pattern, delete.split())),
            keep=tuple(map(Pattern, keep.split())),
            delete_ids=tuple(ids),
        )
    )


class Scene:
    """An image `v1` that stays and two images `pr-1` and `pr-2` that go, each with a platform."""

    def __init__(self) -> None:
        self.pushes = Pushes()
        self.kept_part = self.pushes.image()
        self.kept = self.pushes.index(self.kept_part, tags=["v1"])
        self.part = self.pushes.image()
        self.image = self.pushes.index(self.part, tags=["pr-1"], days=9)
        self.other_part = self.pushes.image()
        self.other = self.pushes.index(self.other_part, tags=["pr-2"], days=8)
        self.world: World = self.pushes.world()
        self.github = GitHubInMemory.holding(self.world)
        self.stage = Stage(self.github)

    def run(self, rules: Sequence[Rule] = (), **asked: object) -> RunReport:
        return self.stage.run(self.stage.asked(rules or deleting(), **asked))  # type: ignore[arg-type]

    @property
    def left(self) -> set[int]:
        return set(self.github.only.versions)

    @property
    def doomed(self) -> list[int]:
        return [self.image.id, self.part.id, self.other.id, self.other_part.id]


def only(report: RunReport) -> PackageReport:
    (package,) = report.packages
    return package


def outcomes(report: RunReport) -> dict[int, Outcome]:
    return {result.version.id: result.outcome for result in report.results}


def test_what_was_shown_is_deleted_and_what_stays_is_checked() -> None:
    scene = Scene()
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert outcomes(report) == dict.fromkeys(scene.doomed, Outcome.DELETED)
    assert scene.left == {scene.kept.id, scene.kept_part.id}
    assert scene.github.asked("delete_version") == scene.doomed
    assert scene.github.asked("exists") == [scene.kept.name, scene.kept_part.name]
    assert only(report).left == 2
    (shown,) = scene.stage.shown.plans
    assert shown == only(report).plan


def test_the_second_look_is_taken_right_before_the_first_deletion() -> None:
    scene = Scene()
    scene.run()
    actions = [request.action for request in scene.github.requests]
    before = actions[: actions.index("delete_version")]
    assert before.count("versions") == 2
    assert before[-1] == "versions"
    digests = scene.github.asked("manifest")
    assert len(digests) == len(set(digests)) == 6


def test_a_dry_run_is_the_run_without_a_write() -> None:
    dry, real = Scene(), Scene()
    planned = only(dry.run(dry_run=True)).plan
    assert planned == only(real.run()).plan
    assert dry.left == {1, 2, 3, 4, 5, 6}
    assert dry.stage.lines.lines == []
    actions = {request.action for request in dry.github.requests}
    assert actions == {"owner", "package", "versions", "manifest"}


def test_a_run_without_candidates_reads_no_manifest() -> None:
    scene = Scene()
    report = scene.run(deleting("nothing-*"))
    assert report.outcome is RunOutcome.NOTHING_TO_DO
    assert [r.action for r in scene.github.requests] == ["owner", "package", "versions"]
    assert only(report).plan is not None


def test_types_without_manifests_ask_no_registry() -> None:
    versions = tuple(version(n, f"1.0.{n}") for n in range(4))
    github = GitHubInMemory.holding(World(versions=versions, manifests={}), PackageType.NPM)
    stage = Stage(github)
    report = stage.run(
        stage.asked(rules_of(ShortInputs(versions_to_keep=1))), package_type=PackageType.NPM
    )
    assert outcomes(report) == dict.fromkeys([0, 1, 2], Outcome.DELETED)
    assert {r.action for r in github.requests} == {"owner", "package", "versions", "delete_version"}


def test_what_changed_between_the_looks_stays_and_is_told() -> None:
    scene = Scene()

    def retag(request: Request) -> None:
        held = scene.github.only
        if len(scene.github.asked("versions")) == 2 and 99 not in held.versions:
            held.versions[scene.image.id] = replace(scene.image, tags=("pr-1", "v2"))
            new = Version(id=99, name=digest_of("99"), created_at=NOW, updated_at=NOW)
            held.push(new, Manifest(digest=new.name, media_type=""))

    scene.github.before = retag
    report = scene.run()
    assert outcomes(report) == {
        scene.image.id: Outcome.CHANGED,
        scene.part.id: Outcome.CHANGED,
        scene.other.id: Outcome.DELETED,
        scene.other_part.id: Outcome.DELETED,
    }
    assert report.outcome is RunOutcome.DONE
    assert scene.left >= {scene.image.id, scene.part.id, 99}


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_limit_refuses_before_the_first_deletion(*, dry_run: bool) -> None:
    scene = Scene()
    report = scene.run(max_deletions=MaxDeletions(count=3), dry_run=dry_run)
    assert isinstance(only(report).error, LimitExceeded)
    assert report.exit_code == 3
    assert scene.github.asked("delete_version") == []
    assert only(report).plan is not None
    assert len(scene.stage.shown.plans) == 1


def test_emptying_a_package_can_be_made_to_fail() -> None:
    scene = Scene()
    report = scene.run(deleting("*"), if_empty=IfEmpty.FAIL)
    assert report.exit_code == 3
    assert len(scene.left) == 6


def test_a_whole_package_goes_by_one_request() -> None:
    scene = Scene()
    report = scene.run(deleting("*"), if_empty=IfEmpty.DELETE_PACKAGE)
    assert set(outcomes(report).values()) == {Outcome.DELETED}
    assert len(outcomes(report)) == 6
    assert scene.github.held == {}
    assert scene.github.asked("delete_version") == []


def test_a_missing_scope_is_told_before_the_first_write() -> None:
    scene = Scene()
    scene.github.token_scopes = ("read:packages",)
    report = scene.run()
    assert isinstance(only(report).error, AccessDenied)
    assert report.exit_code == 4
    assert len(scene.left) == 6


def test_a_dry_run_only_warns_that_a_real_one_would_be_refused() -> None:
    scene = Scene()
    scene.github.token_scopes = ("read:packages",)
    report = scene.run(dry_run=True)
    assert report.outcome is RunOutcome.PLANNED
    (warning,) = only(report).warnings
    assert warning.startswith("a real run would be refused: acme/app (container): to delete")


def test_what_the_budget_is_not_enough_for_is_left_to_the_next_run() -> None:
    scene = Scene()
    scene.stage.affordable = RESERVE + 3
    report = scene.run()
    assert report.outcome is RunOutcome.INCOMPLETE
    assert outcomes(report) == {
        scene.image.id: Outcome.DELETED,
        scene.part.id: Outcome.DELETED,
        scene.other.id: Outcome.NOT_ATTEMPTED,
        scene.other_part.id: Outcome.NOT_ATTEMPTED,
    }
    (warning,) = only(report).warnings
    assert "deletions; the next run goes on" in warning


def test_a_dry_run_says_what_the_budget_is_enough_for() -> None:
    scene = Scene()
    scene.stage.affordable = 0
    report = scene.run(dry_run=True)
    (warning,) = only(report).warnings
    assert "enough for 0 of 4 deletions" in warning


def test_tags_come_off_after_the_deletions_and_only_where_that_is_asked() -> None:
    for untag in (False, True):
        pushes = Pushes()
        both, doomed = pushes.image("v1", "pr-1"), pushes.image("pr-2")
        github = GitHubInMemory.holding(pushes.world())
        stage = Stage(github)
        report = stage.run(stage.asked(deleting(), untag=untag))
        expected = {doomed.id: Outcome.DELETED} | ({both.id: Outcome.UNTAGGED} if untag else {})
        assert outcomes(report) == expected
        assert github.only.versions[both.id].tags == (("v1",) if untag else ("v1", "pr-1"))
        assert both.name in github.only.manifests


def test_where_only_tags_come_off_no_manifest_is_read_but_what_is_pushed_back() -> None:
    pushes = Pushes()
    image = pushes.image("v1", "pr-1")
    github = GitHubInMemory.holding(pushes.world())
    stage = Stage(github)
    report = stage.run(stage.asked(deleting(), untag=True))
    assert report.outcome is RunOutcome.DONE
    assert github.asked("manifest") == []
    assert github.asked("content") == [image.name]
    assert github.asked("exists") == [image.name]


def test_ids_that_are_no_active_versions_are_settled() -> None:
    scene = Scene()
    scene.github.only.deleted[50] = version(50, digest_of("50"))
    report = scene.run(deleting("", ids=[50, 51, scene.part.id, scene.image.id]))
    told = outcomes(report)
    assert (told[50], told[51]) == (Outcome.ALREADY_GONE, Outcome.ERROR)
    assert told[scene.image.id] is Outcome.DELETED
    assert report.exit_code == 1


@pytest.mark.parametrize("answer", [refused(404, "Not Found"), lost("502")])
def test_where_deleted_versions_can_not_be_listed_an_id_is_unknown(answer: Exception) -> None:
    scene = Scene()
    scene.github.script("versions", "deleted", answer)
    report = scene.run(deleting("", ids=[50]))
    assert outcomes(report) == {50: Outcome.ERROR}
    assert report.results[0].detail == "acme/app (container) has no version with this id"


def test_a_kept_image_that_is_broken_afterwards_is_an_error_that_names_what_is_gone() -> None:
    scene = Scene()

    def breaks(request: Request) -> None:
        if request.action == "delete_version":
            scene.github.only.manifests.pop(scene.kept_part.name, None)

    scene.github.before = breaks
    report = scene.run()
    error = only(report).error
    assert isinstance(error, KeptImageBroken)
    assert scene.kept_part.name in error.message
    assert Outcome.DELETED in outcomes(report).values()


def test_what_could_not_be_checked_is_said() -> None:
    scene = Scene()
    scene.github.script("exists", scene.kept.name, lost("502"))
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert only(report).warnings == (
        "acme/app (container): 1 manifest of kept images could not be checked afterwards",
    )


def test_where_nothing_was_deleted_nothing_is_checked() -> None:
    scene = Scene()
    for number in scene.doomed:
        scene.github.script("delete_version", number, refused(403, "no"))
    report = scene.run()
    assert report.exit_code == 4
    assert scene.github.asked("exists") == []


def test_a_kept_image_that_can_not_be_read_stops_the_package() -> None:
    scene = Scene()
    scene.github.script("manifest", scene.kept.name, lost("500"))
    report = scene.run()
    assert isinstance(only(report).error, ManifestsUnreadable)
    assert report.exit_code == 1
    assert len(scene.left) == only(report).left == 6


def test_a_kept_image_that_can_not_be_read_any_more_stops_the_package_at_the_second_look() -> None:
    scene = Scene()
    new = Version(id=99, name=digest_of("99"), tags=("v2",), created_at=NOW, updated_at=NOW)
    rows = tuple(scene.github.only.versions.values())
    scene.github.script("versions", "active", None, Stale((*rows, new)))
    scene.github.script("manifest", new.name, lost("500"))
    report = scene.run()
    assert isinstance(only(report).error, ManifestsUnreadable)
    assert len(scene.left) == 6
    assert only(report).plan is not None


@pytest.mark.parametrize(
    ("action", "of", "answer", "error"),
    [
        ("versions", "active", refused(403, "no"), AccessDenied),
        ("versions", "active", refused(422, "what?"), RequestFailed),
        ("versions", "active", WaitedTooLong("an hour"), WaitedTooLong),
        ("versions", "active", KeyError("x"), Unexpected),
        ("package", "app", lost("502"), RequestFailed),
    ],
)
def test_what_stops_a_package_is_in_its_report(
    action: str, of: str, answer: Exception, error: type[Exception]
) -> None:
    scene = Scene()
    scene.github.script(action, of, answer)
    report = scene.run()
    assert type(only(report).error) is error
    assert len(scene.left) == 6


def test_an_answer_that_is_lost_where_nobody_looks_for_it_stops_the_package_only() -> None:
    scene = Scene()

    def loses(what: str) -> None:
        raise lost("reset")

    scene.stage.shown.before = loses
    report = scene.run()
    error = only(report).error
    assert isinstance(error, RequestFailed)
    assert error.message == "acme/app (container): reading got no usable answer: reset."


def test_a_lost_answer_that_had_worked_is_done() -> None:
    scene = Scene()
    scene.github.script("delete_version", scene.image.id, LostAfterwards())
    report = scene.run()
    assert report.outcome is RunOutcome.DONE
    assert set(outcomes(report).values()) == {Outcome.DELETED}


def test_a_run_that_is_cancelled_while_it_reads_has_its_plan_but_no_result() -> None:
    scene = Scene()
    cancelled = False
    scene.stage.is_cancelled = lambda: cancelled

    def stop(request: Request) -> None:
        nonlocal cancelled
        if len(scene.github.asked("versions")) == 2:
            cancelled = True
            raise Cancelled("the run was cancelled")

    scene.github.before = stop
    report = scene.run()
    assert (report.cancelled, report.exit_code) == (True, 130)
    assert only(report).plan is not None
    assert report.results == ()
    assert len(scene.left) == 6


def test_what_was_done_and_could_not_be_journalled_is_told_and_the_run_is_red() -> None:
    """Nothing is deleted that is not reported, and nothing is green that is not in the journal."""
    scene = Scene()

    def full(line: str) -> None:
        if '"outcome": "deleted"' in line:
            raise OSError("no space left on device")

    scene.stage.lines.before = full
    report = scene.run()
    first = report.results[0]
    assert (first.version.id, first.outcome) == (scene.image.id, Outcome.DELETED)
    assert {result.outcome for result in report.results[1:]} == {Outcome.NOT_ATTEMPTED}
    assert isinstance(only(report).error, NotJournalled)
    assert report.exit_code == 1
