"""Faults of the program itself, wherever they are: what was done is told, in harmless lines."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from end_to_end.runner import Job, declared_outputs
from end_to_end.world import day, ids
from fake_github import FakeGitHub, FakePackage
from package_keeper import __main__ as program
from package_keeper.adapters.github.client import GitHubPackages
from package_keeper.adapters.journal_file import JournalFile
from package_keeper.adapters.manifest_cache import ManifestCache
from package_keeper.adapters.registry_host import RegistryHost

ASKED = {"versions-to-keep": "2", "manifest-cache": "manifests"}
SAID = "oh\n::error::no ##[error]no"


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "container", "app")
    for number in range(5):
        package.push_image(tags=(f"v{number}",), created_at=day(number))
    return package


def failing(*_: object, **__: object) -> None:
    raise RuntimeError(SAID)


@pytest.mark.parametrize(
    "at_end",
    [
        (GitHubPackages, "close"),
        (RegistryHost, "close"),
        (JournalFile, "close"),
        (ManifestCache, "close"),
        (ManifestCache, "save"),
    ],
    ids=lambda at_end: f"{at_end[0].__name__}.{at_end[1]}",
)
def test_of_letting_go_lose_nothing(
    job: Job, package: FakePackage, monkeypatch: pytest.MonkeyPatch, at_end: tuple[type, str]
) -> None:
    kind, name = at_end
    really: Callable[[object], None] = getattr(kind, name)

    def done_and_failing(of: object) -> None:
        really(of)
        failing()

    monkeypatch.setattr(kind, name, done_and_failing)
    finished = job.run(ASKED)
    assert (finished.code, finished.outcome) == (0, "done"), finished.log
    assert set(finished.ids("deleted-ids")) == set(ids(package.deleted))
    [warning] = finished.annotations("warning")
    assert "at the end of the run: RuntimeError: oh" in warning
    assert "at the end of the run" in finished.summary
    assert finished.annotations("error") == ()


@pytest.mark.parametrize(
    ("telling", "said"),
    [
        ("outputs", "could not give outputs"),
        ("summary", "could not write summary"),
        ("annotations", "could not annotate"),
        ("Log.package", "could not end log"),
    ],
)
def test_of_one_telling_leave_the_others(
    job: Job, package: FakePackage, monkeypatch: pytest.MonkeyPatch, telling: str, said: str
) -> None:
    monkeypatch.setattr(f"package_keeper.__main__.{telling}", failing)
    finished = job.run(ASKED)
    assert finished.code == 1
    assert finished.stderr == ""
    [error] = finished.annotations("error")
    assert error.startswith(f"{said}: unexpected RuntimeError: oh")
    assert "no" not in [command.data for command in finished.commands]
    assert (set(finished.outputs) == declared_outputs()) is (telling != "outputs")
    assert finished.summary.startswith("## ✅") is (telling != "summary")
    assert ("acme/app (container): deleted" in finished.log) is (telling != "Log.package")
    assert package.deleted


def test_of_a_telling_do_not_make_a_worse_exit_code_a_better_one(
    job: Job, package: FakePackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("package_keeper.__main__.summary", failing)
    assert job.run({**ASKED, "max-deletions": "1"}).code == 3


@contextmanager
def signals_kept() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def test_of_everything_else_are_one_line_that_repeats_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "read_context", failing)
    monkeypatch.setenv("INPUT_TOKEN", "oh")
    with signals_kept():
        assert program.main() == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("unexpected RuntimeError in test_faults.py, line ")
    assert err.count("\n") == 1
