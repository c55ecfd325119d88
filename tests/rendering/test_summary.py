"""The job summary, as whole pages to be read, and its promises for any report."""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings

from package_keeper.domain.errors import KeeperError
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Plan
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.links import Links
from package_keeper.rendering.outputs import outputs
from package_keeper.rendering.summary import MOST_BYTES, summary
from package_keeper.rendering.words import number
from rendering.endings import BACK, lost_a_tag, page, restored
from rendering.reading import Page
from rendering.reports import (
    HOSTILE,
    JOURNAL,
    delete,
    hostile,
    keep,
    many_deletions,
    normal_run,
    package,
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


@pytest.mark.parametrize(
    ("name", "report"), [each for each in samples() if each[0] not in ("many", "nothing-to-do")]
)
def test_the_whole_page(name: str, report: RunReport) -> None:
    """Where a change is meant, write `page(report)` to the file and read it as GitHub shows it."""
    assert page(report) == (GOLDEN / f"{name}.md").read_text(encoding="utf-8")


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
    assert text.startswith("## ✅ Nothing to do in 3 packages\n")
    assert "- `octo-org/one` and 1 more: 0 of 1: 1 not selected by any delete rule.\n" in text
    assert "- `octo-org/three`: 0 of 1: 1 kept by `v*`.\n" in text


def test_what_came_back_counts_as_left_and_not_as_active_before() -> None:
    text = page(restored(BACK, BACK))
    assert "| Package | Active before | Restored |" in text
    assert "package/app) | 1 | 2 |" in text
    assert "### Restored: 2 versions" in text
    assert "| Active already | 1 |" in text
    assert "undo" not in text
    assert dict(outputs(restored(BACK, BACK)))["kept-count"] == "3"
    assert "| Package | Active before | Would be restored |" in page(restored(dry=True))


def test_parts_that_were_found_on_the_way_are_listed_as_restored() -> None:
    (report,) = restored(BACK, BACK).packages
    extra = Result(version=version(9, days=9), outcome=BACK, detail="part of v1")
    more = replace(report, results=(*report.results, extra))
    text = page(RunReport(packages=(more,)))
    assert text.startswith("## ✅ Restored 3 deleted versions of `octo-org/app`\n")
    assert "### Restored: 3 versions" in text
    assert "| part of v1 |" in text


def test_tags_that_are_off_are_listed_whatever_came_of_the_others() -> None:
    text = page(lost_a_tag(Outcome.NOT_ATTEMPTED, journal_file="journal.jsonl"))
    assert "| Not attempted | Lost tags |\n" in text
    assert "| 2 | 1 | 0 | 0 | 0 | 1 | 1 |\n" in text
    _, _, listed = text.partition("### Lost tags all the same: 1 version\n")
    assert "| lost a and not b |" in listed.partition("###")[0]


def test_a_tag_that_was_the_only_one_to_go_is_listed_alone() -> None:
    (only,) = lost_a_tag(Outcome.ERROR).packages
    (result,) = only.results
    package = replace(only, results=(replace(result, tags_off=("a", "b")),))
    assert "| lost a, b |" in page(RunReport(packages=(package,)))


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
    assert "ghp_01234" not in text
    for count in {len(p.plan.decisions) for p in report.packages if p.plan}:
        assert number(count) in text


def test_a_hostile_report_shows_all_its_texts() -> None:
    read = Page(page(hostile()))
    for text in HOSTILE[:3] + HOSTILE[4:8]:
        assert text.replace("\n", "\\n").replace("\r", "\\r").strip() in read.text
