"""The tests themselves can't leave the machine."""

import asyncio
import socket

import pytest
import requests


def test_another_address_is_refused() -> None:
    with socket.socket() as connection, pytest.raises(OSError, match=r"only 127\.0\.0\.1"):
        connection.connect(("192.0.2.1", 443))


def test_a_name_is_not_resolved() -> None:
    with pytest.raises(OSError, match="only"):
        socket.getaddrinfo("api.github.com", 443)


def test_requests_is_refused() -> None:
    with pytest.raises(requests.ConnectionError, match="only"):
        requests.get("https://api.github.com", timeout=5)


def test_a_datagram_is_refused() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as connection,
        pytest.raises(OSError, match="only"),
    ):
        connection.sendto(b"x", ("192.0.2.1", 53))


def test_asyncio_is_refused() -> None:
    async def connect() -> None:
        await asyncio.open_connection("192.0.2.1", 443)

    with pytest.raises(OSError, match="only"):
        asyncio.run(connect())


def test_the_loopback_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
