"""Deleting one version: every answer, what reading says then, and what of it got lost."""

import pytest

from domain.packages import Pushes
from fakes.github import (
    LAST_TAGGED,
    NO_PACKAGE,
    NO_VERSION,
    REQUEST_ID,
    GitHubInMemory,
    LostAfterwards,
    Scripted,
    Stale,
    lost,
    refused,
)
from fakes.runs import TOKEN
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.execution.deleting import ATTEMPTS, DeletionSettler
from package_keeper.pacing.exchange import Cancelled, Postponed


class Scene:
    """One image to delete, besides one that stays."""

    def __init__(self, token: str = TOKEN) -> None:
        pushes = Pushes()
        self.image: Version = pushes.image("pr-1")
        pushes.image("v1")
        self.github = GitHubInMemory.holding(pushes.world())
        self._settler = DeletionSettler(api=self.github, ref=self.github.only.ref, token=token)

    def answers(self, *answers: Scripted) -> "Scene":
        self.github.script("delete_version", self.image.id, *answers)
        return self

    def reads(self, *answers: Scripted) -> "Scene":
        self.github.script("version", self.image.id, *answers)
        return self

    def package_reads(self, *answers: Scripted) -> "Scene":
        self.github.script("package", "app", *answers)
        return self

    def settle(self) -> Result:
        return self._settler.settle(self.image)

    @property
    def is_there(self) -> bool:
        return self.image.id in self.github.only.versions

    @property
    def sent(self) -> int:
        return len(self.github.asked("delete_version"))


def test_a_deletion_that_is_answered_is_done_without_a_look() -> None:
    scene = Scene()
    result = scene.settle()
    assert (result.outcome, result.detail, result.request_id) == (
        Outcome.DELETED,
        "deleted",
        REQUEST_ID,
    )
    assert [request.action for request in scene.github.requests] == ["delete_version"]


@pytest.mark.parametrize(
    ("status", "message", "outcome"),
    [
        (400, LAST_TAGGED, Outcome.RETAINED),
        (400, "You cannot delete the last version of a package.", Outcome.RETAINED),
        (
            400,
            "Publicly visible package versions with more than 5000 downloads cannot be deleted.",
            Outcome.UNDELETABLE,
        ),
        (403, "You need at least delete:packages and read:packages scopes", Outcome.DENIED),
        (403, "Resource not accessible by integration", Outcome.DENIED),
        (403, "Resource protected by organization SAML enforcement.", Outcome.DENIED),
        (403, "the organization has an IP allow list enabled", Outcome.DENIED),
        (401, "Bad credentials", Outcome.DENIED),
        (422, "Invalid request.", Outcome.ERROR),
        (400, "Invalid argument.", Outcome.ERROR),
        (429, "API rate limit exceeded", Outcome.ERROR),
    ],
)
def test_a_clear_no_is_not_looked_into(status: int, message: str, outcome: Outcome) -> None:
    scene = Scene().answers(refused(status, message))
    result = scene.settle()
    assert result.outcome is outcome
    assert result.detail == f"GitHub answered {status}: {message.removesuffix('.')}"
    assert bool(result.hint) is (outcome in (Outcome.DENIED, Outcome.RETAINED))
    assert result.request_id == REQUEST_ID
    assert scene.is_there
    assert scene.github.asked("version") == []


def test_who_is_denied_is_told_what_the_token_lacks() -> None:
    said = Scene(token="ghs_1").answers(refused(403, "no")).settle().hint
    assert "Manage Actions access" in said
    said = Scene(token="ghp_1").answers(refused(403, "no")).settle().hint
    assert "read:packages and delete:packages" in said


def test_single_sign_on_is_told_with_its_address() -> None:
    answer = refused(403, "SAML", x_github_sso="required; url=https://github.com/orgs/a/sso?x=1")
    said = Scene().answers(answer).settle().hint
    assert said == "Authorize the token for single sign-on: https://github.com/orgs/a/sso?x=1"


def test_a_404_about_what_can_be_read_is_a_missing_right() -> None:
    result = Scene().answers(refused(404, NO_VERSION)).settle()
    assert result.outcome is Outcome.DENIED
    said = NO_VERSION.rstrip(".")
    assert result.detail == f"GitHub answered 404: {said}, though it can be read"
    assert "role Admin" in result.hint


def test_a_404_about_what_is_gone_is_nobodys_doing_here() -> None:
    scene = Scene()
    scene.github.only.delete(scene.image.id)
    result = scene.settle()
    assert result.outcome is Outcome.ALREADY_GONE
    assert scene.github.asked("package") == ["app"]


@pytest.mark.parametrize(
    ("version", "package"),
    [
        (refused(404, NO_VERSION), refused(404, NO_PACKAGE)),
        (refused(404, NO_VERSION), refused(403, "no")),
        (refused(404, NO_VERSION), lost()),
        (refused(404, NO_VERSION), Cancelled("stop")),
        (refused(404, NO_VERSION), WaitedTooLong("an hour")),
        (refused(403, "no"), None),
        (lost(), None),
        (Cancelled("stop"), None),
        (WaitedTooLong("an hour"), None),
    ],
)
def test_a_404_that_reading_does_not_settle_is_an_error(
    version: Exception, package: Exception | None
) -> None:
    """Gone is only what is not found where something that must exist can be read."""
    scene = Scene().answers(refused(404, "Not Found")).reads(version).package_reads(package)
    result = scene.settle()
    assert result.outcome is Outcome.ERROR
    assert result.detail == "GitHub answered 404: Not Found, and it can't be read"


def test_a_lost_answer_to_a_deletion_that_was_carried_out_counts_as_deleted() -> None:
    scene = Scene().answers(LostAfterwards("502"))
    result = scene.settle()
    assert result.outcome is Outcome.DELETED
    assert result.detail == "deleted; the answer was lost (502) and it is gone"
    assert (scene.sent, scene.is_there) == (1, False)


def test_after_a_lost_answer_it_is_sent_again_only_because_it_is_still_there() -> None:
    scene = Scene().answers(lost("reset"))
    result = scene.settle()
    assert result.outcome is Outcome.DELETED
    actions = [request.action for request in scene.github.requests]
    assert actions == ["delete_version", "version", "delete_version"]


def test_a_404_after_a_lost_answer_says_that_the_first_request_had_worked() -> None:
    """The look still showed the version, as reads may be behind."""
    scene = Scene().answers(LostAfterwards("502"))
    result = scene.reads(Stale(scene.image)).settle()
    assert result.outcome is Outcome.DELETED
    assert result.detail == "deleted; the answer to the first request was lost"
    assert scene.sent == 2


def test_what_waits_too_long_after_a_lost_answer_is_given_back_as_it_is_there_still() -> None:
    scene = Scene().answers(lost("502"), Postponed("it waited 40 s for its turn"))
    with pytest.raises(Postponed):
        scene.settle()
    assert scene.settle().outcome is Outcome.DELETED


def test_what_is_gone_when_it_is_sent_anew_was_deleted_by_the_request_whose_answer_got_lost() -> (
    None
):
    scene = Scene().answers(lost("502"), Postponed("it waited 40 s for its turn"))
    with pytest.raises(Postponed):
        scene.settle()
    del scene.github.only.versions[scene.image.id]
    assert scene.settle().outcome is Outcome.DELETED


def test_it_is_sent_so_often_and_no_more() -> None:
    scene = Scene().answers(*[lost("502")] * 9)
    result = scene.settle()
    assert (scene.sent, scene.is_there) == (ATTEMPTS, True)
    assert result.outcome is Outcome.ERROR
    assert "still there: 502" in result.detail
    assert result.request_id == REQUEST_ID


@pytest.mark.parametrize("look", [lost("timeout"), refused(403, "no"), Cancelled("stop")])
def test_a_lost_answer_that_reading_does_not_settle_is_an_error_and_not_sent_again(
    look: Exception,
) -> None:
    scene = Scene().answers(LostAfterwards("502")).reads(look)
    result = scene.settle()
    assert result.outcome is Outcome.ERROR
    assert result.detail == "no usable answer (502), and what became of it can't be read"
    assert scene.sent == 1


@pytest.mark.parametrize("stop", [Cancelled("stop"), WaitedTooLong("an hour")])
def test_what_was_never_sent_is_told_by_the_stop_itself(stop: Exception) -> None:
    scene = Scene().answers(stop)
    with pytest.raises(type(stop)):
        scene.settle()
    assert scene.is_there


@pytest.mark.parametrize("stop", [Cancelled("stop"), WaitedTooLong("an hour")])
def test_what_was_sent_once_is_never_told_as_not_attempted(stop: Exception) -> None:
    scene = Scene().answers(lost("502"), stop)
    result = scene.settle()
    assert result.outcome is Outcome.ERROR
    assert "still there: 502" in result.detail


@pytest.mark.parametrize("second", [refused(403, "no"), refused(400, LAST_TAGGED)])
def test_a_clear_no_after_a_lost_answer_is_a_clear_no(second: Exception) -> None:
    result = Scene().answers(lost("502"), second).settle()
    assert result.outcome in (Outcome.DENIED, Outcome.RETAINED)
