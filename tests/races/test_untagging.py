"""Taking a tag off an image while listings lag behind and others push: the image is never touched.

A tag comes off by moving it to a small manifest that is deleted then. Whatever goes wrong in
between, nothing but that manifest may be deleted.
"""

import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from end_to_end.hooks import at_call
from end_to_end.runner import JOURNAL
from fake_github import Call, Fault, FaultKind
from package_keeper.execution import untagging
from scenarios.notation import Json, Names, push
from scenarios.stage import Stage
from scenarios.wholeness import Contents, assert_left_whole

PACKAGE: dict[str, Json] = {
    "app": {"tags": ["1.0.0", "pr-1"], "age": "40d", "platforms": ["amd64", "arm64"]},
    "signature": {"sig-of": "app", "age": "40d"},
    "other": {"tags": ["2.0.0"], "age": "30d"},
}
INPUTS = {"delete": "pr-*", "untag": True}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The listing is looked at as often as ever, without waiting in between."""
    monkeypatch.setattr(untagging, "PAUSES", tuple(0.0 for _ in untagging.PAUSES))


def is_tag_push(call: Call) -> bool:
    return call.method == "PUT" and call.path.endswith("/manifests/pr-1")


def assert_untouched(stage: Stage, names: Names, before: Contents) -> None:
    """All that was pushed is there, whole; `1.0.0` is where it was."""
    after = Contents(stage.package)
    assert before.present <= after.present
    assert_left_whole(before, after, names.digests)
    assert stage.package.tags["1.0.0"] == names.digests["app"]


def is_deletion(call: Call) -> bool:
    return call.method == "DELETE"


def test_a_listing_that_never_shows_what_was_pushed(stage: Stage) -> None:
    """Nothing is deleted, and the tag is moved back."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    stage.github.fail(Fault(kind=FaultKind.STALE_LIST, path_contains="/versions", times=None))
    run = stage.run(INPUTS)
    assert run.finished.outcome == "failed", run.finished.log
    assert not [path for path in run.writes if "/versions/" in path]
    assert_untouched(stage, names, before)
    assert stage.package.tags["pr-1"] == names.digests["app"]
    assert "moved back" in run.finished.log


def test_a_listing_that_shows_it_late(stage: Stage) -> None:
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    stage.github.fail(Fault(kind=FaultKind.STALE_LIST, path_contains="/versions", times=4))
    run = stage.run(INPUTS)
    assert run.finished.outcome == "done", run.finished.log
    assert_untouched(stage, names, before)
    assert "pr-1" not in stage.package.tags
    assert len(stage.package.versions) == len(before.tags)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.STATUS, status=403, body={"message": "Must have admin rights."}),
        Fault(kind=FaultKind.STALE_404),
        Fault(kind=FaultKind.STATUS, status=500),
        Fault(kind=FaultKind.RESET),
    ],
    ids=lambda fault: f"{fault.kind.value} {fault.status}",
)
def test_where_the_stand_in_can_not_be_deleted_the_tag_is_moved_back(
    stage: Stage, fault: Fault
) -> None:
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    stage.github.fail(
        Fault(kind=fault.kind, method="DELETE", status=fault.status, body=fault.body, times=None)
    )
    run = stage.run(INPUTS)
    assert run.finished.outcome == "failed", run.finished.log
    assert_untouched(stage, names, before)
    assert stage.package.tags["pr-1"] == names.digests["app"]


@pytest.mark.parametrize("matches", [is_tag_push, is_deletion], ids=["push", "deletion"])
def test_somebody_pushes_under_the_tag_meanwhile(
    stage: Stage, matches: Callable[[Call], bool]
) -> None:
    """The new image keeps the tag, or, pushed before the tag comes off, stays without it."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    new: Json = {"tags": ["pr-1"], "age": "0s", "platforms": ["amd64"]}
    pushed: list[Names] = []
    at_call(
        stage.github,
        matches,
        1,
        lambda: pushed.append(push(stage.package, {"new": new}, after=names)),
    )
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert_untouched(stage, names, before)
    [names] = pushed
    assert stage.package.pullable(names.digests["new"]) == []
    if matches is is_deletion:
        assert stage.package.tags["pr-1"] == names.digests["new"]


def test_the_tag_was_moved_before_the_second_look(stage: Stage) -> None:
    """It is not on the image any more, so nothing is to be taken off."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    new: Json = {"tags": ["pr-1", "3.0.0"], "age": "0s", "platforms": ["amd64"]}
    at_call(
        stage.github,
        lambda call: call.path.endswith("/versions"),
        2,
        lambda: push(stage.package, {"new": new}, after=names),
    )
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert_untouched(stage, names, before)
    assert stage.package.tags["pr-1"] == stage.package.tags["3.0.0"]
    assert run.writes == ()


def killed_with_a_stand_in(stage: Stage, inputs: dict[str, Any]) -> Names:
    """A run that is killed once its stand-in arrived, and before that is deleted."""
    names = push(stage.package, PACKAGE)
    process: list[Any] = []
    at_call(stage.github, is_tag_push, 1, lambda: process[0].send_signal(signal.SIGKILL))
    process.append(stage._job.start({name: str(value) for name, value in inputs.items()}))
    process[0].communicate(timeout=60)
    until = time.monotonic() + 30
    while stage.package.tags["pr-1"] == names.digests["app"] and time.monotonic() < until:
        time.sleep(0.02)
    assert stage.package.tags["pr-1"] not in names.digests.values()
    return names


@pytest.mark.parametrize("more", [{}, {"older-than": "10d"}], ids=["any age", "only older"])
def test_a_stand_in_of_a_killed_run_is_taken_away_by_the_next_and_never_comes_back(
    stage: Stage, more: dict[str, Any]
) -> None:
    inputs = {**INPUTS, **more}
    names = killed_with_a_stand_in(stage, inputs)
    before = Contents(stage.package)
    stand_in = stage.package.active[stage.package.tags["pr-1"]]
    run = stage.run(inputs)
    assert (run.finished.code, run.finished.ids("deleted-ids")) == (0, [stand_in.id])
    assert "pr-1" not in stage.package.tags
    told = [entry for entry in run.finished.entries if entry.get("id") == stand_in.id]
    assert [(e["outcome"], e["stand-in"]) for e in told] == [("started", True), ("deleted", True)]
    assert "left over from taking off a tag" in told[-1]["reason"]
    undone = stage.run({"restore-from": JOURNAL})
    assert (undone.finished.code, undone.finished.outcome) == (0, "nothing-to-do")
    assert (undone.writes, "pr-1" in stage.package.tags) == ((), False)
    after = Contents(stage.package)
    assert before.present - after.present == {stand_in.name}
    assert_left_whole(before, after, names.digests)


def test_where_nothing_else_may_go_only_what_may_stand_in_for_a_tag_is_read(stage: Stage) -> None:
    push(stage.package, PACKAGE)
    young = stage.package.push_image(tags=("pr-2",), attestations=False)
    run = stage.run({**INPUTS, "delete": "pr-2", "older-than": "50d"})
    assert (run.finished.outcome, run.reads) == ("nothing-to-do", (young,))
    assert "1 manifest read from the registry" in run.finished.log
