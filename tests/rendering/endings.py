"""Runs that ended in special ways, and what the summary says of a run."""

from dataclasses import replace

from package_keeper.domain.errors import KeeperError
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.domain.restoring import leave
from package_keeper.rendering.links import Links
from package_keeper.rendering.summary import summary
from rendering.reports import (
    NOW,
    package,
    part,
    plan_of_a_release_train,
    results,
    unselected,
    version,
)

BACK = Outcome.RESTORED


def page(report: RunReport, links: Links | None = None) -> str:
    return summary(report, links=links or Links(), now=NOW)


def first_line(report: RunReport) -> str:
    return page(report).partition("\n")[0]


def whole_package(*, done: bool) -> RunReport:
    versions = [version(n, f"v{n}", days=n) for n in (1, 2)]
    decisions = tuple(
        Decision(version=v, verdict=Verdict.DELETE, ground=Ground.LAST, reason="all go")
        for v in versions
    )
    plan = Plan(package=package("a/b"), decisions=decisions, deletes_package=True)
    ended = results(plan, Outcome.DELETED) if done else ()
    return RunReport(
        packages=(PackageReport(name="a/b", plan=plan, results=ended),), dry_run=not done
    )


def ended(*outcomes: Outcome, error: KeeperError | None = None) -> RunReport:
    """A plan of six deletions that ended like this."""
    plan = plan_of_a_release_train()
    found = tuple(
        Result(version=decision.version, outcome=outcome)
        for decision, outcome in zip(plan.deletions, outcomes, strict=False)
    )
    return RunReport(packages=(PackageReport(name="app", plan=plan, results=found, error=error),))


def untagged() -> RunReport:
    plan = Plan(
        package=package(),
        decisions=(
            Decision(
                version=version(1, "a", "b", days=1),
                verdict=Verdict.UNTAG,
                ground=Ground.RULE,
                reason="selected by delete: a",
                source="delete: a",
            ),
            unselected(version(2, "c", days=2)),
        ),
    )
    done = Result(version=plan.decisions[0].version, outcome=Outcome.UNTAGGED)
    return RunReport(packages=(PackageReport(name="app", plan=plan, results=(done,)),))


def lost_a_tag(outcome: Outcome, *, journal_file: str | None = None) -> RunReport:
    """One of the two tags that were to go from an image is off; the other one's turn ended so."""
    (only,) = untagged().packages
    assert only.plan is not None
    image, other = only.plan.decisions
    image = replace(image, version=version(1, "v1", "a", "b", days=1), tags_off=("a", "b"))
    result = Result(
        version=image.version, outcome=outcome, detail="took off a; an hour", tags_off=("a",)
    )
    plan = replace(only.plan, decisions=(image, other))
    package = PackageReport(name="app", plan=plan, results=(result,))
    return RunReport(packages=(package,), journal_file=journal_file)


def restored(*outcomes: Outcome, dry: bool = False) -> RunReport:
    """A plan to bring back an image and its part, while another version is active."""
    image = version(1, "v1", days=9)
    back = Decision(
        version=image,
        verdict=Verdict.RESTORE,
        ground=Ground.RULE,
        reason="asked for by restore-ids",
        source="restore-ids",
    )
    child = replace(part(version(2, days=9), image), verdict=Verdict.RESTORE)
    (active,) = leave([version(3, "v3", days=3)])
    plan = Plan(package=package(), decisions=(child, back, active), restoring=True)
    found = (*plan.restorations, back)
    ended = tuple(
        Result(version=d.version, outcome=o) for d, o in zip(found, outcomes, strict=False)
    )
    return RunReport(packages=(PackageReport(name="app", plan=plan, results=ended),), dry_run=dry)
