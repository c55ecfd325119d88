"""A whole run: the owner, the packages, each one's pipe, the report.

Decides that packages are worked on one after another, that one which fails does not stop the
others, and that there is a report however the run ends. It does not write it anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from package_keeper.domain.access import refuse_fine_grained
from package_keeper.domain.errors import KeeperError
from package_keeper.domain.model import Package, PackageType
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.inventory.finding import Finder, Missing, Names
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.one_package import Asked, Means, PackageRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whose packages are meant, and which."""

    owner: str
    package_type: PackageType
    names: Names


def run(target: Target, asked: Asked, means: Means) -> RunReport:
    """Do what was asked; nothing that is wrong with GitHub's answers is raised."""
    reports: list[PackageReport] = []
    error: KeeperError | None = None
    warnings: tuple[str, ...] = ()
    try:
        found = _found(target, means)
        warnings = () if found else (f"no {target.package_type.value} package matches",)
        reports.extend(_worked_on(package, asked, means) for package in found)
    except KeeperError as raised:
        error = raised
    except Cancelled:
        pass
    return RunReport(
        packages=tuple(reports),
        dry_run=asked.dry_run,
        error=error,
        warnings=warnings,
        cancelled=means.is_cancelled(),
    )


def _found(target: Target, means: Means) -> Sequence[Package | Missing]:
    refuse_fine_grained(means.token)
    finder = Finder(api=means.github, token=means.token)
    owner = finder.owner(target.owner)
    return list(finder.packages(owner, target.package_type, target.names))


def _worked_on(package: Package | Missing, asked: Asked, means: Means) -> PackageReport:
    if isinstance(package, Missing):
        return PackageReport(name=package.name, error=package.error)
    return PackageRun(package, asked, means).carry_out()
