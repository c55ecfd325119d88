"""What can't be read or was not listed: whatever could depend on it stays, and the run says so."""

import re

import pytest

from end_to_end.runner import Job
from end_to_end.world import day, deletions, left, names_left, writes
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind
from fake_github.manifests import OCI_INDEX, OCI_MANIFEST

PLATFORMS = ("linux/amd64",)
REGISTRY_FAULTS = {
    "404": Fault(
        kind=FaultKind.STATUS,
        status=404,
        body={"errors": [{"code": "MANIFEST_UNKNOWN", "message": "manifest unknown"}]},
        times=None,
    ),
    "404 for want of a type": Fault(
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
        times=None,
    ),
    "500": Fault(kind=FaultKind.STATUS, status=500, times=None),
    "nothing": Fault(kind=FaultKind.RESET, times=None),
    "half": Fault(kind=FaultKind.CUT, times=None),
    "another content": Fault(kind=FaultKind.WRONG_CONTENT, times=None),
    "a redirect": Fault(kind=FaultKind.REDIRECT, location="http://127.0.0.1:9/", times=None),
    "403": Fault(
        kind=FaultKind.STATUS,
        status=403,
        body={"errors": [{"code": "DENIED", "message": "denied"}]},
        times=None,
    ),
}


def on_manifest(name: str, digest: str, *, times: int | None = None) -> Fault:
    """The fault of this name on every read of this manifest."""
    fault = REGISTRY_FAULTS[name]
    return Fault(
        kind=fault.kind,
        server="registry",
        path_contains=f"/manifests/{digest}",
        status=fault.status,
        body=fault.body,
        location=fault.location,
        times=times,
    )


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    """Two releases that stay, a pull request's build that goes, an untagged leftover."""
    package = github.add_package("acme", "container", "app")
    for number, tag in enumerate(("1.0.0", "2.0.0", "pr-1", "left-over")):
        package.push_image(
            tags=(tag,), platforms=("linux/amd64", "linux/arm64"), created_at=day(number)
        )
    package.push_image(tags=("left-over",), platforms=PLATFORMS, created_at=day(8))
    return package


ASKED = {"delete": "pr-*", "delete-untagged": "true"}


@pytest.mark.parametrize("name", [n for n in REGISTRY_FAULTS if n != "404"])
def test_what_stays_and_can_not_be_read_stops_the_package(
    github: FakeGitHub, job: Job, package: FakePackage, name: str
) -> None:
    """It may need anything."""
    before = left(package)
    github.fail(on_manifest(name, package.tags["1.0.0"]))
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (1, "failed"), finished.log
    assert writes(github) == []
    assert left(package) == before
    [error] = finished.annotations("error")
    assert "1.0.0" in error


def test_what_stays_and_is_gone_keeps_all_untagged(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Its parts can't be known any more; how to get rid of it is said."""
    broken = package.tags["1.0.0"]
    github.fail(on_manifest("404", broken))
    untagged = {v.name for v in package.versions if not v.tags}
    doomed = set(package.manifests[package.tags["pr-1"]].children())
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert untagged - doomed <= set(package.active)
    assert "pr-1" not in package.tags
    warning = "\n".join(finished.annotations("warning"))
    assert f"delete-ids: {package.active[broken].id}" in warning


@pytest.mark.parametrize("missing", ["its own", "a part's", "a shared part's", "a signature's"])
def test_the_advice_on_what_is_broken_gets_rid_of_it(
    github: FakeGitHub, job: Job, package: FakePackage, missing: str
) -> None:
    """What is advised is done as it says, and then there is nothing more to complain about."""
    broken = package.tags["1.0.0"]
    gone = broken if missing == "its own" else package.manifests[broken].children()[0]
    if missing == "a shared part's":
        listed = {"mediaType": OCI_MANIFEST, "digest": gone, "size": 1}
        document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [listed]}
        package.push_manifest(document, OCI_INDEX, tags=("1.0.1",), created_at=day(4))
    if missing == "a signature's":
        gone = package.attach(broken, style="sig", created_at=day(4))
    github.fail(on_manifest("404", gone))
    warnings = job.run(ASKED).annotations("warning")
    [warned] = [text for text in warnings if "so no untagged version of the package goes" in text]
    advised = re.search(r"run once with delete-ids: ([0-9, ]+) alone", warned)
    assert advised, warned
    followed = job.run({"delete-ids": advised[1]})
    assert (followed.code, followed.outcome) == (0, "done"), followed.log
    assert "1.0.0" not in package.tags
    assert gone not in package.active
    assert "2.0.0" in package.tags
    assert not [tag for tag in package.tags if package.pullable(tag)]
    assert "broken" not in job.run(ASKED).log


@pytest.mark.parametrize("name", [n for n in REGISTRY_FAULTS if n != "404"])
def test_what_goes_and_can_not_be_read_stays(
    github: FakeGitHub, job: Job, package: FakePackage, name: str
) -> None:
    """It may be a signature of something kept; the rest that does not hang on it goes."""
    doomed = package.tags["pr-1"]
    github.fail(on_manifest(name, doomed))
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) in ((0, "done"), (0, "nothing-to-do")), finished.log
    assert "pr-1" in names_left(package)
    assert not [tag for tag in package.tags if package.pullable(tag)]
    assert "could not be read" in finished.log


def test_what_goes_and_is_gone_goes(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    doomed = package.active[package.tags["pr-1"]]
    github.fail(on_manifest("404", doomed.name))
    finished = job.run(ASKED)
    assert finished.code == 0, finished.log
    assert doomed.id in deletions(github)
    assert not [tag for tag in package.tags if package.pullable(tag)]


@pytest.mark.parametrize("name", ["500", "nothing", "half", "another content"])
def test_a_failure_that_passes_does_no_harm(
    github: FakeGitHub, job: Job, package: FakePackage, name: str
) -> None:
    github.fail(on_manifest(name, package.tags["1.0.0"], times=2))
    github.fail(on_manifest(name, package.tags["pr-1"], times=2))
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert names_left(package) == {"1.0.0", "2.0.0", "left-over"}
    assert len(left(package)) == 5 + 5 + 3


def test_a_limit_of_the_registry_is_waited_out(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """It asks in its text, for fractions of a millisecond."""
    said = "retry-after: 880.092\u00b5s, allowed: 44000/minute"
    limited = Fault(
        kind=FaultKind.STATUS,
        server="registry",
        path_contains="/manifests/",
        status=429,
        body={"errors": [{"code": "TOOMANYREQUESTS", "message": said}]},
        times=3,
        skip=2,
    )
    github.fail(limited)
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert not [tag for tag in package.tags if package.pullable(tag)]


def test_a_limit_of_the_registry_that_lasts_ends_the_run_cleanly(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    limited = Fault(
        kind=FaultKind.STATUS,
        server="registry",
        path_contains="/manifests/",
        status=429,
        body={"errors": [{"code": "TOOMANYREQUESTS", "message": "toomanyrequests"}]},
        times=None,
    )
    github.fail(limited)
    finished = job.run({**ASKED, "max-wait": "1s"})
    assert (finished.code, finished.outcome) == (0, "incomplete"), finished.log
    assert writes(github) == []


@pytest.mark.parametrize("name", ["500", "nothing", "403"])
def test_a_registry_that_can_not_be_read_at_all(
    github: FakeGitHub, job: Job, package: FakePackage, name: str
) -> None:
    github.fail(on_manifest(name, ""))
    finished = job.run(ASKED)
    assert finished.code in (1, 4)
    assert finished.outcome == "failed"
    assert writes(github) == []


def test_a_registry_without_a_token(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    fault = Fault(
        kind=FaultKind.STATUS, server="registry", path_contains="/token", status=403, times=None
    )
    github.fail(fault)
    finished = job.run(ASKED)
    assert finished.code in (1, 4)
    assert writes(github) == []
