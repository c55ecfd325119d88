"""A restoring that was cut is gone on with, and nothing is called lost that was not tried."""

from collections.abc import Mapping
from threading import Event
from typing import Any

import pytest

from end_to_end.hooks import at_call
from end_to_end.world import ago
from fake_github import Fault, FaultKind
from restoring.asking import FROM_JOURNAL, assert_green, push, restored
from scenarios.stage import Run, Stage


def cut(stage: Stage, wanted: Mapping[str, Any]) -> Run:
    """A run that is cancelled while its first restoration is answered."""
    cancelled = Event()
    at_call(stage.github, lambda call: call.method == "POST", 1, cancelled.set)
    run = stage.run(wanted, cancelled=cancelled)
    assert run.finished.outcome == "incomplete"
    return run


def delete(stage: Stage, *digests: str) -> None:
    for digest in digests:
        stage.package.delete_version(stage.package.active[digest])


def deleted_image(stage: Stage) -> int:
    """The id of an image of two platforms; somebody has deleted all three, and no journal knows."""
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9, attestations=False)
    number = stage.package.active[digest].id
    delete(stage, digest, *stage.package.manifests[digest].children())
    return number


@pytest.mark.parametrize("by", ["restore", "restore-ids"])
@pytest.mark.parametrize("again", ["the same", "its journal"])
def test_a_run_that_was_cut_after_the_image_is_gone_on_with(
    stage: Stage, by: str, again: str
) -> None:
    number = deleted_image(stage)
    wanted = {by: "v1" if by == "restore" else number}
    assert restored(cut(stage, wanted)) == [number]
    assert len(stage.package.pullable("v1")) == 2
    run = stage.run(wanted if again == "the same" else FROM_JOURNAL)
    assert_green(run)
    assert stage.package.pullable("v1") == []
    assert "matches no deleted version" not in run.finished.log
    for inputs in (wanted, FROM_JOURNAL):
        last = stage.run(inputs)
        assert_green(last, "nothing-to-do")
        assert (last.reads, last.writes) == ((), ())


def test_only_what_is_asked_for_is_read(stage: Stage) -> None:
    deleted_image(stage)
    cut(stage, {"restore": "v1"})
    digest = stage.package.tags["v1"]
    run = stage.run({"restore": "v1"})
    assert_green(run)
    assert set(run.reads) == {digest, *stage.package.manifests[digest].children()}


def test_a_dry_run_shows_what_an_active_image_lacks(stage: Stage) -> None:
    deleted_image(stage)
    cut(stage, {"restore": "v1"})
    run = stage.run({"restore": "v1", "dry-run": True})
    assert_green(run, "planned")
    assert len(run.finished.ids("planned-ids")) == 2


def test_what_a_run_only_began_to_restore_comes_back_by_its_journal(stage: Stage) -> None:
    number = deleted_image(stage)
    fault = Fault(kind=FaultKind.STATUS, method="POST", status=500, body=b"", times=None)
    stage.github.fail(fault)
    assert stage.run({"restore-ids": number}).finished.code == 1
    stage.github.heal()
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert number in restored(run)
    assert stage.package.pullable("v1") == []


def test_a_repair_that_was_cut_is_gone_on_with_by_its_journal(stage: Stage) -> None:
    digest = push(stage.package, "v1", 9, attestations=False)
    delete(stage, *stage.package.manifests[digest].children())
    cut(stage, {"repair": True})
    assert_green(stage.run(FROM_JOURNAL))
    assert stage.package.pullable("v1") == []


def test_what_is_deleted_meanwhile_is_brought_back_as_well(stage: Stage) -> None:
    """The listing at the end shows it; it was active in the one at the beginning."""
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9, attestations=False)
    signature = stage.package.attach(digest, style="sig", created_at=ago(days=9))
    delete(stage, digest)
    at_call(stage.github, lambda call: call.method == "POST", 1, lambda: delete(stage, signature))
    run = stage.run({"restore": "v1"})
    assert_green(run)
    assert len(restored(run)) == 2
    assert signature in stage.package.active


# Referrers of what is there


def test_the_signature_of_a_platform_that_is_there_comes_back(stage: Stage) -> None:
    digest = push(stage.package, "v1", 9, attestations=False)
    push(stage.package, "keep", 1)
    platform = stage.package.manifests[digest].children()[0]
    signature = stage.package.attach(platform, style="sig", created_at=ago(days=9))
    delete(stage, digest, signature)
    assert_green(stage.run({"restore": "v1"}))
    assert signature in stage.package.active
    assert_green(stage.run({"restore": "v1"}), "nothing-to-do")


def test_the_index_that_leads_to_an_attestation_comes_back_with_it(stage: Stage) -> None:
    digest = push(stage.package, "v1", 9, attestations=False)
    attestation = stage.package.attach(digest, created_at=ago(days=9))
    fallback = stage.package.tags[digest.replace(":", "-")]
    number = stage.package.active[attestation].id
    delete(stage, attestation, fallback)
    assert_green(stage.run({"restore-ids": number}))
    assert {attestation, fallback} <= stage.package.active.keys()


def test_what_an_active_index_of_attestations_lists_comes_back_with_the_image(
    stage: Stage,
) -> None:
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9, attestations=False)
    attestation = stage.package.attach(digest, created_at=ago(days=9))
    delete(stage, digest, attestation)
    assert_green(stage.run({"restore": "v1"}))
    assert attestation in stage.package.active


def test_repair_needs_one_run_for_what_a_restored_part_leads_to(stage: Stage) -> None:
    other = push(stage.package, "other", 9, platforms=("linux/amd64",), attestations=False)
    signature = stage.package.attach(other, style="sig", created_at=ago(days=9))
    attestation = stage.package.attach(other, style="subject", created_at=ago(days=8))
    descriptor = {
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "digest": attestation,
        "size": 1,
    }
    index = "application/vnd.oci.image.index.v1+json"
    stage.package.push_manifest(
        {"schemaVersion": 2, "mediaType": index, "manifests": [descriptor]}, index, tags=("v1",)
    )
    stage.package.retag(stage.package.active[stage.package.tags["v1"]], ("other",))
    delete(stage, attestation, signature)
    assert_green(stage.run({"repair": True}))
    assert {attestation, signature} <= stage.package.active.keys()
    assert_green(stage.run({"repair": True}), "nothing-to-do")


def test_the_image_is_named_that_needs_what_does_not_come_back(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9, attestations=False)
    stage.package.attach(digest, style="sig", created_at=ago(days=2))
    platform = stage.package.manifests[digest].children()[0]
    number = stage.package.active[platform].id
    stage.run({"delete": "v1"})
    path = f"/versions/{number}/restore"
    broken = Fault(kind=FaultKind.STATUS, method="POST", status=500, path_contains=path, times=None)
    stage.github.fail(broken)
    run = stage.run(FROM_JOURNAL)
    assert run.finished.code == 1
    assert f"are missing: v1 lacks linux/amd64 {platform}, which is deleted." in run.finished.log
