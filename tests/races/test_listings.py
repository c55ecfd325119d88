"""Listings that leave rows out, repeat them, or show what was: no kept image loses a part by it.

An index that no listing shows is the dangerous one: its platforms look like untagged images.
"""

from collections.abc import Iterable
from typing import Any, Literal

import pytest

from end_to_end.hooks import at_call
from fake_github import Behaviour, Fault, FaultKind
from scenarios.notation import Json, Names, push
from scenarios.stage import Run, Stage
from scenarios.wholeness import Contents, assert_left_whole

INPUTS = {"delete": "pr-*", "delete-untagged": True}
IMAGES = 53


def many(
    stage: Stage, numbers: Iterable[int] = range(IMAGES), *, after: Names | None = None
) -> Names:
    """Over two pages of indexes and platforms, so that each page holds some of both."""
    versions: dict[str, Json] = {
        f"image{n}": {
            "tags": [f"pr-{n}" if n % 2 else f"1.{n}.0"],
            "age": f"{200 - n}d",
            "platforms": ["amd64"],
        }
        for n in numbers
    }
    return push(stage.package, versions, after=after)


def listings(fault: Fault, **fields: Any) -> Fault:
    """The fault, in listings of versions."""
    return Fault(
        kind=fault.kind,
        predicate=lambda call: (
            call.path.endswith("/versions")
            and all(call.query.get(name) == value for name, value in fields.items())
        ),
        times=fault.times,
        skip=fault.skip,
        shift=fault.shift,
        requests_ago=fault.requests_ago,
    )


def assert_harmless(stage: Stage, names: Names, before: Contents, run: Run) -> None:
    after = Contents(stage.package)
    assert_left_whole(before, after, names.digests)
    assert {t for t in stage.package.tags if t.startswith("1.")} == {
        f"1.{n}.0" for n in range(0, IMAGES, 2)
    }
    whole = {d for d in after.present if set(after.listed[d]) <= after.present}
    assert whole == after.present
    assert run.finished.outcome in ("done", "failed"), run.finished.log


@pytest.mark.parametrize("order", ["newest", "shuffled"])
@pytest.mark.parametrize(
    ("kind", "page", "times"),
    [
        (FaultKind.MISSING_PAGE, "1", 1),
        (FaultKind.MISSING_PAGE, "1", None),
        (FaultKind.MISSING_PAGE, "2", 1),
        (FaultKind.MISSING_PAGE, "2", None),
        (FaultKind.SHIFTED_ROWS, "1", 2),
        (FaultKind.SHIFTED_ROWS, "1", None),
        (FaultKind.SHIFTED_ROWS, "2", 1),
        (FaultKind.SHIFTED_ROWS, "2", None),
    ],
)
def test_rows_that_are_left_out(
    stage: Stage,
    kind: FaultKind,
    page: str,
    times: int | None,
    order: Literal["newest", "shuffled"],
) -> None:
    stage.github.behaviour = Behaviour(order=order)
    names, before = many(stage), Contents(stage.package)
    stage.github.fail(listings(Fault(kind=kind, times=times, shift=7), page=page))
    run = stage.run(INPUTS)
    assert_harmless(stage, names, before, run)
    if times == 1:
        assert run.finished.outcome == "done", run.finished.log


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        (FaultKind.MISSING_PAGE, "1"),
        (FaultKind.MISSING_PAGE, "2"),
        (FaultKind.SHIFTED_ROWS, "2"),
    ],
)
def test_rows_that_only_the_second_look_leaves_out(
    stage: Stage, kind: FaultKind, page: str
) -> None:
    names, before = many(stage), Contents(stage.package)
    stage.github.fail(listings(Fault(kind=kind, skip=1, times=None, shift=7), page=page))
    run = stage.run(INPUTS)
    assert_harmless(stage, names, before, run)


def test_rows_that_come_twice(stage: Stage) -> None:
    names, before = many(stage), Contents(stage.package)
    stage.github.fail(listings(Fault(kind=FaultKind.DUPLICATED_ROWS, times=None)))
    run = stage.run(INPUTS)
    assert run.finished.outcome == "done", run.finished.log
    assert_harmless(stage, names, before, run)
    assert len(run.finished.ids("deleted-ids")) == len(set(run.finished.ids("deleted-ids")))


def test_a_row_that_slips_while_others_restore_and_delete(stage: Stage) -> None:
    """More rows are seen than the package had versions, and yet one was on neither page: the first
    look takes the platform of an index for an untagged image, and the second knows better."""
    stage.github.behaviour = Behaviour(order="oldest")
    oldest: dict[str, Json] = {f"oldest{n}": {"age": f"{400 - n}d"} for n in range(3)}
    names = many(stage, range(48), after=push(stage.package, oldest))
    happened: list[Contents] = []

    def restore() -> None:
        nonlocal names
        names = many(stage, range(48, IMAGES), after=names)
        happened.append(Contents(stage.package))

    def delete() -> None:
        stage.package.delete_version(stage.package.active[names.digests["oldest0"]])

    at_call(stage.github, lambda call: call.path.endswith("/versions"), 1, restore)
    at_call(stage.github, lambda call: call.query.get("page") == "2", 1, delete)
    run = stage.run(INPUTS)
    [before] = happened
    assert_harmless(stage, names, before, run)
    told = {names.of_id(r.version.id) for r in run.package.results if r.outcome.value == "changed"}
    assert "image48/amd64" in told


def test_a_listing_of_the_past(stage: Stage) -> None:
    """A run right after another one is shown what that one deleted: it is gone already."""
    names = many(stage)
    stage.github.fail(listings(Fault(kind=FaultKind.STALE_LIST, times=None)))
    first = stage.run(INPUTS)
    assert first.finished.outcome == "done", first.finished.log
    before = Contents(stage.package)
    again = stage.run(INPUTS)
    assert again.finished.ids("deleted-ids") == []
    assert again.finished.code == 0, again.finished.log
    assert Contents(stage.package).tags == before.tags
    assert_harmless(stage, names, before, first)


def test_a_listing_that_does_not_show_a_push_yet(stage: Stage) -> None:
    """The tag of an old image is shown where it was; the new build is not shown at all."""
    old: dict[str, Json] = {
        "old": {"tags": ["edge", "pr-1"], "platforms": ["amd64", "arm64"]},
        "other": {"tags": ["pr-2"]},
    }
    names = push(stage.package, old)
    stage.github.fail(listings(Fault(kind=FaultKind.STALE_LIST, times=None)))
    new: Json = {"tags": ["edge"], "age": "0s", "lists": ["old/amd64"]}
    names = push(stage.package, {"new": new}, after=names)
    before = Contents(stage.package)
    run = stage.run(INPUTS)
    assert run.finished.outcome == "done", run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert stage.package.pullable("edge") == []
