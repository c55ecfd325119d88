"""Listings that are not whole, stale, or change meanwhile: no image is broken by them."""

from typing import Literal

import pytest

from end_to_end.hooks import at_call
from end_to_end.runner import Job
from end_to_end.world import ago, day, left, names_left
from fake_github import Behaviour, FakeGitHub, FakePackage, Fault, FaultKind

PLATFORMS = ("linux/amd64",)


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


def test_a_new_index_that_no_listing_shows_keeps_what_it_shares(
    github: FakeGitHub, job: Job, large: FakePackage
) -> None:
    """Only the package's count betrays it; the registry's tags then say what it is."""
    shared = large.manifests[large.tags["1.0.0"]].document["manifests"][:1]
    index = {**large.manifests[large.tags["1.0.0"]].document, "manifests": shared}
    github.fail(Fault(kind=FaultKind.STALE_LIST, path_contains="/versions?", times=None))
    large.push_manifest(index, tags=("newest",), created_at=ago(minutes=59))
    finished = job.run(LARGE)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert "1.0.0" not in large.tags
    assert "newest" in large.tags
    assert is_whole(large)


def test_a_tag_that_no_listing_shows_stops_the_package(
    github: FakeGitHub, job: Job, large: FakePackage
) -> None:
    document = large.manifests[large.tags["1.1.0"]].document
    github.fail(Fault(kind=FaultKind.STALE_LIST, path_contains="/versions?", times=None))
    large.push_manifest(document, tags=("stable",))
    large.push_image(tags=("2.0.0",), platforms=PLATFORMS, created_at=ago(minutes=1))
    before = left(large)
    finished = job.run(LARGE)
    assert (finished.code, finished.outcome) == (1, "failed"), finished.log
    assert left(large) == before


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
