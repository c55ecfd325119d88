"""The first line of a summary: the result in one sentence.

Decides what the one thing is that a person must know about a run. What explains it, and what to do
about it, is `explanation`'s.
"""

from typing import assert_never

from package_keeper.domain.errors import Unexpected, WrongInputs
from package_keeper.domain.outcome import Outcome, RunOutcome
from package_keeper.domain.report import RunReport
from package_keeper.rendering.advice import OTHER, title_of
from package_keeper.rendering.links import package_name
from package_keeper.rendering.tally import Tally, total, verdicts
from package_keeper.rendering.untrusted import code
from package_keeper.rendering.words import begun, counted, number, was_or_were

_DONE, _DRY, _WARNING, _FAILED = "✅", "🔍", "⚠️", "❌"


def headline(report: RunReport) -> str:
    """One sentence in Markdown, with one sign for how the run went."""
    return f"{_sign(report)} {_sentence(report)}"


def _sign(report: RunReport) -> str:
    outcome = report.outcome
    match outcome:
        case RunOutcome.FAILED:
            return _FAILED
        case RunOutcome.INCOMPLETE:
            return _WARNING
        case RunOutcome.PLANNED:
            return _DRY
        case RunOutcome.NOTHING_TO_DO | RunOutcome.DONE:
            return _WARNING if total(report).retained else _DONE
    assert_never(outcome)


def _sentence(report: RunReport) -> str:
    if isinstance(report.error, WrongInputs):
        return f"Nothing was done: {title_of(report.error)}"
    counts = total(report)
    main = _would(report, counts) if report.dry_run else _did(report, counts)
    begin = "Cancelled: " if report.cancelled else "Dry run: " if report.dry_run else ""
    main = f"{begin}{main[0].lower()}{main[1:]}" if begin else main
    clauses = [clause for clause in (_stopped(report), *_exceptions(report, counts)) if clause]
    return f"{main}: {'; '.join(clauses)}" if clauses else main


def _would(report: RunReport, counts: Tally) -> str:
    where, participle = _where(report), participle_of(report)
    if restored := _restored_package(report):
        return f"The whole package {restored} would be restored"
    if not counts.pending:
        return f"Nothing would be {participle} {_preposition(participle)} {where}"
    if whole := _whole_package(report):
        return f"The whole package {whole} would be deleted"
    if participle == "restored":
        return f"{counted(counts.pending, 'deleted version')} of {where} would be restored"
    return f"{_of(counts.pending, counts.active)} of {where} would be {participle}"


def _did(report: RunReport, counts: Tally) -> str:
    where = _where(report)
    if counts.done:
        return _done(report, counts, where)
    if counts.lost_tags:
        tags = counted(counts.tags_off, "tag")
        return f"Took {tags} off {counted(counts.lost_tags, 'version')} of {where}"
    if any(isinstance(error, Unexpected) for error in report.errors):
        return f"Not finished with {where}"
    if counts.planned or report.errors or report.cancelled:
        participle = participle_of(report)
        return f"Nothing was {participle} {_preposition(participle)} {where}"
    if counts.failed:  # what was asked for does not exist
        return f"Nothing was {participle_of(report)} in {where}"
    return f"Nothing to {'restore' if is_restoring(report) else 'do'} in {where}"


def _done(report: RunReport, counts: Tally, where: str) -> str:
    participle = participle_of(report)
    whole = _whole_package(report)
    if whole and counts.deleted == counts.planned:
        return f"Deleted the whole package {whole}"
    if restored := _restored_package(report):
        return f"Restored the whole package {restored} with {counted(counts.done, 'version')}"
    if counts.done + counts.already_gone < counts.planned:
        planned = counted(counts.planned, "version")
        return f"{begun(participle)} {number(counts.done)} of the {planned} planned in {where}"
    if participle == "restored":
        return f"Restored {counted(counts.done, 'deleted version')} of {where}"
    return f"{begun(participle)} {_of(counts.done, counts.active)} of {where}"


def participle_of(report: RunReport) -> str:
    """What the plans have done to versions: `deleted`, `restored`, or `changed` if not only one."""
    if is_restoring(report):
        return "restored"
    match sorted(verdict.value for verdict in verdicts(report)):
        case ["delete"]:
            return "deleted"
        case ["restore"]:
            return "restored"
        case _:
            return "changed"


def is_restoring(report: RunReport) -> bool:
    """Whether the run brings back instead of deleting, as far as it got to plan anything."""
    plans = [package.plan for package in report.packages if package.plan]
    return bool(plans) and all(plan.restoring for plan in plans)


def _restored_package(report: RunReport) -> str:
    """The package's name where it is to come back as a whole and is the only one."""
    if len(report.packages) != 1:
        return ""
    package = report.packages[0]
    whole = package.plan is not None and package.plan.restores_package
    return code(package_name(package)) if whole and not package.error else ""


def _preposition(participle: str) -> str:
    return "from" if participle == "deleted" else "in"


def _of(some: int, active: int) -> str:
    if some != active:
        return f"{number(some)} of {counted(active, 'version')}"
    return "the only version" if active == 1 else f"all {number(active)} versions"


def _stopped(report: RunReport) -> str:
    """Which packages an error stopped, and what kind of error it was if it was one kind."""
    kinds = {title_of(error) for error in report.errors}
    stopped = [package for package in report.packages if package.error]
    if not kinds:
        return ""
    if not stopped or len(report.packages) == 1:
        return title_of(report.errors[0])
    which = code(package_name(stopped[0]))
    if len(stopped) > 1:
        which = f"{number(len(stopped))} of {counted(len(report.packages), 'package')}"
    reason = f" ({kinds.pop()})" if len(kinds) == 1 and OTHER not in kinds else ""
    return f"{which} stopped{reason}"


def _exceptions(report: RunReport, counts: Tally) -> list[str]:
    """What else did not go as planned; nothing new where the errors stopped all of it."""
    if report.errors and counts.not_attempted == counts.planned:
        return []
    begun_on = "finished" if counts.lost_tags else "attempted"
    clauses = (
        (counts.failed, "failed"),
        (counts.not_attempted, f"{was_or_were(counts.not_attempted)} not {begun_on}"),
        (counts.retained, "could not go"),
        (counts.already_gone, f"{was_or_were(counts.already_gone)} already gone"),
        (counts.lost_tags if counts.done else 0, "lost tags all the same"),
    )
    return [f"{number(count)} {words}" for count, words in clauses if count]


def _where(report: RunReport) -> str:
    if not report.packages:
        return "any package"
    if len(report.packages) == 1:
        return code(package_name(report.packages[0]))
    return counted(len(report.packages), "package")


def _whole_package(report: RunReport) -> str:
    """The package's name where the plan is to delete it as a whole and it is the only one."""
    if len(report.packages) != 1:
        return ""
    package = report.packages[0]
    whole = package.plan is not None and package.plan.deletes_package
    done = package.with_outcome(Outcome.DELETED)
    return code(package_name(package)) if whole and (done or not package.results) else ""
