"""Which errors of the network prove that nothing was sent, and the real clock."""

import socket
import threading
import time
from datetime import UTC

import pytest
import requests
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from package_keeper.adapters.clock import SystemClock
from package_keeper.adapters.network import lost
from package_keeper.pacing.exchange import NotSent

POOL = HTTPConnectionPool("127.0.0.1")
CONNECTION = HTTPConnection("127.0.0.1")
REFUSED = NewConnectionError(CONNECTION, "refused")
UNKNOWN = NameResolutionError("nowhere", CONNECTION, socket.gaierror())


def wrapped(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(MaxRetryError(POOL, "/secret?token=x", reason))


@pytest.mark.parametrize(
    "error",
    [
        wrapped(REFUSED),
        wrapped(UNKNOWN),
        requests.ConnectTimeout(MaxRetryError(POOL, "/", ConnectTimeoutError("slow"))),
    ],
    ids=["refused", "no such name", "slow"],
)
def test_without_a_connection_nothing_was_sent(error: Exception) -> None:
    assert isinstance(lost("ghcr.io", error), NotSent)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            requests.ReadTimeout(ReadTimeoutError(POOL, "/", "slow")),
            "ghcr.io did not answer in time",
        ),
        (
            requests.ConnectionError(ProtocolError("aborted", ConnectionResetError())),
            "the connection to ghcr.io broke (ConnectionError)",
        ),
        (requests.exceptions.ChunkedEncodingError("x"), "ghcr.io's answer was cut short"),
        (
            requests.exceptions.SSLError("x"),
            "no secure connection to ghcr.io: its certificate was not accepted",
        ),
        (BrokenPipeError(), "the connection to ghcr.io broke (BrokenPipeError)"),
    ],
)
def test_after_a_connection_all_is_unknown(error: Exception, reason: str) -> None:
    answer = lost("ghcr.io", error)
    assert not isinstance(answer, NotSent)
    assert answer.reason == reason


def test_no_address_is_shown() -> None:
    assert "token" not in str(lost("ghcr.io", wrapped(ReadTimeoutError(POOL, "/", "slow"))))


def test_an_error_that_causes_itself_ends() -> None:
    error = requests.ConnectionError()
    error.__cause__ = error
    assert not isinstance(lost("ghcr.io", error), NotSent)


def test_the_clock_goes_on_and_its_sleepers_wake() -> None:
    wake = threading.Event()
    clock = SystemClock(wake)
    assert clock.now().tzinfo is UTC
    started = clock.monotonic()
    clock.sleep(0.05)
    clock.sleep(-1)
    assert clock.monotonic() - started >= 0.05
    threading.Timer(0.05, wake.set).start()
    started = time.monotonic()
    clock.sleep(30)
    assert time.monotonic() - started < 5
