"""However a run ends, its outputs, its summary and its annotations say how."""

import json
import socket
from dataclasses import replace

import pytest

from end_to_end.runner import Finished, Job, declared_outputs
from end_to_end.world import day, ids, numbered, writes
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, Limits
from package_keeper.adapters.journal_file import JournalFile

NPM = {"package-type": "npm", "versions-to-keep": "2"}
SUMMARY_LIMIT = 1024 * 1024


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "npm", "app")
    numbered(package, 9)
    return package


def is_told(finished: Finished, *, sign: str) -> bool:
    """Whether everything that a run owes is there, without a word of a fault of this program."""
    assert set(finished.outputs) == declared_outputs()
    assert finished.summary.startswith(f"## {sign}"), finished.summary
    assert "Traceback" not in finished.log
    assert "unexpected" not in finished.log
    assert finished.stderr == ""
    return True


def test_when_nobody_answers(job: Job) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    finished = replace(job, api_url=f"http://127.0.0.1:{port}").run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert is_told(finished, sign="❌")
    [error] = finished.annotations("error")
    assert "no connection to GitHub" in error


@pytest.mark.parametrize("skip", range(0, 9, 2))
def test_when_github_breaks_down_on_the_way(
    github: FakeGitHub, job: Job, package: FakePackage, skip: int
) -> None:
    """From some request on every connection is dropped: what was done until then is told."""
    github.fail(Fault(kind=FaultKind.RESET, skip=skip, times=None))
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert is_told(finished, sign="❌")
    assert set(finished.ids("deleted-ids")) == set(ids(package.deleted))


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.CUT, FaultKind.REDIRECT], ids=str)
@pytest.mark.parametrize("path", ["/users/acme", "/npm/app?", "/versions?"])
def test_when_half_an_answer_comes(
    github: FakeGitHub, job: Job, package: FakePackage, path: str, kind: FaultKind
) -> None:
    """Half a listing is no listing, and no address in an answer is followed."""
    elsewhere = f"{github.registry_url}/elsewhere"
    github.fail(Fault(kind=kind, path_contains=path, location=elsewhere, times=None))
    finished = job.run(NPM)
    assert finished.code in (1, 4)
    assert finished.outcome == "failed"
    assert is_told(finished, sign="❌")
    assert writes(github) == []
    assert not [request for request in github.requests if request.server == "registry"]


@pytest.mark.parametrize(
    "body",
    [
        {"message": "an object instead of a list"},
        b"[1, 2, 3]",
        b'[{"id": 1}]',
        b'[{"id": "x", "name": "1.0.0", "created_at": "2024", "updated_at": "2024"}]',
        b"null",
        b"",
        b"[" * 100_000,
        "<html>please sign in</html>",
    ],
    ids=["object", "numbers", "no name", "no times", "null", "empty", "deep", "html"],
)
def test_when_a_listing_is_not_what_it_should_be(
    github: FakeGitHub, job: Job, package: FakePackage, body: str | bytes | dict[str, object]
) -> None:
    github.fail(
        Fault(kind=FaultKind.STATUS, path_contains="/versions?", status=200, body=body, times=None)
    )
    finished = job.run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert is_told(finished, sign="❌")
    assert writes(github) == []


def test_when_the_disk_is_full_in_the_middle(github: FakeGitHub, job: Job) -> None:
    """What can't be announced any more is not deleted, and what was deleted is told."""
    package = github.add_package("acme", "npm", "app")
    numbered(package, 100)
    finished = job.finish(job.start(NPM, largest_file=20_000))
    assert (finished.code, finished.outcome) == (1, "failed")
    assert set(finished.outputs) == declared_outputs()
    assert finished.summary.startswith("## ❌")
    gone = set(ids(package.deleted))
    assert 0 < len(gone) < 98
    assert gone == set(finished.ids("deleted-ids"))
    assert "No space left" in finished.log or "File too large" in finished.log
    assert gone <= {entry["id"] for entry in finished.entries}


@pytest.mark.parametrize("line", range(1, 14))
@pytest.mark.parametrize("asked", ["versions", "the whole package"])
def test_when_any_line_of_the_journal_can_not_be_written(
    github: FakeGitHub, job: Job, monkeypatch: pytest.MonkeyPatch, asked: str, line: int
) -> None:
    """However full the disk gets in whichever moment, the outputs are exact and the run is red."""
    package = github.add_package("acme", "npm", "app")
    numbered(package, 3)
    written = []
    append = JournalFile.append

    def full(journal: JournalFile, *lines: str) -> None:
        written.append(lines)
        if len(written) >= line:
            raise OSError(28, "No space left on device")
        append(journal, *lines)

    monkeypatch.setattr(JournalFile, "append", full)
    whole = {"package-type": "npm", "delete": "*", "if-empty": "delete-package"}
    finished = job.run(NPM if asked == "versions" else whole)
    gone = package.versions if package.deleted_at else package.deleted
    assert set(finished.ids("deleted-ids")) == set(ids(gone))
    assert is_told(finished, sign="✅" if len(written) < line else "❌")
    if len(written) >= line:
        assert (finished.code, finished.outcome) == (1, "failed")
        assert "No space left on device" in "".join(finished.annotations("error"))


def test_when_an_expression_takes_for_ever_for_what_somebody_pushed(
    github: FakeGitHub, job: Job
) -> None:
    package = github.add_package("acme", "container", "app")
    package.push_image(tags=("v1", "a" * 100), created_at=day(0))
    finished = job.run({"delete": "/(a|aa)+b/"})
    assert (finished.code, finished.outcome) == (1, "failed")
    assert is_told(finished, sign="❌")
    assert "took more than 1 s to be matched against" in finished.log
    assert "Write it without a repetition inside of a repetition" in finished.summary
    assert writes(github) == []


def test_where_the_runner_has_no_files(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    """As outside of a workflow: the log alone has to do."""
    without = replace(job, variables={"GITHUB_OUTPUT": "", "GITHUB_STEP_SUMMARY": ""})
    finished = without.run(NPM)
    assert finished.code == 0, finished.log
    assert "deleted 7 of 9, 2 left" in finished.log


def test_where_the_files_can_not_be_written(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    nowhere = replace(
        job,
        variables={"GITHUB_OUTPUT": "/proc/none/output", "GITHUB_STEP_SUMMARY": "/proc/none/s"},
    )
    finished = nowhere.run(NPM)
    assert finished.code == 0, finished.log
    outputs, summary = finished.annotations("warning")
    assert "Could not write the outputs: No such file" in outputs
    assert "Could not write the summary: No such file" in summary
    assert len(package.deleted) == 7


def test_where_the_workspace_is_not_there(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    """The runner always mounts it; a journal in a folder of our own making would be lost."""
    folder = job.folder / "gone"
    finished = replace(job, variables={"GITHUB_WORKSPACE": str(folder)}).run(NPM)
    assert (finished.code, finished.outcome) == (1, "failed")
    assert is_told(finished, sign="❌")
    [error] = finished.annotations("error")
    assert "the workspace is not there" in error
    assert not folder.exists()
    assert github.requests == []


@pytest.mark.parametrize("carried_out", [True, False])
def test_when_a_deletion_is_answered_by_something_else_than_done(
    github: FakeGitHub, job: Job, package: FakePackage, *, carried_out: bool
) -> None:
    """A proxy's friendly page is no confirmation: what became of it is read."""
    kind = FaultKind.ERROR_AFTER if carried_out else FaultKind.STATUS
    body = {"message": "Welcome"}
    github.fail(Fault(kind=kind, method="DELETE", status=200, body=body, times=None))
    finished = job.run(NPM)
    assert finished.ids("deleted-ids") == ids(package.deleted)
    assert len(package.deleted) == (7 if carried_out else 0)
    assert finished.outcome == ("done" if carried_out else "failed")


def test_twelve_thousand_deletions_fit_into_what_the_runner_takes(
    github: FakeGitHub, job: Job
) -> None:
    """The runner drops a summary over 1 MiB whole, and takes 1 MB of outputs; counts stay whole."""
    github.limits = Limits.none()
    package = github.add_package("acme", "npm", "app")
    for number in range(12_000):
        package.add_version(f"1.{number}.0-{'x' * 80}", created_at=day(0))
    finished = job.run({"package-type": "npm", "versions-to-keep": "1", "dry-run": "true"})
    assert (finished.code, finished.outcome) == (0, "planned")
    assert len(finished.summary.encode()) < SUMMARY_LIMIT
    assert "of 11,999" in finished.summary
    assert finished.outputs["planned-count"] == "11999"
    assert 2 * len(json.dumps(dict(finished.outputs))) < 1_000_000
    assert finished.ids("planned-ids") == sorted(finished.ids("planned-ids"))


def test_only_of_the_last_version_is_it_said_how_the_whole_package_goes(
    github: FakeGitHub, job: Job
) -> None:
    """What stays because something needs it would not go with that advice."""
    package = github.add_package("acme", "container", "app")
    for number in range(3):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    github.fail(Fault(kind=FaultKind.STATUS, method="DELETE", status=500, times=None))
    finished = job.run({"versions-to-keep": "1", "delete-untagged": "true"})
    [retained] = [text for text in finished.annotations("warning") if "retained" in text]
    assert "it goes when nothing that stays needs it" in retained
    assert "if-empty" not in retained

    message = "You cannot delete the last tagged version of a package."
    github.heal()
    github.fail(
        Fault(kind=FaultKind.STATUS, method="DELETE", status=400, body={"message": message})
    )
    finished = job.run({"versions-to-keep": "1", "delete-untagged": "true"})
    [retained] = [text for text in finished.annotations("warning") if "retained" in text]
    assert "set if-empty: delete-package" in retained


@pytest.mark.parametrize(("count", "told"), [(99, False), (101, True)])
def test_packages_that_no_listing_shows(
    github: FakeGitHub, job: Job, monkeypatch: pytest.MonkeyPatch, count: int, *, told: bool
) -> None:
    """GitHub lists 10,000 packages and no more; here that is 100."""
    monkeypatch.setattr("package_keeper.adapters.github.client.MOST_PACKAGE_PAGES", 1)
    for number in range(count):
        github.add_package("acme", "npm", f"lib-{number}").add_version("1.0.0")
    finished = job.run({**NPM, "package-name": "lib-*", "dry-run": "true"})
    assert (finished.code, finished.outcome) == (0, "nothing-to-do"), finished.log
    said = "GitHub lists no more than 10,000 npm packages of acme"
    warnings = [w for w in finished.annotations("warning") if said in w]
    assert (len(warnings), said in finished.summary) == (int(told), told)
