"""HTTP sessions for a registry, each used by one request at a time.

Decides how one request is sent and how much of an answer is read. Proxies and certificates come
from the environment as usual, but no `.netrc`: it would put its own credentials over ours.
Redirects are not followed, since a token must not travel to another host.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from package_keeper.adapters.network import NETWORK_ERRORS, lost
from package_keeper.domain.answers import AnswerLost

LARGEST = 16 * 1024 * 1024
"""Bytes of an answer that are read at most; registries refuse manifests over 4 MiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of any status: `headers` with lower-case names, the whole `body`."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Sessions:
    """Connections to one host; from any thread. `timeout` is in seconds per wait."""

    def __init__(self, *, host: str, user_agent: str, timeout: float) -> None:
        self._host = host
        self._user_agent = user_agent
        self._timeout = timeout
        self._idle: list[requests.Session] = []
        self._closed = False
        self._lock = threading.Lock()

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        """Send one request, once; raises AnswerLost where no whole answer came."""
        try:
            with self._session() as session:
                response = session.request(
                    method,
                    url,
                    headers={"Accept-Encoding": "identity", **headers},
                    data=body,
                    timeout=self._timeout,
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    content = self._content(response)
        except NETWORK_ERRORS as error:
            raise lost(self._host, error) from error
        names = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status_code, headers=names, body=content)

    def close(self) -> None:
        """Close the connections, those in use as soon as they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for session in idle:
            session.close()

    def _content(self, response: requests.Response) -> bytes:
        content = bytearray()
        for chunk in response.iter_content(64 * 1024):
            content += chunk
            if len(content) > LARGEST:
                raise AnswerLost(f"{self._host}'s answer is larger than {LARGEST:,} bytes")
        return bytes(content)

    @contextmanager
    def _session(self) -> Iterator[requests.Session]:
        with self._lock:
            session = self._idle.pop() if self._idle else None
        session = session or self._connect()
        try:
            yield session
        finally:
            self._give_back(session)

    def _give_back(self, session: requests.Session) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(session)
                return
        session.close()

    def _connect(self) -> requests.Session:
        session = requests.Session()
        session.auth = _unchanged
        session.headers["User-Agent"] = self._user_agent
        return session


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stands where requests would otherwise look into `.netrc`."""
    return request
