"""Annotations: what GitHub shows on the run's page besides the log.

Decides which errors, warnings and notices there are, how they are summed up and in which order.
GitHub shows ten of a kind and cuts messages at 4,096 characters (actions/runner,
ExecutionContext.cs), so there are never more, and the tenth says how many are missing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from package_keeper.domain.errors import KeeperError, WrongInputs
from package_keeper.domain.outcome import Outcome, Result, RunOutcome
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.advice import happened, title_of, what_to_do
from package_keeper.rendering.outputs import cut_outputs
from package_keeper.rendering.reasons import LOG, nothing_selected
from package_keeper.rendering.tally import tally, total
from package_keeper.rendering.untrusted import for_log, shorten
from package_keeper.rendering.words import counted, number

MOST = 10
LONGEST = 4096


class Level(Enum):
    """The kinds of annotation, the most serious first."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One annotation as plain text that is harmless; only `message` may have line breaks."""

    level: Level
    title: str
    message: str


def annotations(report: RunReport) -> tuple[Annotation, ...]:
    """All annotations of a run: errors, warnings, notices, each the most important first."""
    found = [*_errors(report), *_warnings(report), *_notices(report)]
    return tuple(chain.from_iterable(_at_most_ten(found, level) for level in Level))


def _at_most_ten(found: list[Annotation], level: Level) -> tuple[Annotation, ...]:
    of_level = [annotation for annotation in found if annotation.level is level]
    if len(of_level) <= MOST:
        return tuple(of_level)
    missing = len(of_level) - MOST + 1
    message = f"{counted(missing, f'more {level.value}')}: see the job summary."
    last = Annotation(level=level, title=f"{number(missing)} more", message=message)
    return (*of_level[: MOST - 1], last)


def _made(level: Level, title: str, *texts: str) -> Annotation:
    message = " ".join(text for text in texts if text)
    return Annotation(
        level=level, title=shorten(for_log(title), 200), message=shorten(message, LONGEST)
    )


def _errors(report: RunReport) -> Iterator[Annotation]:
    if report.error:
        yield _of_error(report.error, "")
    for package in report.packages:
        if package.error:
            yield _of_error(package.error, package.name)
    for outcome in (Outcome.DENIED, Outcome.ERROR):
        for package in report.packages:
            yield from _of_results(package, outcome, Level.ERROR)


def _of_error(error: KeeperError, name: str) -> Annotation:
    level = Level.ERROR if error.exit_code else Level.WARNING
    title = f"{name}: {title_of(error)}" if name else title_of(error).capitalize()
    if isinstance(error, WrongInputs):
        mistakes = (f"- {shorten(for_log(str(mistake)), 1000)}" for mistake in error.mistakes)
        return _made(level, title, "\n".join(("Correct these inputs:", *mistakes)))
    request = f"(GitHub request {for_log(error.request_id)})" if error.request_id else ""
    texts = (shorten(for_log(error.message), 2000), shorten(for_log(error.hint), 1500), request)
    return _made(level, title, *texts)


def _of_results(package: PackageReport, outcome: Outcome, level: Level) -> Iterator[Annotation]:
    results = package.with_outcome(outcome)
    if not results:
        return
    words = "could not be deleted" if outcome is Outcome.ERROR else happened(outcome)
    title = f"{package.name}: {counted(len(results), 'version')} {words}"
    yield _made(level, title, _details(results), what_to_do(outcome))


def _details(results: tuple[Result, ...]) -> str:
    """The reasons that were given, each once with how often and an example."""
    by_detail: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_detail[result.detail].append(result)
    reasons = []
    for detail, same in list(by_detail.items())[:3]:
        example = for_log(shorten(same[0].version.label, 100))
        names = example if len(same) == 1 else f"{example} and {number(len(same) - 1)} more"
        reason = shorten(for_log(detail), 500)
        reasons.append(f"{names}: {reason}" if reason else names)
    more = len(by_detail) - len(reasons)
    rest = f"; {counted(more, 'more reason')}" if more else ""
    return f"{'; '.join(reasons)}{rest}".rstrip(".") + "."


def _warnings(report: RunReport) -> Iterator[Annotation]:
    if report.cancelled:
        left = number(total(report).not_attempted)
        text = f"The run was cancelled; {left} planned changes were not attempted."
        yield _made(Level.WARNING, "Cancelled", text, what_to_do(Outcome.NOT_ATTEMPTED))
    for package in report.packages:
        yield from _not_attempted(package, report)
    for outcome in (Outcome.UNDELETABLE, Outcome.RETAINED, Outcome.CHANGED):
        for package in report.packages:
            yield from _of_results(package, outcome, Level.WARNING)
    for text in report.warnings:
        yield _made(Level.WARNING, "Package Keeper", for_log(text))
    for package in report.packages:
        for text in (*(package.plan.warnings if package.plan else ()), *package.warnings):
            yield _made(Level.WARNING, package.name, for_log(text))


def _not_attempted(package: PackageReport, report: RunReport) -> Iterator[Annotation]:
    count = tally(package, dry_run=report.dry_run).not_attempted
    if not count or report.cancelled or package.error:
        return
    title = f"{package.name}: {counted(count, 'version')} not attempted"
    results = package.with_outcome(Outcome.NOT_ATTEMPTED)
    reason = _details(results) if results else ""
    yield _made(Level.WARNING, title, reason, what_to_do(Outcome.NOT_ATTEMPTED))


def _notices(report: RunReport) -> Iterator[Annotation]:
    if report.outcome is RunOutcome.NOTHING_TO_DO:
        yield from _nothing_to_do(report)
    for cut in cut_outputs(report):
        where = "the journal" if report.journal_file and not report.dry_run else "the log"
        text = (
            f"It has the first {number(cut.shown)} of {number(cut.total)} ids; all are in {where}."
        )
        yield _made(Level.NOTICE, f"The output {cut.name} is cut", text)
    for package in report.packages:
        for text in package.plan.notices if package.plan else ():
            yield _made(Level.NOTICE, package.name, for_log(text))


def _nothing_to_do(report: RunReport) -> Iterator[Annotation]:
    if not report.packages:
        yield _made(Level.NOTICE, "Nothing to do", "No package was selected.")
    for package in report.packages:
        if package.plan:
            text = f"{nothing_selected(package.plan, LOG)}."
            yield _made(Level.NOTICE, f"{package.name}: nothing to delete", for_log(text))
