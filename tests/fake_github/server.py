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


class _Connections(web.Server):
    """A server that can drop the connections whose clients don't read what was answered."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._open: dict[web.RequestHandler, asyncio.Transport] = {}

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        self._open[handler] = transport

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        super().connection_lost(handler, exc)
        self._open.pop(handler, None)

    def abort(self) -> None:
        """Drop whatever is still open, also after `shutdown`, which waits for the client."""
        for transport in self._open.values():
            transport.abort()


class Listeners:
    """The thread with the event loop and the two listening sockets."""

    def __init__(self, backend: Backend, ports: tuple[int, int]) -> None:
        self._backend = backend
        self._ports = ports
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="fake-github", daemon=True
        )
        self._listening: list[asyncio.Server] = []
        self._connections: list[_Connections] = []

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
        self._wait(self._drop_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _drop_all(self) -> None:
        """Leave no socket open, whatever a client is in the middle of: the tests fail on one."""
        for listening in self._listening:
            for sock in listening.sockets:
                self._loop.remove_reader(sock.fileno())
        # What was accepted gets its transport one turn later, and fails to once its server is
        # closed; that it is connected is told in the turn after that.
        for _ in range(2):
            await asyncio.sleep(0)
        for listening in self._listening:
            listening.close()
        for connections in self._connections:
            await connections.shutdown(timeout=0.1)
            connections.abort()
        await asyncio.sleep(0)

    def _wait(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=30)

    async def _listen(self, server: Server, port: int) -> str:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self._respond(server, request)

        connections = _Connections(handle, access_log=None)
        self._connections.append(connections)
        listening = await self._loop.create_server(connections, "127.0.0.1", port, backlog=512)
        self._listening.append(listening)
        return f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"

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
