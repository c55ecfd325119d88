"""Whole packages whose answers are behind, or don't come: nothing is concluded from one of them."""

from functools import partial
from typing import Any

import pytest

from domain.packages import Pushes
from fake_github import Fault, FaultKind
from package_keeper.domain.errors import KeeperError, WaitedTooLong
from package_keeper.run.means import ToRestore
from restoring.asking import FROM_JOURNAL, NPM, assert_green, npm, restored, state
from restoring.runs import run as run_in_memory
from restoring.small_github import SmallGitHub
from scenarios.stage import Run, Stage

NOT_FOUND: Any = partial(
    Fault,
    kind=FaultKind.STATUS,
    method="GET",
    path_contains="/packages/npm/lib",
    status=404,
    body={"message": "Package not found."},
)
RESTORE = {**NPM, "restore-package": True}


def whole(run: Run) -> list[str]:
    """The journal's words on the package as a whole."""
    return [e["outcome"] for e in run.finished.journal if e.get("whole-package")]


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_active_package_is_left_though_it_was_not_found_once(
    stage: Stage,
    dry_run: bool,  # noqa: FBT001
) -> None:
    npm(stage)
    stage.github.fail(NOT_FOUND())
    run = stage.run({**RESTORE, "dry-run": dry_run})
    assert_green(run, "nothing-to-do")
    assert run.writes == ()
    assert restored(run) == []


def test_a_package_that_turns_out_to_be_active_was_not_restored(stage: Stage) -> None:
    npm(stage)
    stage.github.fail(NOT_FOUND(times=2))
    run = stage.run(RESTORE)
    assert_green(run, "nothing-to-do")
    assert len(run.writes) == 1
    assert restored(run) == []
    assert whole(run) == ["started", "changed"]
    assert "is active: nothing to bring back" in run.finished.log


@pytest.mark.parametrize("path", ["/packages/npm/lib", "/packages/npm/lib/versions"])
def test_what_was_confirmed_is_looked_for_again(stage: Stage, path: str) -> None:
    package = npm(stage)
    before = state(package)
    package.delete()
    looks = 0 if path.endswith("versions") else 2
    stage.github.fail(NOT_FOUND(path_contains=path, skip=looks, times=2))
    run = stage.run(RESTORE)
    assert_green(run)
    assert sorted(restored(run)) == sorted(before)
    assert whole(run) == ["started", "restored"]


@pytest.mark.parametrize("path", ["/packages/npm/lib", "/packages/npm/lib/versions"])
@pytest.mark.parametrize("status", [404, 502])
def test_what_was_confirmed_and_can_not_be_read_yet_is_said_to_be_just_that(
    stage: Stage, path: str, status: int
) -> None:
    package = npm(stage)
    package.delete()
    looks = 0 if path.endswith("versions") else 2
    stage.github.fail(NOT_FOUND(path_contains=path, skip=looks, times=None, status=status))
    run = stage.run(RESTORE)
    assert (run.finished.code, run.finished.outcome) == (1, "failed")
    assert "no usable answer came" not in run.finished.log
    if (path.endswith("versions"), status) != (True, 502):
        assert "confirmed restoring the package, but it can't be read yet" in run.finished.log
    last = "restored" if path.endswith("versions") else "error"
    assert whole(run)[-1] == last
    assert package.deleted_at is None


def test_what_was_confirmed_and_could_not_be_read_is_settled_by_the_next_run(stage: Stage) -> None:
    package = npm(stage)
    before = state(package)
    assert_green(stage.run({**NPM, "delete": "*", "if-empty": "delete-package"}))
    stage.github.fail(NOT_FOUND(skip=3, times=3))
    assert stage.run({**NPM, **FROM_JOURNAL}).finished.code == 1
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert_green(run, "nothing-to-do")
    assert (run.writes, state(package)) == ((), before)


def test_undoing_by_a_journal_looks_again_as_well(stage: Stage) -> None:
    package = npm(stage)
    before = state(package)
    assert_green(stage.run({**NPM, "delete": "*", "if-empty": "delete-package"}))
    stage.github.fail(NOT_FOUND(skip=3, times=2))
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert_green(run)
    assert state(package) == before


class Busy(SmallGitHub):
    """One that has no time for a change."""

    __slots__ = ()

    def restore_package(self, ref: object) -> str | None:  # noqa: ARG002 - a protocol's
        raise WaitedTooLong("an hour")


def test_what_was_not_sent_is_journalled_as_that() -> None:
    pushes = Pushes()
    pushes.image("v1")
    github = Busy.holding(pushes.world())
    github._delete_whole()
    report = run_in_memory(github, restore=ToRestore(whole_package=True))
    assert isinstance(report.packages[0].error, KeeperError)
    assert [line.count("not-attempted") for line in github.lines[-2:]] == [0, 1]
