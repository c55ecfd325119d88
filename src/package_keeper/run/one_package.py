"""The run of one package: its work, guarded, with a report at any time.

Decides that whatever stops the work ends only this package and stands in its report. It does not
decide what the work is.
"""

from typing import Protocol

from package_keeper.domain.access import Operation, denial
from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.errors import KeeperError, RequestFailed, Unexpected
from package_keeper.domain.model import PackageRef
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.report import PackageReport
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.means import Means
from package_keeper.run.record import Record

_CUT_SHORT = "no answer came before the run was cancelled, so it may have been done"
_MAYBE = "it was begun and how it ended is not known, so it may have been done"


class Work(Protocol):
    """What is to be done with a package."""

    def do(self, record: Record) -> None:
        """Do it, recording what happens; may raise whatever stops it."""
        ...


class PackageRun:
    """The work on one package, done once."""

    def __init__(self, ref: PackageRef, work: Work, means: Means) -> None:
        self._ref = ref
        self._work = work
        self._means = means
        self._record = Record(ref.name)

    def carry_out(self) -> None:
        """Do the work; what stops it is in the report, and only Cancelled is raised."""
        try:
            self._do()
        except KeeperError as error:
            self._record.failed(error)
        except Refused as refused:
            what = f"{self._ref}: reading was refused"
            self._record.failed(denial(refused, what, self._means.token, Operation.READ, self._ref))
        except AnswerLost as lost:
            self._record.failed(self._unanswered(lost))
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 - what was done must be reported all the same
            self._record.failed(Unexpected(error))

    def _do(self) -> None:
        """The work; what of it could not be journalled was done and told, and fails it."""
        before = self._means.journal.failure
        with self._means.shown.group(str(self._ref)):
            self._work.do(self._record)
        after = self._means.journal.failure
        if after is not None and after is not before:
            raise after

    def report(self) -> PackageReport:
        """What became of the package so far; from any thread."""
        detail = _CUT_SHORT if self._means.is_cancelled() else _MAYBE
        self._record.unless_known(
            Result(version=decision.version, outcome=Outcome.ERROR, detail=detail)
            for decision in self._means.journal.unsettled(self._ref)
        )
        return self._record.report()

    def _unanswered(self, lost: AnswerLost) -> KeeperError:
        return RequestFailed(
            f"{self._ref}: reading got no usable answer: {lost.reason}.",
            hint="Run again later.",
            request_id=lost.request_id,
        )
