"""Manifests that can't be had, in every way, of what stays and of what is to go.

A version that can't be read stops everything in its package, since anything may be a part of it:
a kept one makes the run red, a candidate is warned of. A 404 alone is absence, and only if it says
so.
"""

import pytest

from fake_github import Fault, FaultKind
from scenarios.notation import Json, Names, push
from scenarios.stage import Run, Stage
from scenarios.wholeness import Contents, assert_left_whole

PACKAGE: dict[str, Json] = {
    "old": {"tags": ["pr-1"], "age": "40d", "platforms": ["amd64", "arm64"]},
    "other": {"tags": ["pr-2"], "age": "35d"},
    "leftover": {"age": "30d", "platforms": ["amd64"]},
    "release": {"tags": ["1.0.0"], "age": "20d", "platforms": ["amd64", "arm64"]},
    "sbom": {"about": "release", "age": "20d"},
    "bundle": {"about": "release", "age": "20d", "kind": "bundle"},
    "bundles": {"lists": ["bundle"], "referrers-of": "release", "age": "20d"},
}
RELEASE = {"release", "release/amd64", "release/arm64", "sbom", "bundle", "bundles"}
INPUTS = {"delete": "pr-*", "delete-untagged": True}

UNKNOWN = Fault(
    kind=FaultKind.STATUS,
    status=404,
    body={"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]},
    times=None,
)
FAULTS = {
    "404 for another reason": Fault(
        kind=FaultKind.STATUS,
        status=404,
        body={
            "errors": [
                {
                    "code": "MANIFEST_UNKNOWN",
                    "message": "OCI index found, but Accept header does not support OCI indexes",
                }
            ]
        },
    ),
    "404 of the repository": Fault(
        kind=FaultKind.STATUS,
        status=404,
        body={"errors": [{"code": "NAME_UNKNOWN", "message": "repository name not known"}]},
    ),
    "404 without a word": Fault(kind=FaultKind.STATUS, status=404, body=b""),
    "404 as a page": Fault(kind=FaultKind.STATUS, status=404, body="<html>Not Found</html>"),
    "403": Fault(
        kind=FaultKind.STATUS,
        status=403,
        body={"errors": [{"code": "DENIED", "message": "denied"}]},
    ),
    "500": Fault(kind=FaultKind.STATUS, status=500),
    "truncated": Fault(kind=FaultKind.TRUNCATED),
    "cut off": Fault(kind=FaultKind.CUT),
    "other content": Fault(kind=FaultKind.WRONG_CONTENT),
    "nothing": Fault(kind=FaultKind.STATUS, status=200, body=b""),
    "a page": Fault(kind=FaultKind.STATUS, status=200, body="<html>Sign in</html>"),
    "JSON that is no manifest": Fault(kind=FaultKind.STATUS, status=200, body=b"[]"),
    "no answer": Fault(kind=FaultKind.RESET),
    "elsewhere": Fault(kind=FaultKind.REDIRECT, location="https://example.invalid/"),
}


def fail(stage: Stage, names: Names, name: str, fault: Fault, *, times: int | None = None) -> None:
    """Let reading the manifest of this name fail."""
    stage.github.fail(
        Fault(
            kind=fault.kind,
            server="registry",
            method="GET",
            path_contains=f"/manifests/{names.digests[name]}",
            status=fault.status,
            body=fault.body,
            location=fault.location,
            headers=fault.headers,
            times=times,
        )
    )


def left(stage: Stage, names: Names) -> set[str]:
    return {names.of_id(version.id) for version in stage.package.versions}


def warnings(run: Run, names: Names) -> str:
    return "\n".join(names.put_into(text) for text in run.finished.annotations("warning"))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["release", "release/arm64", "bundles", "bundle"])
def test_a_kept_version_that_can_not_be_read_stops_its_package(
    stage: Stage, name: str, fault: str
) -> None:
    names = push(stage.package, PACKAGE)
    fail(stage, names, name, FAULTS[fault])
    run = stage.run(INPUTS)
    assert run.finished.outcome == "failed", run.finished.log
    assert run.finished.code == 1
    assert run.writes == ()
    [error] = run.finished.annotations("error")
    assert "could not be read" in error
    assert "Run again" in error


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["release", "other"])
def test_what_can_not_be_read_once_does_no_harm(stage: Stage, name: str, fault: str) -> None:
    """No answer is asked for again at once; after a refusal what was in doubt stays this time."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    fail(stage, names, name, FAULTS[fault], times=1)
    run = stage.run(INPUTS)
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert left(stage, names) >= RELEASE
    refused = fault.startswith("40") or fault == "elsewhere"
    if not refused:
        assert left(stage, names) == RELEASE, run.finished.log
    else:
        assert left(stage, names) == names.ids.keys()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_candidate_that_can_not_be_read_stays_with_its_parts(stage: Stage, fault: str) -> None:
    """What it lists is unknown, so nothing goes that it might list, this time."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    fail(stage, names, "old", FAULTS[fault])
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert left(stage, names) == names.ids.keys()
    assert "pr-1" in warnings(run, names)


@pytest.mark.parametrize("fault", ["403", "500", "no answer"])
def test_a_candidate_that_can_not_be_read_keeps_its_tagged_platforms(
    stage: Stage, fault: str
) -> None:
    """As of an index that is put together from an image of each platform, with a tag of its own."""
    parts = {f"{n}-{arch}": f"{60 - 10 * n}d" for n in (1, 2, 3) for arch in ("amd64", "arm64")}
    names = push(
        stage.package,
        {name: {"tags": [name], "age": age} for name, age in parts.items()}
        | {
            str(n): {"tags": [str(n)], "lists": [f"{n}-amd64", f"{n}-arm64"], "age": age}
            for n, age in ((1, "49d"), (2, "39d"), (3, "29d"))
        },
    )
    before = Contents(stage.package)
    fail(stage, names, "1", FAULTS[fault])
    run = stage.run({"delete": "1*, 2*"})
    assert run.finished.code == 0, run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert left(stage, names) == names.ids.keys()
    assert "nothing of the package goes this time" in warnings(run, names)


@pytest.mark.parametrize("name", ["sbom", "leftover"])
def test_an_untagged_candidate_that_can_not_be_read_stays(stage: Stage, name: str) -> None:
    """It may be about anything: the SBOM of the release looks like any other untagged version."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    fail(stage, names, name, FAULTS["500"])
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert {name, *RELEASE} <= left(stage, names)
    assert name in warnings(run, names)


def test_a_kept_version_that_is_absent_keeps_all_that_is_untagged(stage: Stage) -> None:
    names = push(stage.package, PACKAGE)
    fail(stage, names, "release", UNKNOWN)
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert left(stage, names) == names.ids.keys() - {"old", "other"}
    assert "#release (1.0.0) is broken" in warnings(run, names)


@pytest.mark.parametrize("name", ["old", "old/arm64", "other", "leftover"])
def test_a_candidate_that_is_absent_goes(stage: Stage, name: str) -> None:
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    fail(stage, names, name, UNKNOWN)
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert left(stage, names) == RELEASE


@pytest.mark.parametrize("name", ["release", "old"])
def test_absence_at_one_look_is_no_absence_at_the_other(stage: Stage, name: str) -> None:
    """A registry behind its own writes: the second look reads what the first could not."""
    names = push(stage.package, PACKAGE)
    before = Contents(stage.package)
    fail(stage, names, name, UNKNOWN, times=1)
    run = stage.run(INPUTS)
    assert run.finished.code == 0, run.finished.log
    assert_left_whole(before, Contents(stage.package), names.digests)
    assert left(stage, names) >= RELEASE


def test_too_many_requests_are_waited_out(stage: Stage) -> None:
    names = push(stage.package, PACKAGE)
    limited = Fault(
        kind=FaultKind.STATUS,
        status=429,
        body={"errors": [{"code": "TOOMANYREQUESTS", "message": "retry-after: 10.3ms"}]},
    )
    for name in ("release", "old"):
        fail(stage, names, name, limited, times=3)
    run = stage.run(INPUTS)
    assert run.finished.outcome == "done", run.finished.log
    assert left(stage, names) == RELEASE


def test_too_many_requests_for_too_long_leave_everything(stage: Stage) -> None:
    names = push(stage.package, PACKAGE)
    limited = Fault(kind=FaultKind.STATUS, status=429, headers={"Retry-After": "60"})
    fail(stage, names, "old", limited)
    run = stage.run({**INPUTS, "max-wait": "1s"})
    assert run.finished.outcome == "incomplete", run.finished.log
    assert run.finished.code == 0
    assert run.writes == ()


def test_what_is_gone_since_it_was_read_in_an_earlier_run_is_gone(stage: Stage) -> None:
    """Manifests kept between runs say what a manifest is, not that it is still there."""
    names = push(stage.package, PACKAGE)
    cached = {**INPUTS, "manifest-cache": "manifests.jsonl"}
    stage.run({**cached, "dry-run": True})
    stage.package.delete_version(stage.package.active[names.digests["release/arm64"]])
    run = stage.run(cached)
    assert run.finished.code == 0, run.finished.log
    assert left(stage, names) == RELEASE - {"release/arm64"}
    assert "#release (1.0.0) is broken, missing: linux/arm64" in warnings(run, names)
