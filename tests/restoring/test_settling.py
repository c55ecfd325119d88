"""What became of a restoration, by what can be read afterwards, and where restoring stops."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from domain.packages import NOW, digest_of, package, version
from package_keeper.domain.answers import Answer, AnswerLost, Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.model import PackageRef, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Verdict
from package_keeper.execution.journal import Journal
from package_keeper.execution.loop import ActionLoop
from package_keeper.execution.restoring import RestorationSettler
from package_keeper.execution.waves import Waves
from package_keeper.pacing.exchange import Cancelled

CLASSIC = "ghp_x"
LOST = AnswerLost("connection reset")
DONE = "done"
Answered = str | Exception


def refusal(status: int, message: str = "no", **headers: str) -> Refused:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Refused(Answer(status=status, message=message, headers=named))


@dataclass(slots=True)
class Api:
    """Answers restorations, then readings, each in the order given; the last goes on for ever."""

    restoring: list[Answered]
    reading: list[Answered] = field(default_factory=lambda: [refusal(404)])
    asked: list[int] = field(default_factory=list)

    def restore_version(self, ref: PackageRef, version_id: int) -> str | None:  # noqa: ARG002
        self.asked.append(version_id)
        return _next(self.restoring)

    def version(self, ref: PackageRef, version_id: int) -> Version:  # noqa: ARG002
        _next(self.reading)
        return version(version_id, "1.0.0")


def _next(answers: list[Answered]) -> str:
    answer = answers.pop(0) if len(answers) > 1 else answers[0]
    if isinstance(answer, Exception):
        raise answer
    return answer


def settler(api: Api, *taken: str, token: str = CLASSIC) -> RestorationSettler:
    return RestorationSettler(
        api=api, ref=package().ref, token=token, now=NOW, taken=dict.fromkeys(taken, 7)
    )


def settle(api: Api, *taken: str, deleted_days_ago: int | None = 1, token: str = CLASSIC) -> Result:
    when = None if deleted_days_ago is None else NOW - timedelta(days=deleted_days_ago)
    wanted = replace(version(1, "1.0.0"), deleted_at=when)
    return settler(api, *taken, token=token).settle(wanted)


def test_a_clear_yes_is_restored_and_nothing_is_read() -> None:
    api = Api([DONE], [AssertionError("nothing needs reading")])
    assert settle(api).outcome is Outcome.RESTORED
    assert api.asked == [1]


def test_a_lost_answer_of_what_is_back_is_restored() -> None:
    api = Api([LOST], [DONE])
    result = settle(api)
    assert (result.outcome, api.asked) == (Outcome.RESTORED, [1])
    assert "the answer was lost" in result.detail


def test_a_lost_request_is_sent_again_once_it_is_seen_to_be_missing() -> None:
    api = Api([LOST, DONE])
    assert settle(api).outcome is Outcome.RESTORED
    assert api.asked == [1, 1]


def test_answers_that_go_on_getting_lost_are_an_error() -> None:
    api = Api([LOST])
    result = settle(api)
    assert (result.outcome, api.asked) == (Outcome.ERROR, [1, 1, 1])
    assert result.detail.endswith("and it is not back: connection reset")


UNREADABLE = [LOST, refusal(403), WaitedTooLong("an hour"), Cancelled()]


@pytest.mark.parametrize("reading", UNREADABLE)
def test_what_can_not_be_read_after_a_lost_answer_is_not_asked_for_again(
    reading: Exception,
) -> None:
    api = Api([LOST], [reading])
    result = settle(api)
    assert (result.outcome, api.asked) == (Outcome.ERROR, [1])
    assert result.detail.endswith("(connection reset), and what became of it can't be read")


@pytest.mark.parametrize("reading", UNREADABLE)
def test_a_no_is_a_no_where_what_is_active_can_not_be_read_and_says_so(reading: Exception) -> None:
    result = settle(Api([refusal(403)], [reading]))
    assert result.outcome is Outcome.DENIED
    assert "403: no, and whether it is active can't be read" in result.detail
    assert "can't be read" not in settle(Api([refusal(403)])).detail


@pytest.mark.parametrize("stop", [WaitedTooLong("too long"), Cancelled()])
def test_what_stops_before_the_request_was_sent_is_not_its_outcome(stop: Exception) -> None:
    with pytest.raises(type(stop)):
        settle(Api([stop]))


@pytest.mark.parametrize("stop", [WaitedTooLong("too long"), Cancelled()])
@pytest.mark.parametrize("in_reading", [True, False])
def test_what_stops_after_it_was_sent_leaves_it_in_doubt(
    stop: Exception,
    in_reading: bool,  # noqa: FBT001
) -> None:
    api = Api([LOST], [stop]) if in_reading else Api([LOST, stop])
    assert settle(api).outcome is Outcome.ERROR


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_whatever_is_answered_what_is_active_is_restored(status: int) -> None:
    assert settle(Api([refusal(status)], [DONE])).outcome is Outcome.RESTORED


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 422])
def test_over_30_days_is_why_whatever_is_answered(status: int) -> None:
    result = settle(Api([refusal(status)]), deleted_days_ago=31)
    assert result.outcome is Outcome.ERROR
    assert "more than 30 days ago" in result.detail
    assert settle(Api([refusal(404)]), deleted_days_ago=30).outcome is Outcome.DENIED


@pytest.mark.parametrize("status", [400, 403, 404, 409, 422])
def test_a_name_that_is_taken_is_why_whatever_is_answered(status: int) -> None:
    result = settle(Api([refusal(status)]), "1.0.0")
    assert result.outcome is Outcome.ERROR
    assert "An active version has its name" in result.detail


@pytest.mark.parametrize(
    ("status", "message"),
    [(403, "You need write:packages scope"), (403, "no"), (404, "no")],
)
def test_a_no_without_another_reason_is_denied_with_the_scopes(status: int, message: str) -> None:
    result = settle(Api([refusal(status, message)]))
    assert result.outcome is Outcome.DENIED
    assert result.detail.startswith(f"GitHub answered {status}: ")
    assert "read:packages and write:packages" in result.hint
    assert "role Admin" in result.hint
    assert ("keeps them for 30 days" in result.hint) == (status == 404)
    installation = settle(Api([refusal(status, message)]), token="ghs_x")
    assert "Manage Actions access" in installation.hint


def test_a_token_that_is_none_is_not_told_of_scopes() -> None:
    result = settle(Api([refusal(401, "Bad credentials")]))
    assert result.outcome is Outcome.DENIED
    assert "has expired" in result.hint
    assert "scope" not in result.hint


def test_single_sign_on_names_where_to_authorize() -> None:
    told = "required; url=https://github.com/orgs/acme/sso?authorization_request=1"
    result = settle(Api([refusal(403, "Resource protected", x_github_sso=told)]))
    assert result.outcome is Outcome.DENIED
    assert result.hint.endswith("https://github.com/orgs/acme/sso?authorization_request=1")


@pytest.mark.parametrize(
    "answer", [refusal(422), refusal(429), refusal(400, "delete the last version")]
)
def test_what_is_neither_a_yes_nor_about_access_is_an_error(answer: Refused) -> None:
    result = settle(Api([answer]), deleted_days_ago=None)
    assert result.outcome is Outcome.ERROR
    assert f"GitHub answered {answer.answer.status}" in result.detail


# Groups


@dataclass(slots=True)
class Told:
    """Takes in lines, progress and results."""

    lines: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    told: list[tuple[int, int]] = field(default_factory=list)

    def append(self, *lines: str) -> None:
        self.lines += lines

    def progress(self, done: int, planned: int) -> None:
        self.told.append((done, planned))


def waves_of(api: Api, told: Told) -> Waves:
    loop = ActionLoop(
        settler=settler(api),
        journal=Journal(lines=told, now=lambda: NOW, header={}),
        watcher=told,
        record=told.results.append,
        workers=1,
        is_cancelled=lambda: False,
    )
    return Waves(loop=loop, package=package(), record=told.results.append)


def wave(*numbers: int) -> Sequence[Decision]:
    return [
        Decision(
            version=version(n, digest_of(str(n))),
            verdict=Verdict.RESTORE,
            ground=Ground.RULE,
            reason="asked for",
            after=(n - 1,),
        )
        for n in numbers
    ]


def test_a_group_follows_the_other_and_a_lost_part_holds_nothing_back() -> None:
    api, told = Api([refusal(422), DONE]), Told()
    results = waves_of(api, told).carry_out([wave(1), wave(2, 3)])
    assert [r.outcome for r in results] == [Outcome.ERROR, Outcome.RESTORED, Outcome.RESTORED]
    assert api.asked == [1, 2, 3]
    assert told.told == [(1, 3), (2, 3), (3, 3)]


def test_the_third_denial_stops_all_groups() -> None:
    api, told = Api([refusal(403)]), Told()
    waves = waves_of(api, told)
    results = waves.carry_out([wave(1), wave(2), wave(3), wave(4, 5)])
    assert api.asked == [1, 2, 3]
    assert [r.outcome for r in results[3:]] == [Outcome.NOT_ATTEMPTED] * 2
    assert results[4].detail == "stopped after 3 denials"
    assert list(results) == told.results
    assert not any('"id": 4' in line for line in told.lines)


def test_a_wait_that_is_too_long_stops_all_groups() -> None:
    api, told = Api([DONE, WaitedTooLong("too long")]), Told()
    waves = waves_of(api, told)
    results = waves.carry_out([wave(1, 2), wave(3)])
    expected = [Outcome.RESTORED, Outcome.NOT_ATTEMPTED, Outcome.NOT_ATTEMPTED]
    assert [r.outcome for r in results] == expected
    assert (api.asked, waves.stopped) == ([1, 2], "too long")
