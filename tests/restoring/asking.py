"""What the tests of whole runs ask of the action, and how they look at what it did."""

from typing import Any

from end_to_end.runner import JOURNAL
from end_to_end.world import ago, numbered
from fake_github import FakePackage
from scenarios.stage import Run, Stage

FROM_JOURNAL = {"restore-from": JOURNAL}
NPM: dict[str, Any] = {"package-type": "npm", "package-name": "lib"}


def push(package: FakePackage, tag: str, days: int, **more: Any) -> str:
    return package.push_image(tags=(tag,), created_at=ago(days=days), **more)


def state(package: FakePackage) -> dict[int, tuple[str, frozenset[str]]]:
    return {v.id: (v.name, frozenset(v.tags)) for v in package.versions}


def restored(run: Run) -> list[int]:
    return run.finished.ids("restored-ids")


def assert_green(run: Run, outcome: str = "done") -> None:
    assert (run.finished.code, run.finished.outcome) == (0, outcome), run.finished.log


def npm(stage: Stage, count: int = 3) -> FakePackage:
    package = stage.github.add_package("acme", "npm", "lib")
    numbered(package, count)
    return package
