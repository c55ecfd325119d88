"""What a run did, counted per package and in all.

Decides that the numbers add up: active versions are the kept and the planned ones, and the planned
ones are those done and those that ended in any other way. Log, summary and outputs all count here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, fields

from package_keeper.domain.errors import Unexpected
from package_keeper.domain.outcome import Outcome, Result, Severity
from package_keeper.domain.plan import Decision, Plan, Verdict
from package_keeper.domain.report import PackageReport, RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of versions.

    `active` is how many active versions there were before the run, `left` how many there are after
    it, with what others pushed and deleted until the last look. `planned` counts all changes, to
    deleted versions as well where those are to come back. It is `deleted` + `restored` + `untagged`
    + `already_gone` + `retained` + `failed` + `not_attempted`, in a dry run + `pending`, which is
    what a run would now set about. `retained` counts all that stays for a reason that is no
    failure: retained, undeletable and changed. `failed` also has the ids that were asked for and do
    not exist, and `restored` the parts that were found on the way, which no plan has. `lost_tags`
    are those among `retained`, `failed` and `not_attempted` that lost a tag all the same, and
    `tags_off` are the tags that are off in all.
    """

    active: int = 0
    kept: int = 0
    planned: int = 0
    deleted: int = 0
    restored: int = 0
    untagged: int = 0
    already_gone: int = 0
    retained: int = 0
    failed: int = 0
    not_attempted: int = 0
    pending: int = 0
    left: int = 0
    lost_tags: int = 0
    tags_off: int = 0

    @property
    def done(self) -> int:
        """How many actions ended as planned by this run's own doing."""
        return self.deleted + self.restored + self.untagged


def changes(plan: Plan | None) -> tuple[Decision, ...]:
    """What the plan changes, in its order; every version where the whole package goes."""
    if plan is None:
        return ()
    if plan.deletes_package:
        return plan.decisions
    return tuple(d for d in plan.decisions if d.verdict is not Verdict.KEEP)


def in_plan_order(package: PackageReport, outcomes: Iterable[Outcome]) -> tuple[Result, ...]:
    """The results that ended in one of these outcomes, ordered as their versions are planned."""
    decisions = package.plan.decisions if package.plan else ()
    places = {decision.version.id: place for place, decision in enumerate(decisions)}
    results = package.with_outcome(*outcomes)
    return tuple(sorted(results, key=lambda result: places.get(result.version.id, len(places))))


def losing_tags(package: PackageReport) -> tuple[Result, ...]:
    """The results of versions that lost tags though they did not end as untagged."""
    return tuple(r for r in package.results if r.took_tags and r.outcome is not Outcome.UNTAGGED)


def without_result(package: PackageReport) -> tuple[Decision, ...]:
    """What is planned and has not ended in any way, in the order of the plan."""
    ended = {result.version.id for result in package.results}
    return tuple(d for d in changes(package.plan) if d.version.id not in ended)


def stopped_before_the_start(package: PackageReport) -> bool:
    """Whether an error stopped the package between its plan and the first action."""
    planned = changes(package.plan)
    return package.error is not None and len(without_result(package)) == len(planned)


def tally(package: PackageReport, *, dry_run: bool) -> Tally:
    """One package's numbers.

    What was planned and has no result counts as not attempted, but in a dry run as pending unless
    an error, such as a safety limit, stops the package there as well.
    """
    decisions = package.plan.decisions if package.plan else ()
    restorable = package.plan.restorations if package.plan else ()
    planned = changes(package.plan)
    ended = Counter(result.outcome for result in package.results)
    by_severity: Counter[Severity] = Counter()
    for outcome, count in ended.items():
        by_severity[outcome.severity] += count
    open_ = len(without_result(package))
    pending = open_ if dry_run and not package.error else 0
    return Tally(
        active=len(decisions) - len(restorable),
        kept=len(decisions) - len(planned),
        planned=len(planned),
        deleted=ended[Outcome.DELETED],
        restored=ended[Outcome.RESTORED],
        untagged=ended[Outcome.UNTAGGED],
        already_gone=ended[Outcome.ALREADY_GONE],
        retained=by_severity[Severity.WARNING],
        failed=by_severity[Severity.FAILURE],
        not_attempted=ended[Outcome.NOT_ATTEMPTED] + open_ - pending,
        pending=pending,
        left=package.left,
        lost_tags=len(losing_tags(package)),
        tags_off=sum(len(result.tags_off) for result in package.results),
    )


def verdicts(report: RunReport) -> frozenset[Verdict]:
    """The kinds of changes that the plans hold."""
    return frozenset(d.verdict for package in report.packages for d in changes(package.plan))


def is_unknown(package: PackageReport) -> bool:
    """Whether it is not known what was done: a fault of this program came in between."""
    return isinstance(package.error, Unexpected) and not package.results


def total(report: RunReport) -> Tally:
    """The numbers of all packages added up."""
    tallies = [tally(package, dry_run=report.dry_run) for package in report.packages]
    names = [field.name for field in fields(Tally)]
    return Tally(**{name: sum(getattr(each, name) for each in tallies) for name in names})


def unfinished(report: RunReport) -> int:
    """How many changes were not attempted although no error stopped their package."""
    if report.error:
        return 0
    packages = (package for package in report.packages if not package.error)
    return sum(tally(package, dry_run=report.dry_run).not_attempted for package in packages)
