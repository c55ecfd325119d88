"""What passes between the server and its handlers: a call comes in, a reply goes out.

Decides how errors are shaped on either server. Knows nothing of packages, tokens or sockets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Server = Literal["api", "registry"]

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it arrived; `path` is raw (still percent-encoded), header names lower-case.

    `query` holds the last value of each name, `scopes` every `scope` (a token request may have
    several). `arrived` is `time.monotonic()` in seconds.
    """

    server: Server
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    arrived: float = 0.0
    raw_query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One line of the log: what was asked, by which kind of token, and the status answered.

    `time` is `time.monotonic()` on arrival, `answered` on answering, in seconds. `status` is 0
    where the connection was dropped without an answer.
    """

    time: float
    answered: float
    method: str
    path: str
    query: Mapping[str, str]
    status: int
    server: Server
    token_kind: str
    headers: Mapping[str, str]


@dataclass(slots=True, kw_only=True)
class Reply:
    """One answer; the server completes the headers that every answer carries."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """Raised by a handler to answer with an error; carries the whole reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(status: int, value: object, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer of either server."""
    body = json.dumps(value, separators=(",", ":")).encode()
    return Reply(status=status, body=body, headers={"Content-Type": JSON_TYPE, **(headers or {})})


def api_error(
    status: int,
    message: str,
    *,
    docs: str = "https://docs.github.com/rest",
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """An error of the REST API: `status` inside the body is a string, as GitHub sends it."""
    value = {"message": message, "documentation_url": docs, "status": str(status)}
    return Refusal(json_reply(status, value, headers))


def registry_error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Refusal:
    """An error of the registry, in the shape of the OCI distribution specification."""
    return Refusal(json_reply(status, {"errors": [{"code": code, "message": message}]}, headers))
