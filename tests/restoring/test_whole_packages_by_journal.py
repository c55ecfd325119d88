"""Packages that a run deleted as a whole, brought back by that run's journal."""

import json
from datetime import timedelta
from typing import Any

import pytest

from end_to_end.world import numbered
from fake_github import FakePackage, Fault, FaultKind, Token
from restoring.asking import FROM_JOURNAL, NPM, assert_green, npm, push, restored, state
from scenarios.stage import Stage

WHOLE = {"delete": "*", "if-empty": "delete-package"}


def container(stage: Stage) -> FakePackage:
    for number in range(3):
        push(stage.package, f"v{number}", 40 - number)
    return stage.package


def deleted_whole(stage: Stage, inputs: dict[str, Any]) -> None:
    """Deleted by this action, all of it by one request."""
    run = stage.run({**inputs, **WHOLE})
    assert_green(run)
    assert len(run.writes) == 1


def keep_lines(stage: Stage, outcomes: set[str]) -> None:
    """What of the journal a killed process would have left."""
    file = stage._job.journal_file
    lines = file.read_text().splitlines(keepends=True)
    kept = [line for line in lines if json.loads(line).get("outcome", "started") in outcomes]
    file.write_text("".join(kept))


@pytest.mark.parametrize("make", [npm, container])
def test_a_run_that_deleted_a_package_is_undone_by_its_journal(stage: Stage, make: Any) -> None:
    package = make(stage)
    inputs = NPM if make is npm else {}
    before = state(package)
    deleted_whole(stage, inputs)
    dry = stage.run({**inputs, **FROM_JOURNAL, "dry-run": True})
    assert_green(dry, "planned")
    assert dry.writes == ()
    assert f"the whole package `acme/{package.name}` would be restored" in dry.finished.summary
    assert f"of the {len(before)} versions that the journal names" in dry.finished.log

    run = stage.run({**inputs, **FROM_JOURNAL})
    assert_green(run)
    assert (len(run.writes), run.reads) == (1, ())
    assert sorted(restored(run)) == sorted(before)
    assert state(package) == before
    assert run.finished.outputs["kept-count"] == str(len(before))
    again = stage.run({**inputs, **FROM_JOURNAL})
    assert_green(again, "nothing-to-do")
    assert again.writes == ()


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_run_that_was_killed_before_the_answer_is_undone(
    stage: Stage,
    carried_out: bool,  # noqa: FBT001
) -> None:
    package = npm(stage)
    before = state(package)
    deleted_whole(stage, NPM)
    keep_lines(stage, {"started"})
    if not carried_out:
        package.restore()
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert_green(run, "done" if carried_out else "nothing-to-do")
    assert state(package) == before


def test_what_was_deleted_before_the_package_comes_back_after_it(stage: Stage) -> None:
    package = npm(stage, 4)
    before = state(package)
    assert_green(stage.run({**NPM, "delete": "1.0.0, 1.1.0"}))
    deleted_whole(stage, NPM)
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert_green(run)
    assert len(run.writes) == 3
    assert state(package) == before
    assert sorted(restored(run)) == sorted(before)


def test_parts_that_were_deleted_before_the_package_come_back_after_it(stage: Stage) -> None:
    package = container(stage)
    before = state(package)
    assert_green(stage.run({"delete": "v0"}))
    deleted_whole(stage, {})
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert state(package) == before
    assert [package.pullable(f"v{number}") for number in range(3)] == [[], [], []]


def test_undoing_that_is_cut_after_the_package_is_gone_on_with(stage: Stage) -> None:
    package = npm(stage, 4)
    before = state(package)
    assert_green(stage.run({**NPM, "delete": "1.0.0, 1.1.0"}))
    deleted_whole(stage, NPM)
    refused = Fault(
        kind=FaultKind.STATUS,
        method="POST",
        status=422,
        body={"message": "no"},
        path_contains="/versions/",
        times=2,
    )
    stage.github.fail(refused)
    first = stage.run({**NPM, **FROM_JOURNAL})
    assert (first.finished.code, len(restored(first))) == (1, 2)
    second = stage.run({**NPM, **FROM_JOURNAL})
    assert_green(second)
    assert len(restored(second)) == 2
    assert state(package) == before


def test_a_version_that_does_not_come_back_with_the_package_is_told(stage: Stage) -> None:
    package = npm(stage)
    deleted_whole(stage, NPM)
    lost = package.versions[0]
    del package.active[lost.name]
    del package._by_id[lost.id]
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert (run.finished.code, run.finished.ids("failed-ids")) == (1, [lost.id])
    assert "has no deleted version with this id" in run.finished.summary


def test_a_package_whose_name_was_taken_is_left_and_explained(stage: Stage) -> None:
    npm(stage)
    deleted_whole(stage, NPM)
    again = stage.github.add_package("acme", "npm", "lib")
    numbered(again, 2)
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert (run.finished.code, run.writes) == (1, ())
    assert "can't come back as long as the name is taken" in run.finished.log
    assert len(again.versions) == 2


def test_a_package_that_is_found_at_the_second_look_gets_its_versions_back(stage: Stage) -> None:
    """A 404 that was no more than behind; what else the journal names comes back all the same."""
    package = npm(stage, 4)
    before = state(package)
    assert_green(stage.run({**NPM, "delete": "1.0.0"}))
    deleted_whole(stage, NPM)
    package.restore()
    behind = Fault(
        kind=FaultKind.STATUS,
        method="GET",
        status=404,
        body={"message": "Package not found."},
        predicate=lambda call: call.path.endswith("/npm/lib"),
    )
    stage.github.fail(behind)
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert_green(run)
    assert state(package) == before
    assert len(restored(run)) == 1


def test_a_package_that_may_not_be_restored_is_denied(stage: Stage) -> None:
    npm(stage)
    deleted_whole(stage, NPM)
    scopes = ("read:packages", "delete:packages")
    token = stage.github.add_token(Token.classic(login="octocat", scopes=scopes))
    run = stage.run({**NPM, **FROM_JOURNAL, "token": token})
    assert (run.finished.code, run.writes) == (4, ())
    assert "needs the scope write:packages" in run.finished.log


def test_a_package_that_is_gone_for_good_is_explained(stage: Stage) -> None:
    npm(stage)
    deleted_whole(stage, NPM)
    stage.github.now = stage.github.now + timedelta(days=31)
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert (run.finished.code, len(run.writes)) == (4, 1)
    assert "GitHub keeps deleted packages for 30 days" in run.finished.log
    assert [e["outcome"] for e in run.finished.journal[-2:]] == ["started", "error"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refusal_is_told_for_what_it_is(stage: Stage, method: str) -> None:
    npm(stage)
    deleted_whole(stage, NPM)
    refused = Fault(
        kind=FaultKind.STATUS,
        method=method,
        status=403,
        body={"message": "Resource not accessible."},
        path_contains="/npm/lib",
        times=None,
    )
    stage.github.fail(refused)
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert (run.finished.code, len(run.writes)) == (4, method == "POST")
    assert "GitHub answered 403: Resource not accessible" in run.finished.log


def test_the_summary_offers_the_journal_for_a_whole_package_and_it_works(stage: Stage) -> None:
    package = npm(stage)
    before = state(package)
    summary = stage.run({**NPM, **WHOLE}).finished.summary
    assert 'restore-from: "package-keeper-journal.jsonl"' in summary
    by_journal, without = summary.split("Without a journal:")
    assert "restore-package" not in by_journal
    assert "restore-package: true" in without
    assert_green(stage.run({**NPM, **FROM_JOURNAL}))
    assert state(package) == before
