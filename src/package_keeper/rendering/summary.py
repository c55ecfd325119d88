"""The job summary: the whole run on one page, written however the run ends.

Decides the order of its parts and how long its lists may be. GitHub drops a summary over 1 MiB
whole (actions/runner, FileCommandManager.cs), so lists are cut until it fits; counts never are.
"""

from datetime import datetime

from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.changed import changed
from package_keeper.rendering.explanation import explanation, failures
from package_keeper.rendering.headline import headline, is_restoring, participle_of
from package_keeper.rendering.links import Links, package_link, package_name
from package_keeper.rendering.outputs import cut_outputs
from package_keeper.rendering.staying import kept, skipped
from package_keeper.rendering.tables import cut, folded, table
from package_keeper.rendering.tally import Tally, is_unknown, tally, total
from package_keeper.rendering.undo import undo
from package_keeper.rendering.untrusted import code, for_markdown, shorten
from package_keeper.rendering.words import counted, number, was_or_were

MOST_BYTES = 1_000_000
"""A little under the runner's limit of 1,048,576 bytes, for what the runner adds by masking."""

_LENGTHS = (3_000, 1_000, 300, 100, 30, 10, 3, 0)


def summary(report: RunReport, *, links: Links, now: datetime) -> str:
    """The page as Markdown, in UTF-8 under 1 MiB; `now` is when the run ended."""
    text = ""
    for rows in _LENGTHS:
        text = _page(report, links=links, now=now, rows=rows)
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


def _page(report: RunReport, *, links: Links, now: datetime, rows: int) -> str:
    lines = [
        f"## {headline(report)}",
        "",
        *explanation(report, links, rows=rows),
        *_packages(report, rows),
        *failures(report, rows=rows),
        *changed(report, rows=rows),
        *undo(report, links=links, now=now, most_ids=min(rows, 1_000)),
        *_folded_parts(report, rows),
    ]
    text = "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1]))
    return f"{text.rstrip()}\n"


_COLUMNS = (
    ("Deleted", "deleted"),
    ("Retained", "retained"),
    ("Failed", "failed"),
)
_WHEN_ANY = (
    ("Restored", "restored"),
    ("Untagged", "untagged"),
    ("Already gone", "already_gone"),
    ("Not attempted", "not_attempted"),
    ("Lost tags", "lost_tags"),
)


def _packages(report: RunReport, rows: int) -> list[str]:
    """The table of counts with its notes; the packages that failed first where it is cut."""
    tallies = [(package, tally(package, dry_run=report.dry_run)) for package in report.packages]
    if not any(package.plan or package.results for package in report.packages):
        return []
    whole = total(report)
    columns = _columns(report, whole)
    heads = ("Package", *(head for head, _ in columns))
    limit = max(rows, 1)
    if len(tallies) > limit:
        tallies.sort(key=lambda each: not (each[0].error or each[1].failed or each[1].planned))
    body = [_of_one(package, counts, columns) for package, counts in tallies[:limit]]
    if len(tallies) > 1:
        body.append(_numbers(f"**All {counted(len(tallies), 'package')}**", whole, columns))
    return [
        *table(heads, body, right=range(1, len(heads))),
        *cut(min(limit, len(tallies)), len(tallies), "package"),
        "",
        *_notes(report),
    ]


def _columns(report: RunReport, whole: Tally) -> list[tuple[str, str]]:
    if is_restoring(report):
        return _columns_of_restoring(report, whole)
    first = [("Active", "active"), ("Kept", "kept")]
    if report.dry_run:
        rest = (*_COLUMNS[1:], *_WHEN_ANY)
        head = f"Would be {participle_of(report) if whole.planned else 'deleted'}"
        return [
            *first,
            (head, "pending"),
            *(column for column in rest if getattr(whole, column[1])),
        ]
    return [*first, *_COLUMNS, *(column for column in _WHEN_ANY if getattr(whole, column[1]))]


def _columns_of_restoring(report: RunReport, whole: Tally) -> list[tuple[str, str]]:
    """What is active stays active, so nothing is said of keeping and deleting."""
    done = ("Would be restored", "pending") if report.dry_run else ("Restored", "restored")
    rest = (*_COLUMNS[1:], *_WHEN_ANY[1:])
    seen = (column for column in rest if getattr(whole, column[1]))
    return [("Active before", "active"), done, *seen]


def _of_one(
    package: PackageReport, counts: Tally, columns: list[tuple[str, str]]
) -> tuple[str, ...]:
    """A package's row, without numbers where they are not known."""
    unlisted = package.plan is None and not package.results
    if unlisted or is_unknown(package):
        return (package_link(package), *["?"] * len(columns))
    return _numbers(package_link(package), counts, columns)


def _numbers(name: str, counts: Tally, columns: list[tuple[str, str]]) -> tuple[str, ...]:
    return (name, *(number(getattr(counts, attribute)) for _, attribute in columns))


def _notes(report: RunReport) -> list[str]:
    notes = []
    read = sum(package.plan.manifests_read for package in report.packages if package.plan)
    if read:
        counts = "it counts" if read == 1 else "each counts"
        manifests = f"{counted(read, 'manifest')} {was_or_were(read)} read from the registry"
        notes += [f"{manifests}; {counts} as a download.", ""]
    for output in cut_outputs(report):
        shown = f"the first {number(output.shown)} of {counted(output.total, 'id')}"
        notes += [f"The output `{output.name}` has {shown}.", ""]
    return notes


def _folded_parts(report: RunReport, rows: int) -> list[str]:
    return [
        *_kept(report, rows),
        *_skipped(report, rows),
        *_warnings(report, rows),
        *_settings(report, rows),
    ]


def _kept(report: RunReport, rows: int) -> list[str]:
    count = total(report).kept
    lines = []
    for package in report.packages[: max(rows, 1)]:
        if package.plan:
            lines += _of_package(package, report, kept(package.plan, rows=rows))
    title = "Active already" if is_restoring(report) else "Kept"
    return folded(f"{title}: {counted(count, 'version')}", lines)


def _skipped(report: RunReport, rows: int) -> list[str]:
    counts = total(report)
    count = counts.retained + counts.already_gone + counts.not_attempted
    lines = []
    for package in report.packages[: max(rows, 1)]:
        found = skipped(package, dry_run=report.dry_run, rows=rows)
        lines += _of_package(package, report, found)
    return folded(f"Skipped: {counted(count, 'version')}", lines)


def _of_package(package: PackageReport, report: RunReport, lines: list[str]) -> list[str]:
    if not lines or len(report.packages) == 1:
        return lines
    return [f"#### {package_link(package)}", "", *lines]


def _warnings(report: RunReport, rows: int) -> list[str]:
    texts = [("", text) for text in report.warnings]
    for package in report.packages:
        name = f"{code(package_name(package))}: " if len(report.packages) > 1 else ""
        planned = (*package.plan.warnings, *package.plan.notices) if package.plan else ()
        texts += [(name, text) for text in (*planned, *package.warnings)]
    limit = max(rows, 1)
    lines = [f"- {name}{for_markdown(shorten(text, 1000))}" for name, text in texts[:limit]]
    title = f"Warnings: {number(len(texts))}"
    return folded(
        title, [*lines, *cut(min(limit, len(texts)), len(texts), "warning")] if texts else []
    )


def _settings(report: RunReport, rows: int) -> list[str]:
    settings = report.settings
    limit = max(rows, 1)
    body = [(code(name), code(value, 500)) for name, value in settings[:limit]]
    if not body:
        return []
    verb = "differs" if len(settings) == 1 else "differ"
    title = f"{counted(len(settings), 'setting')} that {verb} from the defaults"
    return folded(title, [*table(("Input", "Value"), body), *cut(limit, len(settings), "setting")])
