"""Content that was deleted more than once, or is active again, as another version."""

from end_to_end.world import ago
from fake_github import FakeVersion
from restoring.asking import FROM_JOURNAL, assert_green, push, restored
from restoring.test_going_on import delete
from scenarios.stage import Stage


def pushed_again(stage: Stage, name: str) -> FakeVersion:
    """The same content once more, without a tag."""
    return stage.package.add_version(name, created_at=ago(days=1))


def deleted_again(stage: Stage, name: str) -> FakeVersion:
    """The same content pushed and deleted once more, without a tag."""
    version = pushed_again(stage, name)
    stage.package.delete_version(version)
    version.deleted_at = ago(seconds=-5)
    return version


def single(stage: Stage, tag: str) -> str:
    return push(stage.package, tag, 9, platforms=("linux/amd64",), attestations=False)


def test_of_one_name_the_version_comes_back_that_is_asked_for(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = single(stage, "v2")
    number = stage.package.active[digest].id
    delete(stage, digest)
    deleted_again(stage, digest)
    run = stage.run({"restore": "v2"})
    assert_green(run)
    assert number in restored(run)
    assert stage.package.pullable("v2") == []


def test_of_several_that_are_asked_for_one_with_a_tag_comes_back(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = single(stage, "v2")
    delete(stage, digest)
    deleted_again(stage, digest)
    assert_green(stage.run({"restore": digest}))
    assert stage.package.tags["v2"] == digest


def test_a_tag_whose_content_is_active_without_it_is_told_and_its_parts_come_back(
    stage: Stage,
) -> None:
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9, attestations=False)
    signature = stage.package.attach(digest, style="sig", created_at=ago(days=9))
    children = stage.package.manifests[digest].children()
    delete(stage, digest, signature, *children)
    number = pushed_again(stage, digest).id
    for outcome in ("done", "nothing-to-do"):
        run = stage.run({"restore": "v1"})
        assert_green(run, outcome)
        (warning,) = [w for w in run.finished.annotations("warning") if "v1" in w]
        assert f"active as version {number}, which does not have it" in warning
        assert "push the tag again" in warning
    assert {signature, *children} <= stage.package.active.keys()


def test_restoring_by_a_journal_tells_of_such_a_tag_too(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9)
    stage.run({"delete": "v1"})
    pushed_again(stage, digest)
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    (warning,) = [w for w in run.finished.annotations("warning") if "v1" in w]
    assert "the tag v1 leads nowhere" in warning


def test_repair_does_not_ask_for_a_signature_whose_content_is_there(stage: Stage) -> None:
    digest = single(stage, "v1")
    signature = stage.package.attach(digest, style="sig", created_at=ago(days=9))
    delete(stage, signature)
    number = pushed_again(stage, signature).id
    run = stage.run({"repair": True})
    assert_green(run, "nothing-to-do")
    assert run.writes == ()
    (warning,) = run.finished.annotations("warning")
    assert f".sig leads nowhere: what it led to ({signature}) is active as version {number}" in (
        warning
    )


def test_a_part_that_was_deleted_twice_is_restored_once(stage: Stage) -> None:
    digest = single(stage, "v1")
    attestation = stage.package.attach(digest, created_at=ago(days=9))
    fallback = stage.package.tags[digest.replace(":", "-")]
    number = stage.package.active[fallback].id
    delete(stage, attestation, fallback)
    deleted_again(stage, fallback)
    run = stage.run({"restore-ids": number})
    assert_green(run)
    assert len(run.writes) == 2
    assert {attestation, fallback} <= stage.package.active.keys()


def test_an_id_whose_name_is_taken_is_told_with_the_version_that_has_it(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = single(stage, "v1")
    number = stage.package.active[digest].id
    delete(stage, digest)
    other = pushed_again(stage, digest).id
    run = stage.run({"restore-ids": number})
    assert (run.finished.code, run.finished.ids("failed-ids")) == (1, [number])
    assert f"delete that first (version {other})" in run.finished.summary
