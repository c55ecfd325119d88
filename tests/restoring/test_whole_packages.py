"""Packages that were deleted as a whole."""

from datetime import timedelta

import pytest

from end_to_end.world import numbered
from fake_github import Fault, FaultKind
from restoring.asking import FROM_JOURNAL, NPM, assert_green, npm, restored, state
from scenarios.stage import Stage


def test_a_package_that_was_deleted_as_a_whole_comes_back(stage: Stage) -> None:
    package = npm(stage)
    before = state(package)
    stage.run({**NPM, "delete": "*", "if-empty": "delete-package"})
    dry = stage.run({**NPM, "restore-package": True, "dry-run": True})
    assert_green(dry, "planned")
    assert dry.writes == ()
    run = stage.run({**NPM, "restore-package": True})
    assert_green(run)
    assert sorted(restored(run)) == sorted(before)
    assert state(package) == before
    whole = [e for e in run.finished.journal if e.get("whole-package")]
    assert [(e["action"], e["outcome"]) for e in whole] == [
        ("delete", "started"),
        ("delete", "deleted"),
        ("restore", "started"),
        ("restore", "restored"),
    ]
    assert_green(stage.run({**NPM, **FROM_JOURNAL}), "nothing-to-do")


def test_the_last_npm_version_takes_the_package_along_and_the_way_back_is_told(
    stage: Stage,
) -> None:
    package = npm(stage, 1)
    before = state(package)
    package.delete_version(package.versions[0])
    run = stage.run({**NPM, "restore-ids": next(iter(before))})
    assert run.finished.code == 4
    assert "restore-package: true" in run.finished.log
    assert_green(stage.run({**NPM, "restore-package": True}))
    assert state(package) == before


def test_a_package_that_the_journal_names_and_a_glob_can_not_find_is_told(stage: Stage) -> None:
    npm(stage)
    other = stage.github.add_package("acme", "npm", "other")
    numbered(other, 3)
    names = {**NPM, "package-name": "lib, other"}
    stage.run({**names, "delete": "1.0.0"})
    other.delete()
    run = stage.run({**NPM, "package-name": "*", **FROM_JOURNAL})
    assert run.finished.code == 1
    assert run.finished.outputs["restored-count"] == "1"
    assert "acme/other (npm) was not found" in run.finished.log
    assert "restore-package: true" in run.finished.log


def test_a_package_that_is_active_is_nothing_to_do_and_so_is_a_namesake(stage: Stage) -> None:
    package = npm(stage)
    package.delete()
    again = npm(stage, 2)
    run = stage.run({**NPM, "restore-package": True})
    assert_green(run, "nothing-to-do")
    assert run.writes == ()
    assert "can't come back as long as the name is taken" in run.finished.log
    assert run.finished.outputs["kept-count"] == "2"
    assert len(again.versions) == 2


@pytest.mark.parametrize("status", [404, 409])
def test_a_package_that_is_gone_for_good_is_explained(stage: Stage, status: int) -> None:
    npm(stage).delete()
    stage.github.now = stage.github.now + timedelta(days=31)
    refused = Fault(kind=FaultKind.STATUS, method="POST", status=status, body={"message": "no"})
    stage.github.fail(refused)
    run = stage.run({**NPM, "restore-package": True})
    assert run.finished.code == (4 if status == 404 else 1)
    assert "GitHub keeps deleted packages for 30 days" in run.finished.log
    assert run.finished.journal[-1]["outcome"] == "error"


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.ERROR_AFTER, FaultKind.RESET])
def test_a_lost_answer_for_a_package_is_settled_by_looking(stage: Stage, kind: FaultKind) -> None:
    package = npm(stage)
    package.delete()
    stage.github.fail(Fault(kind=kind, method="POST"))
    run = stage.run({**NPM, "restore-package": True})
    if kind is FaultKind.RESET and package.deleted_at is not None:
        assert run.finished.code == 1
        assert "no usable answer came" in run.finished.log
    else:
        assert_green(run)
