"""Taking off a tag without touching its image, and finding the parts that an image lost."""

import threading

import pytest

from end_to_end.hooks import at_call
from end_to_end.runner import Job
from end_to_end.world import day, writes
from fake_github import Call, FakeGitHub, FakePackage, Fault, FaultKind

UNTAG = {"delete": "pr-*", "untag": "true"}


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    """An image that is both a release and a pull request's build, and one that is only that."""
    package = github.add_package("acme", "container", "app")
    both = package.push_image(tags=("1.0.0", "pr-1", "latest"), created_at=day(0))
    package.attach(both, created_at=day(0))
    package.push_image(tags=("pr-2",), created_at=day(1))
    return package


def test_a_tag_is_taken_off_an_image_that_stays(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    image = package.tags["1.0.0"]
    finished = job.run(UNTAG)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    own = {tag: digest for tag, digest in package.tags.items() if not tag.startswith("sha256-")}
    assert own == {"1.0.0": image, "latest": image}
    assert package.pullable("1.0.0") == []
    assert len(package.versions) == 5 + 2
    assert not set(deletions_of_versions(github)) & {package.active[image].id}


def is_push(call: Call) -> bool:
    return call.method == "PUT" and "/manifests/pr-1" in call.path


@pytest.mark.parametrize("deleting", ["allowed", "refused", "without an answer"])
def test_a_cancelled_run_leaves_no_tag_on_a_stand_in(
    github: FakeGitHub, job: Job, deleting: str
) -> None:
    """Otherwise whoever pulls the tag pulls nothing. What was not begun is not begun."""
    package = github.add_package("acme", "container", "app")
    image = package.push_image(tags=("1.0.0", "pr-1"), created_at=day(0))
    other = package.push_image(tags=("2.0.0", "pr-2"), created_at=day(-1))
    if deleting == "refused":
        body = {"message": "Must have admin rights to Package."}
        github.fail(Fault(kind=FaultKind.STATUS, method="DELETE", status=403, body=body))
    if deleting == "without an answer":
        github.fail(Fault(kind=FaultKind.LOST_ANSWER, method="DELETE"))
    cancelled = threading.Event()
    at_call(github, is_push, 1, cancelled.set)
    finished = job.run(UNTAG, cancelled=cancelled)
    assert finished.code not in (0, 1, 2, 3, 4), finished.log
    assert package.tags.get("pr-1") == (image if deleting == "refused" else None)
    assert (package.tags["1.0.0"], package.tags["2.0.0"]) == (image, other)
    assert package.tags["pr-2"] == other
    untagged = [i for i, outcome in finished.outcomes.items() if outcome == "untagged"]
    assert untagged == ([] if deleting == "refused" else [package.active[image].id])


def deletions_of_versions(github: FakeGitHub) -> list[int]:
    return [int(r.path.rpartition("/")[2]) for r in writes(github) if r.method == "DELETE"]


def test_a_dry_run_takes_off_nothing(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    tags = dict(package.tags)
    finished = job.run({**UNTAG, "dry-run": "true"})
    assert (finished.code, finished.outcome) == (0, "planned"), finished.log
    assert package.tags == tags
    assert writes(github) == []


def test_without_being_asked_no_tag_is_taken_off(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    finished = job.run({"delete": "pr-*"})
    assert finished.code == 0, finished.log
    assert {"1.0.0", "pr-1", "latest"} <= set(package.tags)
    assert not [request for request in writes(github) if request.server == "registry"]


def test_where_the_stand_in_is_not_listed_nothing_is_deleted(github: FakeGitHub, job: Job) -> None:
    """The version behind the tag could be the image itself."""
    package = github.add_package("acme", "container", "app")
    image = package.push_image(tags=("1.0.0", "pr-1"), created_at=day(0))
    stale = Fault(kind=FaultKind.STALE_LIST, path_contains="/versions?", times=None)
    github.fail(stale)
    finished = job.run(UNTAG)
    assert (finished.code, finished.outcome) == (1, "failed"), finished.log
    assert deletions_of_versions(github) == []
    assert package.pullable("1.0.0") == []
    assert image in package.active


def test_missing_parts_are_brought_back_and_nothing_else(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """As after a clean-up that took children of tagged images for leftovers."""
    lost = package.manifests[package.tags["1.0.0"]].children()[:2]
    for digest in (*lost, package.tags["pr-2"]):
        package.delete_version(package.active[digest])
    assert package.pullable("1.0.0")
    finished = job.run({"repair": "true"})
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert package.pullable("1.0.0") == []
    assert "pr-2" not in package.tags
    assert finished.outputs["restored-count"] == "2"


def test_a_part_that_can_not_be_brought_back_is_an_error(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    lost = package.manifests[package.tags["1.0.0"]].children()[0]
    package.delete_version(package.active[lost])
    package.gone.clear()
    finished = job.run({"repair": "true"})
    assert (finished.code, finished.outcome) == (1, "failed"), finished.log
    assert finished.annotations("error")


def test_what_is_whole_needs_no_repair(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    finished = job.run({"repair": "true"})
    assert (finished.code, finished.outcome) == (0, "nothing-to-do"), finished.log
    assert writes(github) == []
