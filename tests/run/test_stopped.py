"""What stops the deletions of a package stops taking tags off as well."""

from collections.abc import Callable

from domain.packages import Pushes
from fakes.github import GitHubInMemory, Request, refused
from fakes.runs import Stage
from package_keeper.domain.budget import RESERVE
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.outcome import Outcome, RunOutcome
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.report import RunReport
from package_keeper.domain.shorthand import ShortInputs, rules_of

RULES = rules_of(ShortInputs(delete=(Pattern("pr-*"),)))


class Scene:
    """Four images that go, and one that stays and is to lose the tag `pr-0`."""

    def __init__(self) -> None:
        pushes = Pushes()
        pushes.image("v9")
        self.kept = pushes.image("v1", "pr-0")
        for n in range(1, 5):
            pushes.image(f"pr-{n}")
        self.github = GitHubInMemory.holding(pushes.world())
        self.stage = Stage(self.github)

    def run(self, *, dry_run: bool = False) -> RunReport:
        return self.stage.run(self.stage.asked(RULES, untag=True, dry_run=dry_run))

    def refuse(self, refusal: Callable[[Request], Exception | None]) -> None:
        def before(request: Request) -> None:
            error = refusal(request)
            if error is not None:
                raise error

        self.github.before = before


def detail_of_untag(scene: Scene, report: RunReport) -> str:
    (result,) = (r for r in report.results if r.version.id == scene.kept.id)
    assert result.outcome is Outcome.NOT_ATTEMPTED
    assert scene.github.asked("put_manifest") == []
    assert scene.github.only.versions[scene.kept.id].tags == ("v1", "pr-0")
    return result.detail


def test_three_denials_stop_it() -> None:
    scene = Scene()
    denied = refused(403, "Resource not accessible by integration")
    scene.refuse(lambda request: denied if request.action == "delete_version" else None)
    assert detail_of_untag(scene, scene.run()) == "stopped after 3 denials"


def test_a_wait_that_is_too_long_stops_it() -> None:
    scene = Scene()
    scene.refuse(
        lambda request: WaitedTooLong("an hour") if request.action == "delete_version" else None
    )
    report = scene.run()
    assert report.outcome is RunOutcome.INCOMPLETE
    assert report.exit_code == 0
    assert detail_of_untag(scene, report) == "an hour"


def test_a_budget_that_is_not_enough_is_not_spent_on_it() -> None:
    scene = Scene()
    scene.stage.affordable = 0
    assert "not enough" in detail_of_untag(scene, scene.run())


def test_a_budget_that_is_enough_for_the_deletions_alone_is_told_in_a_dry_run_too() -> None:
    dry = Scene()
    dry.stage.affordable = RESERVE + 4 + 2
    (package,) = dry.run(dry_run=True).packages
    (warning,) = package.warnings
    assert warning.endswith("which is not enough for taking tags off; the next run goes on")
    real = Scene()
    real.stage.affordable = RESERVE + 4 + 2
    assert "not enough" in detail_of_untag(real, real.run())
    assert len(real.github.only.versions) == 2
