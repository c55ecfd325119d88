"""What changes while a write waits for a limit: it is looked at again before the write is sent.

A wait may take a quarter of an hour, and CI goes on pushing.
"""

from collections.abc import Callable

import pytest

from end_to_end.runner import Job
from end_to_end.world import day
from fake_github import Call, FakeGitHub, FakePackage, Fault, FaultKind

SLOW_DOWN = {"message": "You have exceeded a secondary rate limit."}


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    return github.add_package("acme", "container", "app")


def refuse_until_looked(
    github: FakeGitHub, method: str, *, skip: int, do: Callable[[str], None]
) -> None:
    """After so many writes do something, and ask to wait for ten minutes until somebody lists.

    What is done is told the path of the write that has to wait.
    """
    writes: list[str] = []
    looked: list[str] = []

    def is_refused(call: Call) -> bool:
        if call.method == "GET" and call.path.endswith("/versions") and len(writes) > skip:
            looked.append(call.path)
        if call.method != method:
            return False
        writes.append(call.path)
        if len(writes) == skip + 1:
            do(call.path)
        return len(writes) > skip and not looked

    github.fail(
        Fault(
            kind=FaultKind.STATUS,
            predicate=is_refused,
            status=429,
            body=SLOW_DOWN,
            headers={"Retry-After": "600"},
            times=None,
        )
    )


def test_a_tag_put_on_an_image_keeps_it_though_its_deletion_was_waiting_already(
    github: FakeGitHub, job: Job, package: FakePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after another: what others would begin while this clock jumps would not have waited."""
    monkeypatch.setattr("package_keeper.__main__.WORKERS", 1)
    package.push_image(tags=("v1",), created_at=day(0))
    for n in range(5):
        package.push_image(tags=(f"pr-{n}",), created_at=day(n))
    kept: list[str] = []

    def tag(path: str) -> None:
        image = package.version(int(path.rpartition("/")[2]))
        assert image is not None
        assert image.tags
        kept.extend(("production", *image.tags))
        package.retag(image, ("production", *image.tags))

    refuse_until_looked(github, "DELETE", skip=0, do=tag)
    finished = job.run({"delete": "pr-*"})
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert package.pullable("production") == []
    assert {"v1", *kept} == set(package.tags)
    assert "pushed or tagged since the plan was shown, needs it" in finished.summary


def test_a_package_is_looked_at_again_before_it_is_deleted_as_a_whole(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    package.push_image(tags=("v1",), created_at=day(0))

    def push(_: str) -> None:
        package.push_image(tags=("v2",), created_at=day(1))

    refuse_until_looked(github, "DELETE", skip=0, do=push)
    finished = job.run({"delete": "v1", "if-empty": "delete-package", "delete-untagged": "true"})
    assert package.deleted_at is None
    assert package.pullable("v2") == []
    assert finished.ids("deleted-ids") == []
    assert "changed" in finished.summary.lower()


def test_a_package_goes_when_nothing_changed_while_that_waited(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    package.push_image(tags=("v1",), created_at=day(0))
    refuse_until_looked(github, "DELETE", skip=0, do=lambda _: None)
    finished = job.run({"delete": "v1", "if-empty": "delete-package", "delete-untagged": "true"})
    assert finished.code == 0, finished.log
    assert package.deleted_at is not None
    outcomes = [e["outcome"] for e in finished.journal if e.get("whole-package")]
    assert outcomes == ["started", "not-attempted", "started", "deleted"]
    assert len(finished.ids("deleted-ids")) == len(package.versions)


def test_a_tag_that_moved_on_while_taking_it_off_waited_is_left_where_it_is(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    image = package.push_image(tags=("v1", "pr-1"), created_at=day(0))
    new: list[str] = []

    def is_refused(call: Call) -> bool:
        if call.method != "PUT" or not call.path.endswith("/manifests/pr-1"):
            return False
        new.append(package.push_image(tags=("pr-1",), created_at=day(1)))
        return True

    busy = Fault(
        kind=FaultKind.STATUS,
        predicate=is_refused,
        status=429,
        body={"errors": [{"code": "TOOMANYREQUESTS", "message": "retry-after: 30s"}]},
    )
    github.fail(busy)
    finished = job.run({"delete": "pr-1", "untag": "true"})
    assert package.tags["pr-1"] == new[0]
    assert package.tags["v1"] == image
    assert "pr-1 moved on since the plan was shown" in finished.summary
