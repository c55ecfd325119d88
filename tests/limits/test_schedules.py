"""Hundreds of runs in which everything goes wrong now and then: what may never happen, does not.

Each seed is a package, a schedule of faults and a run; HYPOTHESIS_PROFILE=thorough tries many more.
"""

import base64
import functools
import os
import random
import time
from pathlib import Path

import pytest

from end_to_end.runner import Finished, Job
from end_to_end.world import ids
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, Token
from limits.schedules import HANG, Scene, faults, scene
from limits.timing import SCOPES, enforce
from pacing.clocks import FakeClock
from package_keeper.adapters import outside
from package_keeper.adapters.github.client import GitHubPackages
from package_keeper.adapters.registry_host import RegistryHost

CHUNKS = 10
RUNS = 400 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 20
"""Runs of each chunk."""


@pytest.fixture(autouse=True)
def _short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that hangs is given up after a second, the least that PyGithub takes."""
    for name, kind in (("GitHubPackages", GitHubPackages), ("RegistryHost", RegistryHost)):
        monkeypatch.setattr(outside, name, functools.partial(kind, timeout=1))


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_nothing_is_lost_misreported_or_given_away(
    chunk: int, clock: FakeClock, tmp_path: Path
) -> None:
    for seed in range(chunk * RUNS, (chunk + 1) * RUNS):
        rng = random.Random(seed)
        with FakeGitHub() as github:
            github.add_organization("acme")
            github.add_user("octocat")
            enforce(github, clock)
            _one(github, rng, tmp_path / f"seed-{seed}")


def _one(github: FakeGitHub, rng: random.Random, folder: Path) -> None:
    secret = github.add_token(Token.classic(login="octocat", scopes=SCOPES))
    made = scene(github, rng)
    schedule = list(faults(rng, secret))
    for fault in schedule:
        github.fail(fault)
    job = Job(
        folder=folder,
        token=secret,
        api_url=github.api_url,
        inputs={"registry-url": github.registry_url},
        variables={"RUNNER_DEBUG": "1", "ACTIONS_STEP_DEBUG": "true"},
    )
    watch = Orphans(github, made.package)
    finished = job.run(made.inputs)
    if any(fault.kind is FaultKind.HANG for fault in schedule):
        time.sleep(HANG)  # until what was given up has been carried out
    _check_truth(made, finished)
    assert watch.broken == [], "an image lost a part while it was still there"
    _check_secrets(github, secret, finished, folder)


class Orphans:
    """Notes each image that loses a part while it is still there."""

    def __init__(self, github: FakeGitHub, package: FakePackage) -> None:
        self.broken: list[str] = []
        self._package = package
        self._parents: dict[str, list[str]] = {}
        for digest in package.manifests:
            for child in package.manifests[digest].children():
                self._parents.setdefault(child, []).append(digest)
        github.on_request(lambda call: self._look(call.path) if call.method == "DELETE" else None)

    def _look(self, path: str) -> None:
        version = self._package.version(int(path.rpartition("/")[2]))
        above = self._parents.get(version.name, ()) if version else ()
        self.broken += [digest for digest in above if digest in self._package.active]


def _check_truth(made: Scene, finished: Finished) -> None:
    package = made.package
    gone = set(ids(package.deleted))
    reported, failed = set(finished.ids("deleted-ids")), set(finished.ids("failed-ids"))
    names = {version.name for version in package.deleted}
    assert not names & made.staying, "something that must stay was deleted"
    assert reported <= gone, "something is called deleted that is there"
    assert gone <= reported | failed, "something was deleted and is not reported"
    assert gone <= {entry["id"] for entry in finished.entries}, "the journal lacks something"
    assert "unexpected" not in finished.log
    assert "Traceback" not in finished.log
    if finished.outcome == "done":
        assert finished.code == 0


def _check_secrets(github: FakeGitHub, secret: str, finished: Finished, folder: Path) -> None:
    """Masks of derived tokens are all that may name them, and nothing at all the token."""
    written = [file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file()]
    assert len(written) >= 3
    everything = "\n".join((*written, finished.log))
    for form in _forms(secret):
        assert form not in everything
    shown = [line for line in finished.log.splitlines() if not line.startswith("::add-mask::")]
    unmasked = "\n".join((*written, *shown))
    for derived in github._backend.registry._grants:
        assert derived not in unmasked


def _forms(secret: str) -> list[str]:
    """The token as it is, and as it travels."""
    users = ("", "x:", "x-access-token:", "package-keeper:")
    return [secret, *(base64.b64encode(f"{user}{secret}".encode()).decode() for user in users)]


@pytest.mark.parametrize("seed", range(8))
def test_without_faults_exactly_what_must_stay_is_left(
    seed: int, github: FakeGitHub, job: Job
) -> None:
    """So the schedules start from something that works, and from the right idea of what stays."""
    made = scene(github, random.Random(seed))
    finished = job.run(made.inputs)
    assert (finished.code, finished.outcome) == (0, "done")
    _check_truth(made, finished)
    assert {version.name for version in made.package.versions} == made.staying


def test_the_checks_can_fail(github: FakeGitHub, job: Job) -> None:
    """Somebody else deletes what must stay: that is seen, so the schedules would see it too."""
    made = scene(github, random.Random(1))
    victim = next(v for v in made.package.versions if v.name in made.staying)
    github.fail(Fault(kind=FaultKind.RESET, path_contains="/nothing-like-this"))
    made.package.delete_version(victim)
    finished = job.run(made.inputs)
    with pytest.raises(AssertionError, match="must stay"):
        _check_truth(made, finished)
