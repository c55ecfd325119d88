"""What can't come back, or not as it was, is explained, whatever GitHub answers."""

import re

import pytest

from end_to_end.world import ago
from fake_github import Behaviour, FakePackage, Fault, FaultKind, Token
from restoring.asking import FROM_JOURNAL, NPM, assert_green, npm, push, restored, state
from scenarios.stage import Stage


def test_a_version_restored_twice_is_nothing_to_do(stage: Stage) -> None:
    package = npm(stage)
    version = package.versions[0]
    stage.run({**NPM, "delete-ids": version.id})
    wanted = {**NPM, "restore-ids": version.id}
    assert_green(stage.run(wanted))
    again = stage.run(wanted)
    assert_green(again, "nothing-to-do")
    assert again.writes == ()
    assert f"version {version.id} is active: nothing to bring back" in again.finished.log


def test_an_id_that_does_not_exist_is_an_outcome_of_that_id(stage: Stage) -> None:
    package = npm(stage)
    version = package.versions[0]
    package.delete_version(version)
    run = stage.run({**NPM, "restore-ids": f"{version.id},999"})
    assert (run.finished.code, run.finished.ids("failed-ids")) == (1, [999])
    assert restored(run) == [version.id]
    assert "no deleted version with this id" in run.finished.summary


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_over_30_days_is_explained(stage: Stage, status: int) -> None:
    package = npm(stage)
    version = package.versions[0]
    package.delete_version(version)
    version.deleted_at = ago(days=31)
    stage.github.fail(
        Fault(
            kind=FaultKind.STATUS,
            method="POST",
            status=status,
            body={"message": "no"},
            times=None,
        )
    )
    run = stage.run({**NPM, "restore": version.name})
    assert (run.finished.code, run.finished.ids("failed-ids")) == (1, [version.id])
    assert "more than 30 days ago" in run.finished.summary


@pytest.mark.parametrize("status", [404, 409, 422])
def test_a_version_that_was_published_again_is_explained(stage: Stage, status: int) -> None:
    stage.github.behaviour = Behaviour(taken_status=status)
    package = npm(stage)
    version = package.versions[0]
    package.delete_version(version)
    package.add_version(version.name)
    run = stage.run({**NPM, "restore": version.name})
    assert run.finished.code == 1
    assert "An active version has its name: delete that first" in run.finished.summary


def test_content_that_was_pushed_again_is_no_failure(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    push(stage.package, "v1", 5, platforms=("linux/amd64",), attestations=False, seed="same")
    stage.run({"delete": "v1"})
    push(stage.package, "v1", 0, platforms=("linux/amd64",), attestations=False, seed="same")
    run = stage.run(FROM_JOURNAL)
    assert_green(run, "nothing-to-do")
    assert "the same content is active as version" in run.finished.log


def test_a_tag_that_moved_on_is_told_and_left_where_it_is(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    old = push(stage.package, "v1", 9)
    stage.run({"delete": "v1"})
    new = push(stage.package, "v1", 0)
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    assert stage.package.tags["v1"] == new
    (warning,) = [w for w in run.finished.annotations("warning") if "v1" in w]
    assert old in warning
    assert new in warning
    assert "now belongs to" in warning


def test_tags_that_github_does_not_bring_back_are_told(stage: Stage) -> None:
    stage.github.behaviour = Behaviour(restored_tags=False, deleted_tags=False)
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9)
    stage.run({"delete": "v1"})
    run = stage.run(FROM_JOURNAL)
    assert_green(run)
    (warning,) = [w for w in run.finished.annotations("warning") if digest in w]
    assert "came back without its tag v1" in warning


def test_a_part_that_is_lost_is_named(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9)
    child = stage.package.manifests[digest].children()[1]
    stage.run({"delete": "v1"})
    lost = next(v for v in stage.package.deleted if v.name == child)
    del stage.package.gone[lost.id]
    del stage.package._by_id[lost.id]
    run = stage.run(FROM_JOURNAL)
    assert run.finished.code == 1
    assert run.finished.ids("failed-ids") == [lost.id]
    assert f"v1 lacks linux/arm64 {child}" in run.finished.log


def partial(stage: Stage) -> tuple[int, str]:
    """The id of an image, deleted by a run, that had lost a platform for good before; and which."""
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9, attestations=False)
    child = stage.package.manifests[digest].children()[1]
    stage.package.delete_version(stage.package.active[child])
    lost = next(v for v in stage.package.deleted if v.name == child)
    del stage.package.gone[lost.id]
    del stage.package._by_id[lost.id]
    number = stage.package.active[digest].id
    stage.run({"delete": "v1"})
    return number, child


@pytest.mark.parametrize("by", ["restore-from", "restore-ids", "restore"])
def test_a_part_that_was_missing_before_is_a_warning_and_no_failure(stage: Stage, by: str) -> None:
    number, child = partial(stage)
    wanted = FROM_JOURNAL if by == "restore-from" else {by: "v1" if by == "restore" else number}
    run = stage.run(wanted)
    assert_green(run)
    assert number in restored(run)
    (warning,) = [w for w in run.finished.annotations("warning") if child in w]
    assert f"v1 lacks linux/arm64 {child}, which is not among the deleted versions" in warning
    assert child in run.finished.summary


def test_repairing_is_red_for_it(stage: Stage) -> None:
    _, child = partial(stage)
    assert_green(stage.run(FROM_JOURNAL))
    run = stage.run({"repair": True})
    assert run.finished.code == 1
    assert f"v1 lacks linux/arm64 {child}" in run.finished.log


def test_a_part_that_is_deleted_and_does_not_come_back_is_a_failure(stage: Stage) -> None:
    push(stage.package, "keep", 1)
    digest = push(stage.package, "v1", 9, attestations=False)
    child = stage.package.active[stage.package.manifests[digest].children()[1]]
    stage.run({"delete": "v1"})
    path = f"/versions/{child.id}/restore"
    body = {"message": "no"}
    no = Fault(kind=FaultKind.STATUS, method="POST", status=422, body=body, path_contains=path)
    stage.github.fail(no)
    run = stage.run(FROM_JOURNAL)
    assert (run.finished.code, run.finished.ids("failed-ids")) == (1, [child.id])
    assert f"v1 lacks linux/arm64 {child.name}, which is deleted" in run.finished.log


def test_what_github_says_it_restored_must_be_there(stage: Stage) -> None:
    package = npm(stage)
    version = package.versions[0]
    package.delete_version(version)
    claims = Fault(kind=FaultKind.STATUS, method="POST", status=204, body=b"", times=None)
    stage.github.fail(claims)
    run = stage.run({**NPM, "restore-ids": version.id})
    assert (run.finished.code, run.finished.outcome) == (1, "failed")
    assert "GitHub confirmed it, but it can't be read" in run.finished.log
    assert "Nothing was restored in" in run.finished.summary


def test_what_is_not_back_is_not_counted_as_restored_and_comes_back_another_time(
    stage: Stage,
) -> None:
    push(stage.package, "keep", 1)
    push(stage.package, "v1", 9)
    before = state(stage.package)
    deleted = stage.run({"delete": "v1"}).finished.ids("deleted-ids")
    false, others = deleted[0], deleted[1:]
    claim = f"/versions/{false}/restore"
    said = Fault(
        kind=FaultKind.STATUS, method="POST", path_contains=claim, status=204, body=b"", times=1
    )
    stage.github.fail(said)
    run = stage.run(FROM_JOURNAL)
    assert run.finished.code == 1
    assert sorted(restored(run)) == sorted(others)
    assert run.finished.ids("failed-ids") == [false]
    assert run.finished.outputs["kept-count"] == str(len(before) - 1)
    assert f"Restored {len(others)} of the {len(deleted)} versions planned" in run.finished.summary
    told = [e["outcome"] for e in run.finished.entries if e.get("id") == false]
    assert told[-3:] == ["started", "restored", "error"]
    reads = [request.path for request in stage.github.requests if request.method == "GET"]
    assert [path for path in reads if re.search(r"/versions/\d+$", path)] == [
        f"/orgs/acme/packages/container/app/versions/{false}"
    ]
    again = stage.run(FROM_JOURNAL)
    assert_green(again)
    assert restored(again) == [false]
    assert state(stage.package) == before


def test_a_listing_that_is_behind_is_not_believed(stage: Stage) -> None:
    package = npm(stage)
    version = package.versions[0]
    package.delete_version(version)
    stale = Fault(
        kind=FaultKind.STALE_LIST,
        method="GET",
        path_contains="/versions?",
        predicate=lambda call: call.query.get("state", "active") == "active",
        times=None,
    )
    stage.github.fail(stale)
    run = stage.run({**NPM, "restore-ids": version.id})
    assert_green(run)
    assert restored(run) == [version.id]


def test_a_token_without_the_scope_is_told_before_the_first_write(
    stage: Stage, images: FakePackage
) -> None:
    images.delete_version(images.versions[0])
    scopes = ("read:packages", "delete:packages")
    token = stage.github.add_token(Token.classic(login="octocat", scopes=scopes))
    wanted = {"restore-ids": images.deleted[0].id, "token": token}
    run = stage.run(wanted)
    assert (run.finished.code, run.writes) == (4, ())
    assert "to restore versions the token needs the scope write:packages" in run.finished.log
    dry = stage.run({**wanted, "dry-run": True})
    assert_green(dry, "planned")
    assert "a real run would be refused" in dry.finished.log
    whole = stage.run({**NPM, "restore-package": True, "token": token})
    assert (whole.finished.code, whole.writes) == (4, ())


def test_the_workflows_token_without_the_role_stops_after_three_denials(stage: Stage) -> None:
    package = npm(stage, 12)
    for version in package.versions[:10]:
        package.delete_version(version)
    token = stage.github.add_token(Token.actions(repository="acme/app", permission="write"))
    run = stage.run({**NPM, "restore": "*", "token": token})
    assert run.finished.code == 4
    assert len(run.writes) == 3
    assert run.finished.outputs["remaining-count"] == "7"
    assert "Manage Actions access" in run.finished.summary


def test_the_workflows_token_with_the_role_restores(stage: Stage, images: FakePackage) -> None:
    before = state(images)
    stage.run({"versions-to-keep": 1})
    admin = Token.actions(
        repository="acme/app", admin_of=(("container", "app"),), permission="write"
    )
    run = stage.run({**FROM_JOURNAL, "token": stage.github.add_token(admin)})
    assert_green(run)
    assert state(images) == before
