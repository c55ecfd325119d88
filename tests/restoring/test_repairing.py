"""Images that other tools broke are made whole again, as far as GitHub still has their parts."""

from fake_github import FakePackage, FakeVersion, Fault, FaultKind
from restoring.asking import assert_green, push, restored
from scenarios.stage import Stage


def take_away(package: FakePackage, *versions: FakeVersion | None) -> None:
    for version in versions:
        assert version is not None
        package.delete_version(version)


def test_images_broken_by_deleting_the_untagged_pull_again(
    stage: Stage, images: FakePackage
) -> None:
    """As tools do that know no manifests; bare referrers are told by nothing that is left."""
    tags = dict(images.tags)
    bare = {v.name for v in images.versions if not v.tags} - listed_in(images)
    take_away(images, *(v for v in images.versions if not v.tags))
    assert any(images.pullable(tag) for tag in tags)
    dry = stage.run({"repair": True, "dry-run": True})
    assert_green(dry, "planned")
    run = stage.run({"repair": True})
    assert_green(run)
    assert sorted(restored(run)) == sorted(dry.finished.ids("planned-ids"))
    assert images.tags == tags
    assert all(images.pullable(tag) == [] for tag in tags)
    assert {v.name for v in images.deleted} == bare
    assert_green(stage.run({"repair": True}), "nothing-to-do")


def listed_in(package: FakePackage) -> set[str]:
    return {child for manifest in package.manifests.values() for child in manifest.children()}


def test_images_broken_by_deleting_what_is_old_get_their_signatures_back(
    stage: Stage, images: FakePackage
) -> None:
    attached = [v for v in images.versions if any(t.startswith("sha256-") for t in v.tags)]
    assert len(attached) == 4
    tags = dict(images.tags)
    take_away(images, *attached)
    run = stage.run({"repair": True})
    assert_green(run)
    assert images.tags == tags


def test_a_shared_part_is_restored_once(stage: Stage) -> None:
    for number in range(3):
        push(stage.package, f"v{number}", number, attestations=False, seed="same")
    one = push(stage.package, "other", 9, attestations=False, seed="same")
    shared = stage.package.manifests[one].children()
    take_away(stage.package, *(stage.package.active[digest] for digest in shared))
    run = stage.run({"repair": True})
    assert_green(run)
    assert len(run.writes) == len(shared)
    assert all(stage.package.pullable(tag) == [] for tag in stage.package.tags)


def test_parts_of_dockers_own_lists_are_found_missing(stage: Stage) -> None:
    package = stage.package
    docker = "application/vnd.docker.distribution.manifest"
    child = package.push_manifest(
        {"schemaVersion": 2, "mediaType": f"{docker}.v2+json"}, f"{docker}.v2+json"
    )
    listed = {"digest": child, "mediaType": f"{docker}.v2+json", "size": 1}
    package.push_manifest(
        {"schemaVersion": 2, "mediaType": f"{docker}.list.v2+json", "manifests": [listed]},
        f"{docker}.list.v2+json",
        tags=("v1",),
    )
    take_away(package, package.active[child])
    assert_green(stage.run({"repair": True}))
    assert package.pullable("v1") == []
    take_away(package, package.active[child])
    package.gone.clear()
    run = stage.run({"repair": True})
    assert run.finished.code == 1
    assert f"v1 lacks {child}" in run.finished.log


def test_what_is_lost_is_told_with_its_platform_and_the_rest_is_repaired(stage: Stage) -> None:
    digest = push(stage.package, "v1", 9, attestations=False)
    one, other = stage.package.manifests[digest].children()
    take_away(stage.package, stage.package.active[one], stage.package.active[other])
    lost = next(v for v in stage.package.deleted if v.name == other)
    del stage.package.gone[lost.id]
    run = stage.run({"repair": True})
    assert run.finished.code == 1
    assert stage.package.pullable("v1") == [other]
    assert f"v1 lacks linux/arm64 {other}" in run.finished.log
    dry = stage.run({"repair": True, "dry-run": True})
    assert dry.finished.code == 1


def test_a_tag_without_a_manifest_is_told(stage: Stage) -> None:
    digest = push(stage.package, "v1", 9, platforms=("linux/amd64",), attestations=False)
    del stage.package.manifests[digest]
    run = stage.run({"repair": True})
    assert run.finished.code == 1
    assert f"v1 has no manifest of its own ({digest})" in run.finished.log


def test_what_can_not_be_read_may_lack_parts_and_is_told(stage: Stage) -> None:
    push(stage.package, "v1", 9)
    digest = push(stage.package, "v2", 8)
    broken = Fault(kind=FaultKind.STATUS, path_contains=digest, status=500, times=None)
    stage.github.fail(broken)
    run = stage.run({"repair": True})
    assert "1 manifest could not be read, so what is missing there is not known" in run.finished.log
