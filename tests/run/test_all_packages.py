"""A whole run: its packages one after another, and a report however it ends."""

from dataclasses import replace

import pytest

from domain.packages import Pushes, package
from fakes.github import GitHubInMemory, PackageInMemory, Request, lost, refused
from fakes.runs import Stage
from package_keeper.domain.errors import AccessDenied, RequestFailed, Unexpected, WaitedTooLong
from package_keeper.domain.outcome import Outcome, Result, RunOutcome
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.report import RunReport
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.inputs.names import NameSelection
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.record import Record

RULES = rules_of(ShortInputs(delete=(Pattern("pr-*"),)))


def holding(*names: str) -> GitHubInMemory:
    """Packages of two images each, one of which goes."""
    held = []
    for name in names:
        pushes = Pushes()
        pushes.image("pr-1")
        pushes.image("v1")
        world = pushes.world()
        held.append(
            PackageInMemory(
                ref=replace(package().ref, name=name),
                versions={version.id: version for version in world.versions},
                manifests=dict(world.manifests),
            )
        )
    return GitHubInMemory(*held)


def run(github: GitHubInMemory, *names: str, token: str = "") -> RunReport:
    stage = Stage(github)
    if token:
        stage.token = token
    return stage.run(stage.asked(RULES), *names)


def deleted(report: RunReport) -> dict[str, int]:
    return {p.name: len(p.with_outcome(Outcome.DELETED)) for p in report.packages}


def test_packages_are_worked_on_one_after_another_in_the_order_of_their_names() -> None:
    report = run(holding("a", "b"), "b", "a")
    assert [part.name for part in report.packages] == ["b", "a"]
    assert deleted(report) == {"a": 1, "b": 1}
    assert report.outcome is RunOutcome.DONE


def test_all_are_found_before_the_first_is_touched() -> None:
    github = holding("a", "b")
    run(github, "a", "b")
    actions = [request.action for request in github.requests]
    assert actions[:3] == ["owner", "package", "package"]


def test_one_that_is_missing_does_not_stop_the_others() -> None:
    report = run(holding("a", "c"), "a", "b", "c")
    assert deleted(report) == {"a": 1, "b": 0, "c": 1}
    assert isinstance(report.packages[1].error, AccessDenied)
    assert report.exit_code == 1


def test_where_all_are_missing_access_is_what_failed() -> None:
    assert run(holding(), "a", "b").exit_code == 4


def test_one_that_fails_does_not_stop_the_others() -> None:
    github = holding("a", "b")
    failed: list[Request] = []

    def first(request: Request) -> None:
        if request.action == "versions" and not failed:
            failed.append(request)
            raise KeyError("x")

    github.before = first
    report = run(github, "a", "b")
    assert isinstance(report.packages[0].error, Unexpected)
    assert deleted(report) == {"a": 0, "b": 1}
    assert report.exit_code == 1


def test_where_nothing_matches_the_run_says_so() -> None:
    stage = Stage(holding("a"))
    report = stage.run(
        stage.asked(RULES), selection=NameSelection(exact=(), globs=(Pattern("x*"),))
    )
    assert report.warnings == ("no container package matches package-name",)
    assert (report.outcome, report.exit_code) == (RunOutcome.NOTHING_TO_DO, 0)


def test_a_fine_grained_token_is_refused_before_any_request() -> None:
    github = holding("a")
    report = run(github, "a", token="github_pat_1")
    assert isinstance(report.error, AccessDenied)
    assert report.exit_code == 4
    assert github.requests == []


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (refused(404, "Not Found"), AccessDenied, 4),
        (lost("502"), RequestFailed, 1),
        (WaitedTooLong("an hour"), WaitedTooLong, 0),
        (KeyError("x"), Unexpected, 1),
    ],
)
def test_what_ends_the_run_is_in_its_report(
    answer: Exception, error: type[Exception], code: int
) -> None:
    github = holding("a")
    github.script("owner", "acme", answer)
    report = run(github, "a")
    assert type(report.error) is error
    assert report.exit_code == code
    assert report.packages == ()


class Signal:
    """Cancels a run at the n-th request (from 0), as a signal does."""

    def __init__(self, github: GitHubInMemory, at: int) -> None:
        self.stage = Stage(github)
        self.stage.is_cancelled = lambda: self._is_set
        github.before = self._before
        self._at = at
        self._is_set = False

    def _before(self, request: Request) -> None:  # noqa: ARG002 - whatever it is
        if len(self.stage.github.requests) > self._at:
            self._is_set = True
            raise Cancelled("the run was cancelled")


@pytest.mark.parametrize("at", range(9))
def test_a_run_that_is_cancelled_anywhere_is_never_green_and_starts_no_other_package(
    at: int,
) -> None:
    signal = Signal(holding("a", "b"), at)
    report = signal.stage.run(signal.stage.asked(RULES), "a", "b")
    assert (report.cancelled, report.outcome) == (True, RunOutcome.INCOMPLETE)
    assert report.exit_code == 130
    assert [part.name for part in report.packages] in ([], ["a"])


def test_a_signal_after_the_last_deletion_cancels_nothing() -> None:
    github = holding("a")
    stage = Stage(github)
    stage.is_cancelled = lambda: "exists" in {request.action for request in github.requests}
    report = stage.run(stage.asked(RULES), "a")
    assert (report.cancelled, report.exit_code) == (False, 0)


def test_between_packages_a_cancelled_run_ends() -> None:
    github = holding("a", "b")
    stage = Stage(github)
    stage.is_cancelled = lambda: "exists" in {request.action for request in github.requests}
    report = stage.run(stage.asked(RULES), "a", "b")
    assert [part.name for part in report.packages] == ["a"]
    assert report.exit_code == 130


def test_the_token_is_in_no_part_of_the_report() -> None:
    github = holding("a")
    github.script("delete_version", 1, refused(403, "no"))
    report = run(github, "a", "b", token="ghs_secret_secret_secret")
    assert "secret_secret" not in repr(report)


def test_what_is_only_supposed_gives_way_to_what_is_known() -> None:
    record = Record("app")
    pushes = Pushes()
    image = pushes.image()
    maybe = Result(version=image, outcome=Outcome.ERROR, detail="maybe")
    known = Result(version=image, outcome=Outcome.DELETED)
    record.unless_known([maybe])
    assert record.report().results == (maybe,)
    assert not record.changed
    record.add_result(known)
    record.unless_known([maybe])
    assert record.report().results == (known,)
    assert record.changed
