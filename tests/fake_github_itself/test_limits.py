"""Rate limits are enforced in real time, in GitHub's words and in the registry's."""

import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, Limits, Token
from fake_github.contract import ApiClient
from fake_github.exchange import Refusal
from fake_github.limits import LimitKeeper
from fake_github.scene import ALL, APP, asking, message

SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


OCTOCAT = Token.classic(login="octocat")


class Clock:
    """A monotonic clock that tests move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def entered(keeper: LimitKeeper, method: str, *, stay: bool = False) -> bool:
    """Whether a call is let in; it is answered at once unless it is to stay."""
    try:
        keeper.enter(OCTOCAT, method, free=False, request_id="1:2")
    except Refusal:
        return False
    if not stay:
        keeper.leave(OCTOCAT)
    return True


@pytest.mark.parametrize(
    ("token", "limit"),
    [
        (Token.classic(login="octocat", scopes=ALL), 5000),
        (Token.actions(repository="acme/app"), 1000),
        (Token.app(repository="acme/app"), 5000),
    ],
)
def test_every_kind_has_its_budget(github: FakeGitHub, token: Token, limit: int) -> None:
    with asking(github, token) as api:
        for used in (1, 2):
            headers = api.get("/users/acme").headers
            assert headers["X-RateLimit-Limit"] == str(limit)
            assert headers["X-RateLimit-Remaining"] == str(limit - used)
            assert headers["X-RateLimit-Used"] == str(used)
            assert headers["X-RateLimit-Resource"] == "core"
            assert 3590 <= int(headers["X-RateLimit-Reset"]) - time.time() <= 3602


def test_a_person_shares_one_budget_over_all_tokens(github: FakeGitHub) -> None:
    with asking(github) as one, asking(github, Token.oauth(login="OCTOCAT")) as other:
        one.get("/users/acme")
        assert other.get("/users/acme").headers["X-RateLimit-Used"] == "2"
    with asking(github, Token.actions(repository="acme/app")) as workflow:
        assert workflow.get("/users/acme").headers["X-RateLimit-Used"] == "1"


@pytest.mark.parametrize("status", [403, 429])
def test_the_primary_limit_refuses_with_its_reset(
    github: FakeGitHub, api: ApiClient, status: Any
) -> None:
    github.limits = Limits(primary_per_hour=3, status=status)
    assert [api.get(APP).status_code for _ in range(3)] == [200] * 3
    refused = api.get(APP)
    assert message(refused)[0] == status
    assert message(refused)[1].startswith("API rate limit exceeded for user ID ")
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert time.time() < int(refused.headers["X-RateLimit-Reset"]) <= time.time() + 3602
    assert "Retry-After" not in refused.headers


def test_the_primary_limit_ends_with_its_hour(clock: Clock) -> None:
    keeper = LimitKeeper(Limits(primary_per_hour=2, points_per_minute=None), clock)
    assert [entered(keeper, "GET") for _ in range(3)] == [True, True, False]
    clock.now += 3599
    assert not entered(keeper, "GET")
    clock.now += 1
    assert [entered(keeper, "GET") for _ in range(3)] == [True, True, False]


def test_a_workflows_primary_refusal_names_the_installation(github: FakeGitHub) -> None:
    github.limits = Limits(primary_per_hour=0)
    with asking(github, Token.actions(repository="acme/app")) as api:
        assert message(api.get(APP))[1] == "API rate limit exceeded for installation ID 19416693."


def test_a_read_is_one_point_and_a_write_five(
    github: FakeGitHub, api: ApiClient, app: FakePackage
) -> None:
    ids = [app.add_version(f"sha256:{number}").id for number in range(5)]
    github.limits = Limits(points_per_minute=20)
    for version_id in ids[:3]:
        assert api.delete(f"{APP}/versions/{version_id}").status_code == 204
    assert api.get(APP).status_code == 200
    refused = api.delete(f"{APP}/versions/{ids[3]}")
    assert message(refused)[1].startswith(SECONDARY)
    assert app.version(ids[3]) in app.versions
    github.limits = Limits(points_per_minute=20)
    for version_id in ids[3:]:
        assert api.delete(f"{APP}/versions/{version_id}").status_code == 204
    for _ in range(10):
        assert api.get(APP).status_code == 200
    assert api.get(APP).status_code == 403


@pytest.mark.parametrize("status", [403, 429])
def test_the_secondary_limit_refuses_everything(
    github: FakeGitHub, api: ApiClient, status: Any
) -> None:
    github.limits = Limits(points_per_minute=2, status=status)
    assert [api.get(APP).status_code for _ in range(2)] == [200] * 2
    refused = api.get(APP)
    assert message(refused)[0] == status
    request_id = refused.headers["X-GitHub-Request-Id"]
    assert message(refused)[1].endswith(f"please include the request ID {request_id}.")
    assert refused.json()["documentation_url"].endswith("#about-secondary-rate-limits")
    assert refused.headers["Retry-After"] == "60"
    assert int(refused.headers["X-RateLimit-Remaining"]) > 0
    assert api.get("/users/acme").status_code == status


def test_a_refusal_lasts_as_long_as_it_says(clock: Clock) -> None:
    keeper = LimitKeeper(Limits(points_per_minute=5, retry_after=90), clock)
    assert [entered(keeper, "DELETE") for _ in range(2)] == [True, False]
    clock.now += 89
    assert not entered(keeper, "GET")
    clock.now += 1
    assert entered(keeper, "DELETE")


def test_the_window_slides(clock: Clock) -> None:
    keeper = LimitKeeper(Limits(points_per_minute=4, retry_after=0), clock)
    assert [entered(keeper, "GET") for _ in range(2)] == [True] * 2
    clock.now += 40
    assert [entered(keeper, "GET") for _ in range(3)] == [True, True, False]
    clock.now += 20
    assert [entered(keeper, "GET") for _ in range(3)] == [True, True, False]


def test_a_minute_can_be_short(github: FakeGitHub, api: ApiClient) -> None:
    github.limits = Limits(points_per_minute=1, minute=0.3)
    begun = time.monotonic()
    assert api.get(APP).status_code == 200
    while api.get(APP).status_code != 200:
        assert time.monotonic() - begun < 30
    assert time.monotonic() - begun >= 0.3


def test_a_secondary_refusal_may_say_less(github: FakeGitHub, api: ApiClient) -> None:
    github.limits = Limits(
        points_per_minute=0, retry_after_header=False, headers=False, long_text=False
    )
    refused = api.get(APP)
    assert message(refused) == (403, SECONDARY)
    assert "Retry-After" not in refused.headers
    assert not [name for name in refused.headers if name.lower().startswith("x-ratelimit")]


def test_how_long_a_refusal_lasts_can_be_set(github: FakeGitHub, api: ApiClient) -> None:
    github.limits = Limits(points_per_minute=0, retry_after=7.2)
    assert api.get(APP).headers["Retry-After"] == "8"


def test_too_many_at_once_are_refused(clock: Clock) -> None:
    keeper = LimitKeeper(Limits(concurrent=5, retry_after=0), clock)
    assert [entered(keeper, "GET", stay=True) for _ in range(6)] == [True] * 5 + [False]
    keeper.leave(OCTOCAT)
    assert entered(keeper, "GET", stay=True)
    assert not entered(keeper, "GET")


def test_what_is_open_counts_until_it_is_answered(github: FakeGitHub, api: ApiClient) -> None:
    github.limits = Limits(concurrent=1, retry_after=0)
    github.fail(Fault(kind=FaultKind.HANG, seconds=0.5))
    arrived = threading.Event()
    github.on_request(lambda _: arrived.set())
    with asking(github) as other, ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(other.get, APP)
        assert arrived.wait(10)
        assert message(api.get(APP))[0] == 403
        assert hanging.result().status_code == 200
    assert api.get(APP).status_code == 200


def test_limits_can_be_off(github: FakeGitHub, api: ApiClient, app: FakePackage) -> None:
    github.limits = Limits.none()
    for number in range(200):
        version = app.add_version(f"sha256:{number}")
        assert api.delete(f"{APP}/versions/{version.id}").status_code == 204


def test_asking_for_the_limit_is_free(github: FakeGitHub, api: ApiClient) -> None:
    github.limits = Limits(primary_per_hour=1)
    for _ in range(3):
        answer = api.get("/rate_limit")
        assert answer.json()["resources"]["core"]["remaining"] == 1
    api.get(APP)
    assert api.get("/rate_limit").json()["rate"]["remaining"] == 0
    assert api.get(APP).status_code == 403


def test_an_enterprise_server_may_have_no_limits(github: FakeGitHub, api: ApiClient) -> None:
    github.limits = Limits(enabled=False, points_per_minute=0, primary_per_hour=0)
    answer = api.get(APP)
    assert answer.status_code == 200
    assert "X-RateLimit-Limit" not in answer.headers
    assert message(api.get("/rate_limit")) == (404, "Rate limiting is not enabled.")


def test_the_registry_refuses_in_its_own_words(github: FakeGitHub) -> None:
    github.limits = Limits(registry_reads=2, registry_writes=1)
    url = f"{github.registry_url}/v2/"
    assert [requests.get(url, timeout=10).status_code for _ in range(3)] == [401, 401, 429]
    refused = requests.get(url, timeout=10)
    (error,) = refused.json()["errors"]
    assert error["code"] == "TOOMANYREQUESTS"
    assert re.fullmatch(r"retry-after: \d\d\.\d+s, allowed: 2/minute", error["message"])
    assert "Retry-After" not in refused.headers
    written = [requests.post(f"{url}acme/app/blobs/uploads/", timeout=10) for _ in range(2)]
    assert [answer.status_code for answer in written] == [401, 429]


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (0.000_88, "880µs"),
        (0.0012, "1.2ms"),
        (0.010_305, "10.305ms"),
        (10.25, "10.25s"),
        (65.5, "1m5.5s"),
    ],
)
def test_the_registrys_waits_are_durations_of_go(clock: Clock, left: float, text: str) -> None:
    clock.now = 0.0
    keeper = LimitKeeper(Limits(registry_reads=1, minute=100), clock)
    keeper.enter_registry(write=False)
    clock.now = 100 - left
    with pytest.raises(Refusal) as refused:
        keeper.enter_registry(write=False)
    (error,) = json.loads(refused.value.reply.body)["errors"]
    assert error["message"] == f"retry-after: {text}, allowed: 1/minute"
    clock.now = 100.0
    keeper.enter_registry(write=False)


def test_the_limits_of_api_and_registry_are_apart(github: FakeGitHub, api: ApiClient) -> None:
    github.limits = Limits(registry_reads=0)
    assert api.get(APP).status_code == 200
    github.limits = Limits(points_per_minute=0)
    assert requests.get(f"{github.registry_url}/v2/", timeout=10).status_code == 401
