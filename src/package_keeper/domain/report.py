"""What a run did, added up: counts, the outputs' values, the run's outcome and its exit code.

Decides when a run is green. It does not decide how any of it is shown.
"""

from dataclasses import dataclass, field

from package_keeper.domain.errors import AccessDenied, KeeperError, LimitExceeded
from package_keeper.domain.outcome import Outcome, Result, RunOutcome, Severity
from package_keeper.domain.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageReport:
    """One package's part of a run.

    `plan` is None where the run did not get that far; `error` is what stopped the package, if
    anything did; `warnings` come on top of the plan's own.
    """

    name: str
    plan: Plan | None = None
    results: tuple[Result, ...] = ()
    error: KeeperError | None = None
    warnings: tuple[str, ...] = ()

    def with_outcome(self, *outcomes: Outcome) -> tuple[Result, ...]:
        """The results that ended in one of these outcomes, in the order of the plan."""
        return tuple(result for result in self.results if result.outcome in outcomes)

    def count(self, severity: Severity) -> int:
        """How many results are of this severity."""
        return sum(result.outcome.severity is severity for result in self.results)

    @property
    def active(self) -> int:
        """How many active versions were listed."""
        return len(self.plan.decisions) if self.plan else 0

    @property
    def left(self) -> int:
        """How many active versions are left after the run."""
        gone = self.with_outcome(Outcome.DELETED, Outcome.ALREADY_GONE)
        return self.active - len(gone)


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
        if any(error.exit_code for error in self.errors) or self._has(Severity.FAILURE):
            return RunOutcome.FAILED
        if self.errors or self.cancelled or self._has(Severity.INCOMPLETE):
            return RunOutcome.INCOMPLETE
        if not any(p.plan and (p.plan.deletions or p.plan.deletes_package) for p in self.packages):
            return RunOutcome.NOTHING_TO_DO
        return RunOutcome.PLANNED if self.dry_run else RunOutcome.DONE

    @property
    def exit_code(self) -> int:
        """0 success, 1 failed actions, 2 inputs, 3 a safety limit, 4 access or nothing found.

        3 and 4 are for runs in which that is all that happened to everything asked for; where
        only a part of it went wrong it is 1. A cancelled run is never 0.
        """
        if self.error and self.error.exit_code:
            return self.error.exit_code
        if self.outcome is RunOutcome.FAILED:
            return self._code_of_failed_packages()
        return 130 if self.cancelled else 0

    def _code_of_failed_packages(self) -> int:
        for kind in (LimitExceeded, AccessDenied):
            if self.packages and all(_ended_in(package, kind) for package in self.packages):
                return kind.exit_code
        return 1

    def _has(self, severity: Severity) -> bool:
        return any(package.count(severity) for package in self.packages)


def _ended_in(package: PackageReport, kind: type[KeeperError]) -> bool:
    if isinstance(package.error, kind):
        return True
    denied = package.results and all(
        result.outcome in (Outcome.DENIED, Outcome.NOT_ATTEMPTED) for result in package.results
    )
    return kind is AccessDenied and bool(denied) and package.count(Severity.FAILURE) > 0
