"""Undoing a clean-up from end to end: the action over HTTP, as a step runs it."""

import json
from threading import Event

import pytest

from end_to_end.hooks import at_call
from fake_github import FakePackage, Fault, FaultKind
from fake_github.limits import Limits
from restoring.asking import FROM_JOURNAL, assert_green, restored, state
from scenarios.stage import Stage


def test_a_clean_up_is_undone_by_the_journal_and_then_there_is_nothing_to_do(
    stage: Stage, images: FakePackage
) -> None:
    before = state(images)
    deleted = stage.run({"versions-to-keep": 1}).finished.ids("deleted-ids")
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert sorted(restored(run)) == sorted(deleted)
    assert state(images) == before
    assert run.finished.outputs["kept-count"] == str(len(before))

    again = stage.run(FROM_JOURNAL)
    assert_green(again, "nothing-to-do")
    assert (again.writes, again.finished.outputs["planned-count"]) == ((), "0")
    assert "0 deleted versions to restore; 31 active versions" in again.finished.log


def test_the_dry_run_restores_nothing_and_shows_what_would_come_back(
    stage: Stage, images: FakePackage
) -> None:
    deleted = stage.run({"versions-to-keep": 1}).finished.ids("deleted-ids")
    run = stage.run({**FROM_JOURNAL, "dry-run": True})
    assert_green(run, "planned")
    assert (run.writes, restored(run)) == ((), [])
    assert sorted(run.finished.ids("planned-ids")) == sorted(deleted)
    assert "would be restored" in run.finished.summary.splitlines()[0]
    without = stage.run({"restore": "v0", "dry-run": True})
    assert "parts that are deleted come back with them" in without.finished.log


@pytest.mark.parametrize("by", ["restore", "restore-ids"])
def test_an_image_comes_back_whole_without_a_journal(
    stage: Stage, images: FakePackage, by: str
) -> None:
    """All but its bare referrer, which nothing that is left of the image leads to."""
    before = state(images)
    index = images.by_tag("v1")
    assert index is not None
    stage.run({"delete": "v1"})
    run = stage.run({by: "v1" if by == "restore" else index.id})
    assert_green(run)
    assert images.pullable("v1") == []
    assert state(images) == before
    assert run.finished.outputs["restored-count"] == "6"


def test_a_journal_of_a_killed_run_brings_all_of_it_back(stage: Stage, images: FakePackage) -> None:
    """The last line is cut; what only started is settled by reading."""
    before = state(images)
    stage.run({"versions-to-keep": 1})
    file = stage._job.journal_file
    lines = file.read_text().splitlines(keepends=True)
    whole = [line for line in lines if '"outcome": "started"' in line or '"journal"' in line]
    file.write_text("".join(whole) + lines[-1][:30])
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert state(images) == before
    assert json.loads(file.read_text().splitlines()[-1])["outcome"] == "restored"


@pytest.mark.parametrize("number", [1, 4, 9])
@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_AFTER])
def test_lost_answers_are_settled(
    stage: Stage, images: FakePackage, number: int, kind: FaultKind
) -> None:
    before = state(images)
    stage.run({"versions-to-keep": 1})
    stage.github.fail(Fault(kind=kind, method="POST", path_contains="/restore", skip=number - 1))
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert state(images) == before


def test_a_cancelled_restoring_is_gone_on_with(stage: Stage, images: FakePackage) -> None:
    before = state(images)
    stage.run({"versions-to-keep": 1})
    cancelled = Event()
    at_call(stage.github, lambda call: call.method == "POST", 3, cancelled.set)
    first = stage.run(FROM_JOURNAL, cancelled=cancelled)
    assert first.finished.outcome == "incomplete"
    assert first.finished.code not in (0, 1, 2, 3, 4)
    assert images.deleted
    assert first.finished.summary.startswith("## ⚠️ Cancelled")
    assert_green(stage.run(FROM_JOURNAL))
    assert state(images) == before


def test_a_rate_limit_that_outlasts_max_wait_leaves_the_rest_to_the_next_run(
    stage: Stage, images: FakePackage
) -> None:
    before = state(images)
    stage.run({"versions-to-keep": 1})
    stage.github.limits = Limits(primary_per_hour=12)
    run = stage.run({**FROM_JOURNAL, "max-wait": "1s"})
    assert (run.finished.code, run.finished.outcome) == (0, "incomplete"), run.finished.log
    assert 0 < len(restored(run)) < len(before)
    stage.github.limits = Limits()
    assert_green(stage.run(FROM_JOURNAL))
    assert state(images) == before
