"""Runs that are cut at any request or any line of the journal: nothing is lost silently."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.packages import World, worlds
from domain.promises import closure, images_of, rule_lists, twice_as_many
from fakes.github import GitHubInMemory, LostAfterwards, Request, Scripted, lost, refused
from fakes.runs import Stage
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.report import RunReport
from package_keeper.domain.rules import Rule
from package_keeper.pacing.exchange import Cancelled


class Killed(BaseException):
    """The process is no more; nothing of it runs on."""


@dataclass(slots=True)
class Scene:
    """A run on a package, with what was written before each deletion that GitHub saw."""

    world: World
    rules: tuple[Rule, ...]
    if_empty: IfEmpty = IfEmpty.KEEP_NEWEST
    untag: bool = False
    github: GitHubInMemory = field(init=False)
    stage: Stage = field(init=False)
    unannounced: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.github = GitHubInMemory.holding(self.world)
        self.stage = Stage(self.github, workers=1)

    def run(
        self, disturb: Callable[[Request], None], line: Callable[[str], None]
    ) -> RunReport | None:
        def before(request: Request) -> None:
            self._look_at(request)
            disturb(request)

        self.github.before = before
        self.stage.lines.before = line
        try:
            return self.stage.run(
                self.stage.asked(self.rules, if_empty=self.if_empty, untag=self.untag)
            )
        except Killed:
            return None

    def _look_at(self, request: Request) -> None:
        started = {number for number, outcome in self.stage.lines.actions if outcome == "started"}
        if request.action == "delete_version" and request.of not in started:
            self.unannounced.append(request)
        if request.action == "delete_package" and not self.github.only.versions.keys() <= started:
            self.unannounced.append(request)

    @property
    def gone(self) -> set[int]:
        left = self.github.only.versions if self.github.held else {}
        return {version.id for version in self.world.versions} - left.keys()

    @property
    def gone_names(self) -> set[str]:
        return {version.name for version in self.world.versions if version.id in self.gone}


_disturbances = st.sampled_from(
    [
        Killed,
        lambda: KeyError("a fault of the program"),
        lambda: Cancelled("the run was cancelled"),
        lambda: lost("502"),
        lambda: refused(403, "no"),
        lambda: refused(404, "Not Found"),
    ]
)


_losses = st.just(LostAfterwards()) | st.builds(lost, st.just("reset"))


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    return Scene(
        draw(worlds()), draw(rule_lists()), draw(st.sampled_from(IfEmpty)), draw(st.booleans())
    )


@settings(max_examples=twice_as_many())
@given(scenes(), st.integers(0, 60), _disturbances)
def test_wherever_a_run_is_cut_what_was_deleted_was_announced_and_what_stays_is_whole(
    scene: Scene, at: int, disturbance: Callable[[], BaseException]
) -> None:
    def cut(request: Request) -> None:
        if len(scene.github.requests) == at + 1:
            raise disturbance()

    report = scene.run(cut, lambda _: None)
    assert scene.unannounced == []
    if report is None or not report.packages:
        return
    (package,) = report.packages
    known = {result.version.id: result.outcome for result in report.results}
    done = {number for number, outcome in known.items() if outcome is Outcome.DELETED}
    assert done <= scene.gone
    unsure = {n for n, outcome in known.items() if outcome is Outcome.ERROR}
    assert scene.gone <= done | unsure
    if package.plan is not None:
        assert not closure(scene.world, images_of(package.plan, scene.world)) & scene.gone_names


@given(scenes(), st.integers(0, 30))
def test_wherever_the_journal_can_not_be_written_nothing_goes_unannounced(
    scene: Scene, at: int
) -> None:
    def full(line: str) -> None:
        if len(scene.stage.lines.lines) == at:
            raise OSError("no space left on device")

    report = scene.run(lambda _: None, full)
    assert scene.unannounced == []
    assert report is not None
    started = {n for n, outcome in scene.stage.lines.actions if outcome == "started"}
    assert scene.gone <= started
    if scene.stage.lines.lines and len(scene.stage.lines.lines) == at and scene.gone:
        told = {result.version.id for result in report.results}
        assert scene.gone <= told


@given(worlds(), rule_lists(), st.lists(st.integers(0, 8), max_size=4), st.data())
def test_whatever_answers_get_lost_the_report_says_what_became_of_each(
    world: World, rules: tuple[Rule, ...], places: list[int], data: st.DataObject
) -> None:
    """Carried out or not: what is reported as deleted is gone, and nothing else is."""
    scene = Scene(world, rules)
    for place in places:
        if place < len(world.versions):
            answer: Scripted = data.draw(_losses)
            scene.github.script("delete_version", world.versions[place].id, answer)
    report = scene.run(lambda _: None, lambda _: None)
    assert report is not None
    done = {r.version.id for r in report.results if r.outcome is Outcome.DELETED}
    assert done == scene.gone
    ended = {n: outcome for n, outcome in scene.stage.lines.actions if outcome != "started"}
    assert {n for n, outcome in ended.items() if outcome == "deleted"} == done
