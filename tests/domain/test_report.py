"""What a run did, added up: when it is green, and its exit code."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import package, version
from package_keeper.domain.errors import (
    AccessDenied,
    KeeperError,
    LimitExceeded,
    RequestFailed,
    WaitedTooLong,
    WrongInputs,
)
from package_keeper.domain.outcome import Outcome, Result, RunOutcome, Severity
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.report import PackageReport, RunReport

DENIED, ERROR, DELETED = Outcome.DENIED, Outcome.ERROR, Outcome.DELETED
RETAINED, NOT_ATTEMPTED = Outcome.RETAINED, Outcome.NOT_ATTEMPTED
NO_ACCESS, REFUSED = AccessDenied("no"), LimitExceeded("too many")
FAILED, WAITED = RequestFailed("502"), WaitedTooLong("an hour")


def plan(*verdicts: Verdict, whole: bool = False) -> Plan:
    return Plan(
        package=package(),
        decisions=tuple(
            Decision(version=version(n, str(n)), verdict=verdict, ground=Ground.RULE, reason="x")
            for n, verdict in enumerate(verdicts)
        ),
        deletes_package=whole,
    )


def done(*outcomes: Outcome, error: KeeperError | None = None) -> PackageReport:
    """A package in which so many deletions were planned, and what became of them."""
    results = tuple(
        Result(version=version(n, str(n)), outcome=outcome) for n, outcome in enumerate(outcomes)
    )
    made = plan(*[Verdict.DELETE] * len(outcomes), Verdict.KEEP)
    return PackageReport(name="app", plan=made, results=results, error=error)


def stopped(error: KeeperError) -> PackageReport:
    return PackageReport(name="app", error=error)


NOTHING = PackageReport(name="app", plan=plan(Verdict.KEEP))


@pytest.mark.parametrize(
    ("packages", "outcome", "code"),
    [
        ([], RunOutcome.NOTHING_TO_DO, 0),
        ([NOTHING], RunOutcome.NOTHING_TO_DO, 0),
        ([PackageReport(name="app")], RunOutcome.NOTHING_TO_DO, 0),
        ([done(DELETED)], RunOutcome.DONE, 0),
        ([done(DELETED), NOTHING], RunOutcome.DONE, 0),
        ([done(DELETED, RETAINED)], RunOutcome.DONE, 0),
        ([done(RETAINED, Outcome.UNDELETABLE, Outcome.CHANGED)], RunOutcome.DONE, 0),
        ([done(Outcome.ALREADY_GONE)], RunOutcome.DONE, 0),
        ([done(DELETED, NOT_ATTEMPTED)], RunOutcome.INCOMPLETE, 0),
        ([done(DELETED), stopped(WAITED)], RunOutcome.INCOMPLETE, 0),
        ([done(DELETED, ERROR)], RunOutcome.FAILED, 1),
        ([done(DELETED, DENIED)], RunOutcome.FAILED, 1),
        ([done(DELETED), stopped(FAILED)], RunOutcome.FAILED, 1),
        ([done(DELETED, error=FAILED)], RunOutcome.FAILED, 1),
        ([stopped(FAILED), stopped(WAITED)], RunOutcome.FAILED, 1),
        ([stopped(REFUSED)], RunOutcome.FAILED, 3),
        ([stopped(REFUSED), done(DELETED)], RunOutcome.FAILED, 3),
        ([stopped(REFUSED), stopped(WAITED)], RunOutcome.FAILED, 3),
        ([stopped(REFUSED), stopped(FAILED)], RunOutcome.FAILED, 1),
        ([stopped(REFUSED), stopped(NO_ACCESS)], RunOutcome.FAILED, 1),
        ([stopped(REFUSED), done(ERROR)], RunOutcome.FAILED, 1),
        ([stopped(NO_ACCESS)], RunOutcome.FAILED, 4),
        ([stopped(NO_ACCESS), stopped(NO_ACCESS)], RunOutcome.FAILED, 4),
        ([stopped(NO_ACCESS), done(DELETED)], RunOutcome.FAILED, 1),
        ([stopped(NO_ACCESS), NOTHING], RunOutcome.FAILED, 1),
        ([done(DENIED)], RunOutcome.FAILED, 4),
        ([done(DENIED, DENIED, DENIED, NOT_ATTEMPTED, RETAINED)], RunOutcome.FAILED, 4),
        ([done(DENIED), stopped(NO_ACCESS)], RunOutcome.FAILED, 4),
        ([done(DENIED, ERROR)], RunOutcome.FAILED, 1),
        ([done(DENIED, Outcome.UNDELETABLE)], RunOutcome.FAILED, 1),
    ],
)
def test_outcome_and_exit_code(
    packages: list[PackageReport], outcome: RunOutcome, code: int
) -> None:
    report = RunReport(packages=tuple(packages))
    assert (report.outcome, report.exit_code) == (outcome, code)


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (WrongInputs(()), RunOutcome.FAILED, 2),
        (NO_ACCESS, RunOutcome.FAILED, 4),
        (FAILED, RunOutcome.FAILED, 1),
        (WAITED, RunOutcome.INCOMPLETE, 0),
    ],
)
def test_what_ended_the_whole_run_goes_before_what_became_of_its_packages(
    error: KeeperError, outcome: RunOutcome, code: int
) -> None:
    report = RunReport(packages=(done(DELETED),), error=error)
    assert (report.outcome, report.exit_code) == (outcome, code)
    assert report.errors == (error,)


def test_a_wait_that_ended_the_run_hides_no_failed_package() -> None:
    report = RunReport(packages=(done(ERROR), stopped(REFUSED)), error=WAITED)
    assert (report.outcome, report.exit_code) == (RunOutcome.FAILED, 1)
    assert report.errors == (WAITED, REFUSED)


@pytest.mark.parametrize("part", [NOTHING, done(DELETED), done(DENIED), stopped(FAILED)])
def test_a_cancelled_run_is_incomplete_and_never_green(part: PackageReport) -> None:
    report = RunReport(packages=(part,), cancelled=True)
    assert (report.outcome, report.exit_code) == (RunOutcome.INCOMPLETE, 130)


def test_a_dry_run_has_planned_what_a_run_has_done() -> None:
    planned = PackageReport(name="app", plan=plan(Verdict.DELETE))
    assert RunReport(packages=(planned,), dry_run=True).outcome is RunOutcome.PLANNED
    assert RunReport(packages=(planned,)).outcome is RunOutcome.DONE
    assert RunReport(packages=(NOTHING,), dry_run=True).outcome is RunOutcome.NOTHING_TO_DO
    assert RunReport(packages=(stopped(REFUSED),), dry_run=True).exit_code == 3


@pytest.mark.parametrize("verdict", [Verdict.DELETE, Verdict.UNTAG, Verdict.RESTORE])
def test_any_change_is_something_to_do(verdict: Verdict) -> None:
    part = PackageReport(name="app", plan=plan(verdict))
    assert RunReport(packages=(part,)).outcome is RunOutcome.DONE


def test_where_a_tag_was_taken_off_access_was_not_all_that_was_missing() -> None:
    report = done(DENIED)
    taken = replace(report, results=(replace(report.results[0], tags_off=("pr-1",)),))
    assert RunReport(packages=(taken,)).exit_code == 1


def test_what_is_left_is_what_was_listed_and_is_not_gone() -> None:
    report = done(DELETED, Outcome.ALREADY_GONE, RETAINED, ERROR)
    assert report.left == 3
    nowhere = Result(version=version(99, "x"), outcome=Outcome.ALREADY_GONE)
    assert replace(report, results=(*report.results, nowhere)).left == 3
    assert PackageReport(name="app").left == 0


def test_what_is_left_counts_what_others_pushed_and_deleted() -> None:
    report = done(DELETED, RETAINED)
    gone, stays, *_ = (result.version.id for result in report.results)
    assert replace(report, listed=frozenset({gone, stays, 98, 99})).left == 3
    assert replace(report, listed=frozenset()).left == 0
    back = Result(version=version(97, "x"), outcome=Outcome.RESTORED)
    assert replace(report, results=(*report.results, back), listed=frozenset({stays})).left == 2


def test_results_are_told_by_outcome_in_the_order_of_the_plan() -> None:
    report = done(DELETED, ERROR, DELETED)
    assert [r.version.id for r in report.with_outcome(DELETED, DENIED)] == [0, 2]
    assert RunReport(packages=(report, report)).results == report.results * 2


def test_every_outcome_means_something_for_the_run() -> None:
    meant = {outcome: outcome.severity for outcome in Outcome}
    failing = {outcome for outcome, severity in meant.items() if severity is Severity.FAILURE}
    assert failing == {DENIED, ERROR}
    incomplete = {o for o, severity in meant.items() if severity is Severity.INCOMPLETE}
    assert incomplete == {NOT_ATTEMPTED}
    warned = {outcome for outcome, severity in meant.items() if severity is Severity.WARNING}
    assert warned == {RETAINED, Outcome.UNDELETABLE, Outcome.CHANGED}


_errors = st.sampled_from([None, NO_ACCESS, REFUSED, FAILED, WAITED])
_parts = st.builds(
    lambda outcomes, error: done(*outcomes, error=error),
    st.lists(st.sampled_from(Outcome), max_size=4),
    _errors,
)


@given(
    packages=st.lists(_parts, max_size=3),
    error=_errors,
    dry_run=st.booleans(),
    cancelled=st.booleans(),
)
def test_green_means_done(
    *, packages: list[PackageReport], error: KeeperError | None, dry_run: bool, cancelled: bool
) -> None:
    report = RunReport(packages=tuple(packages), error=error, dry_run=dry_run, cancelled=cancelled)
    failed = any(e.exit_code for e in report.errors) or any(
        result.outcome.severity is Severity.FAILURE for result in report.results
    )
    assert (report.exit_code == 0) == (not failed and not cancelled)
    assert (report.outcome is RunOutcome.FAILED) == (failed and not cancelled)
