"""A journal is a file like any other: what does not fit is refused before any request."""

import json
from pathlib import Path

import pytest

from end_to_end.runner import JOURNAL
from restoring.asking import FROM_JOURNAL, NPM, assert_green, npm, state
from scenarios.stage import Stage


def write_journal(stage: Stage, **changes: object) -> Path:
    """The journal of a clean-up, with other values in its lines."""
    stage.run({**NPM, "delete": "1.0.0"})
    file = stage._job.journal_file
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    changed = [lines[0], *(line | changes for line in lines[1:])]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in changed))
    return file


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"owner": "other"}, "is about other packages than this run: other/lib (npm)"),
        ({"package": "web"}, "is about other packages than this run: acme/web (npm)"),
        ({"type": "nuget"}, "is about other packages than this run: acme/lib (nuget)"),
        ({"id": "7"}, "line 2 is not a line of a journal"),
        ({"owner": "x\n::error::y\x1b[2J##[error]"}, "is about other packages"),
    ],
)
def test_a_journal_that_does_not_fit_is_refused(
    stage: Stage, changes: dict[str, object], told: str
) -> None:
    npm(stage)
    write_journal(stage, **changes)
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert (run.finished.code, run.writes) == (2, ())
    assert told in run.finished.log
    assert not run.finished.annotations("error") or "\x1b" not in run.finished.log


def test_a_journal_can_not_name_versions_that_it_is_not_about(stage: Stage) -> None:
    package = npm(stage, 4)
    victim = package.versions[1]
    package.delete_version(victim)
    write_journal(stage, id=victim.id, name="9.9.9")
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert (run.finished.code, run.writes) == (1, ())
    assert f"version {victim.id} is 1.1.0 and not 9.9.9" in run.finished.log


def test_huge_ids_are_versions_that_do_not_exist(stage: Stage) -> None:
    npm(stage)
    write_journal(stage, id=10**300)
    run = stage.run({**NPM, **FROM_JOURNAL})
    assert (run.finished.code, run.writes) == (1, ())
    assert run.finished.outputs["failed-count"] == "1"


def test_a_journal_is_not_read_through_a_link_that_leads_out(stage: Stage, tmp_path: Path) -> None:
    npm(stage)
    file = write_journal(stage)
    outside = tmp_path / "outside.jsonl"
    file.rename(outside)
    file.symlink_to(outside)
    run = stage.run({**NPM, "restore-from": JOURNAL, "journal-file": "other.jsonl"})
    assert (run.finished.code, run.writes) == (2, ())
    assert "leads out of the workspace" in run.finished.log


def test_a_journal_may_be_of_another_name_than_the_one_written(stage: Stage) -> None:
    package = npm(stage)
    before = state(package)
    file = write_journal(stage)
    file.rename(file.with_name("clean-up.jsonl"))
    run = stage.run({**NPM, "restore-from": "clean-up.jsonl"})
    assert_green(run)
    assert state(package) == before
