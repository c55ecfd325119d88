"""The sockets: two HTTP servers on the loopback, in a thread of their own.

Turns requests into calls and replies into answers; what is answered is decided behind `Backend`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from fake_github.backend import Backend, Dropped
from fake_github.exchange import Call, Reply, Server


class Listeners:
    """The thread with the event loop and the two listening sockets."""

    def __init__(self, backend: Backend, ports: tuple[int, int]) -> None:
        self._backend = backend
        self._ports = ports
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="fake-github", daemon=True
        )
        self._runners: list[web.ServerRunner] = []

    def start(self) -> None:
        """Listen; then `api.url` and `registry.url` are set."""
        self._thread.start()
        try:
            self._backend.api.url = self._wait(self._listen("api", self._ports[0]))
            self._backend.registry.url = self._wait(self._listen("registry", self._ports[1]))
        except OSError:
            self.close()
            raise

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
        headers=_headers(request),
        body=await request.content.read() if request.can_read_body else b"",
        arrived=arrived,
        raw_query=query,
    )


def _headers(request: web.BaseRequest) -> dict[str, str]:
    """Names lower-case; what came several times is joined, as with `Accept` of Go clients."""
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


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
