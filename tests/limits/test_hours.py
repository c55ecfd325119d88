"""Plans that are larger than the budget of an hour, which runs of several hours carry out."""

import re
from pathlib import Path

import pytest

from end_to_end.runner import Finished, Job
from end_to_end.world import day, deletions, left, numbered
from fake_github import Call, FakeGitHub, FakePackage, Limits, Token
from limits.timing import enforce, refusals
from pacing.clocks import FakeClock

HOUR = 3600.0
IMAGES, PARTS = 300, 5


@pytest.fixture
def token(github: FakeGitHub) -> str:
    """A GITHUB_TOKEN, whose repository may send 1,000 requests an hour."""
    return github.add_token(
        Token.actions(repository="acme/app", admin_of=(("container", "app"), ("npm", "app")))
    )


class Unbroken:
    """Notes every deletion that takes a part away from an image that is still there."""

    def __init__(self, github: FakeGitHub, package: FakePackage) -> None:
        self._package = package
        self._parents: dict[str, list[str]] = {}
        self.broken: list[str] = []
        for digest, manifest in package.manifests.items():
            for child in manifest.children():
                self._parents.setdefault(child, []).append(digest)
        github.on_request(self._look)

    def _look(self, call: Call) -> None:
        if call.method != "DELETE":
            return
        version = self._package.version(int(call.path.rpartition("/")[2]))
        assert version is not None
        above = self._parents.get(version.name, ())
        self.broken += [parent for parent in above if parent in self._package.active]


def test_three_hours_finish_what_one_can_not(
    github: FakeGitHub, job: Job, clock: FakeClock
) -> None:
    """1,500 versions are to go; nothing is asked for that the hour has no request for."""
    package = github.add_package("acme", "container", "app")
    for number in range(IMAGES + 10):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    watch = Unbroken(github, package)
    outcomes, planned = [], []
    for _ in range(3):
        finished = job.run({"versions-to-keep": "10"})
        assert finished.code == 0, finished.log
        outcomes.append(finished.outcome)
        planned.append(int(finished.outputs["planned-count"]))
        assert all(package.pullable(tag) == [] for tag in package.tags)
        assert len(package.versions) % PARTS == 0, "an image was left half deleted"
        clock.sleep(HOUR)
    assert outcomes == ["incomplete", "done", "nothing-to-do"]
    assert planned[0] == IMAGES * PARTS
    assert len(package.versions) == 10 * PARTS
    assert watch.broken == []
    assert refusals(github) == []
    assert len(deletions(github)) == len(set(deletions(github))) == IMAGES * PARTS


def enough_for(finished: Finished) -> int:
    """For how many deletions the warning says that the budget is enough."""
    [warning] = [w for w in finished.annotations("warning") if "can be sent" in w]
    found = re.search(r"(\d+) requests can be sent .* enough for (\d+) of (\d+)", warning)
    assert found is not None, warning
    return int(found[2])


def test_a_dry_run_says_what_the_budget_is_enough_for(
    github: FakeGitHub, job: Job, clock: FakeClock
) -> None:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 1_502)
    asked = {"package-type": "npm", "versions-to-keep": "2"}
    said = enough_for(job.run({**asked, "dry-run": "true"}))
    assert 900 < said < 1_000
    enforce(github, clock)
    finished = job.run(asked)
    assert enough_for(finished) == int(finished.outputs["deleted-count"])
    assert abs(enough_for(finished) - said) <= 1
    assert finished.outputs["remaining-count"] == str(1_500 - enough_for(finished))
    assert [w for w in finished.annotations("warning") if "not attempted" in w]
    assert finished.outcome == "incomplete"
    assert len(left(package)) == 1_502 - enough_for(finished)
    assert refusals(github) == []


def test_a_run_that_may_wait_for_the_next_hour_does(
    github: FakeGitHub, job: Job, clock: FakeClock
) -> None:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 1_502)
    finished = job.run({"package-type": "npm", "versions-to-keep": "2", "max-wait": "2h"})
    assert (finished.code, finished.outcome) == (0, "done")
    assert len(left(package)) == 2
    assert HOUR <= clock.slept < HOUR + 600
    assert refusals(github) == []
    assert not finished.annotations("warning")


@pytest.mark.parametrize("spent", [990, 999, 1_000])
def test_almost_nothing_left_of_the_hour(
    github: FakeGitHub, job: Job, clock: FakeClock, spent: int
) -> None:
    """Other jobs of the repository have spent it: the run ends green, incomplete, harmless."""
    package = github.add_package("acme", "npm", "app")
    numbered(package, 50)
    enforce(github, clock, Limits(primary_per_hour=1_000))
    account = github._backend.keeper._account(github.world.tokens[job.token])
    github._backend.keeper._turn(account)
    account.used = spent
    finished = job.run({"package-type": "npm", "versions-to-keep": "2"})
    assert (finished.code, finished.outcome) == (0, "incomplete")
    assert finished.annotations("warning")
    assert len(left(package)) == 50
    assert clock.slept == 0
    clock.sleep(HOUR)
    assert job.run({"package-type": "npm", "versions-to-keep": "2"}).outcome == "done"


def test_without_any_header_about_the_budget_its_end_is_met_and_told(
    github: FakeGitHub, job: Job, clock: FakeClock, tmp_path: Path
) -> None:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 102)
    enforce(github, clock, Limits(primary_per_hour=60, headers=False))
    finished = job.run({"package-type": "npm", "versions-to-keep": "2"})
    assert (finished.code, finished.outcome) == (0, "incomplete")
    gone = {version.id for version in package.deleted}
    assert 40 < len(gone) < 60
    assert gone == set(finished.ids("deleted-ids"))
    assert finished.outputs["remaining-count"] == str(100 - len(gone))
