"""What may go wrong, as data: which call it happens to, how often, and what happens.

Decides which fault a call meets; `server` and the list handlers carry it out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fake_github.exchange import JSON_TYPE, Call, Reply, Server


class FaultKind(StrEnum):
    """Everything that can be made to happen. Parameters of each are fields of `Fault`.

    Before handling: STATUS answers `status`, `body`, `headers`; STALE_404 says a version is gone
    that is there; REDIRECT sends to `location`; RESET drops the connection; HANG waits `seconds`
    and then goes on as usual. After handling: LOST_ANSWER drops the connection, ERROR_AFTER answers
    `status` all the same, TRUNCATED cuts the JSON in the middle, CUT breaks the connection in the
    middle of the body, WRONG_CONTENT answers other bytes than the digest says. In listings:
    STALE_LIST shows the list as it was `requests_ago` requests ago (0: when the fault was made),
    MISSING_PAGE leaves the page empty, DUPLICATED_ROWS repeats the row before the page,
    SHIFTED_ROWS starts the page `shift` rows too late, as after deletions by somebody else.
    """

    STATUS = "status"
    STALE_404 = "stale 404"
    REDIRECT = "redirect"
    RESET = "reset"
    HANG = "hang"
    LOST_ANSWER = "lost answer"
    ERROR_AFTER = "error after"
    TRUNCATED = "truncated"
    CUT = "cut"
    WRONG_CONTENT = "wrong content"
    STALE_LIST = "stale list"
    MISSING_PAGE = "missing page"
    DUPLICATED_ROWS = "duplicated rows"
    SHIFTED_ROWS = "shifted rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: it meets calls that match all of `server`, `method`, `path_contains`, `predicate`.

    It lets `skip` matching calls pass, then meets `times` of them (None: all). `path_contains`
    looks at the raw path with its query (beware: `page=2` is in `per_page=25` too).
    """

    kind: FaultKind
    server: Server | None = None
    method: str | None = None
    path_contains: str = ""
    predicate: Callable[[Call], bool] | None = None
    times: int | None = 1
    skip: int = 0
    status: int = 502
    body: str | bytes | Mapping[str, object] = "<html><body>502 Bad Gateway</body></html>"
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    seconds: float = 60.0
    requests_ago: int = 0
    shift: int = 1

    def meets(self, call: Call) -> bool:
        """Whether the call is one this fault is for."""
        return (
            self.server in (None, call.server)
            and self.method in (None, call.method)
            and self.path_contains in f"{call.path}?{call.raw_query}"
            and (self.predicate is None or self.predicate(call))
        )

    def answer(self) -> Reply:
        """The answer of STATUS and ERROR_AFTER; a mapping is sent as JSON, text as HTML."""
        match self.body:
            case str():
                content, kind = self.body.encode(), "text/html; charset=utf-8"
            case bytes():
                content, kind = self.body, "application/octet-stream"
            case _:
                content, kind = json.dumps(dict(self.body)).encode(), JSON_TYPE
        headers = {"Content-Type": kind, **self.headers}
        return Reply(status=self.status, body=content, headers=headers)


@dataclass(slots=True)
class _Armed:
    fault: Fault
    sequence: int
    met: int = 0


class FaultBox:
    """The faults that are set, in order; the first that is due meets the call."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def add(self, fault: Fault, sequence: int) -> None:
        """Set a fault; `sequence` is the state a stale list shows."""
        self._armed.append(_Armed(fault, sequence))

    def clear(self) -> None:
        """Take all faults away."""
        self._armed.clear()

    def take(self, call: Call) -> tuple[Fault, int] | None:
        """The fault that meets this call, with the sequence of its making."""
        due = None
        for armed in self._armed:
            fault = armed.fault
            if fault.times is not None and armed.met >= fault.skip + fault.times:
                continue
            if due is not None or not fault.meets(call):
                continue
            armed.met += 1
            if armed.met > fault.skip:
                due = (fault, armed.sequence)
        return due
