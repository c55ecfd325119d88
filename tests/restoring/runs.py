"""Runs of the program against the small GitHub: clean-ups, and what undoes them."""

from collections.abc import Sequence
from contextlib import suppress

from domain.packages import NOW
from package_keeper.domain.account import Account
from package_keeper.domain.limits import IfEmpty, Limits
from package_keeper.domain.planning import Question
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.domain.rules import Rule
from package_keeper.inputs.names import NameSelection
from package_keeper.inputs.restoring import JournalScope
from package_keeper.run.all_packages import Run, Target
from package_keeper.run.means import Asked, Means, ToRestore
from restoring.small_github import REF, Ending, Killed, SmallGitHub

NAMES = NameSelection(exact=(REF.name,))
TARGET = Target(owner=REF.owner.login, package_type=REF.type, names=NAMES)


def run(
    github: SmallGitHub,
    *,
    rules: Sequence[Rule] = (),
    restore: ToRestore | None = None,
    ending: Ending | None = None,
    workers: int = 1,
    dry_run: bool = False,
    if_empty: IfEmpty = IfEmpty.KEEP_NEWEST,
) -> RunReport:
    """A run to its end, or until it is killed; the report is what is known then."""
    github.starts_again(ending)
    asked = Asked(
        question=Question(rules=tuple(rules), now=NOW, if_empty=if_empty),
        limits=Limits(max_deletions=None, if_empty=if_empty),
        dry_run=dry_run,
        workers=workers,
        restore=restore,
    )
    means = Means(
        github=github,
        registries=github,
        journal=github.journal,
        shown=github,
        token="ghp_x",
        is_cancelled=lambda: False,
        affordable=lambda: None,
        unique=lambda: "unique",
        pause=lambda _: None,
        elapsed=lambda: 0.0,
    )
    running = Run(TARGET, asked, means)
    with suppress(Killed):
        running.carry_out()
    return running.report()


def account(github: SmallGitHub) -> Account:
    """What the journal that the runs wrote says is to come back."""
    scope = JournalScope(owner=REF.owner.login, package_type=REF.type, names=NAMES)
    return scope.meant_of(github.written).account


def undo(
    github: SmallGitHub, *, ending: Ending | None = None, workers: int = 1
) -> PackageReport | None:
    """A run that restores from the journal; None where the runs before wrote none."""
    if not github.lines:
        return None
    wanted = ToRestore(journal=account(github))
    report = run(github, restore=wanted, ending=ending, workers=workers)
    return report.packages[0] if report.packages else None
