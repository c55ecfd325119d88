"""A whole run: the owner, the packages, each one's work, the report.

Decides that packages are worked on one after another, that one which fails does not stop the
others, and that there is a report however and whenever the run ends. It does not write it anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from package_keeper.domain.access import refuse_fine_grained
from package_keeper.domain.errors import KeeperError, Unexpected
from package_keeper.domain.model import Owner, Package, PackageRef, PackageType
from package_keeper.domain.outcome import Severity
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.inventory.finding import Finder, Missing, Names
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.deletion import Deletion
from package_keeper.run.means import Asked, Means, ToRestore
from package_keeper.run.one_package import PackageRun
from package_keeper.run.restorable_names import NamesOfJournal, with_way_back
from package_keeper.run.restoring import Restoration
from package_keeper.run.restoring_package import PackageRestoration


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
        self._package_runs: list[PackageRun | Missing] = []
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
        packages = tuple(_report_of(package_run) for package_run in tuple(self._package_runs))
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
        finder = Finder(api=self._means.github, token=self._means.token)
        owner = finder.owner(self._target.owner)
        # All are found before the first is touched, so that a listing is not taken twice.
        package_runs = list(self._found(owner, finder))
        if not package_runs:
            self._warnings = (f"no {self._target.package_type.value} package matches package-name",)
        for package_run in package_runs:
            if self._means.is_cancelled():
                return
            self._package_runs.append(package_run)
            if isinstance(package_run, PackageRun):
                package_run.carry_out()
        self._is_through = True

    def _found(self, owner: Owner, finder: Finder) -> Iterator[PackageRun | Missing]:
        restore, names = self._asked.restore, self._target.names
        if restore is not None and restore.whole_package:
            yield from map(self._deleted_package, self._refs(owner))
            return
        if restore is not None and restore.journal.all:
            names = NamesOfJournal(
                asked=names, named=restore.journal.names, alone=restore.is_by_journal
            )
        for found in finder.packages(owner, self._target.package_type, names):
            if isinstance(found, Missing):
                yield found if restore is None else self._gone(owner, found, restore)
            else:
                yield self._package_run(found)

    def _package_run(self, package: Package) -> PackageRun:
        restore = self._asked.restore
        if restore is None:
            work: Deletion | Restoration = Deletion(package, self._asked, self._means)
        else:
            work = Restoration(package, restore, self._asked, self._means)
        return PackageRun(package.ref, work, self._means)

    def _gone(self, owner: Owner, missing: Missing, restore: ToRestore) -> PackageRun | Missing:
        """A package that is not to be found; it comes back as it went where a journal says so."""
        if missing.name not in {entry.package for entry in restore.journal.packages}:
            return with_way_back(missing)
        ref = PackageRef(owner=owner, type=self._target.package_type, name=missing.name)
        work = PackageRestoration(ref, self._asked, self._means, with_versions=restore)
        return PackageRun(ref, work, self._means)

    def _deleted_package(self, ref: PackageRef) -> PackageRun:
        return PackageRun(ref, PackageRestoration(ref, self._asked, self._means), self._means)

    def _refs(self, owner: Owner) -> Iterator[PackageRef]:
        """Deleted packages are in no listing, so they go by their exact names."""
        for name in self._target.names.exact:
            yield PackageRef(owner=owner, type=self._target.package_type, name=name)


def _report_of(package_run: PackageRun | Missing) -> PackageReport:
    if isinstance(package_run, Missing):
        return PackageReport(name=package_run.name, error=package_run.error)
    return package_run.report()
