"""The lists of what changes, what was kept and what was skipped.

Decides how versions are listed: an image with its parts on one line, newest first, each with its
reason. It does not decide how long a list may be; the summary does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from package_keeper.domain.model import Version, newest_first
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.advice import happened, title_of
from package_keeper.rendering.links import package_link, short_name, version_link
from package_keeper.rendering.reasons import MARKDOWN, KeptGroup, kept_groups, reason_of
from package_keeper.rendering.tables import cut, table
from package_keeper.rendering.tally import changes
from package_keeper.rendering.untrusted import code, for_table_cell
from package_keeper.rendering.words import counted, number

_SAMPLE = 10
"""How many versions are named for each reason they were kept or skipped for."""

_DONE = (Outcome.DELETED, Outcome.RESTORED, Outcome.UNTAGGED)
_WORDS = {
    Verdict.KEEP: ("Kept", "Would be kept"),
    Verdict.DELETE: ("Deleted", "Would be deleted"),
    Verdict.RESTORE: ("Restored", "Would be restored"),
    Verdict.UNTAG: ("Untagged", "Would be untagged"),
}

Row = tuple[Decision, tuple[Decision, ...]]
"""A decision and those of its parts that share its fate."""


def changed(report: RunReport, *, rows: int) -> list[str]:
    """What was, or in a dry run would be, changed: a list for each verb and package."""
    lists = [
        (verdict, package, decisions)
        for verdict in (Verdict.DELETE, Verdict.RESTORE, Verdict.UNTAG)
        for package in report.packages
        if (decisions := _changed(package, verdict, dry_run=report.dry_run))
    ]
    each = max(rows // max(len(lists), 1), min(rows, 5))
    lines: list[str] = []
    for verdict, package, decisions in lists[:rows]:
        words = _WORDS[verdict][report.dry_run]
        name = f" in {package_link(package)}" if len(report.packages) > 1 else ""
        lines += [f"### {words}{name}: {counted(len(decisions), 'version')}", ""]
        lines += [*_listed(decisions, each, _where(report)), ""]
    return lines + cut(min(rows, len(lists)), len(lists), "list") if rows else lines


def _changed(package: PackageReport, verdict: Verdict, *, dry_run: bool) -> tuple[Decision, ...]:
    planned = tuple(d for d in changes(package.plan) if d.verdict is verdict)
    if dry_run:
        return planned
    done = {result.version.id for result in package.with_outcome(*_DONE)}
    return tuple(d for d in planned if d.version.id in done)


def _where(report: RunReport) -> str:
    if report.dry_run or not report.journal_file:
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


def kept(plan: Plan, *, rows: int) -> list[str]:
    """Which versions are kept by which rule, or needed by which image, in a table."""
    groups = kept_groups(plan)
    if plan.deletes_package or not groups:
        return []
    heads = ("Reason", "Versions", "Which, newest first")
    body = (_kept_row(group, min(rows, _SAMPLE)) for group in groups[: max(rows, 1)])
    return [*table(heads, body), *cut(max(rows, 1), len(groups), "reason"), ""]


def _kept_row(group: KeptGroup, sample: int) -> tuple[str, str, str]:
    phrase = group.phrase(MARKDOWN)
    if group.ground is Ground.NEEDED:
        which = _needing(group.decisions, sample)
    else:
        which = _sample((d.version for d in group.decisions), len(group.decisions), sample)
    return (f"{phrase[0].upper()}{phrase[1:]}", number(len(group.decisions)), which)


def _needing(decisions: Iterable[Decision], sample: int) -> str:
    """The images that need others, each with how many."""
    images: defaultdict[str, int] = defaultdict(int)
    for decision in decisions:
        images[decision.source] += 1
    named = [
        f"{count} by {code(short_name(image))}" for image, count in islice(images.items(), sample)
    ]
    return _and_more(named, len(images), "image")


def _sample(versions: Iterable[Version], total: int, sample: int) -> str:
    newest = sorted(versions, key=newest_first)[:sample]
    return _and_more([version_link(version) for version in newest], total, "")


def _and_more(named: list[str], total: int, noun: str) -> str:
    more = total - len(named)
    if not more:
        return ", ".join(named)
    rest = f"{number(more)} more {noun}{'s' if noun and more > 1 else ''}".rstrip()
    return f"{', '.join(named)} and {rest}" if named else rest


def skipped(package: PackageReport, *, dry_run: bool, rows: int) -> list[str]:
    """What was planned and did not happen, but for failures, and why, in a table."""
    reasons: defaultdict[tuple[str, str], list[Version]] = defaultdict(list)
    for outcome, detail, version in _not_done(package, dry_run=dry_run):
        reasons[happened(outcome), detail].append(version)
    body = [
        (
            words.capitalize(),
            for_table_cell(detail),
            number(len(versions)),
            _sample(versions, len(versions), min(rows, _SAMPLE)),
        )
        for (words, detail), versions in islice(reasons.items(), max(rows, 1))
    ]
    if not body:
        return []
    heads = ("What", "Why", "Versions", "Which, newest first")
    return [*table(heads, body), *cut(len(body), len(reasons), "reason"), ""]


_SKIPPED = (
    Outcome.RETAINED,
    Outcome.UNDELETABLE,
    Outcome.CHANGED,
    Outcome.ALREADY_GONE,
    Outcome.NOT_ATTEMPTED,
)


def _not_done(package: PackageReport, *, dry_run: bool) -> Iterator[tuple[Outcome, str, Version]]:
    for outcome in _SKIPPED:
        for result in package.with_outcome(outcome):
            yield outcome, result.detail, result.version
    if dry_run:
        return
    ended = {result.version.id for result in package.results}
    why = title_of(package.error) if package.error else ""
    for decision in changes(package.plan):
        if decision.version.id not in ended:
            yield Outcome.NOT_ATTEMPTED, why, decision.version
