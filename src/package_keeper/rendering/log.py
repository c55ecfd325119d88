"""The log: what is printed while a run goes on.

Decides which decisions get a line and how progress and results read. Every line passes `for_log`
on its way out, so that nothing remote can be a command to the runner. It does not decide how lines
and groups reach the runner; a `Console` does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol, assert_never

from package_keeper.domain.plan import Decision, Plan, Verdict
from package_keeper.domain.report import PackageReport
from package_keeper.rendering.advice import title_of
from package_keeper.rendering.annotations import Annotation, Level
from package_keeper.rendering.reasons import LOG, kept_groups, nothing_selected, reason_of
from package_keeper.rendering.tally import changes, tally
from package_keeper.rendering.untrusted import for_log, shorten
from package_keeper.rendering.words import about, counted, number


class Console(Protocol):
    """Where lines go: the runner's log, or a terminal. Every text is one harmless line.

    Only the message of an annotation may hold line breaks, which a console must escape.
    """

    def line(self, text: str) -> None:
        """Print a line."""
        ...

    def group(self, title: str) -> None:
        """Begin a group that can be folded; groups are not nested."""
        ...

    def end_group(self) -> None:
        """End the group."""
        ...

    def notice(self, text: str, *, title: str = "") -> None:
        """Make an annotation for information."""
        ...

    def warning(self, text: str, *, title: str = "") -> None:
        """Make an annotation that warns."""
        ...

    def error(self, text: str, *, title: str = "") -> None:
        """Make an annotation for an error."""
        ...


class Log:
    """Prints to a console, each line made harmless."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def line(self, text: str) -> None:
        """Print one line."""
        self._console.line(for_log(text))

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Everything printed inside can be folded under the title."""
        self._console.group(for_log(title))
        try:
            yield
        finally:
            self._console.end_group()

    def plan(self, plan: Plan) -> None:
        """Print the lines of a plan."""
        for line in plan_lines(plan):
            self.line(line)

    def package(self, report: PackageReport, *, dry_run: bool) -> None:
        """Print a package's one line at the end of a run."""
        self.line(package_line(report, dry_run=dry_run))

    def annotate(self, annotation: Annotation) -> None:
        """Print an annotation, which GitHub also shows on the run's page."""
        message = "\n".join(map(for_log, annotation.message.split("\n")))
        title = for_log(annotation.title)
        match annotation.level:
            case Level.ERROR:
                self._console.error(message, title=title)
            case Level.WARNING:
                self._console.warning(message, title=title)
            case Level.NOTICE:
                self._console.notice(message, title=title)
            case _:
                assert_never(annotation.level)


def plan_lines(plan: Plan) -> tuple[str, ...]:
    """A line for every version that changes, then the kept ones summed up by reason."""
    planned = changes(plan)
    if not planned:
        return (nothing_selected(plan, LOG), *_reading(plan))
    deleted = len(plan.restorations)
    active = counted(len(plan.decisions) - deleted, "active version")
    head = f"{active}: {number(len(planned))} to {_verb(plan)}"
    if plan.restores_package:
        head = f"The whole package is back: {counted(len(planned), 'version')}"
    whole = ("The whole package is deleted.",) if plan.deletes_package else ()
    kept = (
        f"keep {number(len(group.decisions))}: {for_log(group.phrase(LOG))}"
        for group in ([] if plan.deletes_package else kept_groups(plan))
    )
    return (head, *whole, *map(_decision_line, planned), *kept, *_reading(plan))


def _verb(plan: Plan) -> str:
    """What the plan does to the versions that it counts."""
    if plan.restoring:
        return "restore"
    return "change" if plan.untags else "delete"


def _decision_line(decision: Decision) -> str:
    version = decision.version
    verb = "delete" if decision.verdict is Verdict.KEEP else decision.verdict.value
    label = for_log(shorten(version.label, 120))
    created = version.created_at.date().isoformat()
    return f"{verb} {label} (id {version.id}, created {created}): {reason_of(decision, LOG)}"


def _reading(plan: Plan) -> tuple[str, ...]:
    if not plan.manifests_read:
        return ()
    return (f"{counted(plan.manifests_read, 'manifest')} read from the registry",)


def package_line(report: PackageReport, *, dry_run: bool) -> str:
    """A package's result on one line: `octo/app (container): deleted 12 of 219, 207 left`."""
    counts = tally(report, dry_run=dry_run)
    restores = bool(report.plan and (report.plan.restoring or report.plan.restorations))
    parts = []
    if report.plan and dry_run:
        of_all = "" if restores else f" of {number(counts.active)}"
        parts.append(f"would {_verb(report.plan)} {number(counts.pending)}{of_all}")
    elif restores:
        parts.append(f"restored {number(counts.restored)}")
    elif report.plan or report.results:
        parts.append(f"deleted {number(counts.deleted)} of {number(counts.active)}")
    for count, words in (
        (0 if restores else counts.restored, "restored"),
        (counts.untagged, "untagged"),
        (counts.already_gone, "already gone"),
        (counts.retained, "retained"),
        (counts.failed, "failed"),
        (counts.not_attempted, "not attempted"),
        (counts.lost_tags, "lost tags all the same"),
        (counts.left if report.results else 0, "active now" if restores else "left"),
    ):
        if count:
            parts.append(f"{number(count)} {words}")
    if report.error:
        parts.append(title_of(report.error))
    name = str(report.plan.package.ref) if report.plan else report.name
    return f"{for_log(name)}: {', '.join(parts) or 'nothing was read'}"


def progress_line(
    done: int,
    total: int,
    *,
    verb: str = "deleted",
    left: timedelta | None = None,
    requests_left: int | None = None,
) -> str:
    """How far long work is: `deleted 120 of 540 · about 3 min · 430 requests left this hour`."""
    parts = [f"{verb} {number(done)} of {number(total)}"]
    if left is not None:
        parts.append(about(left))
    if requests_left is not None:
        parts.append(f"{counted(requests_left, 'request')} left this hour")
    return " · ".join(parts)
