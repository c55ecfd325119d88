"""What can't be read or was not listed: whatever could depend on it stays, and the run says so."""

from typing import Literal

import pytest

from end_to_end.hooks import at_call
from end_to_end.runner import Job
from end_to_end.world import ago, day, deletions, left, names_left, writes
from fake_github import Behaviour, FakeGitHub, FakePackage, Fault, FaultKind

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


# Listings


@pytest.fixture
def large(github: FakeGitHub) -> FakePackage:
    """A container package of three pages, its indexes spread over all of them."""
    package = github.add_package("acme", "container", "app")
    github.behaviour = Behaviour(order="shuffled")
    for number in range(60):
        package.push_image(tags=(f"1.{number}.0",), platforms=PLATFORMS, created_at=day(number))
    for number in range(27):
        package.push_image(tags=("main",), platforms=PLATFORMS, created_at=day(number))
    return package


LARGE = {"versions-to-keep": "50", "keep": "main"}


def is_whole(package: FakePackage) -> bool:
    assert not [tag for tag in package.tags if package.pullable(tag)]
    return True


@pytest.mark.parametrize("link", ["name", "id", "none"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.MISSING_PAGE, path_contains="&page=2"),
        Fault(kind=FaultKind.DUPLICATED_ROWS, path_contains="&page=2", times=None),
        Fault(kind=FaultKind.SHIFTED_ROWS, path_contains="&page=3"),
        Fault(kind=FaultKind.SHIFTED_ROWS, path_contains="&page=2", shift=7),
        Fault(kind=FaultKind.STATUS, path_contains="&page=2", status=502, times=2),
        Fault(kind=FaultKind.TRUNCATED, path_contains="&page=2", times=2),
    ],
    ids=["missing", "duplicated", "shifted", "shifted far", "502", "truncated"],
)
def test_a_fault_that_passes_does_no_harm_to_a_listing(
    github: FakeGitHub,
    job: Job,
    large: FakePackage,
    link: Literal["name", "id", "none"],
    fault: Fault,
) -> None:
    github.behaviour = Behaviour(link=link, order="shuffled")
    github.fail(fault)
    finished = job.run(LARGE)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert is_whole(large)
    assert names_left(large) == {f"1.{number}.0" for number in range(10, 60)} | {"main"}
    assert len(left(large)) == 3 * 51


@pytest.mark.parametrize("link", ["name", "id", "none"])
@pytest.mark.parametrize("page", ["1", "2", "3"])
def test_a_page_that_stays_empty_breaks_no_image(
    github: FakeGitHub,
    job: Job,
    large: FakePackage,
    link: Literal["name", "id", "none"],
    page: str,
) -> None:
    """The children on the other pages look like untagged leftovers."""
    github.behaviour = Behaviour(link=link, order="shuffled")
    missing = Fault(
        kind=FaultKind.MISSING_PAGE,
        predicate=lambda call: call.query.get("page") == page,
        times=None,
    )
    github.fail(missing)
    before = left(large)
    finished = job.run(LARGE)
    assert (finished.code, finished.outcome) == (1, "failed"), finished.log
    assert left(large) == before


@pytest.mark.parametrize("shift", [1, 5, 60])
def test_rows_that_stay_away_break_no_image(
    github: FakeGitHub, job: Job, large: FakePackage, shift: int
) -> None:
    fault = Fault(
        kind=FaultKind.SHIFTED_ROWS,
        predicate=lambda call: call.query.get("page") not in (None, "1"),
        shift=shift,
        times=None,
    )
    github.fail(fault)
    job.run(LARGE)
    assert is_whole(large)


def test_a_listing_that_lags_behind_breaks_no_push(
    github: FakeGitHub, job: Job, large: FakePackage
) -> None:
    """It shows the platforms of a new image as untagged, and not yet the index that lists them."""
    index = {**large.manifests[large.tags["main"]].document, "manifests": []}
    for platform in ("linux/amd64", "linux/arm64"):
        digest = large.push_image(
            platforms=(platform,), attestations=False, created_at=ago(hours=1)
        )
        stored = large.manifests[digest]
        entry = {"mediaType": stored.media_type, "digest": digest, "size": len(stored.content)}
        index["manifests"].append(entry)
    github.fail(Fault(kind=FaultKind.STALE_LIST, path_contains="/versions?", times=None))
    large.push_manifest(index, tags=("newest",), created_at=ago(minutes=59))
    finished = job.run(LARGE)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert "newest" in large.tags
    assert is_whole(large)


def test_a_push_while_the_versions_are_listed(
    github: FakeGitHub, job: Job, large: FakePackage
) -> None:
    """Rows move on to the next page, so that some come twice."""

    def push() -> None:
        large.push_image(tags=("2.0.0",), platforms=PLATFORMS, created_at=day(99))

    github.behaviour = Behaviour(order="newest")
    at_call(github, lambda call: call.query.get("page") == "2", 1, push)
    finished = job.run(LARGE)
    assert finished.code == 0, finished.log
    assert is_whole(large)
    assert {"2.0.0", "1.59.0", "1.11.0"} <= names_left(large)


def test_deletions_by_others_while_the_versions_are_listed(
    github: FakeGitHub, job: Job, large: FakePackage
) -> None:
    """Rows move up to the page before, so that some are never shown."""

    def delete() -> None:
        for tag in ("1.30.0", "1.31.0"):
            version = large.by_tag(tag)
            assert version is not None
            children = large.manifests[version.name].children()
            for name in (version.name, *children):
                large.delete_version(large.active[name])

    github.behaviour = Behaviour(order="newest")
    at_call(github, lambda call: call.query.get("page") == "2", 1, delete)
    finished = job.run(LARGE)
    assert finished.code in (0, 1), finished.log
    assert is_whole(large)
