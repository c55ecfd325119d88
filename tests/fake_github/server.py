"""The sockets: two HTTP servers on the loopback, in a thread of their own.

Turns requests into calls, counts limits, carries out faults, adds the headers that every answer
carries, and writes the log. What is answered is decided in `api` and `registry`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from fake_github.access import NO_VERSION
from fake_github.api import Api
from fake_github.exchange import Call, LoggedRequest, Refusal, Reply, Server, api_error
from fake_github.faults import Fault, FaultBox, FaultKind
from fake_github.limits import LimitKeeper, Limits, with_headers
from fake_github.registry import Registry
from fake_github.tokens import ANONYMOUS, UNKNOWN, Token
from fake_github.world import World

Hook = Callable[[Call], None]

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
        self._count = 0

    async def answer(self, call: Call) -> Reply:
        """The reply to a call; raises `Dropped` where there is to be none."""
        self._count += 1
        self.sequences.append(self.world.sequence)
        token = self.identify(call)
        status = 0
        try:
            reply = await self._answered(call, token, self._request_id())
            status = reply.status
            return reply
        finally:
            self.log.append(_logged(call, token, status))

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
        try:
            self._enter(call, token, request_id)
        except Refusal as refusal:
            return self._complete(call, token, refusal.reply, request_id)
        try:
            reply = await self._faulty(call, token)
        finally:
            if call.server == "api":
                self.keeper.leave(token)
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


class Listeners:
    """The thread with the event loop and the two listening sockets."""

    def __init__(self, backend: Backend, ports: tuple[int, int]) -> None:
        self._backend = backend
        self._ports = ports
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fake-github")
        self._runners: list[web.ServerRunner] = []

    def start(self) -> None:
        """Listen; then `api.url` and `registry.url` are set."""
        self._thread.start()
        self._backend.api.url = self._wait(self._listen("api", self._ports[0]))
        self._backend.registry.url = self._wait(self._listen("registry", self._ports[1]))

    def close(self) -> None:
        """Stop listening, drop what is open, and end the thread."""
        for runner in self._runners:
            self._wait(runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=30)

    async def _listen(self, server: Server, port: int) -> str:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self._respond(server, request)

        runner = web.ServerRunner(web.Server(handle, access_log=None), shutdown_timeout=0.1)
        self._runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, backlog=512)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _respond(self, server: Server, request: web.BaseRequest) -> web.StreamResponse:
        call = await _call(server, request)
        try:
            reply = await self._backend.answer(call)
        except Dropped:
            _drop(request)
            return web.Response(status=500)
        length = reply.headers.pop("Content-Length", None)
        if length is not None:
            return await _cut(request, reply, int(length))
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


async def _call(server: Server, request: web.BaseRequest) -> Call:
    path, _, query = request.raw_path.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True) if query else []
    arrived = time.monotonic()
    return Call(
        server=server,
        method=request.method,
        path=path,
        query=dict(pairs),
        scopes=tuple(value for name, value in pairs if name == "scope"),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.content.read() if request.can_read_body else b"",
        arrived=arrived,
        raw_query=query,
    )


def _drop(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _cut(request: web.BaseRequest, reply: Reply, length: int) -> web.StreamResponse:
    """Promise the whole body, send half of it, and drop the connection."""
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    response.content_length = length
    await response.prepare(request)
    await response.write(reply.body)
    await asyncio.sleep(0.01)
    _drop(request)
    return response
