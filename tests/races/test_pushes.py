"""Somebody pushes, moves tags or deletes while a run is on its way.

What happens before the second look, which is immediately before the first deletion, changes what is
deleted. After that somebody looks every minute only, since GitHub tells of no push by itself; what
was too late for that is red, with the way back.
"""

import re
from collections.abc import Callable
from threading import Event

import pytest

from end_to_end.hooks import before_deletion, before_second_look
from scenarios.notation import Json, Names, push
from scenarios.stage import Run, Stage
from scenarios.wholeness import Contents, assert_left_whole

PACKAGE: dict[str, Json] = {
    "old": {"tags": ["pr-1"], "age": "40d", "platforms": ["amd64", "arm64"], "provenance": True},
    "other": {"tags": ["pr-2"], "age": "35d", "platforms": ["amd64"]},
    "leftover": {"age": "30d", "platforms": ["amd64", "arm64"]},
    "release": {"tags": ["1.0.0"], "age": "20d", "platforms": ["amd64", "arm64"]},
}
INPUTS = {"delete": "pr-*", "delete-untagged": True}

Meanwhile = Callable[[Stage, Names], Names]


def reused_child(stage: Stage, names: Names) -> Names:
    """A build of which one platform did not change: the index lists what is there already."""
    parts: dict[str, Json] = {
        "arm64": {"age": "0s"},
        "new": {"tags": ["1.1.0"], "age": "0s", "lists": ["old/amd64", "arm64"]},
    }
    return push(stage.package, parts, after=names)


def reused_leftover(stage: Stage, names: Names) -> Names:
    """A tag is put back on what was untagged, under an index of its own."""
    new: Json = {"tags": ["edge"], "age": "0s", "lists": ["leftover"]}
    return push(stage.package, {"new": new}, after=names)


def signed_child(stage: Stage, names: Names) -> Names:
    """A collection that is kept lists an attestation of a platform that was to go."""
    parts: dict[str, Json] = {
        "attestation": {"age": "0s", "about": "old/arm64", "kind": "bundle"},
        "new": {"tags": ["collection"], "age": "0s", "lists": ["attestation"]},
    }
    return push(stage.package, parts, after=names)


def tagged_candidate(stage: Stage, names: Names) -> Names:
    """A protected tag is put on a candidate."""
    stage.package.retag(stage.package.active[names.digests["old"]], ("2.0.0",))
    return names


def tagged_leftover(stage: Stage, names: Names) -> Names:
    """A tag is put on an untagged candidate."""
    stage.package.retag(stage.package.active[names.digests["leftover"]], ("2.0.0",))
    return names


def tagged_part(stage: Stage, names: Names) -> Names:
    """A tag is put on a platform of a candidate."""
    stage.package.retag(stage.package.active[names.digests["old/arm64"]], ("2.0.0-arm64",))
    return names


def moved_tag(stage: Stage, names: Names) -> Names:
    """A new build takes the tag of the candidate, which is left without one."""
    new: Json = {"tags": ["pr-1"], "age": "0s", "platforms": ["amd64"]}
    return push(stage.package, {"new": new}, after=names)


@pytest.mark.parametrize(
    ("meanwhile", "stays"),
    [
        (reused_child, {"old/amd64", "new", "arm64"}),
        (reused_leftover, {"leftover", "leftover/amd64", "leftover/arm64", "new"}),
        (signed_child, {"old/arm64", "attestation", "new"}),
        (
            tagged_candidate,
            {"old"} | {f"old/{p}{q}" for p in ("amd64", "arm64") for q in ("", "/provenance")},
        ),
        (tagged_leftover, {"leftover", "leftover/amd64", "leftover/arm64"}),
        (tagged_part, {"old/arm64"}),
    ],
)
def test_what_is_needed_by_the_second_look_stays(
    stage: Stage, meanwhile: Meanwhile, stays: set[str]
) -> None:
    names = push(stage.package, PACKAGE)
    then: list[tuple[Names, Contents]] = []
    before_second_look(
        stage.github,
        lambda: then.append((meanwhile(stage, names), Contents(stage.package))),
    )
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    [(names, contents)] = then
    assert_left_whole(contents, Contents(stage.package), names.digests)
    left = {names.of_id(version.id) for version in stage.package.versions}
    assert left == {"release", "release/amd64", "release/arm64"} | stays
    told = {names.of_id(r.version.id) for r in run.package.results if r.outcome.value == "changed"}
    assert told == stays - {"new", "arm64", "attestation"}


def test_an_image_that_lost_its_tag_stays_until_the_next_run(stage: Stage) -> None:
    """It was shown to go because of its tag; being untagged is another reason."""
    names = push(stage.package, PACKAGE)
    before_second_look(stage.github, lambda: moved_tag(stage, names))
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert stage.package.tags.keys() == {"pr-1", "1.0.0"}
    assert stage.package.pullable("pr-1") == []


def test_what_is_pushed_after_the_second_look_is_not_touched(stage: Stage) -> None:
    """Only what was seen twice is deleted, so a build that shares nothing is safe at any time."""
    names = push(stage.package, PACKAGE)
    new: Json = {"tags": ["pr-9"], "age": "90d", "platforms": ["amd64", "arm64"]}
    before_deletion(stage.github, lambda: push(stage.package, {"new": new}, after=names), number=2)
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert stage.package.pullable("pr-9") == []
    assert stage.package.pullable("1.0.0") == []


def test_what_is_pushed_too_late_is_red_and_the_advice_makes_it_whole(stage: Stage) -> None:
    names = push(stage.package, PACKAGE)
    before_deletion(stage.github, lambda: reused_child(stage, names), number=2)
    run = stage.run(INPUTS)
    assert (run.finished.code, run.finished.outcome) == (1, "failed")
    assert stage.package.pullable("1.1.0") != []
    [error] = run.finished.annotations("error")
    assert "1.1.0, pushed while this run was deleting, needs what it deleted" in error
    [advised] = re.findall(r"restore-ids: ([0-9,]+)", error)
    assert advised in run.finished.summary
    back = stage.run({"restore-ids": advised})
    assert back.finished.code == 0, back.finished.log
    assert stage.package.pullable("1.1.0") == []


def test_two_runs_at_once_do_no_harm(stage: Stage) -> None:
    """Another run deletes the same in between: it is gone, which is what was wanted."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)

    def other_run() -> None:
        for name, digest in names.digests.items():
            if not name.startswith("release") and digest in stage.package.active:
                stage.package.delete_version(stage.package.active[digest])

    before_deletion(stage.github, other_run, number=3)
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert {v.name for v in stage.package.versions} == {
        digest for name, digest in names.digests.items() if name.startswith("release")
    }
    outcomes = {result.outcome.value for result in run.package.results}
    assert outcomes == {"deleted", "already-gone"}


def test_a_kept_image_that_somebody_deletes_between_the_looks_is_no_alarm(stage: Stage) -> None:
    names = push(stage.package, {**PACKAGE, "main": {"tags": ["main"], "age": "5d"}})

    def delete_release() -> None:
        for name in ("release", "release/amd64", "release/arm64"):
            stage.package.delete_version(stage.package.active[names.digests[name]])

    before_second_look(stage.github, delete_release)
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert not run.finished.annotations("error")
    assert run.finished.outputs["kept-count"] == "1"


def stopped_after(stage: Stage, deletions: int) -> Run:
    """A run that is cancelled when this many deletions have arrived."""
    cancelled = Event()
    before_deletion(stage.github, cancelled.set, number=deletions)
    return stage.run(INPUTS, cancelled=cancelled)


@pytest.mark.parametrize("deletions", range(1, 11))
def test_a_run_that_is_stopped_anywhere_leaves_garbage_and_no_broken_image(
    stage: Stage, deletions: int
) -> None:
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    run = stopped_after(stage, deletions)
    after = Contents(stage.package)
    assert_left_whole(before, after, names.digests)
    whole = [d for d in after.present if all(c in after.present for c in after.listed[d])]
    assert set(whole) == after.present
    assert run.finished.ids("deleted-ids")
    again = stage.run(INPUTS)
    assert again.finished.code == 0, again.finished.log
    left = {names.of_id(version.id) for version in stage.package.versions}
    assert left == {"release", "release/amd64", "release/arm64"}
