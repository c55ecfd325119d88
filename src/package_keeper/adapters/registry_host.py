"""One container registry: requests to it, with what it takes to be let in.

Decides what counts as an answer and as a refusal. It knows nothing of manifests.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from package_keeper import __version__
from package_keeper.adapters.registry_token import TokenSource, challenge_in
from package_keeper.adapters.sessions import Reply, Sessions
from package_keeper.domain.answers import Answer, AnswerLost, Refused
from package_keeper.pacing.exchange import Exchange, Kind
from package_keeper.pacing.sending import Sender

T = TypeVar("T")

USER_AGENT = f"package-keeper/{__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; `url` may be a path, `scope` is what a token is asked for."""

    method: str
    url: str
    scope: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    @property
    def kind(self) -> Kind:
        """Whether it changes something."""
        return Kind.READ if self.method in ("GET", "HEAD") else Kind.WRITE


class RegistryHost:
    """A registry such as `https://ghcr.io`; from any thread.

    `token` is GitHub's; without one only what needs no token can be read. `mask` is told every
    secret that comes up. `timeout` is in seconds per wait on the network.
    """

    def __init__(
        self,
        *,
        url: str,
        token: str | None,
        sender: Sender,
        mask: Callable[[str], None],
        timeout: float = 30.0,
    ) -> None:
        self._url = url.rstrip("/")
        self._sender = sender
        self.name = urlsplit(self._url).netloc
        self._sessions = Sessions(
            url=self._url, host=self.name, user_agent=USER_AGENT, timeout=timeout
        )
        self._tokens = TokenSource(
            base_url=self._url, token=token, fetch=self._fetch_token, mask=mask
        )

    def close(self) -> None:
        """Close all connections."""
        self._sessions.close()

    def send(self, request: Request, read: Callable[[Reply], T]) -> T:
        """What `read` makes of the answer to this request, at the registry's pace.

        `read` gets answers that are no refusal, and may raise AnswerLost. A 401 is answered with a
        token, once. Raises `Refused` or `AnswerLost`.
        """
        authorization = self._tokens.authorization(request.scope)
        try:
            return self._send(request, authorization, read)
        except Refused as refused:
            challenge = challenge_in(refused.answer.headers.get("www-authenticate", ""))
            if refused.answer.status != 401 or challenge is None:
                raise
        renewed = self._tokens.renew(request.scope, refused=authorization, challenge=challenge)
        return self._send(request, renewed, read)

    def own_url(self, location: str) -> str:
        """An address that the registry named, where it is its own; raises AnswerLost otherwise."""
        if location.startswith("/") and not location.startswith("//"):
            return self._url + location
        if urlsplit(location)[:2] == urlsplit(self._url)[:2]:
            return location
        raise AnswerLost(f"{self.name} names an address that is not its own")

    def _send(self, request: Request, authorization: str | None, read: Callable[[Reply], T]) -> T:
        headers = dict(request.headers)
        if authorization is not None:
            headers["Authorization"] = authorization

        def attempt() -> Exchange[T]:
            url = self._url + request.url if request.url.startswith("/") else request.url
            reply = self._sessions.send(request.method, url, headers, request.body)
            answer = self._accepted(reply)
            return Exchange(answer=answer, value=read(reply))

        return self._sender.send(attempt, request.kind).value

    def _fetch_token(self, url: str, headers: Mapping[str, str]) -> tuple[Answer, bytes]:
        def attempt() -> Exchange[bytes]:
            reply = self._sessions.send("GET", url, headers)
            return Exchange(answer=self._accepted(reply), value=reply.body)

        exchange = self._sender.send(attempt, Kind.READ)
        return exchange.answer, exchange.value

    def _accepted(self, reply: Reply) -> Answer:
        """The answer, where it is a success; raises `Refused` or `AnswerLost` where it is not."""
        answer = Answer(status=reply.status, message=error_text(reply), headers=reply.headers)
        if reply.status >= 500:
            raise AnswerLost(f"{self.name} answered {reply.status}", answer)
        if reply.status >= 300:
            raise Refused(answer)
        return answer


def error_text(reply: Reply) -> str:
    """`CODE: message` of each error in the form of the OCI distribution specification."""
    if reply.status < 300:
        return ""
    if reply.status < 400:
        return f"redirects to {urlsplit(reply.headers.get('location', '')).hostname}"
    try:
        data = json.loads(reply.body)
        errors = [f"{error['code']}: {error.get('message', '')}" for error in data["errors"]]
        return "; ".join(errors)[:1_000]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return reply.body[:300].decode(errors="replace")
