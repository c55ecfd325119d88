"""The program: inputs in, a run, and what came of it told in every way, however it ended.

Decides the order of the outermost steps and nothing about packages. A signal to stop lets what is
under way finish and starts nothing new.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from uuid import uuid4

from package_keeper import __version__
from package_keeper.adapters.journals import check_journal_file, to_restore
from package_keeper.adapters.outside import Outside, Places, hide_token, opened
from package_keeper.adapters.runner import Runner
from package_keeper.domain.errors import KeeperError, Unexpected
from package_keeper.domain.limits import Limits
from package_keeper.domain.planning import Question
from package_keeper.domain.report import RunReport
from package_keeper.domain.shorthand import rules_of
from package_keeper.execution.journal import Journal
from package_keeper.inputs.addresses import is_enterprise_server
from package_keeper.inputs.context import RunnerContext, read_context
from package_keeper.inputs.settings import Settings, read_settings
from package_keeper.rendering.annotations import Annotation, Level, annotations
from package_keeper.rendering.display import Display
from package_keeper.rendering.links import Links
from package_keeper.rendering.log import Log
from package_keeper.rendering.outputs import outputs
from package_keeper.rendering.summary import summary
from package_keeper.run.all_packages import Run, Target
from package_keeper.run.means import Asked, Means, ToRestore

WORKERS = 64
"""Deletions, and manifests, at once; the pacer holds them to GitHub's limits."""


GRACE = 3.0
"""Seconds that requests under way have when a run is cancelled: the runner sends SIGINT and SIGTERM
and kills the step within ten seconds, and outputs and summary are to be written before."""


def main() -> int:
    """Run the action with the environment's inputs; the exit code is the README's."""
    cancelled = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: cancelled.set())
    code = _guarded(os.environ, cancelled)
    if cancelled.is_set():
        sys.stdout.flush()
        os._exit(code)  # without waiting for requests that nobody answers
    return code


def _guarded(environ: Mapping[str, str], cancelled: threading.Event) -> int:
    """The exit code of `act`; where all else fails, one harmless line instead of a traceback."""
    try:
        return act(environ, cancelled)
    except Exception as error:  # noqa: BLE001 - a traceback is raw text, also of what is secret
        place = extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        print(f"unexpected {type(error).__name__} in {where}", file=sys.stderr)  # noqa: T201
        return Unexpected.exit_code


def act(environ: Mapping[str, str], cancelled: threading.Event) -> int:
    """Run the action with these inputs until it is done or `cancelled`; returns the exit code."""
    runner = Runner(environ)
    hide_token(environ.get("INPUT_TOKEN", "").strip(), runner)
    context = read_context(environ)
    warnings: list[str] = []
    try:
        settings = read_settings(environ)
        check_journal_file(settings)
        restore, settings = to_restore(settings)
        with opened(_places(settings), runner, cancelled, warnings.append) as outside:
            means = _means(settings, context, runner, outside, cancelled)
            report = _run(settings, restore, means, outside, cancelled)
    except KeeperError as error:
        report = RunReport(error=error)
    except Exception as error:  # noqa: BLE001 - a summary is owed however the run ends
        report = RunReport(error=Unexpected(error))
    report = replace(report, warnings=(*report.warnings, *warnings))
    is_told = _tell(report, context, runner)
    return report.exit_code or (0 if is_told else Unexpected.exit_code)


def _run(
    settings: Settings,
    restore: ToRestore | None,
    means: Means,
    outside: Outside,
    cancelled: threading.Event,
) -> RunReport:
    target = Target(owner=settings.owner, package_type=settings.package_type, names=settings.names)
    run = Run(target, _asked(settings, restore, outside.clock.now()), means)
    _carry_out(run, cancelled)
    journal = settings.journal_file.relative_to(settings.workspace).as_posix()
    return replace(
        run.report(),
        journal_file=journal if outside.journal.is_written else None,
        settings=settings.summary_settings,
    )


def _carry_out(run: Run, cancelled: threading.Event) -> None:
    """Let the run go on until it is done, or until its grace is over after a signal.

    It goes on in a thread of its own, so that this one, which gets the signals, never hangs on a
    request that nobody answers.
    """
    work = threading.Thread(target=run.carry_out, daemon=True)
    work.start()
    while work.is_alive() and not cancelled.is_set():
        work.join(0.1)
    work.join(GRACE if cancelled.is_set() else None)


def _places(settings: Settings) -> Places:
    return Places(
        api_url=settings.api_url,
        registry_url=settings.registry_url,
        token=settings.token,
        workspace=settings.workspace,
        journal_file=settings.journal_file,
        manifest_cache=settings.manifest_cache,
        max_wait=settings.max_wait,
    )


def _asked(settings: Settings, restore: ToRestore | None, now: datetime) -> Asked:
    return Asked(
        question=Question(
            rules=rules_of(settings.short),
            now=now,
            if_empty=settings.if_empty,
            untag=settings.untag,
        ),
        limits=Limits(max_deletions=settings.max_deletions, if_empty=settings.if_empty),
        dry_run=settings.dry_run,
        workers=WORKERS,
        restore=restore,
    )


def _means(
    settings: Settings,
    context: RunnerContext,
    runner: Runner,
    outside: Outside,
    cancelled: threading.Event,
) -> Means:
    header = {"program": f"package-keeper {__version__}", "run": context.run_url or ""}
    display = Display(
        Log(runner),
        monotonic=outside.clock.monotonic,
        requests_left=lambda: outside.api_pacer.remaining_requests,
    )
    return Means(
        github=outside.github,
        registries=outside.registries,
        journal=Journal(lines=outside.journal, now=outside.clock.now, header=header),
        shown=display,
        token=settings.token,
        is_cancelled=cancelled.is_set,
        affordable=lambda: outside.api_pacer.affordable_requests,
        unique=lambda: str(uuid4()),
        pause=outside.clock.sleep,
        elapsed=outside.clock.monotonic,
        on_enterprise_server=is_enterprise_server(settings.api_url),
    )


def _tell(report: RunReport, context: RunnerContext, runner: Runner) -> bool:
    """Tell it in every way, each whatever became of the others; whether all went well."""
    log, links = Log(runner), Links(server_url=context.server_url, action=context.action)

    def give_outputs() -> None:
        for name, value in outputs(report):
            runner.output(name, value)

    def write_summary() -> None:
        runner.summary(summary(report, links=links, now=datetime.now(UTC)))

    def annotate() -> None:
        for annotation in annotations(report):
            log.annotate(annotation)

    def end_log() -> None:
        for package in report.packages:
            log.package(package, dry_run=report.dry_run)

    told = [_told(tell, log) for tell in (give_outputs, write_summary, annotate, end_log)]
    return all(told)


def _told(tell: Callable[[], None], log: Log) -> bool:
    try:
        tell()
    except Exception as error:  # noqa: BLE001 - the other tellings are owed all the same
        title = f"could not {tell.__name__.replace('_', ' ')}"
        log.annotate(Annotation(level=Level.ERROR, title=title, message=str(Unexpected(error))))
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
