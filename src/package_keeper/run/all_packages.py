"""A whole run: the owner, the packages, each one's pipe, the report.

Decides that packages are worked on one after another, that one which fails does not stop the
others, and that there is a report however and whenever the run ends. It does not write it anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from package_keeper.domain.access import refuse_fine_grained
from package_keeper.domain.errors import KeeperError, Unexpected
from package_keeper.domain.model import Package, PackageType
from package_keeper.domain.outcome import Severity
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.inventory.finding import Finder, Missing, Names
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.means import Asked, Means
from package_keeper.run.one_package import PackageRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whose packages are meant, and which."""

    owner: str
    package_type: PackageType
    names: Names


class Run:
    """Everything that was asked for, once."""

    def __init__(self, target: Target, asked: Asked, means: Means) -> None:
        self._target = target
        self._asked = asked
        self._means = means
        self._parts: list[PackageRun | Missing] = []
        self._warnings: tuple[str, ...] = ()
        self._error: KeeperError | None = None
        self._is_through = False

    def carry_out(self) -> None:
        """Do what was asked; whatever goes wrong is in the report, not raised."""
        try:
            self._work()
        except KeeperError as error:
            self._error = error
        except Cancelled:
            pass  # the report says so
        except Exception as error:  # noqa: BLE001 - a report is owed however the run ends
            self._error = Unexpected(error)

    def report(self) -> RunReport:
        """What became of the run so far; from any thread."""
        packages = tuple(_report_of(part) for part in tuple(self._parts))
        cut = not self._is_through or any(p.count(Severity.INCOMPLETE) for p in packages)
        return RunReport(
            packages=packages,
            dry_run=self._asked.dry_run,
            error=self._error,
            warnings=self._warnings,
            cancelled=self._means.is_cancelled() and cut,
        )

    def _work(self) -> None:
        refuse_fine_grained(self._means.token)
        found = self._found()
        if not found:
            self._warnings = (f"no {self._target.package_type.value} package matches package-name",)
        for package in found:
            if self._means.is_cancelled():
                return
            if isinstance(package, Missing):
                self._parts.append(package)
            else:
                part = PackageRun(package, self._asked, self._means)
                self._parts.append(part)
                part.carry_out()
        self._is_through = True

    def _found(self) -> Sequence[Package | Missing]:
        finder = Finder(api=self._means.github, token=self._means.token)
        owner = finder.owner(self._target.owner)
        return list(finder.packages(owner, self._target.package_type, self._target.names))


def _report_of(part: PackageRun | Missing) -> PackageReport:
    if isinstance(part, Missing):
        return PackageReport(name=part.name, error=part.error)
    return part.report()
