"""The first line of a summary: the result in one sentence.

Decides what the one thing is that a person must know about a run. What explains it, and what to do
about it, is `explanation`'s.
"""

from package_keeper.domain.errors import KeeperError, WrongInputs
from package_keeper.domain.outcome import Outcome, RunOutcome
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.advice import title_of
from package_keeper.rendering.links import package_name
from package_keeper.rendering.tally import Tally, total
from package_keeper.rendering.untrusted import code
from package_keeper.rendering.words import counted, number, was_or_were

_DONE, _DRY, _WARNING, _FAILED = "✅", "🔍", "⚠️", "❌"


def headline(report: RunReport) -> str:
    """One sentence in Markdown, with one sign for how the run went."""
    return f"{_sign(report)} {_sentence(report)}"


def _sign(report: RunReport) -> str:
    match report.outcome:
        case RunOutcome.FAILED:
            return _FAILED
        case RunOutcome.INCOMPLETE:
            return _WARNING
        case RunOutcome.PLANNED:
            return _DRY
        case RunOutcome.NOTHING_TO_DO | RunOutcome.DONE:
            return _WARNING if total(report).retained else _DONE


def _sentence(report: RunReport) -> str:
    if isinstance(report.error, WrongInputs):
        return f"Nothing was done: {title_of(report.error)}"
    counts = total(report)
    begin = "Cancelled: " if report.cancelled else "Dry run: " if report.dry_run else ""
    main = _planned(report, counts) if report.dry_run else _done(report, counts)
    main = main if not begin else f"{main[0].lower()}{main[1:]}"
    return f"{begin}{main}{_but(report, counts)}"


def _planned(report: RunReport, counts: Tally) -> str:
    if not counts.planned:
        return f"Nothing would be deleted from {_where(report)}"
    whole = _whole_package(report)
    if whole:
        return f"The whole package {whole} would be deleted"
    return f"{_of(counts.planned, counts.active)} of {_where(report)} would be deleted"


def _done(report: RunReport, counts: Tally) -> str:
    whole = _whole_package(report)
    if whole and counts.deleted and counts.deleted == counts.planned:
        return f"Deleted the whole package {whole}"
    if counts.done and counts.done + counts.already_gone >= counts.planned:
        return f"{_verb(counts)} {_of(counts.done, counts.active)} of {_where(report)}"
    if counts.done:
        planned = counted(counts.planned, "planned change")
        return f"{_verb(counts)} {number(counts.done)} of {planned} in {_where(report)}"
    if counts.planned or report.errors or report.cancelled:
        return f"Nothing was deleted from {_where(report)}"
    return f"Nothing to delete in {_where(report)}"


def _verb(counts: Tally) -> str:
    return "Deleted" if counts.done == counts.deleted else "Changed"


def _of(some: int, active: int) -> str:
    """How many of the active versions, with the noun agreeing with the number before it."""
    if some == active:
        return counted(active, "version") if active == 1 else f"all {number(active)} versions"
    return f"{number(some)} of {counted(active, 'version')}"


def _but(report: RunReport, counts: Tally) -> str:
    """What did not go as planned, after the main clause."""
    clauses = [
        f"{number(count)} {words}"
        for count, words in (
            (counts.failed, "failed"),
            (counts.not_attempted, f"{was_or_were(counts.not_attempted)} not attempted"),
            (counts.retained, "could not go" if not report.dry_run else "retained"),
            (counts.already_gone, f"{was_or_were(counts.already_gone)} already gone"),
        )
        if count
    ]
    stopped = _stopped(report)
    if stopped:
        clauses.insert(0, stopped)
    return f": {clauses[0]}" + "".join(f"; {clause}" for clause in clauses[1:]) if clauses else ""


def _stopped(report: RunReport) -> str:
    errors = report.errors
    if not errors:
        return ""
    if len(errors) == 1 and (report.error or len(report.packages) == 1):
        return title_of(errors[0])
    stopped = [package for package in report.packages if package.error]
    reason = f" ({title_of(errors[0])})" if _alike(errors) else ""
    if not stopped:
        return title_of(errors[0])
    return f"{_share(stopped, report)} stopped{reason}"


def _share(stopped: list[PackageReport], report: RunReport) -> str:
    if len(stopped) == 1:
        return code(package_name(stopped[0]))
    return f"{number(len(stopped))} of {counted(len(report.packages), 'package')}"


def _alike(errors: tuple[KeeperError, ...]) -> bool:
    return len({title_of(error) for error in errors}) == 1


def _where(report: RunReport) -> str:
    if not report.packages:
        return "any package"
    if len(report.packages) == 1:
        return code(package_name(report.packages[0]))
    return counted(len(report.packages), "package")


def _whole_package(report: RunReport) -> str:
    if len(report.packages) != 1:
        return ""
    package = report.packages[0]
    whole = package.plan is not None and package.plan.deletes_package
    deleted = len(package.with_outcome(Outcome.DELETED))
    return code(package_name(package)) if whole and (deleted or not package.results) else ""
