"""The outputs: always all of them, true counts, and lists that fit."""

from pathlib import Path

import yaml
from hypothesis import given, settings

from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Plan
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.outputs import LONGEST_LIST, CutOutput, cut_outputs, outputs
from package_keeper.rendering.tally import changes, tally, total
from rendering.reports import (
    dry_run,
    half_failed,
    many_deletions,
    normal_run,
    package,
    results,
    unselected,
    version,
    wrong_inputs,
)
from rendering.strategies import reports

ROOT = Path(__file__).parents[2]


def test_a_normal_run() -> None:
    assert outputs(normal_run()) == (
        ("outcome", "done"),
        ("planned-count", "6"),
        ("planned-ids", "101,102,103,104,105,106"),
        ("deleted-count", "6"),
        ("deleted-ids", "101,102,103,104,105,106"),
        ("restored-count", "0"),
        ("restored-ids", ""),
        ("kept-count", "4"),
        ("failed-count", "0"),
        ("failed-ids", ""),
        ("remaining-count", "0"),
        ("journal-file", "package-keeper-journal.jsonl"),
    )


def test_a_dry_run_plans_and_deletes_nothing() -> None:
    found = dict(outputs(dry_run()))
    assert found["outcome"] == "planned"
    assert found["planned-ids"] == "101,102,103,104,105,106"
    assert (found["deleted-count"], found["deleted-ids"]) == ("0", "")
    assert (found["kept-count"], found["remaining-count"]) == ("10", "0")


def test_a_run_that_failed_in_part() -> None:
    found = dict(outputs(half_failed()))
    assert found["outcome"] == "failed"
    assert (found["deleted-count"], found["deleted-ids"]) == ("1", "101")
    assert (found["failed-count"], found["failed-ids"]) == ("1", "103")
    assert (found["kept-count"], found["remaining-count"]) == ("9", "2")


def test_without_a_plan_every_output_is_set_all_the_same() -> None:
    found = dict(outputs(wrong_inputs()))
    assert found["outcome"] == "failed"
    assert {found[name] for name in found if name.endswith("-count")} == {"0"}
    assert {found[name] for name in found if name.endswith("-ids")} == {""}


def test_they_are_those_that_the_action_declares() -> None:
    declared = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["outputs"]
    assert [name for name, _ in outputs(RunReport())] == list(declared)


def test_ids_are_in_the_order_of_the_plan_whatever_came_first() -> None:
    plan = normal_run().packages[0].plan
    assert plan is not None
    backwards = tuple(reversed(results(plan, Outcome.DELETED)))
    report = RunReport(packages=(PackageReport(name="app", plan=plan, results=backwards),))
    assert dict(outputs(report))["deleted-ids"] == "101,102,103,104,105,106"


def test_an_id_that_does_not_exist_is_a_failure_and_nothing_planned() -> None:
    plan = Plan(package=package(), decisions=(unselected(version(1, "v1", days=1)),))
    missing = Result(version=version(99, days=0), outcome=Outcome.ERROR, detail="no such version")
    report = RunReport(packages=(PackageReport(name="app", plan=plan, results=(missing,)),))
    found = dict(outputs(report))
    assert (found["planned-count"], found["failed-ids"]) == ("0", "99")
    assert (found["kept-count"], found["remaining-count"]) == ("1", "0")


def test_a_long_list_is_cut_at_a_whole_id_and_all_of_them_fit_the_job() -> None:
    count = 40_000
    report = many_deletions(count)
    found = dict(outputs(report))
    assert found["deleted-count"] == str(count)
    shown = found["deleted-ids"].split(",")
    assert shown == [str(n) for n in range(1, len(shown) + 1)]
    assert LONGEST_LIST - 6 <= len(found["deleted-ids"]) <= LONGEST_LIST
    assert sum(2 * (len(name) + len(value)) for name, value in found.items()) < 1_000_000
    cut = CutOutput(name="deleted-ids", shown=len(shown), total=count)
    assert cut in cut_outputs(report)


def test_a_list_of_exactly_the_longest_length_is_whole() -> None:
    versions = [version(10_000 + n, days=1) for n in range(25_000)]
    missing = tuple(Result(version=v, outcome=Outcome.ERROR) for v in versions)
    report = RunReport(packages=(PackageReport(name="app", results=missing),))
    assert len(dict(outputs(report))["failed-ids"]) == LONGEST_LIST - 1
    assert not cut_outputs(report)


@settings(max_examples=60)
@given(reports)
def test_any_report_sets_all_outputs_and_its_numbers_add_up(report: RunReport) -> None:
    found = dict(outputs(report))
    assert len(found) == 12
    for what in ("planned", "deleted", "restored", "failed"):
        ids = found[f"{what}-ids"]
        assert (ids.count(",") + 1 if ids else 0) == int(found[f"{what}-count"])
    for each in report.packages:
        counts = tally(each, dry_run=report.dry_run)
        planned = {d.version.id for d in changes(each.plan)}
        if {result.version.id for result in each.results} <= planned:
            assert counts.planned == sum(
                (
                    *(counts.deleted, counts.restored, counts.untagged, counts.already_gone),
                    *(counts.retained, counts.failed, counts.not_attempted, counts.pending),
                )
            )
    listed = [len(each.plan.decisions) for each in report.packages if each.plan]
    assert total(report).kept + total(report).planned == sum(listed)
