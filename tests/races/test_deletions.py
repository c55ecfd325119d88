"""Deletions that fail: where a parent stays, its parts stay; what is kept is whole in any case."""

import pytest

from fake_github import Fault, FaultKind
from scenarios.notation import Json, Names, push
from scenarios.stage import Stage
from scenarios.wholeness import Contents, assert_left_whole

PACKAGE: dict[str, Json] = {
    "inner": {"age": "40d", "platforms": ["amd64", "arm64"]},
    "old": {"tags": ["pr-1"], "age": "40d", "lists": ["inner"]},
    "signature": {"sig-of": "inner/arm64", "age": "40d"},
    "sbom": {"about": "old", "age": "40d"},
    "other": {"tags": ["pr-2"], "age": "35d", "platforms": ["amd64"]},
    "release": {"tags": ["1.0.0"], "age": "20d", "lists": ["other/amd64"]},
}
OLD = {"old", "inner", "inner/amd64", "inner/arm64", "signature", "sbom"}
RELEASE = {"release", "other/amd64"}
INPUTS = {"delete": "pr-*"}

FAULTS = {
    "undeletable": Fault(
        kind=FaultKind.STATUS,
        status=400,
        body={
            "message": "Publicly visible package versions with more than 5000 downloads cannot be "
            "deleted. Contact GitHub support for further assistance.",
            "status": "400",
        },
    ),
    "the last tagged": Fault(
        kind=FaultKind.STATUS,
        status=400,
        body={
            "message": "You cannot delete the last tagged version of a package. "
            "You must delete the package instead.",
            "status": "400",
        },
    ),
    "invalid": Fault(kind=FaultKind.STATUS, status=422, body={"message": "Invalid request."}),
    "denied": Fault(
        kind=FaultKind.STATUS,
        status=403,
        body={"message": "Resource not accessible by integration", "status": "403"},
    ),
    "not found though it is there": Fault(kind=FaultKind.STALE_404),
    "500": Fault(kind=FaultKind.STATUS, status=500),
    "no answer": Fault(kind=FaultKind.RESET),
}


def fail(stage: Stage, names: Names, name: str, fault: Fault) -> None:
    """Let every deletion of this version fail, but let it be read."""
    stage.github.fail(
        Fault(
            kind=fault.kind,
            server="api",
            method="DELETE",
            path_contains=f"/versions/{names.ids[name]}",
            status=fault.status,
            body=fault.body,
            times=None,
        )
    )


def left(stage: Stage, names: Names) -> set[str]:
    return {names.of_id(version.id) for version in stage.package.versions}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("old", OLD),
        ("inner", OLD - {"old", "sbom"}),
        ("inner/arm64", {"inner/arm64", "signature"}),
        ("signature", {"signature"}),
    ],
)
def test_where_a_version_stays_all_that_it_needs_stays(
    stage: Stage, name: str, stays: set[str], fault: str
) -> None:
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    fail(stage, names, name, FAULTS[fault])
    run = stage.run(INPUTS)
    assert left(stage, names) == RELEASE | stays, run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    outcomes = {names.of_id(r.version.id): r.outcome.value for r in run.package.results}
    assert {outcomes[part] for part in stays - {name}} <= {"retained"}
    assert outcomes[name] in ("undeletable", "retained", "error", "denied")
    stage.github.heal()
    assert stage.run(INPUTS).finished.code == 0
    assert left(stage, names) <= RELEASE | stays


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.ERROR_AFTER])
def test_lost_answers_are_settled_and_the_parts_follow(stage: Stage, kind: FaultKind) -> None:
    names = push(stage.package, PACKAGE)
    stage.github.fail(Fault(kind=kind, server="api", method="DELETE", times=None))
    run = stage.run(INPUTS)
    assert run.finished.outcome == "done", run.finished.log
    assert left(stage, names) == RELEASE
    assert {names.of_id(i) for i in run.finished.ids("deleted-ids")} == OLD | {"other"}


def test_what_became_of_a_parent_is_unknown_so_its_parts_stay(stage: Stage) -> None:
    """The deletion was carried out, but neither its answer nor any look at it comes through."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    lost = Fault(
        kind=FaultKind.LOST_ANSWER,
        server="api",
        path_contains=f"/versions/{names.ids['old']}",
        times=None,
    )
    stage.github.fail(lost)
    run = stage.run(INPUTS)
    assert run.finished.outcome == "failed", run.finished.log
    assert left(stage, names) == RELEASE | OLD - {"old"}
    assert_left_whole(before, Contents(stage.package), names.digests)
