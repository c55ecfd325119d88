"""What is told of a package that is being restored as a whole, at any time."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.packages import Pushes, package
from fakes.github import GitHubInMemory
from fakes.runs import Stage
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.report import PackageReport
from package_keeper.pacing.exchange import Cancelled
from package_keeper.run.means import Asked, ToRestore
from package_keeper.run.one_package import PackageRun
from package_keeper.run.restoring_package import PackageRestoration


class Scene:
    """A deleted package; `at` are the reports at each request, with what was asked."""

    def __init__(self) -> None:
        pushes = Pushes()
        pushes.image("v1")
        self.github = GitHubInMemory.holding(pushes.world())
        self.github.delete_package(package().ref)
        self.github.requests.clear()
        stage = Stage(self.github)
        asked: Asked = replace(stage.asked(()), restore=ToRestore(whole_package=True))
        work = PackageRestoration(package().ref, asked, stage.means)
        self.run = PackageRun(package().ref, work, stage.means)
        self.at: list[tuple[str, PackageReport]] = []
        self.github.before = lambda request: self.at.append((request.action, self.run.report()))

    def warned(self) -> Iterator[tuple[str, bool]]:
        for action, report in self.at:
            yield action, any("it may have been done" in said for said in report.warnings)


def test_while_nobody_knows_whether_it_is_back_that_is_told() -> None:
    scene = Scene()
    scene.run.carry_out()
    told = list(scene.warned())
    asked = told.index(("restore_package", True))
    assert not any(warned for _, warned in told[:asked])
    assert all(warned for _, warned in told[asked:])
    report = scene.run.report()
    assert report.warnings == ()
    assert [result.outcome for result in report.results] == [Outcome.RESTORED]


def test_what_was_not_sent_was_not_done() -> None:
    scene = Scene()
    scene.github.script("restore_package", "app", Cancelled("stop"))
    with pytest.raises(Cancelled):
        scene.run.carry_out()
    assert scene.run.report().warnings == ()
