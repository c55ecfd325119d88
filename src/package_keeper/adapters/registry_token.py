"""The registry's own tokens, for which GitHub's token is exchanged.

Decides where GitHub's token may be sent: to the registry's own host, over https unless the
registry itself is asked over http, and nowhere else, whatever the registry says. The exchange is
the "Docker Registry v2 authentication" of the distribution project: a 401 names realm, service and
scope; the realm answers HTTP Basic with a short-lived token. ghcr.io takes any user name.
"""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from package_keeper.domain.answers import Answer, AnswerLost, Refused

USER = "package-keeper"

DEFAULT_LIFE = 60.0
"""Seconds that a token is good for where the answer does not say (the specification's number)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a 401 asks for."""

    scheme: str
    realm: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bearer:
    authorization: str
    good_until: float


Fetch = Callable[[str, Mapping[str, str]], tuple[Answer, bytes]]
"""Reads a URL with these headers, at the registry's pace; raises `Refused` or `AnswerLost`."""


class TokenSource:
    """Tokens by scope, each fetched once and again shortly before it ends; from any thread.

    `fetch` and `mask` reach outside: `mask` is told every token before it is used.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str | None,
        fetch: Fetch,
        mask: Callable[[str], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = base_url
        self._basic = None if token is None else basic_authorization(token)
        self._fetch = fetch
        self._mask = mask
        self._monotonic = monotonic
        self._challenge: Challenge | None = None
        self._bearers: dict[str, _Bearer] = {}
        self._lock = threading.Lock()

    def authorization(self, scope: str) -> str | None:
        """The `Authorization` header for this scope; None while none was asked for."""
        with self._lock:
            if self._challenge is None:
                return None
            return self._current(scope, self._challenge)

    def renew(self, scope: str, *, refused: str | None, challenge: Challenge) -> str | None:
        """The header after a 401, which `refused` earned; None where there is nothing to offer."""
        with self._lock:
            self._challenge = challenge
            known = self._bearers.get(scope)
            if known is not None and known.authorization == refused:
                del self._bearers[scope]
            return self._current(scope, challenge)

    def _current(self, scope: str, challenge: Challenge) -> str | None:
        if challenge.scheme == "basic":
            return self._basic
        bearer = self._bearers.get(scope)
        if bearer is None or bearer.good_until <= self._monotonic():
            bearer = self._bearers[scope] = self._exchange(scope, challenge)
        return bearer.authorization

    def _exchange(self, scope: str, challenge: Challenge) -> _Bearer:
        started = self._monotonic()
        query = {"service": challenge.service} if challenge.service else {}
        realm = trusted_realm(challenge.realm, self._base_url)
        url = f"{realm}?{urlencode({**query, 'scope': scope})}"
        headers = {} if self._basic is None else {"Authorization": self._basic}
        answer, body = self._fetch(url, headers)
        token, seconds = _token_in(answer, body)
        self._mask(token)
        return _Bearer(
            authorization=f"Bearer {token}", good_until=started + seconds - min(10.0, seconds / 5)
        )


def basic_authorization(token: str) -> str:
    """The header of HTTP Basic with GitHub's token as the password."""
    return "Basic " + base64.b64encode(f"{USER}:{token}".encode()).decode()


def derived_secrets(token: str) -> tuple[str, ...]:
    """The forms in which the token travels, each of which is as secret as itself."""
    plain = base64.b64encode(token.encode()).decode()
    return (plain, basic_authorization(token).removeprefix("Basic "))


def challenge_in(header: str) -> Challenge | None:
    """What a `WWW-Authenticate` header asks for, if it is of a kind that is known."""
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() not in ("bearer", "basic"):
        return None
    values = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    return Challenge(
        scheme=scheme.lower(), realm=values.get("realm", ""), service=values.get("service", "")
    )


def trusted_realm(realm: str, base_url: str) -> str:
    """The realm, where GitHub's token may be sent to it; raises `Refused` where it may not."""
    asked, own = urlsplit(realm), urlsplit(base_url)
    same_host = asked.netloc.lower() == own.netloc.lower()
    if same_host and asked.scheme in ("https", own.scheme):
        return asked._replace(query="", fragment="").geturl()
    host = asked.hostname or "nowhere"
    text = f"the registry {own.netloc} asks to send the token to {host}, which is not done"
    raise Refused(Answer(status=401, message=text))


def _token_in(answer: Answer, body: bytes) -> tuple[str, float]:
    try:
        data = json.loads(body)
    except ValueError:
        data = None
    values = data if isinstance(data, dict) else {}
    token = values.get("token") or values.get("access_token")
    if not isinstance(token, str) or not re.fullmatch(r"[\x21-\x7e]+", token):
        raise AnswerLost("the registry's answer has no token", answer)
    seconds = values.get("expires_in")
    if isinstance(seconds, int | float) and 0 < seconds < 1e9:
        return token, float(seconds)
    return token, DEFAULT_LIFE
