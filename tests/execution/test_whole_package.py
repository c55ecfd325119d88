"""Deleting a whole package by one request."""

import pytest

from domain.packages import NOW, Pushes, package
from fakes.github import NO_PACKAGE, GitHubInMemory, LostAfterwards, Scripted, Stale, lost, refused
from fakes.runs import TOKEN, LinesInMemory
from package_keeper.domain.answers import Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.execution.journal import Journal
from package_keeper.execution.whole_package import PackageDeleter
from package_keeper.pacing.exchange import Cancelled, is_bringing_to_an_end


class Scene:
    """A package of an index and its part, which goes whole."""

    def __init__(self) -> None:
        pushes = Pushes()
        pushes.index(pushes.image(), tags=["pr-1"])
        self.github = GitHubInMemory.holding(pushes.world())
        self.lines = LinesInMemory()
        self.results: list[Result] = []
        question = Question(
            rules=rules_of(ShortInputs(delete=(Pattern("*"),))),
            now=NOW,
            if_empty=IfEmpty.DELETE_PACKAGE,
        )
        self.plan: Plan = make_plan(package(), pushes.world().graph(), question)
        assert self.plan.deletes_package

    def answers(self, *answers: Scripted) -> "Scene":
        self.github.script("delete_package", "app", *answers)
        return self

    def reads(self, *answers: Scripted) -> "Scene":
        self.github.script("package", "app", *answers)
        return self

    def carry_out(self) -> tuple[Outcome, str]:
        journal = Journal(lines=self.lines, now=lambda: NOW, header={})
        deleter = PackageDeleter(
            api=self.github, journal=journal, token=TOKEN, record=self.results.append
        )
        deleter.carry_out(self.plan)
        assert [result.version.id for result in self.results] == [
            d.version.id for d in self.plan.deletions
        ]
        (told,) = {(result.outcome, result.detail) for result in self.results}
        return told


def test_every_version_is_journalled_before_the_request_and_after() -> None:
    scene = Scene()
    assert scene.carry_out() == (Outcome.DELETED, "deleted with the whole package")
    assert scene.lines.actions == [
        (2, "started"),
        (1, "started"),
        (None, "started"),
        (None, "deleted"),
        (2, "deleted"),
        (1, "deleted"),
    ]
    (begun, ended) = [entry for entry in scene.lines.entries if entry.get("whole-package")]
    assert (begun["action"], ended["action"], ended["package"]) == ("delete", "delete", "app")
    assert [request.action for request in scene.github.requests] == ["delete_package"]


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (
            refused(400, "Publicly visible packages with a version with more than 5000 downloads"),
            Outcome.UNDELETABLE,
            "more than 5000 downloads",
        ),
        (refused(403, "no"), Outcome.DENIED, "GitHub answered 403: no"),
        (refused(404, NO_PACKAGE), Outcome.DENIED, NO_PACKAGE.rstrip(".")),
        (refused(422, "what?"), Outcome.ERROR, "GitHub answered 422: what?"),
        (Cancelled("stop"), Outcome.NOT_ATTEMPTED, "stop"),
        (WaitedTooLong("an hour"), Outcome.NOT_ATTEMPTED, "an hour"),
        (lost("reset"), Outcome.ERROR, "still there after reset"),
    ],
)
def test_one_answer_is_every_versions(answer: Exception, outcome: Outcome, said: str) -> None:
    scene = Scene().answers(answer)
    told = scene.carry_out()
    assert told[0] is outcome
    assert said in told[1]
    assert {ended for _, ended in scene.lines.actions} == {"started", outcome.value}
    assert "app" in scene.github.held


def test_what_became_of_it_is_told_before_the_journal_lets_go_of_it() -> None:
    scene = Scene()
    told: list[int] = []

    def look(line: str) -> None:
        if '"deleted"' in line:
            told.append(len(scene.results))

    scene.lines.before = look
    scene.carry_out()
    assert set(told) == {len(scene.plan.deletions)}


def test_without_its_lines_it_is_not_deleted() -> None:
    scene = Scene()

    def full(line: str) -> None:
        raise OSError("full")

    scene.lines.before = full
    outcome, said = scene.carry_out()
    assert (outcome, "full" in said) == (Outcome.NOT_ATTEMPTED, True)
    assert "app" in scene.github.held


def test_a_package_that_is_gone_was_not_deleted_by_this_run() -> None:
    scene = Scene()
    scene.github.held.clear()
    assert scene.carry_out() == (Outcome.ALREADY_GONE, "it was gone before this run came to it")


def test_a_lost_answer_is_settled_by_reading() -> None:
    scene = Scene().answers(LostAfterwards("502"))
    assert scene.carry_out() == (Outcome.DELETED, "deleted; the answer was lost and it is gone")


@pytest.mark.parametrize(
    "look", [refused(403, "no"), lost(), Cancelled("stop"), WaitedTooLong("an hour")]
)
def test_what_reading_does_not_settle_is_an_error(look: Exception) -> None:
    for answer in (LostAfterwards("502"), refused(404, NO_PACKAGE)):
        outcome, said = Scene().answers(answer).reads(look).carry_out()
        if isinstance(answer, LostAfterwards):
            assert (outcome, said) == (Outcome.ERROR, "what became of it can't be read: 502")
        else:
            assert outcome is Outcome.DENIED


def test_a_look_that_is_behind_makes_no_deletion_of_an_error() -> None:
    scene = Scene().answers(LostAfterwards("502"))
    there = scene.github.package(scene.plan.package.ref)
    assert scene.reads(Stale(there)).carry_out() == (Outcome.ERROR, "still there after 502")


@pytest.mark.parametrize("answer", [lost("reset"), refused(404, NO_PACKAGE)])
def test_one_reading_that_is_behind_says_nothing(answer: Exception) -> None:
    scene = Scene().answers(answer).reads(refused(404, NO_PACKAGE))
    outcome, _ = scene.carry_out()
    assert outcome is (Outcome.DENIED if isinstance(answer, Refused) else Outcome.ERROR)
    assert "app" in scene.github.held


def test_a_run_that_is_cancelled_still_looks_what_became_of_the_package() -> None:
    looks: list[bool] = []
    scene = Scene().answers(LostAfterwards("502"))
    scene.github.before = lambda _: looks.append(is_bringing_to_an_end())
    assert scene.carry_out()[0] is Outcome.DELETED
    assert looks == [False, True, True]


@pytest.mark.parametrize("written", [2, 3], ids=["a version's", "the package's"])
def test_without_every_first_line_nothing_is_sent(written: int) -> None:
    scene = Scene()

    def full(line: str) -> None:
        if len(scene.lines.lines) == written:
            raise OSError("full")

    scene.lines.before = full
    outcome, detail = scene.carry_out()
    assert outcome is Outcome.NOT_ATTEMPTED
    assert "full" in detail
    assert scene.github.requests == []


def test_what_was_done_is_told_where_it_can_not_be_written() -> None:
    scene = Scene()

    def full(line: str) -> None:
        if "started" not in line and "outcome" in line:
            raise OSError("full")

    scene.lines.before = full
    assert scene.carry_out() == (Outcome.DELETED, "deleted with the whole package")
