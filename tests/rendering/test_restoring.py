"""A run that restores is told as one, in headline, table, log and annotations."""

from package_keeper.domain.errors import PartsLost
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.annotations import annotations
from package_keeper.rendering.display import INTERVAL, Display
from package_keeper.rendering.log import Log, package_line, plan_lines
from rendering.endings import first_line, page
from rendering.reports import package, version


def decision(number: int, verdict: Verdict) -> Decision:
    kept = verdict is Verdict.KEEP
    return Decision(
        version=version(number, f"v{number}", days=number),
        verdict=verdict,
        ground=Ground.ACTIVE if kept else Ground.RULE,
        reason="it is active" if kept else "asked for by restore",
        source="" if kept else "restore",
    )


ACTIVE = tuple(decision(n, Verdict.KEEP) for n in (1, 2))
BACK = tuple(decision(n, Verdict.RESTORE) for n in (3, 4, 5))


def plan_of(*decisions: Decision, whole: bool = False) -> Plan:
    return Plan(package=package(), decisions=decisions, restoring=True, restores_package=whole)


def report_of(
    plan: Plan, *outcomes: Outcome, dry_run: bool = False, error: PartsLost | None = None
) -> RunReport:
    pairs = zip(plan.restorations, outcomes, strict=False)
    results = tuple(Result(version=d.version, outcome=outcome) for d, outcome in pairs)
    of_one = PackageReport(name="app", plan=plan, results=results, error=error)
    return RunReport(packages=(of_one,), dry_run=dry_run)


DONE = (Outcome.RESTORED,) * 3


def test_the_headline_says_what_came_back() -> None:
    done = report_of(plan_of(*BACK, *ACTIVE), *DONE)
    assert first_line(done) == "## ✅ Restored 3 deleted versions of `octo-org/app`"
    some = report_of(plan_of(*BACK), Outcome.RESTORED, Outcome.ERROR, Outcome.NOT_ATTEMPTED)
    assert first_line(some).startswith("## ❌ Restored 1 of the 3 versions planned")
    none = report_of(plan_of(*BACK), *[Outcome.DENIED] * 3)
    assert first_line(none).startswith("## ❌ Nothing was restored in `octo-org/app`")
    assert first_line(report_of(plan_of(*ACTIVE))) == "## ✅ Nothing to restore in `octo-org/app`"
    dry = report_of(plan_of(*BACK, *ACTIVE), dry_run=True)
    assert first_line(dry).endswith("3 deleted versions of `octo-org/app` would be restored")
    nothing = report_of(plan_of(*ACTIVE), dry_run=True)
    assert first_line(nothing).endswith("nothing would be restored in `octo-org/app`")


def test_the_headline_names_a_package_that_comes_back_whole() -> None:
    dry = report_of(plan_of(whole=True), dry_run=True)
    assert first_line(dry).endswith("the whole package `octo-org/app` would be restored")
    assert "1 package to restore, with the versions that it had." in page(dry)
    done = report_of(plan_of(*BACK, whole=True), *DONE)
    told = "## ✅ Restored the whole package `octo-org/app` with 3 versions"
    assert first_line(done) == told


def test_an_id_that_does_not_exist_is_not_nothing_to_do() -> None:
    missing = Result(version=version(9, "x", days=1), outcome=Outcome.ERROR)
    of_one = PackageReport(name="app", plan=plan_of(*ACTIVE), results=(missing,))
    assert first_line(RunReport(packages=(of_one,))) == (
        "## ❌ Nothing was restored in `octo-org/app`: 1 failed"
    )


def test_the_table_says_nothing_of_deleting() -> None:
    text = page(report_of(plan_of(*BACK, *ACTIVE), *DONE))
    assert "| Package | Active before | Restored |" in text
    assert "| 2 | 3 |" in text
    assert "Active already: 2 versions" in text
    failed = page(report_of(plan_of(*BACK), Outcome.RESTORED, Outcome.ERROR, Outcome.DENIED))
    assert "| Package | Active before | Restored | Failed |" in failed
    dry = page(report_of(plan_of(*BACK, *ACTIVE), dry_run=True))
    assert "| Package | Active before | Would be restored |" in dry
    assert "undo" not in text


def test_the_kind_of_error_is_named() -> None:
    lost = PartsLost("acme/app: parts of images are missing: v1 lacks sha256:1.")
    text = first_line(report_of(plan_of(*BACK), *DONE, error=lost))
    assert text == "## ❌ Restored 3 deleted versions of `octo-org/app`: parts of images are lost"


def test_the_log_tells_of_restoring() -> None:
    assert plan_lines(plan_of(*ACTIVE)) == ("0 deleted versions to restore; 2 active versions",)
    assert plan_lines(plan_of(*BACK, *ACTIVE))[0] == "2 active versions: 3 to restore"
    assert plan_lines(plan_of(*BACK, whole=True))[0] == "The whole package is back: 3 versions"
    (done,) = report_of(plan_of(*BACK, *ACTIVE), *DONE).packages
    assert package_line(done, dry_run=False).endswith(": restored 3, 5 active now")
    (nothing,) = report_of(plan_of(*ACTIVE)).packages
    assert package_line(nothing, dry_run=False).endswith(": restored 0")
    assert package_line(nothing, dry_run=True).endswith(": would restore 0")


def test_nothing_to_restore_is_a_notice() -> None:
    (notice,) = annotations(report_of(plan_of(*ACTIVE)))
    assert notice.title == "octo-org/app: nothing to restore"


class Lines:
    """A console that keeps its lines."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def line(self, text: str) -> None:
        self.texts.append(text)

    def group(self, title: str) -> None: ...

    def end_group(self) -> None: ...

    def notice(self, text: str, *, title: str = "") -> None: ...

    def warning(self, text: str, *, title: str = "") -> None: ...

    def error(self, text: str, *, title: str = "") -> None: ...


def test_progress_is_told_as_restoring() -> None:
    lines, times = Lines(), iter([0.0, 0.0, INTERVAL])
    display = Display(Log(lines), monotonic=lambda: next(times), requests_left=lambda: None)
    display.plan(plan_of(*BACK))
    display.progress(1, 3)
    assert lines.texts[-1].startswith("restored 1 of 3")
