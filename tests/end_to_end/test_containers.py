"""Images and all they are made of: what is kept pulls completely, what goes leaves nothing."""

import pytest

from end_to_end.runner import Job
from end_to_end.world import (
    PLATFORMS,
    STYLES,
    attach_all,
    day,
    is_whole,
    left,
    manifest_reads,
    names_left,
    writes,
)
from fake_github import FakeGitHub, FakePackage
from fake_github.manifests import OCI_INDEX
from fake_github.pushing import Style


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "container", "app")


def test_an_image_of_every_kind_goes_with_all_its_parts(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Platforms, attestations, signatures of both generations: no leftover, and none too many."""
    for number in range(3):
        image = package.push_image(
            tags=(f"1.{number}.0",), platforms=PLATFORMS, created_at=day(number)
        )
        attach_all(package, image, number)
        attach_all(package, package.manifests[image].children()[0], number)
    of_one = len(package.versions) // 3
    finished = job.run({"versions-to-keep": "1"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert len(left(package)) == of_one
    assert is_whole(package, "1.2.0")
    newest = package.tags["1.2.0"].replace(":", "-")
    assert {f"{newest}{suffix}" for suffix in ("", ".sig", ".att", ".sbom")} <= names_left(package)


@pytest.mark.parametrize("style", STYLES)
def test_what_is_attached_to_a_kept_image_stays(
    github: FakeGitHub, job: Job, package: FakePackage, style: Style
) -> None:
    """Though no pattern keeps it, and most of it has no tag."""
    kept = package.push_image(tags=("1.0.0",), created_at=day(0))
    doomed = package.push_image(tags=("pr-1",), created_at=day(1))
    for image in (kept, doomed):
        package.attach(image, style=style, created_at=day(0))
        child = package.manifests[image].children()[0]
        package.attach(child, style=style, created_at=day(0))
    before = len(package.versions)
    finished = job.run({"delete": "*", "keep": "1.*", "delete-untagged": "true"})
    assert finished.code == 0, finished.log
    assert is_whole(package, "1.0.0")
    assert len(left(package)) == before // 2


def test_a_shared_part_lives_until_the_last_image_goes(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """As when a platform did not change between two releases."""
    first = package.push_image(tags=("1.0.0",), attestations=False, created_at=day(0))
    shared = package.manifests[first].document["manifests"][0]
    package.attach(shared["digest"], style="sig", created_at=day(0))
    for number in (1, 2):
        own = package.push_image(
            platforms=("linux/s390x",), attestations=False, created_at=day(number)
        )
        entry = {**shared, "digest": own, "size": len(package.manifests[own].content)}
        listed = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [shared, entry]}
        package.push_manifest(listed, tags=(f"1.{number}.0",), created_at=day(number))

    assert job.run({"versions-to-keep": "2"}).code == 0
    assert shared["digest"] in package.active
    assert is_whole(package, "1.1.0", "1.2.0")
    assert job.run({"versions-to-keep": "1"}).code == 0
    assert is_whole(package, "1.2.0")
    assert len(left(package)) == 4

    package.push_image(tags=("2.0.0",), attestations=False, created_at=day(9))
    assert job.run({"versions-to-keep": "1"}).code == 0
    assert shared["digest"] not in package.active
    assert len(left(package)) == 3


def test_an_index_of_indexes(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    for number in range(2):
        inner = [
            package.push_image(platforms=PLATFORMS[:2], created_at=day(number)) for _ in range(2)
        ]
        entries = [
            {"mediaType": OCI_INDEX, "digest": d, "size": len(package.manifests[d].content)}
            for d in inner
        ]
        outer = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}
        package.push_manifest(outer, tags=(f"1.{number}.0",), created_at=day(number))
    before = len(package.versions)
    finished = job.run({"versions-to-keep": "1"})
    assert finished.code == 0, finished.log
    assert len(left(package)) == before // 2
    assert is_whole(package, "1.1.0")


def test_a_build_cache_lists_layers(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    """What an index lists that is no manifest is never asked for as one."""
    package.push_image(tags=("1.0.0",), created_at=day(0))
    blob = {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 3}
    layers = [{**blob, "digest": f"sha256:{number:064x}"} for number in range(3)]
    cache = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": layers}
    package.push_manifest(cache, tags=("buildcache",), created_at=day(1))
    package.push_image(tags=("pr-1",), created_at=day(2))
    finished = job.run({"delete": "pr-*"})
    assert finished.code == 0, finished.log
    assert "buildcache" in package.tags
    assert not set(manifest_reads(github)) & {layer["digest"] for layer in layers}


def test_what_is_deleted_was_read_first(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    """And each manifest is read only once; after the deletion it is only asked for."""
    for number in range(4):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    names = {version.name for version in package.versions}
    finished = job.run({"versions-to-keep": "2"})
    assert finished.code == 0, finished.log
    reads = manifest_reads(github)
    assert sorted(reads) == sorted(names)
    last_read = max(r.time for r in github.requests if r.method == "GET" and "/v2/" in r.path)
    assert last_read < min(request.time for request in writes(github))
    kept = {version.name for version in package.versions}
    assert set(manifest_reads(github, "HEAD")) == kept


def test_parents_go_before_their_parts(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    """So that whenever the run is cut short, no tag is left that can't be pulled."""
    for number in range(6):
        image = package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
        package.attach(image, created_at=day(number))
    broken: list[str] = []

    def look() -> None:
        broken.extend(tag for tag in package.tags if package.pullable(tag))

    github.on_request(lambda call: look() if call.method == "DELETE" else None)
    finished = job.run({"versions-to-keep": "1"})
    assert finished.code == 0, finished.log
    assert broken == []


def test_without_candidates_no_manifest_is_read(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """Every read counts as a download, and 5,000 of these make a version undeletable."""
    for number in range(3):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    for asked in ({"versions-to-keep": "3", "delete-untagged": "false"}, {"delete": "pr-*"}):
        finished = job.run(asked)
        assert (finished.code, finished.outcome) == (0, "nothing-to-do"), finished.log
    assert not [request for request in github.requests if request.server == "registry"]
    assert {version.downloads for version in package.versions} == {0}
