"""Where clean-ups have gone wrong before: what looks like a pre-release, what is on page two."""

from typing import Literal

import pytest

from end_to_end.runner import Job
from end_to_end.world import (
    TYPES,
    add_version,
    day,
    deletions,
    ids,
    left,
    names_left,
    numbered,
    writes,
)
from fake_github import Behaviour, FakeGitHub, FakePackage, Fault, FaultKind

RELEASES = ("v2.0.0", "1.2.4", "2024.01.05", "10", "1.2")
PRERELEASES = ("v2.0.0-rc.1", "1.2.4-alpha", "2.0.0-SNAPSHOT")


@pytest.mark.parametrize("package_type", [t for t in TYPES if t != "docker"])
def test_no_release_is_taken_for_a_prerelease(
    github: FakeGitHub, job: Job, package_type: str
) -> None:
    """A `v`, build metadata and leading zeros have been taken for signs of a pre-release."""
    package = github.add_package("acme", package_type, "app")
    metadata = () if package_type == "container" else ("1.2.4+build.5",)  # no tag holds a plus
    releases = (*RELEASES, *metadata)
    for number, name in enumerate((*releases, *PRERELEASES)):
        add_version(package, name, day(number))
    finished = job.run({"package-type": package_type, "delete": "*-*"})
    assert finished.code == 0, finished.log
    assert names_left(package) == set(releases)


def test_prereleases_are_counted_apart_from_releases(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "npm", "app")
    for number in range(4):
        add_version(package, f"1.{number}.0-rc.1", day(2 * number))
        add_version(package, f"1.{number}.0", day(2 * number + 1))
    finished = job.run({"package-type": "npm", "delete": "*-rc*", "versions-to-keep": "1"})
    assert finished.code == 0, finished.log
    assert names_left(package) == {"1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.3.0-rc.1"}


def prereleases_first(github: FakeGitHub) -> FakePackage:
    """A package whose whole first page is pre-releases; its releases are on page two."""
    package = github.add_package("acme", "npm", "app")
    for number in range(3):
        add_version(package, f"{number}.0.0", day(number))
    for number in range(100):
        add_version(package, f"3.0.0-rc.{number}", day(10 + number))
    return package


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(), Behaviour(link="none"), Behaviour(link="id"), Behaviour(link_last=False)],
    ids=["links", "no links", "links by id", "no last link"],
)
@pytest.mark.parametrize("if_empty", ["keep-newest", "delete-package", "fail"])
def test_a_package_is_not_empty_while_page_two_has_releases(
    github: FakeGitHub, job: Job, behaviour: Behaviour, if_empty: str
) -> None:
    github.behaviour = behaviour
    package = prereleases_first(github)
    asked = {"package-type": "npm", "delete": "*-rc*", "if-empty": if_empty}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert names_left(package) == {"0.0.0", "1.0.0", "2.0.0"}
    assert len(deletions(github)) == 100
    assert all("/versions/" in request.path for request in writes(github))


@pytest.mark.parametrize("page", ["1", "2"])
@pytest.mark.parametrize("link", ["name", "none"])
@pytest.mark.parametrize("if_empty", ["keep-newest", "delete-package"])
def test_a_package_is_not_empty_because_a_page_is(
    github: FakeGitHub, job: Job, if_empty: str, link: Literal["name", "none"], page: str
) -> None:
    """A page that stays empty hides other versions at other page sizes, so none is believed."""
    github.behaviour = Behaviour(link=link)
    package = prereleases_first(github)
    before = left(package)
    github.fail(
        Fault(
            kind=FaultKind.MISSING_PAGE,
            predicate=lambda call: call.query.get("page") == page,
            times=None,
        )
    )
    asked = {"package-type": "npm", "delete": "*-rc*", "if-empty": if_empty}
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert writes(github) == []
    assert left(package) == before
    [error] = finished.annotations("error")
    assert "could not be listed completely" in error


def test_an_empty_listing_of_a_package_with_versions_is_none(github: FakeGitHub, job: Job) -> None:
    numbered(github.add_package("acme", "npm", "app"), 5)
    github.fail(Fault(kind=FaultKind.MISSING_PAGE, path_contains="/versions", times=None))
    finished = job.run({"package-type": "npm", "versions-to-keep": "1"})
    assert (finished.code, finished.outcome) == (1, "failed")


def test_what_is_counted_is_not_only_the_first_page(github: FakeGitHub, job: Job) -> None:
    """More are to stay than a page holds."""
    package = github.add_package("acme", "container", "app")
    versions = numbered(package, 150, seed=5)
    finished = job.run({"versions-to-keep": "130"})
    assert finished.code == 0, finished.log
    assert left(package) == ids(versions[-130:])


def test_the_protected_are_found_on_any_page(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "npm", "app")
    protected = [add_version(package, f"0.{number}.0-lts", day(number)) for number in range(3)]
    numbered(package, 120)
    finished = job.run({"package-type": "npm", "keep": "*-lts", "versions-to-keep": "0"})
    assert finished.code == 0, finished.log
    assert left(package) == ids(protected)
