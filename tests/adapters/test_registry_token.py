"""Where GitHub's token may go, and how long the registry's own is used."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from package_keeper.adapters.registry_token import (
    Challenge,
    TokenSource,
    basic_authorization,
    challenge_in,
    derived_secrets,
    trusted_realm,
)
from package_keeper.domain.answers import Answer, AnswerLost, Refused

GHCR = "https://ghcr.io"
TOKEN = "ghp_secret"
SCOPE = "repository:acme/app:pull"
BEARER = Challenge(scheme="bearer", realm=f"{GHCR}/token", service="ghcr.io")


@pytest.mark.parametrize(
    ("realm", "registry"),
    [
        ("https://ghcr.io/token", "https://ghcr.io"),
        ("https://GHCR.io/auth/token", "https://ghcr.io"),
        ("http://127.0.0.1:5000/token", "http://127.0.0.1:5000"),
        ("https://127.0.0.1:5000/token", "http://127.0.0.1:5000"),
    ],
)
def test_the_registrys_own_host_is_trusted(realm: str, registry: str) -> None:
    assert trusted_realm(realm, registry) == realm


@pytest.mark.parametrize(
    "realm",
    [
        "",
        "/token",
        "http://ghcr.io/token",
        "https://ghcr.io.evil.example/token",
        "https://evil.example/ghcr.io/token",
        "https://ghcr.io@evil.example/token",
        "https://user:x@ghcr.io/token",
        "https://ghcr.io:8443/token",
        "//evil.example/token",
        "file://ghcr.io/token",
        "https://ghcr.io\\@evil.example/token",
    ],
)
def test_no_other_place_is_trusted(realm: str) -> None:
    with pytest.raises(Refused, match="which is not done"):
        trusted_realm(realm, GHCR)


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        ('Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="x:pull"', BEARER),
        ('bearer service="ghcr.io", realm="https://ghcr.io/token"', BEARER),
        ('Basic realm="Registry"', Challenge(scheme="basic", realm="Registry")),
        ("Negotiate", None),
        ("", None),
    ],
)
def test_challenges_are_read(header: str, challenge: Challenge | None) -> None:
    assert challenge_in(header) == challenge


class Endpoint:
    """A token endpoint that numbers its tokens, and a clock beside it."""

    def __init__(self, **answer: object) -> None:
        self._answer = answer
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.masked: list[str] = []
        self.now = 0.0

    def source(self, token: str | None = TOKEN) -> TokenSource:
        return TokenSource(
            base_url=GHCR,
            token=token,
            fetch=lambda url, headers: self._fetch(url, dict(headers)),
            mask=self.masked.append,
            monotonic=lambda: self.now,
        )

    def _fetch(self, url: str, headers: dict[str, str]) -> tuple[Answer, bytes]:
        self.asked.append((url, headers))
        body = {"token": f"grant-{len(self.asked)}", **self._answer}
        return Answer(status=200), json.dumps(body).encode()


def test_a_token_is_fetched_once_for_its_life() -> None:
    endpoint = Endpoint(expires_in=300)
    source = endpoint.source()
    assert source.authorization(SCOPE) is None
    assert source.renew(SCOPE, refused=None, challenge=BEARER) == "Bearer grant-1"
    endpoint.now = 289.0
    assert source.authorization(SCOPE) == "Bearer grant-1"
    endpoint.now = 290.0
    assert source.authorization(SCOPE) == "Bearer grant-2"
    assert endpoint.masked == ["grant-1", "grant-2"]


@pytest.mark.parametrize("said", [{}, {"expires_in": None}, {"expires_in": -1}])
def test_a_token_of_unknown_life_is_used_for_less_than_a_minute(said: dict[str, object]) -> None:
    endpoint = Endpoint(**said)
    source = endpoint.source()
    source.renew(SCOPE, refused=None, challenge=BEARER)
    endpoint.now = 49.0
    assert source.authorization(SCOPE) == "Bearer grant-1"
    endpoint.now = 50.0
    assert source.authorization(SCOPE) == "Bearer grant-2"


def test_the_exchange_carries_githubs_token_as_a_password() -> None:
    endpoint = Endpoint()
    endpoint.source().renew(SCOPE, refused=None, challenge=BEARER)
    ((url, headers),) = endpoint.asked
    assert url == ("https://ghcr.io/token?service=ghcr.io&scope=repository%3Aacme%2Fapp%3Apull")
    kind, _, value = headers["Authorization"].partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(value).decode().partition(":")[2] == TOKEN


def test_without_a_token_of_githubs_one_for_anybody_is_asked_for() -> None:
    endpoint = Endpoint()
    endpoint.source(None).renew(SCOPE, refused=None, challenge=BEARER)
    assert endpoint.asked[0][1] == {}


def test_scopes_do_not_share_tokens() -> None:
    source = Endpoint().source()
    assert source.renew(SCOPE, refused=None, challenge=BEARER) == "Bearer grant-1"
    assert source.authorization("repository:acme/app:pull,push") == "Bearer grant-2"


def test_one_that_was_renewed_by_another_thread_is_not_renewed_again() -> None:
    source = Endpoint().source()
    source.renew(SCOPE, refused=None, challenge=BEARER)
    assert source.renew(SCOPE, refused=None, challenge=BEARER) == "Bearer grant-1"
    assert source.renew(SCOPE, refused="Bearer grant-1", challenge=BEARER) == "Bearer grant-2"
    assert source.renew(SCOPE, refused="Bearer grant-1", challenge=BEARER) == "Bearer grant-2"


def test_a_registry_that_wants_basic_gets_it() -> None:
    challenge = Challenge(scheme="basic")
    source = Endpoint().source()
    basic = basic_authorization(TOKEN)
    assert source.renew(SCOPE, refused=None, challenge=challenge) == basic


@pytest.mark.parametrize("token", [None, "", 5, "two words", "line\nbreak", "\u00e9"])
def test_an_answer_without_a_usable_token_is_lost(token: object) -> None:
    with pytest.raises(AnswerLost, match="no token"):
        Endpoint(token=token).source().renew(SCOPE, refused=None, challenge=BEARER)


def test_a_page_in_place_of_a_token_is_a_lost_answer() -> None:
    def fetch(_url: str, _headers: object) -> tuple[Answer, bytes]:
        return Answer(status=200), b"<html>please log in</html>"

    source = TokenSource(base_url=GHCR, token=TOKEN, fetch=fetch, mask=lambda _: None)
    with pytest.raises(AnswerLost, match="no token"):
        source.renew(SCOPE, refused=None, challenge=BEARER)


@given(st.text())
def test_no_challenge_makes_it_fail(header: str) -> None:
    challenge = challenge_in(header)
    if challenge is not None:
        with pytest.raises(Refused):
            trusted_realm(challenge.realm, GHCR)


def test_the_forms_in_which_the_token_travels_are_secrets_too() -> None:
    token = "ghs_" + "a.b-c_" * 80
    assert basic_authorization(token).removeprefix("Basic ") in derived_secrets(token)
    assert base64.b64encode(token.encode()).decode() in derived_secrets(token)
    assert not any("\n" in secret for secret in derived_secrets(token))
