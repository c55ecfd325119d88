"""A network that has nothing but the servers of a test, for a container to run in.

A second container makes the network, which has a loopback device and no way out. Sockets that
belong to it are opened from here, and what comes in on them is passed to the same ports outside.
"""

import asyncio
import ctypes
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from container.engine import INTERPRETER, Engine

_NEW_NETWORK = 0x40000000  # CLONE_NEWNET of sched.h

Counters = dict[str, int]


class Network:
    """The network of a container with the id of one of its processes."""

    def __init__(self, container: str, process: int) -> None:
        self.container = container
        self._process = process

    @property
    def name(self) -> str:
        """What `podman run --network` calls it."""
        return f"container:{self.container}"

    def counters(self) -> Counters:
        """What the kernel counted in it, such as `TcpAttemptFails`."""
        lines = Path(f"/proc/{self._process}/net/snmp").read_text().splitlines()
        counted: Counters = {}
        for names, values in zip(lines[::2], lines[1::2], strict=True):
            kind, *columns = names.replace(":", "").split()
            counted |= {
                f"{kind}{column}": int(value)
                for column, value in zip(columns, values.split()[1:], strict=True)
            }
        return counted

    def listen(self, port: int) -> socket.socket:
        """A socket that listens in it, at 127.0.0.1."""
        opened: list[socket.socket] = []
        # Only the thread that asks is moved, so it is one that ends at once.
        thread = threading.Thread(target=lambda: opened.append(self._open(port)))
        thread.start()
        thread.join()
        [listener] = opened
        return listener

    def _open(self, port: int) -> socket.socket:
        libc = ctypes.CDLL(None, use_errno=True)
        with Path(f"/proc/{self._process}/ns/net").open() as namespace:
            if libc.setns(namespace.fileno(), _NEW_NETWORK):
                raise OSError(ctypes.get_errno(), "can't enter the container's network")
        return socket.create_server(("127.0.0.1", port))


@contextmanager
def only(engine: Engine, image: str, *urls: str) -> Iterator[Network]:
    """A network in which the servers at these URLs are all there is."""
    name = f"package-keeper-network-{os.getpid()}"
    waits = ["-I", "-c", "import time; time.sleep(300)"]
    made = engine.podman(
        "run",
        "--detach",
        f"--name={name}",
        "--network=none",
        f"--entrypoint={INTERPRETER}",
        image,
        *waits,
    )
    assert made.returncode == 0, made.stderr
    try:
        process = int(engine.podman("inspect", "--format={{.State.Pid}}", name).stdout)
        network = Network(name, process)
        ports = sorted({urlsplit(url).port or 80 for url in urls})
        with _passed_on([(network.listen(port), port) for port in ports]):
            yield network
    finally:
        engine.podman("rm", "--force", "--time=0", name)


@contextmanager
def _passed_on(doors: list[tuple[socket.socket, int]]) -> Iterator[None]:
    """Pass on what comes in at each socket to its port in this process's network."""
    started: Future[Callable[[], None]] = Future()

    async def serve() -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        servers = [await asyncio.start_server(_to(port), sock=socket) for socket, port in doors]
        started.set_result(partial(_set, loop, stop))
        await stop.wait()
        for server in servers:
            server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    stop = started.result(timeout=30)
    try:
        yield
    finally:
        stop()
        thread.join()


def _set(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


def _to(port: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        finally:
            writer.close()
            back.close()

    return connected


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    target.close()
