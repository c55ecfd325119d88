"""One package: surveyed, planned, shown, held against the limits, and changed.

Decides the order of the steps and that an error ends only this package. Every step's decisions are
made elsewhere. With `dry_run` it stops before the first write, and before that it does the same.
"""

from package_keeper.domain.access import Operation, check_scopes, denial
from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.budget import attempted
from package_keeper.domain.errors import AccessDenied, KeeperError, RequestFailed, Unexpected
from package_keeper.domain.images import ImageGraph
from package_keeper.domain.limits import check_limits
from package_keeper.domain.model import Package, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import make_plan
from package_keeper.domain.report import PackageReport
from package_keeper.inventory.reading import ManifestReader
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.asked_ids import results_of_missing
from package_keeper.run.changing import Changer
from package_keeper.run.means import Asked, Means
from package_keeper.run.ports import RegistrySide
from package_keeper.run.record import Record
from package_keeper.run.survey import Surveyor

_MAYBE = "no answer came before the run was cancelled, so it may have been done"


class PackageRun:
    """The pipe for one package; used once."""

    def __init__(self, package: Package, asked: Asked, means: Means) -> None:
        self._package = package
        self._asked = asked
        self._means = means
        self._registry = self._registry_of(package)
        self._surveyor = Surveyor(
            api=means.github,
            package=package,
            reader=self._reader(self._registry),
            question=asked.question,
        )
        self._record = Record(package.ref.name)

    def report(self) -> PackageReport:
        """What became of the package so far; from any thread."""
        self._record.results(
            Result(version=decision.version, outcome=Outcome.ERROR, detail=_MAYBE)
            for decision in self._means.journal.unsettled(self._package.ref)
        )
        return self._record.report()

    def carry_out(self) -> None:
        """Do what is asked; what stops the package is in its report, and only Cancelled raised."""
        ref = self._package.ref
        try:
            with self._means.shown.group(str(ref)):
                self._run()
        except KeeperError as error:
            self._record.failed(error)
        except Refused as refused:
            doing = f"{ref}: reading was refused"
            self._record.failed(denial(refused, doing, self._means.token, Operation.READ))
        except AnswerLost as lost:
            self._record.failed(_unanswered(self._package, lost))
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - what was done must be reported all the same
            self._record.failed(Unexpected(error))

    def _run(self) -> None:
        versions = self._surveyor.versions()
        plan = self._planned(self._surveyor.graph(versions))
        self._record.plan(plan)
        self._record.results(results_of_missing(plan, self._means.github))
        self._means.shown.plan(plan)
        check_limits(plan, self._asked.limits)
        if plan.changes:
            self._check_access()
            self._check_budget(plan)
            if not self._asked.dry_run:
                self._change(plan, versions)

    def _planned(self, graph: ImageGraph) -> Plan:
        return make_plan(self._package, graph, self._asked.question)

    def _check_access(self) -> None:
        """Say what the token lacks before the first write; a dry run only warns."""
        scopes = self._means.github.token_scopes
        try:
            self._record.warn(check_scopes(scopes, Operation.DELETE, self._package.ref))
        except AccessDenied as error:
            if not self._asked.dry_run:
                raise
            self._record.warn([f"a real run would be refused: {error}"])

    def _check_budget(self, plan: Plan) -> None:
        """Say what the requests left of the hour are enough for, in a dry run as well."""
        left = self._means.affordable()
        count = attempted(plan.deletions, left)
        if count < len(plan.deletions) and not plan.deletes_package:
            enough = f"{count} of {len(plan.deletions)} deletions; the next run goes on"
            said = f"{left} requests are left of this hour, enough for {enough}"
            self._record.warn([f"{self._package.ref}: {said}"])

    def _change(self, shown: Plan, versions: tuple[Version, ...]) -> None:
        """Look again immediately before the first write."""
        graph = self._surveyor.graph(self._surveyor.versions(versions))
        changer = Changer(self._package.ref, self._registry, self._asked, self._means, self._record)
        changer.carry_out(shown, graph)

    def _registry_of(self, package: Package) -> RegistrySide | None:
        if not package.ref.type.has_manifests:
            return None
        return self._means.registries.of(package.ref)

    def _reader(self, registry: RegistrySide | None) -> ManifestReader | None:
        if registry is None:
            return None
        return ManifestReader(registry=registry, workers=self._asked.workers)


def _unanswered(package: Package, lost: AnswerLost) -> KeeperError:
    return RequestFailed(
        f"{package.ref}: reading got no usable answer: {lost.reason}.",
        hint="Run again later.",
        request_id=lost.request_id,
    )
