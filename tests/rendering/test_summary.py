"""The job summary, as whole pages to be read, and its promises for any report."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

from package_keeper.domain.errors import AccessDenied, KeeperError, Unexpected, WaitedTooLong
from package_keeper.domain.model import OwnerKind, PackageType, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.links import Links
from package_keeper.rendering.summary import MOST_BYTES, summary
from package_keeper.rendering.words import number
from rendering.reading import Page
from rendering.reports import (
    HOSTILE,
    JOURNAL,
    NOW,
    delete,
    dry_run,
    hostile,
    keep,
    many_deletions,
    normal_run,
    package,
    plan_of_a_release_train,
    results,
    samples,
    unselected,
    version,
)
from rendering.strategies import moments, reports

GOLDEN = Path(__file__).parent / "golden"
ELEMENTS = {
    *("p", "a", "code", "pre", "strong", "span", "details", "summary", "ul", "li"),
    *("h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td"),
}


def page(report: RunReport, links: Links | None = None) -> str:
    return summary(report, links=links or Links(), now=NOW)


@pytest.mark.parametrize(
    ("name", "report"), [each for each in samples() if each[0] not in ("many", "nothing-to-do")]
)
def test_the_whole_page(name: str, report: RunReport) -> None:
    """Where a change is meant, write `page(report)` to the file and read it as GitHub shows it."""
    assert page(report) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


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
        (RunReport(), "## ✅ Nothing to delete in any package"),
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
    ],
)
def test_the_first_line_says_the_result(report: RunReport, line: str) -> None:
    assert first_line(report) == line


def test_a_cancelled_run_says_so_first() -> None:
    plan = plan_of_a_release_train()
    report = RunReport(packages=(PackageReport(name="app", plan=plan),), cancelled=True)
    line = "## ⚠️ Cancelled: nothing was deleted from `octo-org/app`: 6 were not attempted"
    assert first_line(report) == line


def test_nothing_selected_says_why_in_numbers() -> None:
    report = dict(samples())["nothing-to-do"]
    assert "\n0 of 219: 180 kept by `v*`, 39 younger than 30 days.\n" in page(report)


def test_several_packages_with_nothing_to_do_are_summed_up_by_reason() -> None:
    one = Plan(package=package("one"), decisions=(unselected(version(1, "v1", days=1)),))
    two = Plan(package=package("two"), decisions=(unselected(version(2, "v1", days=1)),))
    three = Plan(package=package("three"), decisions=(keep(version(3, days=1), "keep: v*"),))
    plans = {"one": one, "two": two, "three": three}
    report = RunReport(packages=tuple(PackageReport(name=n, plan=p) for n, p in plans.items()))
    text = page(report)
    assert text.startswith("## ✅ Nothing to delete in 3 packages\n")
    assert "- `octo-org/one` and 1 more: 0 of 1: 1 not selected by any delete rule.\n" in text
    assert "- `octo-org/three`: 0 of 1: 1 kept by `v*`.\n" in text


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (OwnerKind.ORGANIZATION, "orgs/octo-org/packages/npm/a%2Fb%20c"),
        (OwnerKind.USER, "users/octo-org/packages/npm/a%2Fb%20c"),
        (OwnerKind.AUTHENTICATED_USER, "user/packages/npm/a%2Fb%20c"),
    ],
)
def test_undoing_names_the_right_endpoint(kind: OwnerKind, path: str) -> None:
    of = package("a/b c", kind=kind, package_type=PackageType.NPM)
    plan = Plan(package=of, decisions=(delete(version(7, "v1", days=1), "delete: v1"),))
    done = PackageReport(name="a/b c", plan=plan, results=results(plan, Outcome.DELETED))
    command = f'gh api --method POST "{path}/versions/7/restore"'
    assert f"```sh\n{command}\n```" in page(RunReport(packages=(done,)))


def test_undoing_names_the_host_that_is_not_github_com() -> None:
    links = Links(server_url="https://github.example.com")
    assert "gh api --hostname github.example.com --method POST" in page(normal_run(), links)


def test_undoing_a_whole_package_restores_it_whole() -> None:
    text = page(whole_package(done=True))
    assert 'gh api --method POST "orgs/octo-org/packages/container/a%2Fb/restore"' in text


def test_undoing_several_packages_shows_ids_up_to_a_number_in_all() -> None:
    packages = []
    for name in ("one", "two", "three"):
        versions = (version(n, f"v{n}", days=n) for n in range(1, 601))
        decisions = tuple(delete(each, "delete: v*") for each in versions)
        plan = Plan(package=package(name), decisions=decisions)
        done = results(plan, Outcome.DELETED)
        packages.append(PackageReport(name=name, plan=plan, results=done))
    text = page(RunReport(packages=tuple(packages)))
    assert "`octo-org/one`:\n\n```sh\nfor id in 600 599" in text
    cut = "These are the first 400 of 600 ids; the output `deleted-ids` has the others."
    assert text.count("```sh") == 2
    assert cut in text


def test_undoing_without_a_known_package_names_the_ids() -> None:
    gone = Result(version=version(7, days=1), outcome=Outcome.DELETED)
    text = page(RunReport(packages=(PackageReport(name="app", results=(gone,)),)))
    assert "```sh\n# 7\n```" in text


def test_undoing_untagging_is_pushing_the_tag() -> None:
    assert "A tag that was taken off is put back by pushing it again" in page(untagged())


def test_the_last_day_of_the_calendar_has_no_day_30_days_later() -> None:
    text = summary(normal_run(), links=Links(), now=datetime.max.replace(tzinfo=UTC))
    assert "GitHub keeps deleted versions for 30 days, and restores them" in text


def test_a_dry_run_of_untagging_and_deleting_would_change() -> None:
    (only,) = untagged().packages
    assert only.plan is not None
    decisions = (delete(version(3, "d", days=3), "delete: d"), *only.plan.decisions)
    both = replace(only, plan=replace(only.plan, decisions=decisions), results=())
    text = page(RunReport(packages=(both,), dry_run=True))
    assert text.startswith("## 🔍 Dry run: 2 of 3 versions of `octo-org/app` would be changed\n")
    assert "| Package | Active | Kept | Would be changed |" in text
    assert "### Would be untagged: 1 version" in text


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
        "## ❌ Nothing was deleted from 4 packages: 3 of 4 packages stopped "
        "(access denied or not found)"
    )
    assert first_line(RunReport(packages=(*packages, *idle))) == line


def test_more_reasons_than_fit_are_counted() -> None:
    packages = []
    for n in range(4_000):
        plan = Plan(package=package(f"p{n}"), decisions=(keep(version(n, days=1), f"keep: {n}"),))
        packages.append(PackageReport(name=f"p{n}", plan=plan))
    text = page(RunReport(packages=tuple(packages)))
    assert len(text.encode()) <= MOST_BYTES
    assert "more reasons in the log." in text
    assert "First 1,000 of 4,000 packages." in text
    assert "| **All 4,000 packages** | 4,000 | 4,000 | 0 | 0 | 0 |" in text


def test_a_dry_run_has_nothing_to_undo() -> None:
    assert "undo" not in page(dry_run())


def test_five_thousand_deletions_are_listed_up_to_a_number_that_is_said() -> None:
    text = page(many_deletions(5_000))
    assert text.startswith("## ✅ Deleted 5,000 of 5,001 versions of `octo-org/app`\n")
    assert "### Deleted: 5,000 versions\n" in text
    where = f"All are in the journal, `{JOURNAL}`."
    assert f"\nFirst 3,000 of 5,000 versions. {where}\n" in text
    assert text.count("selected by `delete: pr-*`") == 3_000
    assert f"first 1,000 of 5,000 ids; the journal, `{JOURNAL}`, has the others" in text


def test_the_newest_are_listed_first_and_parts_with_their_image() -> None:
    text = page(normal_run())
    assert text.index("1.2.0-rc.2") < text.index("1.2.0-rc.1")
    assert text.count("and 2 parts") == 2


def nasty(version_id: int) -> Version:
    """As long and as hard to neutralise as a version can be."""
    tags = tuple("\u202e|`\\" * 100 for _ in range(20))
    return version(version_id, *tags, days=1, name="<" * 500, url="https://a.example" + "/x" * 400)


def test_a_page_of_the_longest_texts_fits_and_has_every_count() -> None:
    decisions = tuple(delete(nasty(n), "&" * 5_000 + str(n)) for n in range(2_000))
    stays = tuple(keep(nasty(n), "$" * 5_000 + str(n)) for n in range(2_000, 4_000))
    plan = Plan(package=package("|" * 500), decisions=decisions + stays, manifests_read=1_234)
    error = KeeperError("<" * 100_000, hint="@a" * 100_000, request_id="`" * 10_000)
    reports_ = tuple(
        PackageReport(
            name="$" * 10_000,
            plan=plan if n == 0 else None,
            results=results(plan, Outcome.DELETED, detail="|" * 10_000)[:1_500] if n == 0 else (),
            error=error,
            warnings=("~" * 10_000,) * 20,
        )
        for n in range(200)
    )
    settings = tuple((str(n) * 1_000, "\\" * 10_000) for n in range(100))
    text = page(RunReport(packages=reports_, settings=settings, journal_file="`" * 10_000))
    assert len(text.encode()) <= MOST_BYTES
    assert "| **All 200 packages** | 4,000 | 2,000 | 1,500 | 0 | 0 | 500 |" in text
    assert "1,234 manifests were read" in text
    assert "Warnings: 4,000" in text
    assert "100 settings" in text


def test_a_large_package_fits() -> None:
    count = 60_000
    text = page(many_deletions(count))
    assert len(text.encode()) <= MOST_BYTES
    assert f"Deleted {number(count)} of {number(count + 1)}" in text


@settings(max_examples=60)
@given(report=reports, now=moments)
def test_any_report_makes_a_harmless_page_with_its_counts(report: RunReport, now: datetime) -> None:
    text = summary(report, links=Links(), now=now)
    read = Page(text)
    assert len(text.encode()) <= MOST_BYTES
    assert read.elements <= ELEMENTS
    assert all(re.match("https?://", address) for address in read.addresses)
    assert not read.alive
    assert text.startswith("## ")
    assert "ghp_" not in text
    for count in {len(p.plan.decisions) for p in report.packages if p.plan}:
        assert number(count) in text


def test_a_hostile_report_shows_all_its_texts() -> None:
    read = Page(page(hostile()))
    for text in HOSTILE[:3] + HOSTILE[4:8]:
        assert text.replace("\n", "\\n").replace("\r", "\\r").strip() in read.text
