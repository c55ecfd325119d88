"""What explains a run's result: errors with what to do, failures, or why nothing was selected.

Decides what stands right under the first line of a summary. It does not decide the words of an
error, which are made where it arises.
"""

from collections import defaultdict
from collections.abc import Iterator

from package_keeper.domain.errors import InputMistake, KeeperError, WrongInputs
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.rendering.advice import advice_on, title_of, what_to_do
from package_keeper.rendering.links import Links, package_link, package_name, version_link
from package_keeper.rendering.reasons import MARKDOWN, nothing_selected
from package_keeper.rendering.tables import cut, table
from package_keeper.rendering.tally import changes, in_plan_order, unfinished
from package_keeper.rendering.untrusted import code, for_markdown, for_table_cell, shorten
from package_keeper.rendering.words import begun, counted, number

_LEAST = 5
"""How many errors are shown however short the summary must be."""


def explanation(report: RunReport, links: Links, *, rows: int) -> list[str]:
    """What stands under the first line: paragraphs and lists, each cut to `rows` if longer."""
    lines = [*_errors(report, links, max(rows, _LEAST))]
    failed: defaultdict[Outcome, list[Result]] = defaultdict(list)
    for result in report.results:
        if result.outcome in (Outcome.DENIED, Outcome.ERROR):
            failed[result.outcome].append(result)
    advice = [text for outcome, results in failed.items() for text in advice_on(outcome, results)]
    if report.cancelled or unfinished(report):
        advice.append(what_to_do(Outcome.NOT_ATTEMPTED))
    for text in advice:
        lines += [f"**What to do:** {links.prose(shorten(text, 1000))}", ""]
    if not report.errors and not any(changes(package.plan) for package in report.packages):
        lines += _nothing_to_do(report, rows)
    return lines


def _errors(report: RunReport, links: Links, rows: int) -> Iterator[str]:
    if isinstance(report.error, WrongInputs):
        yield from _mistakes(report.error, rows)
    elif report.error:
        yield from (*_paragraphs(report.error, links), "")
    stopped = [(package, package.error) for package in report.packages if package.error]
    if len(report.packages) == 1:
        for _, error in stopped:
            yield from (*_paragraphs(error, links), "")
        return
    for package, error in stopped[:rows]:
        text = " ".join(line for line in _paragraphs(error, links) if line)
        yield f"- {code(package_name(package))}: {text}"
    yield from (*cut(min(rows, len(stopped)), len(stopped), "stopped package"), "")


def _paragraphs(error: KeeperError, links: Links) -> list[str]:
    message = links.prose(error.message) or f"{begun(title_of(error))}."
    request = f" (GitHub request {code(error.request_id)})" if error.request_id else ""
    lines = [f"{message}{request}"]
    if error.hint:
        lines += ["", f"**What to do:** {links.prose(error.hint)}"]
    return lines


def _mistakes(error: WrongInputs, rows: int) -> Iterator[str]:
    yield from ("Correct these inputs and run the workflow again:", "")
    for mistake in error.mistakes[:rows]:
        yield f"- {_mistake(mistake)}"
    total_ = len(error.mistakes)
    yield from (*cut(min(rows, total_), total_, "mistake"), "")


def _mistake(mistake: InputMistake) -> str:
    value = "" if mistake.value is None else f": {code(mistake.value)}"
    text = f"{code(mistake.name)}{value} {_sentence(mistake.problem)}"
    return f"{text} Accepted: {_sentence(mistake.accepted)}" if mistake.accepted else text


def _sentence(text: str) -> str:
    shown = for_markdown(shorten(text, 500))
    return shown if shown.endswith((".", "?", "!")) else f"{shown}."


def failures(report: RunReport, *, rows: int) -> list[str]:
    """The versions whose deletion failed, with what happened, in a table."""
    failed = [
        (package, result)
        for package in report.packages
        for result in in_plan_order(package, (Outcome.DENIED, Outcome.ERROR))
    ]
    if not failed:
        return []
    several = len(report.packages) > 1
    heads = [*["Package"] * several, "Version", "What happened", "GitHub request"]
    body = [_failure(*each, several=several) for each in failed[:rows]]
    return [
        f"### Failed: {counted(len(failed), 'version')}",
        "",
        *(table(heads, body) if body else ()),
        *cut(len(body), len(failed), "failed version"),
        "",
    ]


def _failure(package: PackageReport, result: Result, *, several: bool) -> list[str]:
    name = [package_link(package)] * several
    detail = for_table_cell(result.detail or result.outcome.value)
    request = code(result.request_id, 80) if result.request_id else ""
    return [*name, version_link(result.version), detail, request]


def _nothing_to_do(report: RunReport, rows: int) -> Iterator[str]:
    if not report.packages:
        yield from ("No package was selected.", "")
        return
    by_reason: defaultdict[str, list[PackageReport]] = defaultdict(list)
    for package in report.packages:
        if package.plan:
            by_reason[nothing_selected(package.plan, MARKDOWN)].append(package)
    if len(report.packages) == 1:
        for reason in by_reason:
            yield from (f"{reason}.", "")
        return
    rows = max(rows, _LEAST)
    for reason, packages in list(by_reason.items())[:rows]:
        yield f"- {_names(packages)}: {reason}."
    hidden = len(by_reason) - rows
    if hidden > 0:
        yield f"- {counted(hidden, 'more reason')} in the log."
    yield ""


def _names(packages: list[PackageReport]) -> str:
    first = code(package_name(packages[0]))
    return first if len(packages) == 1 else f"{first} and {number(len(packages) - 1)} more"
