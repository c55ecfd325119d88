"""The first line of the summary: the result, and nothing that may not be so."""

from dataclasses import replace

import pytest

from package_keeper.domain.errors import AccessDenied, Unexpected, WaitedTooLong
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Plan
from package_keeper.domain.report import PackageReport, RunReport
from rendering.endings import (
    BACK,
    ended,
    first_line,
    lost_a_tag,
    page,
    restored,
    untagged,
    whole_package,
)
from rendering.reports import (
    delete,
    plan_of_a_release_train,
    samples,
    version,
)

TOO_LONG = WaitedTooLong("GitHub asks for a wait of 58 minutes.", hint="Raise max-wait.")


D, R, N, G, F = (
    Outcome.DELETED,
    Outcome.RETAINED,
    Outcome.NOT_ATTEMPTED,
    Outcome.ALREADY_GONE,
    Outcome.DENIED,
)


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (RunReport(), "## ✅ Nothing to do in any package"),
        (ended(D, D, D, D, D, D), "## ✅ Deleted 6 of 10 versions of `octo-org/app`"),
        (
            ended(D, D, D, D, D, G),
            "## ✅ Deleted 5 of 10 versions of `octo-org/app`: 1 was already gone",
        ),
        (
            ended(D, D, D, D, R, R),
            "## ⚠️ Deleted 4 of the 6 versions planned in `octo-org/app`: 2 could not go",
        ),
        (
            ended(D, N, N, N, N, N),
            "## ⚠️ Deleted 1 of the 6 versions planned in `octo-org/app`: 5 were not attempted",
        ),
        (
            ended(D, D, error=TOO_LONG),
            (
                "## ⚠️ Deleted 2 of the 6 versions planned in `octo-org/app`: the wait for a rate "
                "limit would be too long; 4 were not attempted"
            ),
        ),
        (
            ended(error=TOO_LONG),
            (
                "## ⚠️ Nothing was deleted from `octo-org/app`: the wait for a rate limit would "
                "be too long"
            ),
        ),
        (
            ended(F, F, F, N, N, N),
            "## ❌ Nothing was deleted from `octo-org/app`: 3 failed; 3 were not attempted",
        ),
        (whole_package(done=True), "## ✅ Deleted the whole package `octo-org/a/b`"),
        (
            whole_package(done=False),
            "## 🔍 Dry run: the whole package `octo-org/a/b` would be deleted",
        ),
        (untagged(), "## ✅ Changed 1 of 2 versions of `octo-org/app`"),
        (lost_a_tag(N), "## ⚠️ Took 1 tag off 1 version of `octo-org/app`: 1 was not finished"),
        (lost_a_tag(F), "## ❌ Took 1 tag off 1 version of `octo-org/app`: 1 failed"),
        (
            replace(lost_a_tag(N), cancelled=True),
            ("## ⚠️ Cancelled: took 1 tag off 1 version of `octo-org/app`: 1 was not finished"),
        ),
        (
            RunReport(packages=(*ended(D, D, D, D, D, D).packages, *lost_a_tag(F).packages)),
            (
                "## ❌ Changed 6 of the 7 versions planned in 2 packages: 1 failed; "
                "1 lost tags all the same"
            ),
        ),
    ],
)
def test_the_first_line_says_the_result(report: RunReport, line: str) -> None:
    assert first_line(report) == line


def test_a_cancelled_run_says_so_first() -> None:
    plan = plan_of_a_release_train()
    report = RunReport(packages=(PackageReport(name="app", plan=plan),), cancelled=True)
    line = "## ⚠️ Cancelled: nothing was deleted from `octo-org/app`: 6 were not attempted"
    assert first_line(report) == line


@pytest.mark.parametrize("plan", [None, plan_of_a_release_train()])
def test_after_a_fault_nothing_is_said_to_be_undone(plan: Plan | None) -> None:
    error = Unexpected(ValueError("::error::x"))
    report = RunReport(packages=(PackageReport(name="octo-org/app", plan=plan, error=error),))
    text = page(report)
    line = "## ❌ Not finished with `octo-org/app`: a fault of this program\n"
    assert text.startswith(line)
    assert "| ? | ? | ? | ? | ? |" in text or plan is None
    assert "Nothing was deleted" not in text
    assert "not attempted" not in text.lower().replace("| not attempted |", "")


def test_after_a_fault_the_tags_that_are_off_are_told() -> None:
    (only,) = lost_a_tag(Outcome.ERROR).packages
    package = replace(only, error=Unexpected(ValueError("x")))
    line = "Took 1 tag off 1 version of `octo-org/app`: a fault of this program; 1 failed"
    assert first_line(RunReport(packages=(package,))) == f"## ❌ {line}"


def test_a_fault_of_the_whole_run_claims_nothing() -> None:
    line = "## ❌ Not finished with any package: a fault of this program"
    assert first_line(RunReport(error=Unexpected(ValueError()))) == line


def test_a_dry_run_over_a_limit_would_delete_nothing() -> None:
    refused = replace(dict(samples())["limit-refused"], dry_run=True)
    text = page(refused)
    assert text.startswith(
        "## ❌ Dry run: nothing would be deleted from `octo-org/app`: refused by a safety limit\n"
    )
    assert "### Planned and refused: 6 versions" in text


def test_packages_stopped_by_one_kind_of_error_are_counted_with_it() -> None:
    error = AccessDenied("no.", hint="Ask.")
    packages = tuple(PackageReport(name=f"p{n}", error=error) for n in range(3))
    idle = dict(samples())["nothing-to-do"].packages
    line = (
        "## ❌ Nothing was changed in 4 packages: 3 of 4 packages stopped "
        "(access denied or not found)"
    )
    assert first_line(RunReport(packages=(*packages, *idle))) == line


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (restored(BACK, BACK), "## ✅ Restored 2 deleted versions of `octo-org/app`"),
        (
            restored(dry=True),
            "## 🔍 Dry run: 2 deleted versions of `octo-org/app` would be restored",
        ),
        (
            restored(BACK, Outcome.DENIED),
            "## ❌ Restored 1 of the 2 versions planned in `octo-org/app`: 1 failed",
        ),
        (
            restored(Outcome.DENIED, Outcome.DENIED),
            "## ❌ Nothing was restored in `octo-org/app`: 2 failed",
        ),
    ],
)
def test_restoring_is_told_as_restoring(report: RunReport, line: str) -> None:
    assert first_line(report) == line


def test_a_dry_run_of_untagging_and_deleting_would_change() -> None:
    (only,) = untagged().packages
    assert only.plan is not None
    decisions = (delete(version(3, "d", days=3), "delete: d"), *only.plan.decisions)
    both = replace(only, plan=replace(only.plan, decisions=decisions), results=())
    text = page(RunReport(packages=(both,), dry_run=True))
    assert text.startswith("## 🔍 Dry run: 2 of 3 versions of `octo-org/app` would be changed\n")
    assert "| Package | Active | Kept | Would be changed |" in text
    assert "### Would be untagged: 1 version" in text
