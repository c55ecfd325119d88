"""One package: surveyed, planned, shown, held against the limits, carried out, checked.

Decides the order of the steps and that an error ends only this package. Every step's decisions are
made elsewhere. With `dry_run` it stops before the first write, and before that it does the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from package_keeper.domain.access import Operation, check_scopes, denial
from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.confirming import confirm
from package_keeper.domain.errors import (
    AccessDenied,
    KeeperError,
    KeptImageBroken,
    RequestFailed,
    Unexpected,
)
from package_keeper.domain.images import ImageGraph
from package_keeper.domain.limits import Limits, check_limits
from package_keeper.domain.model import Package, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.report import PackageReport
from package_keeper.execution.checking import check_kept
from package_keeper.execution.deleting import Deleter
from package_keeper.execution.journal import Journal
from package_keeper.execution.settling import Settler
from package_keeper.execution.untagging import Untagger
from package_keeper.execution.whole_package import PackageDeleter
from package_keeper.inventory.reading import ManifestReader
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.asked_ids import results_of_missing
from package_keeper.run.ports import GitHub, Registries, RegistrySide, Shown
from package_keeper.run.survey import Surveyor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of every package of a run."""

    question: Question
    limits: Limits
    dry_run: bool
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a run reaches the outside with.

    `token` is only looked at to give advice; `unique` gives a text never used before, and `pause`
    sleeps for so many seconds.
    """

    github: GitHub
    registries: Registries
    journal: Journal
    shown: Shown
    token: str
    is_cancelled: Callable[[], bool]
    unique: Callable[[], str]
    pause: Callable[[float], None]


class PackageRun:
    """The pipe for one package; used once."""

    def __init__(self, package: Package, asked: Asked, means: Means) -> None:
        self._package = package
        self._asked = asked
        self._means = means
        self._registry = self._registry_of(package)
        registry = self._registry
        reader = ManifestReader(registry=registry, workers=asked.workers) if registry else None
        self._surveyor = Surveyor(
            api=means.github, package=package, reader=reader, question=asked.question
        )
        self._report = PackageReport(name=package.ref.name)

    def carry_out(self) -> PackageReport:
        """What became of the package; what stops it is in the report, not raised.

        The report grows with every step, so that whatever ends the package finds it there.
        """
        try:
            with self._means.shown.group(str(self._package.ref)):
                self._run()
        except KeeperError as error:
            self._report = replace(self._report, error=error)
        except Refused as refused:
            doing = f"{self._package.ref}: reading was refused"
            self._report = replace(
                self._report, error=denial(refused, doing, self._means.token, Operation.READ)
            )
        except AnswerLost as lost:
            self._report = replace(self._report, error=_unanswered(self._package, lost))
        except Cancelled:
            pass  # the run's report says that it was cancelled
        except Exception as error:  # noqa: BLE001 - what was done must be reported all the same
            self._report = replace(self._report, error=Unexpected(error))
        return self._report

    def _run(self) -> None:
        versions = self._surveyor.versions()
        plan = self._planned(self._surveyor.graph(versions))
        self._report = replace(self._report, plan=plan)
        self._record(results_of_missing(plan, self._means.github))
        self._means.shown.plan(plan)
        check_limits(plan, self._asked.limits)
        if plan.changes:
            self._check_access()
            if not self._asked.dry_run:
                self._change(plan, versions)

    def _planned(self, graph: ImageGraph) -> Plan:
        return make_plan(self._package, graph, self._asked.question)

    def _check_access(self) -> None:
        """Say what the token lacks before the first write; a dry run only warns."""
        scopes = self._means.github.token_scopes
        try:
            warnings = check_scopes(scopes, Operation.DELETE, self._package.ref)
        except AccessDenied as error:
            if not self._asked.dry_run:
                raise
            warnings = (f"a real run would be refused: {error}",)
        self._report = replace(self._report, warnings=(*self._report.warnings, *warnings))

    def _change(self, shown: Plan, versions: tuple[Version, ...]) -> None:
        """Look again, change what both looks agree on, and check what was to stay."""
        graph = self._surveyor.graph(self._surveyor.versions(versions))
        second = self._planned(graph)
        check_limits(second, self._asked.limits)
        plan, changed = confirm(shown, second)
        self._record(changed)
        self._record(self._deleted(plan))
        self._record(self._untagged(plan))
        done = self._report.with_outcome(Outcome.DELETED, Outcome.UNTAGGED)
        if self._registry and done:
            self._check(plan, graph, self._registry)

    def _record(self, results: tuple[Result, ...]) -> None:
        """Add results to the report, in the order of the plan that was shown."""
        plan = self._report.plan
        places = {d.version.id: n for n, d in enumerate(plan.decisions)} if plan else {}
        known = (*self._report.results, *results)
        ordered = sorted(known, key=lambda result: places.get(result.version.id, len(places)))
        self._report = replace(self._report, results=tuple(ordered))

    def _deleted(self, plan: Plan) -> tuple[Result, ...]:
        means = self._means
        if plan.deletes_package:
            whole = PackageDeleter(api=means.github, journal=means.journal, token=means.token)
            return whole.carry_out(plan)
        settler = Settler(api=means.github, ref=self._package.ref, token=means.token)
        deleter = Deleter(
            settler=settler,
            journal=means.journal,
            watcher=means.shown,
            workers=self._asked.workers,
            is_cancelled=means.is_cancelled,
        )
        return deleter.carry_out(plan)

    def _untagged(self, plan: Plan) -> tuple[Result, ...]:
        means = self._means
        if self._registry is None or not plan.untags:
            return ()
        untagger = Untagger(
            tags=self._registry,
            settler=Settler(api=means.github, ref=self._package.ref, token=means.token),
            journal=means.journal,
            unique=means.unique,
            pause=means.pause,
            is_cancelled=means.is_cancelled,
        )
        return untagger.carry_out(plan)

    def _check(self, plan: Plan, graph: ImageGraph, registry: RegistrySide) -> None:
        check = check_kept(plan, graph, registry, self._asked.workers)
        if check.unchecked:
            said = (
                f"{len(check.unchecked)} manifests of kept images could not be checked afterwards"
            )
            self._report = replace(
                self._report, warnings=(*self._report.warnings, f"{self._package.ref}: {said}")
            )
        if check.missing:
            raise KeptImageBroken(
                f"{self._package.ref}: kept images need manifests that are gone now: "
                f"{', '.join(check.missing)}.",
                hint="Restore them (GitHub keeps deleted versions for 30 days), and report this.",
            )

    def _registry_of(self, package: Package) -> RegistrySide | None:
        if not package.ref.type.has_manifests:
            return None
        return self._means.registries.of(package.ref)


def _unanswered(package: Package, lost: AnswerLost) -> KeeperError:
    return RequestFailed(
        f"{package.ref}: reading got no usable answer: {lost.reason}.",
        hint="Run again later.",
        request_id=lost.request_id,
    )
