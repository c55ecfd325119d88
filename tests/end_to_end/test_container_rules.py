"""Which images the rules mean: by pattern, by digest, by id, untagged."""

import pytest

from end_to_end.runner import Job
from end_to_end.world import (
    ago,
    attach_all,
    day,
    deletions,
    ids,
    is_whole,
    left,
    names_left,
    writes,
)
from fake_github import FakeGitHub, FakePackage


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "container", "app")


def test_only_what_matches_goes(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    for number, tag in enumerate(("1.0.0", "pr-1", "pr-2", "xpr-3", "PR-4", "latest")):
        package.push_image(tags=(tag,), created_at=day(number))
    package.push_image(tags=("pr-5", "nightly"), created_at=day(9))
    untagged = package.push_image(created_at=day(9))
    finished = job.run({"delete": "pr-*"})
    assert finished.code == 0, finished.log
    wanted = {"1.0.0", "xpr-3", "PR-4", "latest", "pr-5", "nightly"}
    assert names_left(package) == wanted
    assert is_whole(package, *wanted, untagged)
    assert len(left(package)) == 6 * 5


def test_keep_wins_over_delete(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    for number in range(4):
        package.push_image(tags=(f"pr-{number}",), created_at=day(number))
    finished = job.run({"delete": "/pr-[0-9]+/", "keep": "pr-[12]"})
    assert finished.code == 0, finished.log
    assert names_left(package) == {"pr-1", "pr-2"}
    assert is_whole(package, "pr-1", "pr-2")


def test_by_digest(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    images = [package.push_image(tags=(f"1.{n}.0",), created_at=day(n)) for n in range(3)]
    finished = job.run({"delete": f"{images[1][:20]}*", "keep": images[2]})
    assert finished.code == 0, finished.log
    assert names_left(package) == {"1.0.0", "1.2.0"}


def test_a_pattern_that_matches_nothing_is_a_warning(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    package.push_image(tags=("1.0.0",), created_at=day(0))
    package.push_image(tags=("pr-1",), created_at=day(0))
    finished = job.run({"delete": "pr-*, tmp-*", "keep": "stable"})
    assert finished.code == 0, finished.log
    warnings = "\n".join(finished.annotations("warning"))
    assert "tmp-*" in warnings
    assert "stable" in warnings


# Ids


def test_an_asked_image_goes_with_its_parts(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    images = [package.push_image(tags=(f"1.{n}.0",), created_at=day(n)) for n in range(3)]
    package.attach(images[0], created_at=day(0))
    finished = job.run({"delete-ids": str(package.active[images[0]].id)})
    assert finished.code == 0, finished.log
    assert len(left(package)) == 10
    assert is_whole(package, "1.1.0", "1.2.0")


def test_an_asked_part_of_what_stays_stays(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    image = package.push_image(tags=("1.0.0",), created_at=day(0))
    child = package.active[package.manifests[image].children()[1]]
    finished = job.run({"delete-ids": str(child.id)})
    assert finished.code == 0, finished.log
    assert writes(github) == []
    [warning] = finished.annotations("warning")
    assert str(child.id) in warning


# Untagged


def test_fresh_untagged_images_have_a_day_of_grace(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Parts arrive before the index that lists them."""
    package.push_image(tags=("1.0.0",), created_at=day(0))
    old = package.push_image(created_at=ago(hours=25))
    fresh = package.push_image(created_at=ago(hours=23))
    finished = job.run({"delete-untagged": "true"})
    assert finished.code == 0, finished.log
    assert old not in package.active
    assert is_whole(package, "1.0.0", fresh)


def test_the_grace_can_be_set(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    package.push_image(tags=("1.0.0",), created_at=day(0))
    fresh = package.push_image(created_at=ago(minutes=5))
    asked = {"delete-untagged": "true"}
    assert job.run({**asked, "older-than": "1h"}).outcome == "nothing-to-do"
    assert fresh in package.active
    assert job.run({**asked, "older-than": "0s"}).outcome == "done"
    assert fresh not in package.active
    assert is_whole(package, "1.0.0")


def test_children_of_tagged_images_are_not_untagged_images(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    for number in range(3):
        image = package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
        attach_all(package, image, number)
    finished = job.run({"delete-untagged": "true", "older-than": "0s"})
    assert (finished.code, finished.outcome) == (0, "nothing-to-do"), finished.log
    assert is_whole(package, "1.0.0", "1.1.0", "1.2.0")


def test_a_further_attestation_leaves_an_index_that_may_go(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Each one replaces the index behind `sha256-…`; what the former listed is still needed."""
    image = package.push_image(tags=("1.0.0",), created_at=day(0))
    for number in range(3):
        package.attach(image, created_at=day(number))
    finished = job.run({"delete-untagged": "true"})
    assert finished.code == 0, finished.log
    assert len(deletions(github)) == 2
    assert is_whole(package, "1.0.0")
    assert len(left(package)) == 5 + 3 + 1


def test_a_moved_tag_leaves_an_image_that_may_go(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    images = [package.push_image(tags=("main",), created_at=day(n)) for n in range(4)]
    finished = job.run({"delete-untagged": "true"})
    assert finished.code == 0, finished.log
    assert set(images) & set(package.active) == {images[-1]}
    assert len(left(package)) == 5
    assert is_whole(package, "main")


def test_referrers_without_a_subject_go_with_the_untagged(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Left over by tools that do not know them."""
    kept = package.push_image(tags=("1.0.0",), created_at=day(0))
    package.attach(kept, style="sig", created_at=day(0))
    gone = package.push_image(tags=("0.9.0",), platforms=("linux/amd64",), attestations=False)
    package.attach(gone, style="sig", created_at=day(0))
    package.delete_version(package.active[gone])
    finished = job.run({"delete-untagged": "true"})
    assert finished.code == 0, finished.log
    assert len(deletions(github)) == 1
    assert names_left(package) == {"1.0.0", f"{kept.replace(':', '-')}.sig"}


def test_ids_of_everything_that_went_are_told(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    for number in range(2):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    finished = job.run({"versions-to-keep": "1"})
    assert sorted(finished.ids("deleted-ids")) == ids(package.deleted)
    assert finished.outputs["kept-count"] == str(len(package.versions))
