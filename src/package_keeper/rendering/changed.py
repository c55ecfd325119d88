"""The lists of what was, or would be, changed.

Decides how versions are listed: an image with its parts on one line, newest first, each with its
reason. It does not decide how long a list may be; the summary does.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from package_keeper.domain.errors import LimitExceeded
from package_keeper.domain.model import newest_first
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Decision, Ground, Verdict
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.links import package_link, version_link
from package_keeper.rendering.reasons import MARKDOWN, reason_of
from package_keeper.rendering.tables import cut, table
from package_keeper.rendering.tally import (
    changes,
    is_unknown,
    losing_tags,
    stopped_before_the_start,
)
from package_keeper.rendering.untrusted import code
from package_keeper.rendering.words import begun, counted

_SAMPLE = 10
"""How many versions are named for each reason they were kept or skipped for."""

_DONE = (Outcome.DELETED, Outcome.RESTORED, Outcome.UNTAGGED)
_CHANGES = (
    (Verdict.DELETE, "deleted"),
    (Verdict.RESTORE, "restored"),
    (Verdict.UNTAG, "untagged"),
)

Row = tuple[Decision, tuple[Decision, ...]]
"""A decision and those of its parts that share its fate."""


def changed(report: RunReport, *, rows: int) -> list[str]:
    """What was, or in a dry run would be, changed: a list for each verb and package."""
    lists = [
        (words, package, decisions)
        for package in report.packages
        for words, decisions in _lists(package, dry_run=report.dry_run)
        if decisions
    ]
    each = max(rows // max(len(lists), 1), min(rows, 5))
    lines: list[str] = []
    for words, package, decisions in lists[:rows]:
        name = f" in {package_link(package)}" if len(report.packages) > 1 else ""
        lines += [f"### {words}{name}: {counted(len(decisions), 'version')}", ""]
        lines += [*_listed(decisions, each, _where(report, package)), ""]
    return [*lines, *cut(min(rows, len(lists)), len(lists), "list"), ""]


def _lists(package: PackageReport, *, dry_run: bool) -> Iterator[tuple[str, tuple[Decision, ...]]]:
    planned = changes(package.plan)
    if stopped_before_the_start(package):
        yield _fate(package), planned
        return
    done = {result.version.id for result in package.with_outcome(*_DONE)}
    for verdict, participle in _CHANGES:
        of_verdict = tuple(d for d in planned if d.verdict is verdict)
        if dry_run:
            yield f"Would be {participle}", of_verdict
        else:
            found = _found(package) if verdict is Verdict.RESTORE else ()
            of_done = (d for d in of_verdict if d.version.id in done)
            yield begun(participle), (*of_done, *found)
    yield "Lost tags all the same", tuple(_losing_tags(package))


def _losing_tags(package: PackageReport) -> Iterator[Decision]:
    """What lost tags and did not end as untagged, with these in place of the reason."""
    lost = {result.version.id: result.tags_off for result in losing_tags(package)}
    for decision in changes(package.plan):
        if tags := lost.get(decision.version.id):
            others = ", ".join(tag for tag in decision.tags_off if tag not in tags)
            reason = f"lost {', '.join(tags)}{f' and not {others}' if others else ''}"
            yield replace(decision, reason=reason, source="")


def _found(package: PackageReport) -> Iterator[Decision]:
    """What was restored without being planned: parts that only a restored manifest told of."""
    planned = {decision.version.id for decision in changes(package.plan)}
    for result in package.with_outcome(Outcome.RESTORED):
        if result.version.id not in planned:
            yield Decision(
                version=result.version,
                verdict=Verdict.RESTORE,
                ground=Ground.PART,
                reason=result.detail or "part of a restored version",
            )


def _fate(package: PackageReport) -> str:
    if is_unknown(package):
        return "Planned"
    refused = isinstance(package.error, LimitExceeded)
    return "Planned and refused" if refused else "Planned and not attempted"


def _where(report: RunReport, package: PackageReport) -> str:
    if report.dry_run or not report.journal_file or stopped_before_the_start(package):
        return "All are in the log."
    return f"All are in the journal, {code(report.journal_file)}."


def _listed(decisions: Sequence[Decision], rows: int, where: str) -> list[str]:
    grouped = _with_parts(decisions)
    shown = grouped[:rows]
    heads = ("Version", "Created", "Reason")
    lines = table(heads, map(_row, shown)) if shown else []
    covered = sum(1 + len(parts) for _, parts in shown)
    return lines + cut(covered, len(decisions), "version", where=where)


def _with_parts(decisions: Sequence[Decision]) -> list[Row]:
    """The decisions newest first, parts with the image that takes them along if it is there."""
    roots = [d for d in decisions if d.ground is not Ground.PART]
    images = {d.version.label: d.version.id for d in roots}
    parts: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        if decision.ground is Ground.PART and decision.source in images:
            parts[images[decision.source]].append(decision)
        elif decision.ground is Ground.PART:
            roots.append(decision)
    roots.sort(key=lambda decision: newest_first(decision.version))
    # Only one of two versions with the same id, which no listing should show, gets the parts.
    return [(decision, tuple(parts.pop(decision.version.id, ()))) for decision in roots]


def _row(row: Row) -> tuple[str, str, str]:
    decision, parts = row
    created = decision.version.created_at.date().isoformat()
    along = f" and {counted(len(parts), 'part')}" if parts else ""
    return (f"{version_link(decision.version)}{along}", created, reason_of(decision, MARKDOWN))
