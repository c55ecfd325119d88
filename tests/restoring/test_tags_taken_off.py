"""Tags that a run took off: undoing it puts none back, and says which they are."""

import json

import pytest

from fake_github import Fault, FaultKind
from restoring.asking import FROM_JOURNAL, assert_green, push, state
from scenarios.stage import Run, Stage

UNTAG = {"delete": "pr-*", "untag": True}


def image(stage: Stage) -> str:
    """An image that other tags keep; its `pr-1` was taken off."""
    push(stage.package, "keep", 1)
    digest = stage.package.push_image(tags=("prod", "pr-1", "pr-2"))
    assert_green(stage.run(UNTAG))
    return digest


def told(run: Run) -> list[str]:
    return [w for w in run.finished.annotations("warning") if "taken off" in w]


@pytest.mark.parametrize("more", [{}, {"dry-run": True}], ids=["run", "dry run"])
def test_tags_stay_off_and_are_named_with_what_puts_them_back(
    stage: Stage, more: dict[str, object]
) -> None:
    digest = image(stage)
    before = state(stage.package)
    run = stage.run({**FROM_JOURNAL, **more})
    assert_green(run, "nothing-to-do")
    assert (run.writes, state(stage.package)) == ((), before)
    one, two = sorted(told(run))
    assert "the tag pr-1 was taken off version" in one
    assert "the tag pr-2 was taken off version" in two
    assert f"({digest}), and restoring does not put it back: push it again." in one
    assert "The image is still there under this digest." in one
    assert "pr-1" in run.finished.summary


def test_a_tag_that_is_on_it_again_is_nothing_to_say(stage: Stage) -> None:
    digest = image(stage)
    stage.package.retag(stage.package.active[digest], ("prod", "pr-1", "pr-2"))
    assert told(stage.run(FROM_JOURNAL)) == []


def test_a_tag_that_moved_on_is_said_with_where_it_leads(stage: Stage) -> None:
    image(stage)
    other = push(stage.package, "pr-1", 0)
    one, _ = sorted(told(stage.run(FROM_JOURNAL)))
    assert f"({other})." in one
    assert "Now it leads to version" in one
    assert "stood in for it" not in one


def test_a_run_that_was_killed_while_a_stand_in_had_the_tag(stage: Stage) -> None:
    """The journal names the image and what it was to lose; the tag leads to the stand-in."""
    digest = image(stage)
    file = stage._job.journal_file
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:2]))
    (started,) = [json.loads(line) for line in lines[1:2]]
    assert (started["action"], started["outcome"]) == ("untag", "started")
    assert started["tags-off"] == ["pr-1", "pr-2"]
    stand_in = push(stage.package, "pr-1", 0)
    one, two = sorted(told(stage.run(FROM_JOURNAL)))
    assert "the tag pr-1 was, or may have been, taken off version" in one
    assert digest in one
    assert f"({stand_in}), perhaps the empty manifest that stood in for it." in one
    assert "Now it leads" not in two


def test_a_run_that_took_off_one_of_two_tags_says_so_and_so_does_its_journal(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = stage.package.push_image(tags=("prod", "pr-1", "pr-2"))
    no = {"errors": [{"code": "DENIED", "message": "permission_denied"}]}
    refused = Fault(
        kind=FaultKind.STATUS, method="PUT", path_contains="/manifests/pr-2", status=403, body=no
    )
    stage.github.fail(refused)
    finished = stage.run(UNTAG).finished
    assert (finished.code, finished.outcome) == (1, "failed"), finished.log
    assert "Took 1 tag off 1 version of `acme/app`: 1 failed" in finished.summary
    assert "Nothing was changed" not in finished.summary
    assert "### Lost tags all the same: 1 version" in finished.summary
    assert "### How to undo this" in finished.summary
    assert [e["tags-off"] for e in finished.entries if e["name"] == digest] == [
        ["pr-1", "pr-2"],
        ["pr-1"],
    ]
    (one,) = told(stage.run(FROM_JOURNAL))
    assert "the tag pr-1 was taken off version" in one


def test_an_image_that_is_gone_meanwhile_is_not_said_to_be_there(stage: Stage) -> None:
    digest = image(stage)
    version = stage.package.active[digest]
    stage.package.delete_version(version)
    assert all("The image is not active." in text for text in told(stage.run(FROM_JOURNAL)))
