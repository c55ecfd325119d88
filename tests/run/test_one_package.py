"""What is told of an action that was begun in a package and has not ended."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain.packages import Pushes, package
from execution.test_journal import DECISION
from fakes.github import GitHubInMemory
from fakes.runs import Stage
from package_keeper.domain.outcome import Outcome
from package_keeper.execution.journal import Journal
from package_keeper.run.means import Means
from package_keeper.run.one_package import PackageRun
from package_keeper.run.record import Record


class Begins:
    """Work that announces an action and comes to no end with it."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def do(self, record: Record) -> None:  # noqa: ARG002 - what other work tells, this does not
        self._journal.started(package(), DECISION)
        raise RuntimeError("a fault")


@pytest.mark.parametrize(
    ("is_cancelled", "said"),
    [
        (lambda: True, "no answer came before the run was cancelled, so it may have been done"),
        (lambda: False, "it was begun and how it ended is not known, so it may have been done"),
    ],
    ids=["cancelled", "not cancelled"],
)
def test_what_has_not_ended_may_have_been_done(is_cancelled: Callable[[], bool], said: str) -> None:
    stage = Stage(GitHubInMemory.holding(Pushes().world()), is_cancelled=is_cancelled)
    journal = stage.journal
    means: Means = replace(stage.means, journal=journal)
    package_run = PackageRun(package().ref, Begins(journal), means)
    package_run.carry_out()
    (result,) = package_run.report().results
    assert (result.version, result.outcome, result.detail) == (
        DECISION.version,
        Outcome.ERROR,
        said,
    )
