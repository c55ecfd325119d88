"""Deleting and then restoring gives back what was there."""

import re

import pytest
import yaml

from end_to_end.hooks import before_deletion
from end_to_end.runner import JOURNAL, Finished, Job
from end_to_end.world import TYPES, day, ids, numbered, writes
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, Token

State = dict[str, tuple[str, ...]]


def state_of(package: FakePackage) -> State:
    """Every active version with its tags."""
    return {version.name: tuple(sorted(version.tags)) for version in package.versions}


def filled(github: FakeGitHub, package_type: str) -> FakePackage:
    package = github.add_package("acme", package_type, "app")
    numbered(package, 5)
    if package_type == "container":
        for number in range(3):
            image = package.push_image(tags=(f"2.{number}.0", f"v2.{number}"), created_at=day(20))
            package.attach(image, created_at=day(20))
            package.attach(image, style="sig", created_at=day(20))
    return package


def advised(finished: Finished) -> dict[str, str]:
    """The inputs of the step that the summary of a run has for undoing it."""
    step = re.search(r"```yaml\n(.*?)```", finished.summary, flags=re.DOTALL)
    assert step is not None, finished.summary
    return {name: str(text) for name, text in yaml.safe_load(step[1])[0]["with"].items()}


@pytest.mark.parametrize("package_type", TYPES)
@pytest.mark.parametrize("way", ["journal", "advice", "output"])
def test_everything_is_back(github: FakeGitHub, job: Job, package_type: str, way: str) -> None:
    package = filled(github, package_type)
    before = state_of(package)
    deleted = job.run({"package-type": package_type, "versions-to-keep": "1"})
    assert deleted.outcome == "done"
    assert state_of(package) != before
    asked = {
        "journal": {"restore-from": JOURNAL},
        "advice": advised(deleted),
        "output": {"restore-ids": deleted.outputs["deleted-ids"]},
    }
    undone = job.run({"package-type": package_type, **asked[way]})
    assert (undone.code, undone.outcome) == (0, "done"), undone.log
    assert state_of(package) == before
    if package_type == "container":
        assert not [tag for tag in package.tags if package.pullable(tag)]
    assert sorted(undone.ids("restored-ids")) == sorted(deleted.ids("deleted-ids"))
    assert undone.outputs["restored-count"] == deleted.outputs["deleted-count"]
    assert undone.outputs["deleted-count"] == "0"


@pytest.mark.parametrize("package_type", ["container", "npm"])
def test_a_whole_package_is_back(github: FakeGitHub, job: Job, package_type: str) -> None:
    package = filled(github, package_type)
    before = state_of(package)
    asked = {"package-type": package_type, "delete": "*", "if-empty": "delete-package"}
    deleted = job.run(asked)
    assert github.world.package("acme", package_type, "app") is None
    undone = job.run({"package-type": package_type, **advised(deleted)})
    assert undone.code == 0, undone.log
    assert github.world.package("acme", package_type, "app") is package
    assert state_of(package) == before


def test_parts_are_back_before_what_needs_them(github: FakeGitHub, job: Job) -> None:
    """So that no tag is ever there that can't be pulled."""
    package = filled(github, "container")
    job.run({"versions-to-keep": "1"})
    broken: list[str] = []

    def look() -> None:
        broken.extend(tag for tag in package.tags if package.pullable(tag))

    github.on_request(lambda call: look() if call.method == "POST" else None)
    undone = job.run({"restore-from": JOURNAL})
    assert undone.code == 0, undone.log
    look()
    assert broken == []


def test_a_second_undo_has_nothing_to_do(github: FakeGitHub, job: Job) -> None:
    package = filled(github, "npm")
    npm = {"package-type": "npm"}
    job.run({**npm, "versions-to-keep": "1"})
    assert job.run({**npm, "restore-from": JOURNAL}).outcome == "done"
    after = state_of(package)
    github.forget_requests()
    again = job.run({**npm, "restore-from": JOURNAL})
    assert again.code == 0, again.log
    assert writes(github) == []
    assert state_of(package) == after


def test_a_dry_run_restores_nothing(github: FakeGitHub, job: Job) -> None:
    package = filled(github, "npm")
    npm = {"package-type": "npm"}
    deleted = job.run({**npm, "versions-to-keep": "1"})
    state = state_of(package)
    github.forget_requests()
    dry = job.run({**npm, "restore-from": JOURNAL, "dry-run": "true"})
    assert (dry.code, dry.outcome) == (0, "planned"), dry.log
    assert sorted(dry.ids("planned-ids")) == sorted(deleted.ids("deleted-ids"))
    assert writes(github) == []
    assert state_of(package) == state


def test_a_run_that_was_cut_short_is_undone(github: FakeGitHub, job: Job) -> None:
    """What the journal only announces may have been done: it is settled by reading."""
    package = filled(github, "npm")
    before = state_of(package)
    npm = {"package-type": "npm"}
    path = f"/versions/{package.versions[0].id}"
    github.fail(Fault(kind=FaultKind.LOST_ANSWER, method="DELETE", path_contains=path))
    github.fail(Fault(kind=FaultKind.RESET, path_contains=path, times=None))
    cut = job.run({**npm, "versions-to-keep": "1"})
    assert cut.outcome == "failed"
    lines = job.journal_file.read_text(encoding="utf-8").splitlines()
    announced = [line for line in lines if '"started"' in line or '"journal"' in line]
    job.journal_file.write_text("\n".join(announced) + "\n", encoding="utf-8")
    github.heal()
    undone = job.run({**npm, "restore-from": JOURNAL})
    assert undone.code == 0, undone.log
    assert state_of(package) == before


def test_undoing_appends_to_the_journal_it_reads(github: FakeGitHub, job: Job) -> None:
    filled(github, "npm")
    npm = {"package-type": "npm"}
    deleted = job.run({**npm, "versions-to-keep": "1"})
    content = job.journal_file.read_bytes()
    undone = job.run({**npm, "restore-from": JOURNAL})
    assert job.journal_file.read_bytes().startswith(content)
    added = undone.journal[len(deleted.journal) :]
    assert added[0]["journal"] == 1
    outcomes = [line["outcome"] for line in added[1:]]
    assert sorted(outcomes) == ["restored"] * 4 + ["started"] * 4


def test_without_the_scope_nothing_is_tried(github: FakeGitHub, job: Job) -> None:
    """Restoring takes the right to write, not that to delete."""
    package = filled(github, "npm")
    npm = {"package-type": "npm"}
    job.run({**npm, "versions-to-keep": "1"})
    scopes = ("read:packages", "delete:packages")
    token = github.add_token(Token.classic(login="octocat", scopes=scopes))
    github.forget_requests()
    refused = job.run({**npm, "restore-from": JOURNAL, "token": token})
    assert (refused.code, refused.outcome) == (4, "failed"), refused.log
    assert "write:packages" in refused.annotations("error")[0]
    assert writes(github) == []
    enough = github.add_token(Token.classic(login="octocat", scopes=("write:packages",)))
    assert job.run({**npm, "restore-from": JOURNAL, "token": enough}).code == 0
    assert len(package.versions) == 5


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET])
def test_a_lost_answer_is_settled_by_reading(github: FakeGitHub, job: Job, kind: FaultKind) -> None:
    package = filled(github, "npm")
    before = state_of(package)
    npm = {"package-type": "npm"}
    deleted = job.run({**npm, "versions-to-keep": "1"})
    github.fail(Fault(kind=kind, method="POST", times=2))
    undone = job.run({**npm, "restore-from": JOURNAL})
    assert (undone.code, undone.outcome) == (0, "done"), undone.log
    assert state_of(package) == before
    assert sorted(undone.ids("restored-ids")) == sorted(deleted.ids("deleted-ids"))


def test_a_name_that_is_taken_again_is_an_error(github: FakeGitHub, job: Job) -> None:
    package = filled(github, "npm")
    npm = {"package-type": "npm"}
    job.run({**npm, "versions-to-keep": "1"})
    taken = package.add_version("1.0.0")
    undone = job.run({**npm, "restore-from": JOURNAL})
    assert (undone.code, undone.outcome) == (1, "failed"), undone.log
    assert undone.outputs["failed-count"] == "1"
    assert undone.outputs["restored-count"] == "3"
    assert taken.deleted_at is None


def test_only_what_that_run_deleted_comes_back(github: FakeGitHub, job: Job) -> None:
    """Not what somebody else deleted, before it or meanwhile."""
    package = filled(github, "npm")
    npm = {"package-type": "npm"}
    first, second = package.versions[:2]
    package.delete_version(first)
    before_deletion(github, lambda: package.delete_version(second))
    deleted = job.run({**npm, "versions-to-keep": "1"})
    assert deleted.outcomes[second.id] == "already-gone"
    undone = job.run({**npm, "restore-from": JOURNAL})
    assert undone.code == 0, undone.log
    assert ids(package.deleted) == ids([first, second])
