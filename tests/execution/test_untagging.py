"""Taking tags off: the image is never touched, and whatever goes wrong, the tag is moved back."""

import json
from dataclasses import dataclass, field, replace

import pytest

from domain.packages import NOW, Pushes, package
from fakes.github import (
    GitHubInMemory,
    LostAfterwards,
    RegistryInMemory,
    Request,
    Scripted,
    Stale,
    lost,
    refused,
)
from fakes.runs import TOKEN, Stage
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import Question, make_plan
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.execution.deleting import DeletionSettler
from package_keeper.execution.ports import Content, Tags
from package_keeper.execution.untagging import PAUSES, Untagger
from package_keeper.pacing.exchange import Cancelled

STAND_IN = 4
"""The id of what is pushed first."""


class Scene:
    """Two images with a tag to take off each, and one that stays as it is."""

    def __init__(self) -> None:
        pushes = Pushes()
        self.image, self.other = pushes.image("v1", "pr-1", "pr-2"), pushes.image("v2", "pr-3")
        pushes.image("v3")
        self.github = GitHubInMemory.holding(pushes.world())
        self.stage = Stage(self.github)
        self.cancelled = False
        rules = rules_of(ShortInputs(delete=(Pattern("pr-*"),)))
        self.plan: Plan = make_plan(
            package(), pushes.world().graph(), Question(rules=rules, now=NOW, untag=True)
        )

    def carry_out(self, tags: Tags | None = None, *, stopped: str = "") -> list[Result]:
        """What came of it, in the order in which it was told."""
        self.recorded: list[Result] = []
        ref = self.github.only.ref
        untagger = Untagger(
            tags=tags or RegistryInMemory(self.github, self.github.only),
            api=self.github,
            ref=ref,
            token=TOKEN,
            settler=DeletionSettler(api=self.github, ref=ref, token=TOKEN),
            journal=self.stage.journal,
            unique=self.stage.unique,
            pause=self.stage.paused.append,
            record=self.recorded.append,
            is_cancelled=lambda: self.cancelled,
        )
        untagger.carry_out(self.plan, stopped=stopped)
        return self.recorded

    def after_push(self, action: str, *answers: Scripted) -> None:
        """From the moment the first stand-in is there, this is answered like that."""

        def before(request: Request) -> None:
            if STAND_IN in self.github.only.versions and request.action == action and pending:
                answer = pending.pop(0)
                if isinstance(answer, Exception):
                    raise answer

        pending = list(answers)
        self.github.before = before

    def tags(self, version: Version) -> tuple[str, ...]:
        return self.github.only.versions[version.id].tags

    @property
    def unended(self) -> set[object]:
        """The ids of what the journal says was started and not how it ended."""
        actions = self.stage.lines.actions
        ended = {number for number, outcome in actions if outcome != "started"}
        return {number for number, _ in actions} - ended

    @property
    def state(self) -> dict[str, tuple[str, ...]]:
        """By digest, the tags of what has any."""
        return {v.name: v.tags for v in self.github.only.versions.values() if v.tags}


def test_the_tags_are_gone_and_the_images_are_as_they_were() -> None:
    scene = Scene()
    results = scene.carry_out()
    assert [(r.version.id, r.outcome, r.detail, r.tags_off) for r in results] == [
        (scene.other.id, Outcome.UNTAGGED, "took off pr-3", ("pr-3",)),
        (scene.image.id, Outcome.UNTAGGED, "took off pr-1, pr-2", ("pr-1", "pr-2")),
    ]
    assert (scene.tags(scene.image), scene.tags(scene.other)) == (("v1",), ("v2",))
    assert len(scene.github.only.versions) == 3
    assert {scene.image.name, scene.other.name} <= scene.github.only.manifests.keys()


def test_what_is_pushed_is_an_empty_manifest_that_nobody_pushed_before() -> None:
    scene = Scene()
    registry = Noting(RegistryInMemory(scene.github, scene.github.only))
    scene.carry_out(registry)
    assert len(set(registry.pushed)) == 3
    manifest = json.loads(registry.pushed[0])
    assert manifest["config"] == manifest["layers"][0]
    assert manifest["config"]["size"] == 2
    assert "subject" not in manifest


@dataclass(slots=True)
class Noting:
    """A registry, with what was pushed to it."""

    registry: RegistryInMemory
    pushed: list[bytes] = field(default_factory=list)

    def content(self, digest: str) -> Content:
        return self.registry.content(digest)

    def digest_of(self, tag: str) -> str | None:
        return self.registry.digest_of(tag)

    def put_manifest(self, tag: str, content: bytes, media_type: str) -> str:
        self.pushed.append(content)
        return self.registry.put_manifest(tag, content, media_type)


def test_the_journal_names_the_image_and_each_stand_in_before_its_deletion() -> None:
    scene = Scene()
    scene.carry_out()
    other, image = scene.other.id, scene.image.id
    assert scene.stage.lines.actions == [
        (other, "started"),
        (4, "started"),
        (4, "deleted"),
        (other, "untagged"),
        (image, "started"),
        (5, "started"),
        (5, "deleted"),
        (6, "started"),
        (6, "deleted"),
        (image, "untagged"),
    ]


def test_a_listing_that_is_behind_is_looked_at_again() -> None:
    scene = Scene()
    rows = tuple(scene.github.only.versions.values())
    scene.github.script("versions", "active", Stale(rows), Stale(rows))
    assert scene.carry_out()[0].outcome is Outcome.UNTAGGED
    assert scene.stage.paused[:4] == [*PAUSES[:3], 0.0]


def test_nothing_is_deleted_that_the_listing_does_not_show() -> None:
    scene = Scene()
    rows = tuple(scene.github.only.versions.values())
    scene.github.script("versions", "active", *[Stale(rows)] * 99)
    results = scene.carry_out()
    assert results[0].outcome is Outcome.ERROR
    assert results[0].detail == (
        "pr-3 was moved back to the image: the listing does not show what was pushed under pr-3"
    )
    assert scene.github.asked("delete_version") == []
    assert scene.tags(scene.other) == ("v2", "pr-3")
    assert (results[1].outcome, results[1].detail) == (
        Outcome.NOT_ATTEMPTED,
        "stopped after error",
    )


def test_a_stand_in_that_somebody_gave_another_tag_is_not_deleted() -> None:
    scene = Scene()

    def tag(request: Request) -> None:
        held = scene.github.only
        if request.action == "versions" and STAND_IN in held.versions:
            stand_in = held.versions[STAND_IN]
            held.versions[STAND_IN] = replace(stand_in, tags=("pr-3", "release"))

    scene.github.before = tag
    results = scene.carry_out()
    assert results[0].outcome is Outcome.ERROR
    assert scene.github.asked("delete_version") == []
    assert scene.tags(scene.other) == ("v2", "pr-3")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refused(403, "no"), Outcome.DENIED),
        (refused(400, "more than 5000 downloads"), Outcome.UNDELETABLE),
        (refused(422, "what?"), Outcome.ERROR),
        (Cancelled("stop"), Outcome.NOT_ATTEMPTED),
        (WaitedTooLong("an hour"), Outcome.NOT_ATTEMPTED),
    ],
)
def test_where_the_stand_in_can_not_be_deleted_the_tag_is_moved_back(
    answer: Exception, outcome: Outcome
) -> None:
    scene = Scene()
    scene.github.script("delete_version", STAND_IN, answer)
    result = scene.carry_out()[0]
    assert (result.version.id, result.outcome) == (scene.other.id, outcome)
    assert result.detail.startswith("pr-3 was moved back to the image: ")
    assert scene.tags(scene.other) == ("v2", "pr-3")
    assert scene.stage.lines.actions[2] == (STAND_IN, outcome.value)


@pytest.mark.parametrize(
    "answer", [refused(403, "no"), lost(), Cancelled("stop"), WaitedTooLong("an hour")]
)
def test_where_the_stand_in_can_not_be_looked_for_the_tag_is_moved_back(answer: Exception) -> None:
    scene = Scene()
    scene.after_push("versions", answer)
    result = scene.carry_out()[0]
    assert result.outcome is Outcome.ERROR
    assert "pr-3 was moved back to the image: what was pushed under pr-3 could" in result.detail
    assert scene.tags(scene.other) == ("v2", "pr-3")


@pytest.mark.parametrize(
    "back", [refused(403, "no"), lost(), Cancelled("stop"), WaitedTooLong("an hour")]
)
@pytest.mark.parametrize("deleting", [refused(403, "no"), Cancelled("stop")])
def test_a_tag_that_stays_on_the_stand_in_is_always_an_error_that_says_so(
    deleting: Exception, back: Exception
) -> None:
    scene = Scene()
    scene.github.script("delete_version", STAND_IN, deleting)
    scene.after_push("put_manifest", back)
    result = scene.carry_out()[0]
    assert result.outcome is Outcome.ERROR
    assert result.detail.startswith(
        "pr-3 now points to an empty stand-in and could not be moved back"
    )


def test_a_push_whose_answer_is_lost_may_have_moved_the_tag_so_it_is_moved_back() -> None:
    scene = Scene()
    scene.github.script("put_manifest", "pr-3", LostAfterwards("502"))
    result = scene.carry_out()[0]
    assert result.outcome is Outcome.ERROR
    assert result.detail == "pr-3 was moved back to the image: no usable answer: 502"
    assert scene.tags(scene.other) == ("v2", "pr-3")


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (refused(403, "denied: permission_denied"), Outcome.DENIED, "role Admin"),
        (refused(401, "no"), Outcome.DENIED, "has expired"),
        (refused(404, "manifest unknown"), Outcome.ERROR, "the registry answered 404"),
        (refused(405, "unsupported"), Outcome.ERROR, "the registry answered 405"),
        (lost("reset"), Outcome.ERROR, "no usable answer: reset"),
        (Cancelled("stop"), Outcome.NOT_ATTEMPTED, "stop"),
        (WaitedTooLong("an hour"), Outcome.NOT_ATTEMPTED, "an hour"),
    ],
)
def test_where_nothing_was_pushed_nothing_is_moved(
    answer: Exception, outcome: Outcome, said: str
) -> None:
    for action, of in (("content", Scene().other.name), ("put_manifest", "pr-3")):
        scene = Scene()
        scene.github.script(action, of, answer)
        before = scene.state
        result = scene.carry_out()[0]
        assert (result.version.id, result.outcome) == (scene.other.id, outcome)
        assert said in f"{result.detail}. {result.hint}"
        assert scene.state == before


def test_what_was_taken_off_before_a_failure_is_told() -> None:
    scene = Scene()
    scene.github.script("put_manifest", "pr-2", Cancelled("stop"))
    result = scene.carry_out()[1]
    assert (result.outcome, result.detail) == (Outcome.NOT_ATTEMPTED, "took off pr-1; stop")
    assert result.tags_off == ("pr-1",)
    assert scene.tags(scene.image) == ("v1", "pr-2")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused(405, "no"), "took off pr-1; the registry answered 405 no"),
        (refused(400, "x"), "took off pr-1; the registry answered 400 x"),
        (lost("reset"), "took off pr-1; pr-2 was moved back to the image: no usable answer: reset"),
    ],
)
def test_what_was_taken_off_is_told_whatever_the_failure(answer: Exception, said: str) -> None:
    scene = Scene()
    scene.github.script("put_manifest", "pr-2", answer)
    result = scene.carry_out()[1]
    assert (result.outcome, result.detail, result.tags_off) == (Outcome.ERROR, said, ("pr-1",))


def test_a_stand_in_that_is_gone_already_has_taken_the_tag_along() -> None:
    scene = Scene()

    def vanish(request: Request) -> None:
        if request == Request("delete_version", STAND_IN):
            scene.github.only.delete(STAND_IN)

    scene.github.before = vanish
    assert scene.carry_out()[0].outcome is Outcome.UNTAGGED
    assert scene.tags(scene.other) == ("v2",)


def test_a_cancelled_run_takes_no_further_tag_off() -> None:
    scene = Scene()

    def cancel(request: Request) -> None:
        scene.cancelled = True

    scene.github.before = cancel
    results = scene.carry_out()
    assert [result.outcome for result in results] == [Outcome.UNTAGGED, Outcome.NOT_ATTEMPTED]
    assert results[1].detail == "the run was cancelled"


def test_where_the_deletions_stopped_no_tag_is_taken_off_and_it_says_why() -> None:
    scene = Scene()
    results = scene.carry_out(stopped="stopped after three denials")
    assert [(r.outcome, r.detail) for r in results] == [
        (Outcome.NOT_ATTEMPTED, "stopped after three denials")
    ] * 2
    assert scene.github.requests == []


def test_a_journal_that_can_not_be_written_stops_before_anything_is_pushed() -> None:
    scene = Scene()

    def full(line: str) -> None:
        raise OSError("full")

    scene.stage.lines.before = full
    results = scene.carry_out()
    assert [result.outcome for result in results] == [Outcome.NOT_ATTEMPTED] * 2
    assert results[0].detail == "the journal can't be written: OSError: full."
    assert scene.github.requests == []


def test_a_fault_of_the_program_stops_it_and_is_told() -> None:
    scene = Scene()
    scene.github.script("content", scene.other.name, KeyError("x"))
    first, second = scene.carry_out()
    assert (first.outcome, first.detail) == (Outcome.ERROR, "stopped by KeyError: 'x'")
    assert (second.outcome, second.detail) == (Outcome.NOT_ATTEMPTED, "stopped after error")


FAULT = RuntimeError("a fault")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("versions", "what was pushed under pr-3 could not be looked for (RuntimeError: a fault)"),
        ("delete_version", "stopped by RuntimeError: a fault"),
    ],
)
def test_a_fault_after_the_push_moves_the_tag_back_as_well(action: str, said: str) -> None:
    scene = Scene()
    scene.after_push(action, FAULT)
    first, second = scene.carry_out()
    assert (first.version.id, first.outcome) == (scene.other.id, Outcome.ERROR)
    assert first.detail == f"pr-3 was moved back to the image: {said}"
    assert first.tags_off == ()
    assert scene.tags(scene.other) == ("v2", "pr-3")
    assert (second.outcome, second.detail) == (Outcome.NOT_ATTEMPTED, "stopped after error")
    assert scene.unended == set()


def test_a_fault_in_the_push_moves_the_tag_back_as_it_may_have_moved() -> None:
    scene = Scene()
    registry = FaultAfterPush(RegistryInMemory(scene.github, scene.github.only))
    first, _ = scene.carry_out(registry)
    assert (first.outcome, first.detail) == (
        Outcome.ERROR,
        "pr-3 was moved back to the image: stopped by RuntimeError: a fault",
    )
    assert scene.tags(scene.other) == ("v2", "pr-3")
    assert scene.unended == set()


@dataclass(slots=True)
class FaultAfterPush(Noting):
    """A registry whose first push is done, and whose answer is not understood."""

    def put_manifest(self, tag: str, content: bytes, media_type: str) -> str:
        # `super()` does not know the class that slots make of this one.
        digest = Noting.put_manifest(self, tag, content, media_type)
        if len(self.pushed) == 1:
            raise FAULT
        return digest


def test_a_fault_in_moving_back_says_where_the_tag_is() -> None:
    scene = Scene()
    scene.github.script("delete_version", STAND_IN, refused(403, "no"))
    scene.after_push("put_manifest", FAULT)
    first, _ = scene.carry_out()
    where = "pr-3 now points to an empty stand-in and could not be moved back"
    assert first.outcome is Outcome.ERROR
    assert first.detail == f"{where} (RuntimeError: a fault): GitHub answered 403: no"
    assert first.tags_off == ("pr-3",)
    assert scene.unended == set()


def test_a_tag_of_which_nothing_can_be_read_any_more_may_be_on_the_stand_in() -> None:
    scene = Scene()
    scene.github.script("delete_version", STAND_IN, refused(403, "no"))
    scene.after_push("digest_of", lost("reset"), lost("reset"))
    first, _ = scene.carry_out()
    where = "pr-3 may now point to an empty stand-in and could not be moved back (reset)"
    assert (first.outcome, first.tags_off) == (Outcome.ERROR, ("pr-3",))
    assert first.detail.startswith(f"{where}: ")


def test_a_tag_that_is_back_though_the_answer_was_lost_is_not_said_to_be_elsewhere() -> None:
    scene = Scene()
    scene.github.script("delete_version", STAND_IN, refused(403, "no"))

    def lose(request: Request) -> None:
        if request.action == "put_manifest" and STAND_IN in scene.github.only.versions:
            scene.github.script("put_manifest", "pr-3", LostAfterwards("502"))

    scene.github.before = lose
    first, _ = scene.carry_out()
    assert (first.outcome, first.tags_off) == (Outcome.DENIED, ())
    assert first.detail.startswith("pr-3 points to the image: GitHub answered 403")
    assert scene.tags(scene.other) == ("v2", "pr-3")


def test_a_stand_in_that_went_though_it_was_not_told_took_the_tag_along() -> None:
    """The deletion was done, and a fault came before that was known."""
    scene = Scene()

    def fault(request: Request) -> None:
        if request == Request("delete_version", STAND_IN):
            scene.github.only.delete(STAND_IN)
            raise FAULT

    scene.github.before = fault
    first, _ = scene.carry_out()
    assert (first.outcome, first.tags_off) == (Outcome.ERROR, ("pr-3",))
    assert first.detail == "pr-3 now points to nothing: stopped by RuntimeError: a fault"


def test_what_was_done_is_told_before_the_next_is_begun() -> None:
    """A run that dies in the middle of the second still reports the first."""
    scene = Scene()

    def die(request: Request) -> None:
        if request.action == "content" and request.of == scene.image.name:
            raise KeyboardInterrupt

    scene.github.before = die
    with pytest.raises(KeyboardInterrupt):
        scene.carry_out()
    assert [(r.version.id, r.outcome) for r in scene.recorded] == [
        (scene.other.id, Outcome.UNTAGGED)
    ]


def test_where_the_stand_in_can_not_be_announced_the_tag_is_moved_back() -> None:
    scene = Scene()

    def full(line: str) -> None:
        if f'"id": {STAND_IN}' in line:
            raise OSError("full")

    scene.stage.lines.before = full
    first, _ = scene.carry_out()
    assert first.outcome is Outcome.NOT_ATTEMPTED
    assert first.detail.startswith("pr-3 was moved back to the image: the journal can't be written")
    assert scene.tags(scene.other) == ("v2", "pr-3")
    assert scene.github.asked("delete_version") == []


def test_what_was_done_is_told_where_it_can_not_be_journalled_and_nothing_more_is_begun() -> None:
    scene = Scene()

    def full(line: str) -> None:
        if '"untagged"' in line:
            raise OSError("full")

    scene.stage.lines.before = full
    first, second = scene.carry_out()
    assert (first.outcome, first.detail) == (Outcome.UNTAGGED, "took off pr-3")
    assert (second.outcome, second.detail) == (
        Outcome.NOT_ATTEMPTED,
        "the journal can't be written: OSError: full.",
    )


def test_a_tag_that_moved_on_since_the_plan_was_shown_is_left_where_it_is() -> None:
    scene = Scene()
    new = Version(id=9, name="sha256:" + "9" * 64, tags=("pr-3",), created_at=NOW, updated_at=NOW)
    scene.github.only.push(new)
    first, _ = scene.carry_out()
    assert (first.outcome, first.detail) == (
        Outcome.CHANGED,
        "pr-3 moved on since the plan was shown",
    )
    assert scene.tags(new) == ("pr-3",)


def test_a_tag_that_somebody_moves_while_it_is_taken_off_is_not_moved_back() -> None:
    scene = Scene()
    new = Version(id=9, name="sha256:" + "9" * 64, tags=("pr-3",), created_at=NOW, updated_at=NOW)

    def before(request: Request) -> None:
        if request.action == "delete_version" and STAND_IN in scene.github.only.versions:
            scene.github.only.push(new)
            raise refused(403, "Must have admin rights to Package.")

    scene.github.before = before
    first, _ = scene.carry_out()
    assert first.outcome is Outcome.DENIED
    assert first.detail.startswith("pr-3 moved on meanwhile")
    assert scene.tags(new) == ("pr-3",)
