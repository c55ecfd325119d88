"""What GitHub does not delete, and what others changed meanwhile: it stays, with a warning."""

from end_to_end.hooks import before_deletion, before_second_look
from end_to_end.outcomes.results import NPM, outcome_of
from end_to_end.runner import Job
from end_to_end.world import (
    add_version,
    day,
    deletions,
    ids,
    left,
    numbered,
    writes,
)
from fake_github import (
    FakeGitHub,
    FakePackage,
    FakeVersion,
)

# retained


def test_the_last_version_is_retained(github: FakeGitHub, job: Job) -> None:
    """Somebody deletes those that were to stay: GitHub refuses to delete the last one."""
    package = github.add_package("acme", "maven", "com.acme.app")
    versions = numbered(package, 3)

    def delete_the_others() -> None:
        for version in versions[1:]:
            package.delete_version(version)

    before_deletion(github, delete_the_others)
    asked = {"package-type": "maven", "package-name": "com.acme.app", "versions-to-keep": "2"}
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcome_of(finished, versions[0]) == "retained"
    assert [w for w in finished.annotations("warning") if "retained" in w]
    assert finished.outputs["failed-count"] == "0"


def test_the_last_tagged_version_is_retained_with_its_parts(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "container", "app")
    old = package.push_image(tags=("1.0.0",), created_at=day(0))
    new = package.push_image(tags=("2.0.0",), attestations=False, created_at=day(1))
    before_deletion(github, lambda: package.delete_version(package.active[new]))
    finished = job.run({"versions-to-keep": "1"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert set(finished.outcomes.values()) == {"retained"}
    assert package.pullable(old) == []


# undeletable


def test_too_many_downloads(job: Job, package: FakePackage, versions: list[FakeVersion]) -> None:
    versions[1].downloads = 5001
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (0, "done")
    assert outcome_of(finished, versions[1]) == "undeletable"
    assert left(package) == ids([versions[1], *versions[4:]])
    [warning] = finished.annotations("warning")
    assert "5,000 downloads" in warning


def test_what_an_undeletable_image_needs_is_retained(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "container", "app")
    old = package.push_image(tags=("1.0.0",), created_at=day(0))
    package.attach(old, created_at=day(0))
    package.push_image(tags=("2.0.0",), created_at=day(1))
    package.active[old].downloads = 6000
    finished = job.run({"versions-to-keep": "1"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert package.pullable(old) == []
    assert len(package.versions) == 5 + 2 + 5
    assert deletions(github) == [package.active[old].id]
    assert finished.outputs["kept-count"] == "12"


def test_a_package_with_too_many_downloads(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    versions[0].downloads = 5001
    asked = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert left(package) == ids(versions)
    assert finished.outputs["deleted-count"] == "0"
    assert finished.annotations("warning")


# changed


def test_what_gained_a_protected_tag_stays(github: FakeGitHub, job: Job) -> None:
    package = github.add_package("acme", "container", "app")
    versions = numbered(package, 4)
    before_second_look(github, lambda: package.retag(versions[0], ("stable",)))
    finished = job.run({"versions-to-keep": "2", "keep": "stable"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert left(package) == ids([versions[0], *versions[2:]])
    [warning] = [w for w in finished.annotations("warning") if "changed" in w]
    assert "1.0.0" in warning


def test_what_gained_any_tag_stays(github: FakeGitHub, job: Job) -> None:
    """Somebody has just begun to use it, whatever the tag is called."""
    package = github.add_package("acme", "container", "app")
    doomed, other = (
        package.push_image(tags=(tag,), attestations=False, created_at=day(0))
        for tag in ("pr-1", "pr-2")
    )
    package.push_image(tags=("1.0.0",), created_at=day(1))
    before_second_look(github, lambda: package.retag(package.active[doomed], ("pr-3",)))
    finished = job.run({"delete": "pr-*"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert package.pullable("pr-1") == package.pullable("pr-3") == []
    assert other not in package.active
    assert [w for w in finished.annotations("warning") if "changed" in w]


def test_what_a_new_push_needs_stays(github: FakeGitHub, job: Job) -> None:
    """A platform that did not change is part of the new image too."""
    package = github.add_package("acme", "container", "app")
    platforms = ("linux/amd64", "linux/arm64")
    old = package.push_image(
        tags=("pr-1",), platforms=platforms, attestations=False, created_at=day(0)
    )
    package.push_image(tags=("1.0.0",), created_at=day(1))
    index = package.manifests[old].document

    def push() -> None:
        listed = {**index, "manifests": index["manifests"][:1]}
        package.push_manifest(listed, tags=("1.1.0",))

    before_second_look(github, push)
    finished = job.run({"delete": "pr-*"})
    assert finished.code == 0, finished.log
    assert package.pullable("1.1.0") == []
    assert old not in package.active
    assert len(package.active) == 5 + 2


def test_a_version_of_which_nobody_was_told_is_not_deleted(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    """New versions push others out of the newest: these were not shown, so they stay."""
    before_second_look(github, lambda: numbered_later(package, 3))
    finished = job.run(NPM)
    assert finished.code == 0, finished.log
    assert finished.ids("deleted-ids") == ids(versions[:4])
    assert len(left(package)) == 2 + 3


def numbered_later(package: FakePackage, count: int) -> None:
    for number in range(count):
        add_version(package, f"2.{number}.0", day(100 + number))


def test_a_package_that_is_not_empty_any_more_stays(
    github: FakeGitHub, job: Job, package: FakePackage, versions: list[FakeVersion]
) -> None:
    before_second_look(github, lambda: add_version(package, "9.0.0", day(9)))
    asked = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert writes(github) == []
    assert len(left(package)) == 7
    assert [w for w in finished.annotations("warning") if "changed" in w]
