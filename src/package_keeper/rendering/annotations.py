"""Annotations: what GitHub shows on the run's page besides the log.

Decides which errors, warnings and notices there are, how they are summed up and in which order.
GitHub shows ten of a kind and cuts messages at 4,096 characters (actions/runner,
ExecutionContext.cs), so there are never more, and the tenth says how many are missing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from package_keeper.domain.errors import KeeperError, WrongInputs
from package_keeper.domain.outcome import Outcome, Result, RunOutcome
from package_keeper.domain.report import RunReport
from package_keeper.rendering.advice import TAGS_BACK, advice_on, happened, title_of, what_to_do
from package_keeper.rendering.links import label, package_name
from package_keeper.rendering.outputs import cut_outputs
from package_keeper.rendering.reasons import LOG, nothing_selected
from package_keeper.rendering.tally import losing_tags, total, unfinished
from package_keeper.rendering.untrusted import for_log, shorten
from package_keeper.rendering.words import begun, counted, number

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
    message = " ".join(text for text in texts if text) or "No reason was given."
    # Two harmless texts side by side may make a command, so the whole is looked at once more.
    message = "\n".join(map(for_log, message.split("\n")))
    return Annotation(
        level=level, title=shorten(for_log(title), 200), message=shorten(message, LONGEST)
    )


def _errors(report: RunReport) -> Iterator[Annotation]:
    if report.error:
        yield _of_errors([("", report.error)])
    by_kind: defaultdict[str, list[tuple[str, KeeperError]]] = defaultdict(list)
    for package in report.packages:
        if package.error:
            by_kind[title_of(package.error)].append((package_name(package), package.error))
    yield from map(_of_errors, by_kind.values())
    for outcome in (Outcome.DENIED, Outcome.ERROR):
        yield from _of_results(report, outcome, Level.ERROR)


def _of_errors(alike: list[tuple[str, KeeperError]]) -> Annotation:
    """One annotation for errors of the same kind; the first is told, the others are named."""
    name, error = alike[0]
    level = Level.ERROR if error.exit_code else Level.WARNING
    title = f"{_named([name for name, _ in alike])}: {title_of(error)}" if name else ""
    if isinstance(error, WrongInputs):
        mistakes = (f"- {shorten(for_log(str(mistake)), 1000)}" for mistake in error.mistakes)
        return _made(level, begun(title_of(error)), "\n".join(("Correct these inputs:", *mistakes)))
    request = f"(GitHub request {for_log(error.request_id)})" if error.request_id else ""
    texts = (shorten(for_log(error.message), 1500), shorten(for_log(error.hint), 1500), request)
    others = ", ".join(shorten(for_log(other), 100) for other, _ in alike[1:6])
    more = f"The same kind of error stopped {others}" if others else ""
    rest = f" and {number(len(alike) - 6)} more packages" if len(alike) > 6 else ""
    return _made(level, title or begun(title_of(error)), *texts, f"{more}{rest}." if more else "")


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else counted(len(names), "package")


def _of_results(report: RunReport, outcome: Outcome, level: Level) -> Iterator[Annotation]:
    """One annotation for all versions with this outcome."""
    packages = [package for package in report.packages if package.with_outcome(outcome)]
    results = [result for package in packages for result in package.with_outcome(outcome)]
    if results:
        name = _named([package_name(package) for package in packages])
        title = f"{name}: {counted(len(results), 'version')} {happened(outcome)}"
        advice = (shorten(for_log(text), 1000) for text in advice_on(outcome, results))
        yield _made(level, title, _details(results), *advice)


def _details(results: Sequence[Result]) -> str:
    """The reasons that were given, each once with how often and an example."""
    by_detail: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_detail[result.detail].append(result)
    reasons = []
    for detail, same in list(by_detail.items())[:3]:
        example = for_log(label(same[0].version))
        names = example if len(same) == 1 else f"{example} and {number(len(same) - 1)} more"
        reason = shorten(for_log(detail), 500)
        reasons.append(f"{names}: {reason}" if reason else names)
    more = len(by_detail) - len(reasons)
    rest = f"; {counted(more, 'more reason')}" if more else ""
    return f"{'; '.join(reasons)}{rest}".rstrip(".") + "."


def _warnings(report: RunReport) -> Iterator[Annotation]:
    yield from _not_attempted(report)
    for outcome in (Outcome.UNDELETABLE, Outcome.RETAINED, Outcome.CHANGED):
        yield from _of_results(report, outcome, Level.WARNING)
    yield from _lost_tags(report)
    texts = [("Package Keeper", text) for text in report.warnings]
    for package in report.packages:
        planned = package.plan.warnings if package.plan else ()
        texts += [(package_name(package), text) for text in (*planned, *package.warnings)]
    yield from _said(Level.WARNING, texts)


def _not_attempted(report: RunReport) -> Iterator[Annotation]:
    count = total(report).not_attempted if report.cancelled else unfinished(report)
    if count or report.cancelled:
        results = [r for r in report.results if r.outcome is Outcome.NOT_ATTEMPTED]
        reason = _details(results) if results else ""
        title, advice = (
            f"{counted(count, 'version')} not attempted",
            what_to_do(Outcome.NOT_ATTEMPTED),
        )
        if report.cancelled:
            title = f"Cancelled: {title}" if count else "Cancelled before all of it was planned"
            advice = "Run the workflow again: it goes on where this run stopped."
        yield _made(Level.WARNING, title, reason, advice)


def _lost_tags(report: RunReport) -> Iterator[Annotation]:
    """One annotation for all versions that lost tags though not all was done as planned."""
    packages = [package for package in report.packages if losing_tags(package)]
    results = [result for package in packages for result in losing_tags(package)]
    if results:
        name = _named([package_name(package) for package in packages])
        title = f"{name}: {counted(len(results), 'version')} lost tags all the same"
        which = [
            f"{for_log(label(r.version))}: {shorten(for_log(', '.join(r.tags_off)), 500)}"
            for r in results[:3]
        ]
        if len(results) > len(which):
            which.append(counted(len(results) - len(which), "more version"))
        yield _made(Level.WARNING, title, f"{'; '.join(which)}.", TAGS_BACK)


def _said(level: Level, texts: list[tuple[str, str]]) -> Iterator[Annotation]:
    """One annotation for each different text, however many packages it is about."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, text in texts:
        names[text].append(name)
    for text, about in names.items():
        yield _made(level, _named(list(dict.fromkeys(about))), for_log(text))


def _notices(report: RunReport) -> Iterator[Annotation]:
    if report.outcome is RunOutcome.NOTHING_TO_DO:
        yield from _nothing_to_do(report)
    for cut in cut_outputs(report):
        where = "the journal" if report.journal_file and not report.dry_run else "the log"
        text = (
            f"It has the first {number(cut.shown)} of {number(cut.total)} ids; all are in {where}."
        )
        yield _made(Level.NOTICE, f"The output {cut.name} is cut", text)
    notices = [(p, text) for p in report.packages if p.plan for text in p.plan.notices]
    yield from _said(Level.NOTICE, [(package_name(package), text) for package, text in notices])


def _nothing_to_do(report: RunReport) -> Iterator[Annotation]:
    if not report.packages:
        yield _made(Level.NOTICE, "Nothing to do", "No package was selected.")
    for package in report.packages:
        if package.plan:
            text = f"{nothing_selected(package.plan, LOG)}."
            verb = "restore" if package.plan.restoring else "do"
            yield _made(Level.NOTICE, f"{package_name(package)}: nothing to {verb}", for_log(text))
