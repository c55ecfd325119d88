"""The log: what a run prints, and that no line of it is a command."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings

from package_keeper.domain.outcome import Outcome
from package_keeper.domain.report import RunReport
from package_keeper.rendering.annotations import Annotation, Level, annotations
from package_keeper.rendering.log import Console, Log, package_line, plan_lines, progress_line
from rendering.endings import lost_a_tag
from rendering.reports import (
    access_denied,
    dry_run,
    half_failed,
    normal_run,
    plan_of_a_release_train,
    samples,
    version,
)
from rendering.strategies import reports, texts


@dataclass
class Lines(Console):
    """A console that keeps what it is given."""

    printed: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        self.printed.append(text)

    def group(self, title: str) -> None:
        self.printed.append(f"[{title}]")

    def end_group(self) -> None:
        self.printed.append("[end]")

    def notice(self, text: str, *, title: str = "") -> None:
        self.printed.append(f"notice {title}: {text}")

    def warning(self, text: str, *, title: str = "") -> None:
        self.printed.append(f"warning {title}: {text}")

    def error(self, text: str, *, title: str = "") -> None:
        self.printed.append(f"error {title}: {text}")


def test_a_plan_has_a_line_for_each_deletion_and_sums_up_what_is_kept() -> None:
    digests = {n: version(n, days=0).name for n in (102, 103, 105, 106)}
    assert plan_lines(plan_of_a_release_train()) == (
        "10 active versions: 6 to delete",
        "delete 1.2.0-rc.1 (id 101, created 2025-08-24): selected by delete: *-rc.*, rc",
        f"delete {digests[102]} (id 102, created 2025-08-24): part of 1.2.0-rc.1, which goes",
        f"delete {digests[103]} (id 103, created 2025-08-24): part of 1.2.0-rc.1, which goes",
        "delete 1.2.0-rc.2, rc (id 104, created 2025-09-23): selected by delete: *-rc.*, rc",
        f"delete {digests[105]} (id 105, created 2025-09-23): part of 1.2.0-rc.2, rc, which goes",
        f"delete {digests[106]} (id 106, created 2025-09-23): part of 1.2.0-rc.2, rc, which goes",
        "keep 2: needed by images that are kept",
        "keep 1: not selected by any delete rule",
        "keep 1: kept by versions-to-keep: 1",
        "10 manifests read from the registry",
    )


def test_a_plan_without_changes_says_why() -> None:
    plan = dict(samples())["nothing-to-do"].packages[0].plan
    assert plan is not None
    assert plan_lines(plan) == ("0 of 219: 180 kept by v*, 39 younger than 30 days",)


@pytest.mark.parametrize(
    ("report", "lines"),
    [
        (normal_run(), ["octo-org/app (container): deleted 6 of 10, 4 left"]),
        (dry_run(), ["octo-org/app (container): would delete 6 of 10"]),
        (
            lost_a_tag(Outcome.NOT_ATTEMPTED),
            [
                (
                    "octo-org/app (container): deleted 0 of 2, 1 not attempted, "
                    "1 lost tags all the same, 2 left"
                )
            ],
        ),
        (access_denied(), ["octo-org/app: access denied or not found"]),
        (
            half_failed(),
            [
                (
                    "octo-org/app (container): deleted 1 of 10, 1 already gone, 1 retained, "
                    "1 failed, 2 not attempted, 8 left"
                ),
                "octo-org/worker: an error",
                "octo-org/idle (container): deleted 0 of 1",
            ],
        ),
    ],
)
def test_the_last_lines_name_every_package(report: RunReport, lines: list[str]) -> None:
    assert [package_line(each, dry_run=report.dry_run) for each in report.packages] == lines


def test_progress_says_what_is_left() -> None:
    line = progress_line(120, 540, left=timedelta(minutes=3), requests_left=430)
    assert line == "deleted 120 of 540 · about 3 min · 430 requests left this hour"
    assert progress_line(1, 1_234, verb="read") == "read 1 of 1,234"
    assert progress_line(0, 1, left=timedelta(seconds=9), requests_left=1) == (
        "deleted 0 of 1 · less than 1 min · 1 request left this hour"
    )
    assert progress_line(9, 10, left=timedelta(hours=2)) == "deleted 9 of 10 · about 2 h"


def test_a_group_ends_however_it_is_left() -> None:
    lines = Lines()

    def fail_inside() -> None:
        with Log(lines).group("::group::a\nb"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_inside()
    assert lines.printed == [r"[:\:group:\:a\nb]", "[end]"]


def test_an_annotation_keeps_its_lines_and_no_command() -> None:
    lines = Lines()
    for level in Level:
        Log(lines).annotate(Annotation(level=level, title="a\nb", message="one\n::error::two"))
    assert lines.printed == [
        rf"{level.value} a\nb: one" + "\n" + r":\:error:\:two" for level in Level
    ]


@settings(max_examples=60)
@given(reports, texts)
def test_no_line_of_any_run_is_a_command(report: RunReport, text: str) -> None:
    lines = Lines()
    log = Log(lines)
    log.line(text)
    for package in report.packages:
        with log.group(package.name):
            if package.plan:
                log.plan(package.plan)
        log.package(package, dry_run=report.dry_run)
    for annotation in annotations(report):
        log.annotate(annotation)
    for line in lines.printed:
        # Only a name that ends in a colon may have one more behind it, and then a space.
        assert "::" not in line.replace(":: ", ": ")
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "ghp_01234" not in line
        assert line.replace("\n", "").isprintable()
