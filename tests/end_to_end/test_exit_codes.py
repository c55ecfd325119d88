"""One number for a whole run: what was refused, by whom, and whether that was all of it."""

import pytest

from end_to_end.runner import Job
from end_to_end.world import deletions, ids, left, names_left, numbered, writes
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind

NPM = {"package-type": "npm", "versions-to-keep": "2"}


def add(github: FakeGitHub, name: str, count: int = 5, package_type: str = "npm") -> FakePackage:
    package = github.add_package("acme", package_type, name)
    numbered(package, count)
    return package


# 1 and 4: what is missing


def test_one_of_three_packages_is_missing(github: FakeGitHub, job: Job) -> None:
    """The others are done, and the run is red all the same."""
    done = [add(github, "a"), add(github, "c")]
    finished = job.run({**NPM, "package-name": "a, b, c"})
    assert (finished.code, finished.outcome) == (1, "failed")
    assert [len(left(package)) for package in done] == [2, 2]
    assert finished.outputs["deleted-count"] == "6"
    [error] = finished.annotations("error")
    assert error.startswith("b")


def test_all_packages_are_missing(github: FakeGitHub, job: Job) -> None:
    add(github, "a")
    finished = job.run({**NPM, "package-name": "b, c"})
    assert (finished.code, finished.outcome) == (4, "failed")
    assert writes(github) == []


def test_the_owner_is_missing(github: FakeGitHub, job: Job) -> None:
    finished = job.run({**NPM, "owner": "nobody-at-all"})
    assert (finished.code, finished.outcome) == (4, "failed")
    assert "nobody-at-all" in finished.annotations("error")[0]


def test_globs_that_match_nothing_are_a_warning(github: FakeGitHub, job: Job) -> None:
    untouched = add(github, "a")
    finished = job.run({**NPM, "package-name": "worker-*"})
    assert (finished.code, finished.outcome) == (0, "nothing-to-do")
    assert len(left(untouched)) == 5
    assert finished.annotations("warning")


def test_one_package_that_can_not_be_read_does_not_stop_the_others(
    github: FakeGitHub, job: Job
) -> None:
    packages = [add(github, name) for name in ("a", "b", "c")]
    github.fail(Fault(kind=FaultKind.STATUS, path_contains="/npm/b/versions", times=None))
    finished = job.run({**NPM, "package-name": "*"})
    assert (finished.code, finished.outcome) == (1, "failed")
    assert [len(left(package)) for package in packages] == [2, 5, 2]


# 3: the limits


@pytest.mark.parametrize("limit", ["2", "50%", "0", "0%"])
def test_more_than_max_deletions_refuses_all_of_it(
    github: FakeGitHub, job: Job, limit: str
) -> None:
    package = add(github, "app")
    finished = job.run({**NPM, "max-deletions": limit})
    assert (finished.code, finished.outcome) == (3, "failed")
    assert writes(github) == []
    assert len(left(package)) == 5
    assert "max-deletions" in finished.annotations("error")[0]
    assert finished.outputs["planned-count"] == "3"
    assert not job.journal_file.exists()


@pytest.mark.parametrize("limit", ["3", "60%", "100%", "1000"])
def test_as_many_as_max_deletions_are_allowed(github: FakeGitHub, job: Job, limit: str) -> None:
    package = add(github, "app")
    assert job.run({**NPM, "max-deletions": limit}).code == 0
    assert len(left(package)) == 2


def test_the_limit_is_one_for_each_package(github: FakeGitHub, job: Job) -> None:
    small, large = add(github, "small", 4), add(github, "large", 9)
    finished = job.run({**NPM, "package-name": "small, large", "max-deletions": "3"})
    assert finished.code == 3
    assert (len(left(small)), len(left(large))) == (2, 9)


def test_a_limit_beside_another_failure_is_a_failure(github: FakeGitHub, job: Job) -> None:
    add(github, "large", 9)
    finished = job.run({**NPM, "package-name": "large, missing", "max-deletions": "3"})
    assert finished.code == 1


def test_a_dry_run_is_held_to_the_limit_as_well(github: FakeGitHub, job: Job) -> None:
    add(github, "app")
    finished = job.run({**NPM, "max-deletions": "2", "dry-run": "true"})
    assert (finished.code, finished.outcome) == (3, "failed")


# if-empty


@pytest.mark.parametrize("package_type", ["container", "npm", "docker"])
def test_if_empty_fail(github: FakeGitHub, job: Job, package_type: str) -> None:
    package = add(github, "app", 3, package_type)
    asked = {"package-type": package_type, "delete": "*", "if-empty": "fail"}
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (3, "failed")
    assert writes(github) == []
    assert len(left(package)) == 3


@pytest.mark.parametrize("package_type", ["container", "npm", "maven", "docker"])
def test_if_empty_keeps_the_newest(github: FakeGitHub, job: Job, package_type: str) -> None:
    package = add(github, "app", 3, package_type)
    finished = job.run({"package-type": package_type, "delete": "*"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert names_left(package) == {"1.2.0"}


@pytest.mark.parametrize("package_type", ["container", "npm", "maven"])
def test_if_empty_deletes_the_package(github: FakeGitHub, job: Job, package_type: str) -> None:
    package = add(github, "app", 3, package_type)
    every = ids(package.versions)
    asked = {"package-type": package_type, "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (0, "done")
    assert package.deleted_at is not None
    [request] = writes(github)
    assert request.path == f"/orgs/acme/packages/{package_type}/app"
    assert sorted(finished.ids("deleted-ids")) == every
    assert finished.outputs["kept-count"] == "0"
    assert set(finished.outcomes.values()) == {"deleted"}


def test_a_package_of_which_anything_is_protected_is_never_deleted(
    github: FakeGitHub, job: Job
) -> None:
    package = add(github, "app", 3, "container")
    protected = package.push_image(platforms=("linux/amd64",), attestations=False)
    asked = {"delete": "*", "keep": protected, "if-empty": "delete-package"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert protected in package.active
    assert package.deleted_at is None
    assert len(deletions(github)) == 2


def test_only_untagged_images_are_left_over_by_an_emptied_package(
    github: FakeGitHub, job: Job
) -> None:
    """GitHub keeps the last tagged version, so one tagged image stays."""
    package = add(github, "app", 3, "container")
    package.push_image(platforms=("linux/amd64",), attestations=False)
    finished = job.run({"delete": "*"})
    assert finished.code == 0, finished.log
    assert names_left(package) == {"1.2.0"}
    assert len(left(package)) == 2


def test_one_emptied_package_does_not_stop_the_others(github: FakeGitHub, job: Job) -> None:
    first = github.add_package("acme", "npm", "first")
    numbered(first, 2)
    second = add(github, "second", 4)
    asked = {"package-type": "npm", "delete": "1.[01].0", "if-empty": "fail"}
    finished = job.run({**asked, "package-name": "first, second"})
    assert finished.code == 3
    assert (len(left(first)), len(left(second))) == (2, 2)
