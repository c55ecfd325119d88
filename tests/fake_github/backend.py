"""Between the socket and the handlers: limits, hooks, faults, the headers of every answer, the log.

Decides nothing about packages: what is answered is decided in `api` and `registry`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from fake_github.access import NO_VERSION
from fake_github.api import Api
from fake_github.exchange import Call, LoggedRequest, Refusal, Reply, api_error
from fake_github.faults import Fault, FaultBox, FaultKind
from fake_github.limits import LimitKeeper, Limits, with_headers
from fake_github.registry import Registry
from fake_github.tokens import ANONYMOUS, UNKNOWN, Token
from fake_github.world import World

Hook = Callable[[Call], object]

API_VERSION = "2022-11-28"


class Dropped(Exception):
    """The connection is to be dropped without an answer."""


class Backend:
    """Everything between a call and its reply but the socket itself."""

    def __init__(self, world: World, latency: float) -> None:
        self.world = world
        self.latency = latency
        self.keeper = LimitKeeper(Limits())
        self.api = Api(world, lambda: self.keeper)
        self.registry = Registry(world)
        self.faults = FaultBox()
        self.hooks: list[Hook] = []
        self.log: list[LoggedRequest] = []
        self.sequences: list[int] = []
        self.failures: list[Exception] = []
        self._count = 0

    async def answer(self, call: Call) -> Reply:
        """The reply to a call; raises `Dropped` where there is to be none."""
        self._count += 1
        self.sequences.append(self.world.sequence)
        token = self.identify(call)
        reply = Reply(status=0)
        try:
            reply = await self._answered(call, token, self._request_id())
        except Dropped:
            raise
        except Exception as failure:  # noqa: BLE001 - kept for `FakeGitHub.check`
            self.failures.append(failure)
            reply = Reply(status=500, body=b"the fake GitHub itself failed")
        finally:
            self.log.append(_logged(call, token, reply.status))
        return reply

    def identify(self, call: Call) -> Token:
        """Whose call this is."""
        if call.server == "registry":
            return self.registry.identify(call)
        value = call.headers.get("authorization")
        if value is None:
            return ANONYMOUS
        return self.world.tokens.get(value.partition(" ")[2], UNKNOWN)

    def _request_id(self) -> str:
        return f"1C73:26D4:{self._count:06X}:1EF78F4:{int(time.time()):X}"

    async def _answered(self, call: Call, token: Token, request_id: str) -> Reply:
        keeper = self.keeper
        try:
            self._enter(call, token, request_id)
        except Refusal as refusal:
            return self._complete(call, token, refusal.reply, request_id)
        try:
            reply = await self._faulty(call, token)
        finally:
            if call.server == "api":
                keeper.leave(token)
        return self._complete(call, token, reply, request_id)

    def _enter(self, call: Call, token: Token, request_id: str) -> None:
        if call.server == "registry":
            self.keeper.enter_registry(write=call.method not in ("GET", "HEAD"))
        else:
            free = call.path.endswith("/rate_limit")
            self.keeper.enter(token, call.method, free=free, request_id=request_id)

    async def _faulty(self, call: Call, token: Token) -> Reply:
        for hook in tuple(self.hooks):
            hook(call)
        taken = self.faults.take(call)
        if self.latency:
            await asyncio.sleep(self.latency)
        if taken is None:
            return self._handled(call, token, None, None)
        fault, sequence = taken
        before = await self._before(fault)
        if before is not None:
            return before
        stale = self._stale(fault, sequence)
        return _after(fault, self._handled(call, token, fault, stale))

    def _handled(self, call: Call, token: Token, fault: Fault | None, stale: int | None) -> Reply:
        try:
            if call.server == "registry":
                return self.registry.handle(call, token)
            return self.api.handle(call, token, fault, stale)
        except Refusal as refusal:
            return refusal.reply

    @staticmethod
    async def _before(fault: Fault) -> Reply | None:
        match fault.kind:
            case FaultKind.RESET:
                raise Dropped
            case FaultKind.STATUS:
                return fault.answer()
            case FaultKind.STALE_404:
                return api_error(404, NO_VERSION).reply
            case FaultKind.REDIRECT:
                return Reply(status=307, headers={"Location": fault.location})
            case FaultKind.HANG:
                await asyncio.sleep(fault.seconds)
            case _:
                pass
        return None

    def _stale(self, fault: Fault, sequence: int) -> int | None:
        if fault.kind is not FaultKind.STALE_LIST:
            return None
        if fault.requests_ago == 0:
            return sequence
        return self.sequences[max(0, len(self.sequences) - 1 - fault.requests_ago)]

    def _complete(self, call: Call, token: Token, reply: Reply, request_id: str) -> Reply:
        if call.server == "registry":
            headers = {
                "x-github-request-id": request_id,
                "docker-distribution-api-version": "registry/2.0",
            }
            return with_headers(reply, headers)
        headers = {
            "Server": "github.com",
            "X-GitHub-Request-Id": request_id,
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": call.headers.get("x-github-api-version", API_VERSION),
            **self.keeper.headers(token),
        }
        scopes = token.scope_header()
        if scopes is not None:
            headers["X-OAuth-Scopes"] = scopes
            headers["X-Accepted-OAuth-Scopes"] = ""
        return with_headers(reply, headers)


def _after(fault: Fault, reply: Reply) -> Reply:
    match fault.kind:
        case FaultKind.LOST_ANSWER:
            raise Dropped
        case FaultKind.ERROR_AFTER:
            return fault.answer()
        case FaultKind.TRUNCATED:
            reply.body = reply.body[: len(reply.body) // 2]
        case FaultKind.CUT:
            reply.headers["Content-Length"] = str(len(reply.body))
            reply.body = reply.body[: len(reply.body) // 2]
        case FaultKind.WRONG_CONTENT:
            reply.body = reply.body.replace(b'"schemaVersion"', b'"schemaversion"', 1) + b"\n"
        case _:
            pass
    return reply


def _logged(call: Call, token: Token, status: int) -> LoggedRequest:
    return LoggedRequest(
        time=call.arrived,
        answered=time.monotonic(),
        method=call.method,
        path=call.path,
        query=call.query,
        status=status,
        server=call.server,
        token_kind=token.kind,
        headers=call.headers,
    )
