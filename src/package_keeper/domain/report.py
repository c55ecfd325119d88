"""What a run did, added up: counts, the outputs' values, the run's outcome and its exit code.

Decides when a run is green. It does not decide how any of it is shown.
"""

from dataclasses import dataclass, field

from package_keeper.domain.errors import AccessDenied, KeeperError, LimitExceeded
from package_keeper.domain.outcome import Outcome, Result, RunOutcome, Severity
from package_keeper.domain.plan import Plan, Verdict

CANCELLED = 130
"""The exit code of a run that a signal ended, as a shell gives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageReport:
    """One package's part of a run.

    `plan` is None where the run did not get that far; `error` is what stopped the package, if
    anything did; `warnings` come on top of the plan's own; `listed` are the ids that were active
    when they were listed once more after the plan, if they were.
    """

    name: str
    plan: Plan | None = None
    results: tuple[Result, ...] = ()
    error: KeeperError | None = None
    warnings: tuple[str, ...] = ()
    listed: frozenset[int] | None = None

    def with_outcome(self, *outcomes: Outcome) -> tuple[Result, ...]:
        """The results that ended in one of these outcomes, in the order of the plan."""
        return tuple(result for result in self.results if result.outcome in outcomes)

    def count(self, severity: Severity) -> int:
        """How many results are of this severity."""
        return sum(result.outcome.severity is severity for result in self.results)

    @property
    def left(self) -> int:
        """How many active versions are left: those listed last, plus the restored, minus the gone.

        Others may push and delete meanwhile, so it need not be the difference of other numbers.
        """
        decisions = self.plan.decisions if self.plan else ()
        planned = {d.version.id for d in decisions if d.verdict is not Verdict.RESTORE}
        there = planned if self.listed is None else self.listed
        back = {result.version.id for result in self.with_outcome(Outcome.RESTORED)}
        gone = self.with_outcome(Outcome.DELETED, Outcome.ALREADY_GONE)
        return len((there | back) - {result.version.id for result in gone})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A whole run. `error` is what ended it before or apart from any package."""

    packages: tuple[PackageReport, ...] = ()
    dry_run: bool = False
    error: KeeperError | None = None
    warnings: tuple[str, ...] = ()
    cancelled: bool = False
    journal_file: str | None = None
    settings: tuple[tuple[str, str], ...] = field(default=())

    @property
    def errors(self) -> tuple[KeeperError, ...]:
        """What stopped the run or one of its packages."""
        own = (self.error,) if self.error else ()
        return own + tuple(p.error for p in self.packages if p.error)

    @property
    def results(self) -> tuple[Result, ...]:
        """The results of all packages."""
        return tuple(result for package in self.packages for result in package.results)

    @property
    def outcome(self) -> RunOutcome:
        """The value of the output `outcome`."""
        if self.cancelled:
            return RunOutcome.INCOMPLETE
        if any(error.exit_code for error in self.errors) or self._has(Severity.FAILURE):
            return RunOutcome.FAILED
        if self.errors or self._has(Severity.INCOMPLETE):
            return RunOutcome.INCOMPLETE
        if not any(p.plan and p.plan.is_to_change for p in self.packages):
            return RunOutcome.NOTHING_TO_DO
        return RunOutcome.PLANNED if self.dry_run else RunOutcome.DONE

    @property
    def exit_code(self) -> int:
        """0 success, 1 failed actions, 2 inputs, 3 a safety limit, 4 access or nothing found.

        3 is for runs in which limits are all that refused anything; 4 for those in which all that
        was asked for was denied or not found. A part of it is 1. A cancelled run is never 0.
        """
        if self.cancelled:
            return CANCELLED
        if self.error and self.error.exit_code:
            return self.error.exit_code
        if self.outcome is RunOutcome.FAILED:
            return self._code_of_failed_packages()
        return 0

    def _code_of_failed_packages(self) -> int:
        failed = [package for package in self.packages if _has_failed(package)]
        if failed and all(isinstance(package.error, LimitExceeded) for package in failed):
            return LimitExceeded.exit_code
        if self.packages and all(_was_denied(package) for package in self.packages):
            return AccessDenied.exit_code
        return 1

    def _has(self, severity: Severity) -> bool:
        return any(package.count(severity) for package in self.packages)


def _has_failed(package: PackageReport) -> bool:
    stopped = package.error is not None and package.error.exit_code != 0
    return stopped or package.count(Severity.FAILURE) > 0


def _was_denied(package: PackageReport) -> bool:
    """Whether access is why nothing of the package was done."""
    if package.error is not None:
        return isinstance(package.error, AccessDenied)
    if any(result.tags_off for result in package.results):
        return False
    outcomes = {result.outcome for result in package.results}
    follow = {Outcome.DENIED, Outcome.NOT_ATTEMPTED, Outcome.RETAINED}
    return Outcome.DENIED in outcomes and outcomes <= follow
