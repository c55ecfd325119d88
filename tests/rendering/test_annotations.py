"""Annotations: few, the most important first, each saying what to do."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings

from package_keeper.domain.errors import AccessDenied
from package_keeper.domain.outcome import Outcome, Result, Severity
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.advice import happened, what_to_do
from package_keeper.rendering.annotations import LONGEST, MOST, Level, annotations
from rendering.endings import lost_a_tag
from rendering.reports import (
    access_denied,
    dry_run,
    half_failed,
    many_deletions,
    normal_run,
    samples,
    version,
    wrong_inputs,
)
from rendering.strategies import reports


def shown(report: RunReport) -> list[str]:
    return [f"{a.level.value}: {a.title}: {a.message}" for a in annotations(report)]


def test_an_error_says_what_to_do_and_the_request() -> None:
    (only,) = shown(access_denied())
    assert only == (
        "error: octo-org/app: access denied or not found: octo-org/app (container): the token has "
        "no scope delete:packages. Add it to the classic token on "
        "https://github.com/settings/tokens and run again. "
        "(GitHub request 1C73:26D4:E2E500:1EF78F4:62EC2479)"
    )


def test_all_mistakes_are_one_annotation() -> None:
    (only,) = annotations(wrong_inputs())
    assert (only.level, only.title) == (Level.ERROR, "3 mistakes in the inputs")
    assert only.message.split("\n")[1] == (
        "- dry-run: 'ture' is not a boolean. Accepted: true or false."
    )


def test_errors_come_before_warnings() -> None:
    assert [(a.level.value, a.title) for a in annotations(half_failed())] == [
        ("error", "octo-org/worker: an error"),
        ("error", "octo-org/app: 1 version denied"),
        ("warning", "2 versions not attempted"),
        ("warning", "octo-org/app: 1 version over GitHub's download limit"),
        ("warning", "octo-org/app"),
    ]


def test_errors_of_a_kind_are_one_annotation() -> None:
    error = AccessDenied("not found.", hint="Check the name.")
    packages = tuple(PackageReport(name=f"p{n}", error=error) for n in range(50))
    (only,) = shown(RunReport(packages=packages))
    assert only == (
        "error: 50 packages: access denied or not found: not found. Check the name. "
        "The same kind of error stopped p1, p2, p3, p4, p5 and 44 more packages."
    )


def test_results_of_a_kind_are_one_annotation_with_examples() -> None:
    denied = tuple(
        Result(version=version(n, f"v{n}", days=n), outcome=Outcome.DENIED, detail="no Admin role")
        for n in range(1, 4)
    )
    packages = tuple(PackageReport(name=f"p{n}", results=denied) for n in range(2))
    (only,) = shown(RunReport(packages=packages))
    assert only.startswith("error: 2 packages: 6 versions denied: v1 and 5 more: no Admin role. A")


def test_tags_that_are_off_are_a_warning_that_says_which_and_what_puts_them_back() -> None:
    report = lost_a_tag(Outcome.DENIED)
    _, warning = shown(report)
    assert warning == (
        "warning: octo-org/app: 1 version lost tags all the same: v1, a, b: a. A tag that was "
        "taken off is put back by pushing it again: its image is still there, under the same "
        "digest."
    )
    (only,) = report.packages
    many = replace(
        only,
        results=tuple(
            replace(only.results[0], version=version(n, f"v{n}", days=n)) for n in range(5)
        ),
    )
    *_, warning = shown(RunReport(packages=(many,)))
    assert ": 5 versions lost tags all the same: v0: a; v1: a; v2: a; 2 more versions. " in warning


def test_the_tenth_says_how_many_more() -> None:
    report = RunReport(warnings=tuple(f"warning {n}" for n in range(25)))
    found = [a for a in annotations(report) if a.level is Level.WARNING]
    assert len(found) == MOST
    assert found[-1].message == "16 more warnings: see the job summary."
    exactly = RunReport(warnings=tuple(f"warning {n}" for n in range(10)))
    assert "warning: Package Keeper: warning 9" in shown(exactly)


def test_the_same_warning_of_many_packages_is_one() -> None:
    packages = tuple(PackageReport(name=f"p{n}", warnings=("slow",)) for n in range(20))
    assert "warning: 20 packages: slow" in shown(RunReport(packages=packages))


def test_nothing_to_do_is_a_notice_with_numbers() -> None:
    (only,) = shown(dict(samples())["nothing-to-do"])
    assert only == (
        "notice: octo-org/app: nothing to do: 0 of 219: 180 kept by v*, 39 younger than 30 days."
    )


def test_an_output_that_is_cut_says_where_all_ids_are() -> None:
    assert any("all are in the journal" in text for text in shown(many_deletions(40_000)))


def test_a_cancelled_run_says_what_is_left() -> None:
    packages = dry_run().packages
    (first, *_) = shown(RunReport(packages=packages, cancelled=True))
    assert first.startswith("warning: Cancelled: 6 versions not attempted: Run the workflow again")


def test_a_run_cancelled_before_its_plan_does_not_count_nothing() -> None:
    (first, *_) = shown(RunReport(cancelled=True))
    assert first.startswith("warning: Cancelled before all of it was planned: Run the workflow")


def test_a_run_as_planned_warns_of_nothing_but_the_plan() -> None:
    assert shown(normal_run()) == ["warning: octo-org/app: keep: the pattern v* matches nothing"]


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_that_is_not_as_planned_has_advice(outcome: Outcome) -> None:
    assert bool(what_to_do(outcome)) is (outcome.severity is not Severity.FINE)
    assert happened(outcome)


@settings(max_examples=60)
@given(reports)
def test_any_report_has_few_and_harmless_annotations(report: RunReport) -> None:
    found = annotations(report)
    assert max(Counter(a.level for a in found).values(), default=0) <= MOST
    levels = [list(Level).index(a.level) for a in found]
    assert levels == sorted(levels)
    for each in found:
        assert 0 < len(each.message) <= LONGEST
        for text in (each.title, each.message):
            assert not any(mark in text for mark in ("::", "##[", "ghp_01234"))
        assert each.title.isprintable()
        assert each.message.replace("\n", "").isprintable()
