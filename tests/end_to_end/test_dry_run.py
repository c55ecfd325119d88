"""The dry run is the run: the same plan, without one write."""

import pytest

from end_to_end.runner import Job, declared_outputs
from end_to_end.world import TYPES, add_version, ago, day, numbered, writes
from fake_github import FakeGitHub, FakePackage, Token


def busy(github: FakeGitHub, package_type: str) -> FakePackage:
    """A package with something of everything."""
    package = github.add_package("acme", package_type, "app")
    numbered(package, 8, seed=6)
    add_version(package, "2.0.0-rc.1", day(20))
    if package_type == "container":
        signed = package.push_image(tags=("2.0.0", "latest"), created_at=day(30))
        package.attach(signed, created_at=day(30))
        package.push_image(created_at=day(31))
        package.push_image(created_at=ago(hours=2))
        package.attach(package.tags["1.0.0"], style="sig", created_at=day(1))
    return package


@pytest.mark.parametrize(
    "asked",
    [
        {"versions-to-keep": "3"},
        {"versions-to-keep": "1", "keep": "1.[0-3].0"},
        {"delete": "1.*", "older-than": "1d"},
        {"delete": "*"},
    ],
    ids=["newest", "protected", "patterns", "all"],
)
@pytest.mark.parametrize("package_type", TYPES)
def test_it_plans_what_the_run_deletes(
    github: FakeGitHub, job: Job, package_type: str, asked: dict[str, str]
) -> None:
    package = busy(github, package_type)
    before = {version.id: version.tags for version in package.versions}
    inputs = {**asked, "package-type": package_type}
    dry = job.run({**inputs, "dry-run": "true"})
    assert (dry.code, dry.outcome) == (0, "planned")
    assert writes(github) == []
    assert {version.id: version.tags for version in package.versions} == before
    assert not job.journal_file.exists()

    real = job.run(inputs)
    assert (real.code, real.outcome) == (0, "done")
    assert dry.ids("planned-ids") == real.ids("planned-ids") == real.ids("deleted-ids")
    assert dry.outputs["planned-count"] == real.outputs["deleted-count"]
    deleted = [line for line in dry.log.splitlines() if line.startswith("delete ")]
    assert deleted == [line for line in real.log.splitlines() if line.startswith("delete ")]
    assert len(deleted) == len(dry.ids("planned-ids")) > 0


def test_it_reads_what_the_run_reads_before_its_first_write(github: FakeGitHub, job: Job) -> None:
    busy(github, "container")
    asked = {"versions-to-keep": "3"}
    job.run({**asked, "dry-run": "true"})
    planned = {(request.method, request.path) for request in github.requests}
    github.forget_requests()
    job.run(asked)
    first_write = min(request.time for request in writes(github))
    before = {(r.method, r.path) for r in github.requests if r.time < first_write}
    assert planned == before


def test_it_says_that_a_real_run_would_be_refused(github: FakeGitHub, job: Job) -> None:
    busy(github, "npm")
    token = github.add_token(Token.classic(login="octocat", scopes=("read:packages",)))
    asked = {"package-type": "npm", "versions-to-keep": "3", "token": token, "dry-run": "true"}
    finished = job.run(asked)
    assert (finished.code, finished.outcome) == (0, "planned")
    [warning] = finished.annotations("warning")
    assert "delete:packages" in warning


def test_every_output_is_always_set(github: FakeGitHub, job: Job) -> None:
    busy(github, "npm")
    asked = {"package-type": "npm", "versions-to-keep": "3"}
    cases = (
        {**asked, "dry-run": "true"},
        asked,
        asked,
        {**asked, "package-name": "missing"},
        {**asked, "dry-run": "perhaps"},
        {**asked, "max-deletions": "0", "versions-to-keep": "0"},
    )
    for inputs in cases:
        finished = job.run(inputs)
        assert set(finished.outputs) == declared_outputs()
        for name, value in finished.outputs.items():
            assert not name.endswith("-count") or value.isdigit()
