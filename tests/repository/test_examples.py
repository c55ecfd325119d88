"""The examples do what their comments say: each is run against the fake."""

import datetime as dt
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_github import FakeGitHub, FakePackage, Token
from repository.workflow_files import (
    ROOT,
    USUAL,
    Finished,
    load,
    run_step,
    steps_in,
)

NAMED = {path.stem: path for path in (ROOT / "examples").glob("*.yml")}


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        yield github


class Example:
    """One example on one GitHub."""

    def __init__(self, name: str, github: FakeGitHub, workspace: Path) -> None:
        self.name = name
        self.github = github
        self.workspace = workspace

    def package(self, name: str = "app", package_type: str = "container") -> FakePackage:
        """A package of the repository's, and tokens that reach it."""
        return self.github.add_package("acme", package_type, name, repository="acme/app")

    def run(self, **values: str) -> list[Finished]:
        """Run every step that uses the action, with these values in place of the usual ones."""
        known = {"github.token": self._token(), "secrets.PACKAGES_TOKEN": self._secret()}
        given = USUAL | {"github.api_url": self.github.api_url} | known
        given |= {name.replace("__", "."): value for name, value in values.items()}
        steps = list(steps_in(load(NAMED[self.name])))
        finished = [run_step(step, self.github, given, self.workspace) for step in steps]
        assert [step.code for step in finished] == [0] * len(steps), finished
        return finished

    def run_one(self, **values: str) -> Finished:
        """Run the one step there is."""
        [finished] = self.run(**values)
        return finished

    def _token(self) -> str:
        """GITHUB_TOKEN, with what the example's job asks for."""
        granted = {k: v for job in self._jobs() for k, v in job.get("permissions", {}).items()}
        admin = tuple((p.package_type, p.name) for p in self.github.world.packages.values())
        token = Token.actions(
            repository="acme/app", admin_of=admin, permission=granted.get("packages", "none")
        )
        return self.github.add_token(token)

    def _secret(self) -> str:
        """A classic token with the scopes that the comments ask for."""
        scopes = ("delete:packages", "read:packages", "repo")
        return self.github.add_token(Token.classic(login="octocat", scopes=scopes))

    def _jobs(self) -> list[dict[str, Any]]:
        return list(load(NAMED[self.name])["jobs"].values())


@pytest.fixture
def example(request: pytest.FixtureRequest, github: FakeGitHub, tmp_path: Path) -> Example:
    name = str(request.function.__name__).removeprefix("test_").replace("_", "-")
    return Example(name, github, tmp_path)


def image(package: FakePackage, *tags: str, days: int, attestations: bool = False) -> str:
    """Push an image so many days ago."""
    created = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    return package.push_image(tags=tags, created_at=created, attestations=attestations)


def version(package: FakePackage, name: str, *, days: int) -> int:
    """Publish a version so many days ago."""
    created = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    return package.add_version(name, created_at=created).id


def names(package: FakePackage) -> set[str]:
    """The names of what is left."""
    return {left.name for left in package.versions}


def test_there_is_a_run_of_each() -> None:
    """An example without a test of its name fails here."""
    expected = {f"test_{name.replace('-', '_')}" for name in NAMED}
    assert expected <= globals().keys()


def test_nightly(example: Example) -> None:
    app = example.package()
    for number in range(14):
        image(app, f"main-{number}", days=20 + number)
    image(app, "v1.0.0", days=400)
    image(app, "latest", days=100)
    image(app, days=50)
    image(app, days=3)
    young = image(app, "main-new", days=1)
    # Of 14 old builds and a new one ten stay; the old untagged image goes, with two platforms each.
    finished = example.run_one()
    assert {tag for tag in app.tags if tag.startswith("main-")} == {
        "main-new",
        *(f"main-{number}" for number in range(9)),
    }
    assert {"v1.0.0", "latest"} <= app.tags.keys()
    assert app.pullable(young) == []
    assert finished.outputs["deleted-count"] == str(3 * (5 + 1))
    assert finished.outputs["journal-file"] == "package-keeper-journal.jsonl"
    assert (example.workspace / finished.outputs["journal-file"]).exists()


def test_nightly_by_hand_is_a_dry_run_first(github: FakeGitHub, tmp_path: Path) -> None:
    example = Example("nightly", github, tmp_path)
    app = example.package()
    for number in range(12):
        image(app, f"main-{number}", days=20)
    finished = example.run_one(**{"inputs.dry-run || false": "true"})
    assert finished.outputs["outcome"] == "planned"
    assert len(app.tags) == 12


def test_nightly_refuses_to_delete_most_of_a_package(github: FakeGitHub, tmp_path: Path) -> None:
    example = Example("nightly", github, tmp_path)
    app = example.package()
    for number in range(30):
        image(app, f"main-{number}", days=20)
    [step] = steps_in(load(NAMED["nightly"]))
    values = USUAL | {"github.token": example._token(), "github.api_url": github.api_url}
    assert run_step(step, github, values, tmp_path).code == 3
    assert len(app.tags) == 30


def test_dry_run_on_pull_request(example: Example) -> None:
    app = example.package()
    for number in range(22):
        image(app, f"main-{number}", f"sha-{number}", days=30)
        image(app, f"pr-{number}", days=30 + number)
    image(app, days=30)
    shown = example.run_one(**{"github.event_name == 'pull_request'": "true"})
    assert shown.outputs["outcome"] == "planned"
    assert "Dry run" in shown.summary
    assert not [r for r in example.github.requests if r.method not in ("GET", "HEAD")]
    done = example.run_one()
    assert done.outputs["deleted-ids"] == shown.outputs["planned-ids"]
    # An image that also has a tag which may not go stays with all of its tags.
    assert {tag for tag in app.tags if tag.startswith("pr-")} == {f"pr-{n}" for n in range(20)}
    assert "main-0" in app.tags


def test_pull_request_closed(example: Example) -> None:
    app = example.package()
    for tags in (("pr-12",), ("pr-12-3f2c1a0",), ("pr-123",), ("pr-1",), ("latest", "pr-12-a")):
        image(app, *tags, days=0)
    finished = example.run_one()
    assert set(app.tags) == {"pr-123", "pr-1", "latest", "pr-12-a"}
    assert finished.outputs["deleted-count"] == "6"
    assert all(app.pullable(tag) == [] for tag in app.tags)


def test_release_published(example: Example) -> None:
    app = example.package()
    for number in range(6):
        image(app, f"v2.0.0-rc.{number}", days=40 - number)
    image(app, "v2.0.0-beta.1", "next", days=60)
    for number in range(35):
        image(app, f"sha-{number:07x}", days=number)
    image(app, "v1.9.0", "v1.9", days=300)
    image(app, days=2)
    prereleases, builds = example.run()
    assert prereleases.outputs["deleted-count"] == str(3 * 3)
    assert builds.outputs["deleted-count"] == str(3 * (5 + 1))
    kept = {"v2.0.0-rc.3", "v2.0.0-rc.4", "v2.0.0-rc.5", "v2.0.0-beta.1", "next", "v1.9.0", "v1.9"}
    assert {tag for tag in app.tags if not tag.startswith("sha-")} == kept


def test_multi_platform_attested(example: Example) -> None:
    app, worker = example.package("app"), example.package("app/worker")
    for number in range(17):
        digest = image(app, f"main-{number}", days=40 + number, attestations=True)
        app.attach(digest)
        app.attach(digest, style="sig")
    image(worker, "1.0.0", "main-0", days=900, attestations=True)
    finished = example.run_one()
    # Two images of five versions each, with a signature and an attestation that has an index.
    assert finished.outputs["deleted-count"] == str(2 * (5 + 1 + 2))
    assert {tag for tag in app.tags if not tag.startswith("sha256-")} == {
        f"main-{number}" for number in range(15)
    }
    assert all(app.pullable(tag) == [] for tag in app.tags)
    assert set(worker.tags) == {"1.0.0", "main-0"}
    # What is kept is not read a second time, since its manifests are in the cache.
    example.github.forget_requests()
    example.run_one()
    asked = [r.method for r in example.github.requests if "/manifests/" in r.path]
    assert set(asked) == {"HEAD"}


def test_npm(example: Example) -> None:
    client = example.package("client", "npm")
    for number in range(8):
        version(client, f"2.0.0-rc.{number}", days=30 - number)
    version(client, "1.0.0", days=900)
    example.run_one()
    assert names(client) == {"1.0.0", *(f"2.0.0-rc.{number}" for number in range(3, 8))}


def test_maven(example: Example) -> None:
    library = example.package("com.example.library", "maven")
    extras = example.package("com.example.library-extras", "maven")
    for number in range(5):
        version(library, f"1.{number}-SNAPSHOT", days=30 - number)
    version(library, "1.0", days=300)
    version(extras, "1.0-SNAPSHOT", days=300)
    example.run_one()
    assert names(library) == {"1.0", "1.2-SNAPSHOT", "1.3-SNAPSHOT", "1.4-SNAPSHOT"}
    assert names(extras) == {"1.0-SNAPSHOT"}


def test_nuget(example: Example) -> None:
    client = example.package("Example.Client", "nuget")
    for number in range(12):
        version(client, f"3.0.0-ci.{number}", days=200 - number)
    version(client, "3.0.0-preview1", days=10)
    version(client, "2.0.0", days=900)
    example.run_one()
    left = {f"3.0.0-ci.{number}" for number in range(3, 12)}
    assert names(client) == left | {"3.0.0-preview1", "2.0.0"}


def test_rubygems(example: Example) -> None:
    gem = example.package("example", "rubygems")
    for name in ("2.0.0.pre1", "2.0.0.rc.2", "2.0.0", "1.0"):
        version(gem, name, days=200)
    version(gem, "3.0.0.beta1", days=20)
    example.run_one()
    assert names(gem) == {"2.0.0", "1.0", "3.0.0.beta1"}


def test_organization(example: Example) -> None:
    app, worker = example.package("app"), example.package("worker")
    for package in (app, worker):
        for number in range(12):
            image(package, f"main-{number}", days=40 + number)
    finished = example.run_one(matrix__packages="app,worker")
    assert finished.outputs["deleted-count"] == str(2 * 2 * 3)
    assert len(app.tags) == len(worker.tags) == 10


@pytest.mark.parametrize(
    ("packages", "groups"),
    [
        ((), "groups=[]\n"),
        (("app",), 'groups=["app"]\n'),
        (("app", "app/worker"), 'groups=["app,app/worker"]\n'),
        (
            tuple(f"p{number:02}" for number in range(21)),
            'groups=["' + ",".join(f"p{n:02}" for n in range(20)) + '","p20"]\n',
        ),
    ],
    ids=["none", "one", "two", "more than a group"],
)
def test_the_organization_is_listed_in_groups(
    tmp_path: Path, packages: tuple[str, ...], groups: str
) -> None:
    """The script runs as it stands, with a `gh` that knows these packages."""
    step = load(NAMED["organization"])["jobs"]["list"]["steps"][0]
    listing = tmp_path / "listing"
    listing.write_text("".join(f"{name}\n" for name in packages), encoding="utf-8")
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\ncat "{listing}"\n', encoding="utf-8")
    gh.chmod(0o755)
    output = tmp_path / "output"
    output.touch()
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "OWNER": "acme", "GITHUB_OUTPUT": str(output)}
    subprocess.run(["bash", "-e", "-c", step["run"]], env=environ, check=True)
    assert output.read_text(encoding="utf-8") == groups


def test_enterprise_server(example: Example) -> None:
    app = example.package()
    for number in range(12):
        image(app, f"main-{number}", days=number)
    image(app, "v1.0.0", days=300)
    server = f"{example.github.api_url}/api/v3"
    finished = example.run_one(github__api_url=server)
    assert finished.outputs["deleted-count"] == "6"
    paths = {r.path for r in example.github.requests if r.server == "api"}
    assert all(path.startswith("/api/v3/") for path in paths)


def test_by_hand(example: Example) -> None:
    app = example.package()
    first, second, third = (image(app, f"v{number}", days=number) for number in range(3))
    by_digest = {left.name: left.id for left in app.versions}
    asked = f"{by_digest[first]}, {by_digest[third]}"
    shown = example.run_one(inputs__ids=asked)
    assert shown.outputs["outcome"] == "planned"
    done = example.run_one(**{"inputs.ids": asked, "inputs.dry-run": "false"})
    assert done.outputs["deleted-count"] == "6"
    assert app.tags == {"v1": second}


def test_restore(example: Example, github: FakeGitHub, tmp_path: Path) -> None:
    """The journal that the nightly run left undoes it, tags and parts included."""
    app = example.package()
    for number in range(14):
        app.attach(image(app, f"main-{number}", days=20 + number, attestations=True))
    tags, ids = app.tags, {left.id for left in app.versions}
    Example("nightly", github, tmp_path).run_one()
    deleted = ids - {left.id for left in app.versions}
    shown = example.run_one()
    assert shown.outputs["outcome"] == "planned"
    assert len(deleted) == 4 * 7
    done = example.run_one(**{"inputs.dry-run": "false"})
    assert done.outputs["restored-count"] == str(len(deleted))
    assert app.tags == tags
    assert all(app.pullable(tag) == [] for tag in tags)


def test_repair(example: Example) -> None:
    app = example.package()
    broken = image(app, "v1.0.0", days=3)
    image(app, "v2.0.0", days=1)
    part = next(left for left in app.versions if left.name in app.manifests[broken].children())
    app.delete_version(part)
    assert app.pullable("v1.0.0") == [part.name]
    assert example.run_one().outputs["planned-ids"] == str(part.id)
    example.run_one(**{"inputs.dry-run": "false"})
    assert app.pullable("v1.0.0") == []
