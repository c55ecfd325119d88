"""Connections to a registry, each used by one request at a time.

Decides how one request is sent and how much of an answer is read. Proxies and certificates come
from the environment as usual, but no `.netrc`: it would put its own credentials over ours.
Redirects are not followed, since a token must not travel to another host, and cookies are not kept.

It stands on the adapters of requests: their sessions look through the whole environment for every
single request and merge what they find, which took as long as everything else about a manifest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from package_keeper.adapters.network import NETWORK_ERRORS, lost
from package_keeper.adapters.pool import Pool
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
    """Connections to the host of `url`; from any thread. `timeout` is in seconds per wait.

    `host` is how messages name it.
    """

    def __init__(self, *, url: str, host: str, user_agent: str, timeout: float) -> None:
        self._url = url
        self._host = host
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
        self._timeout = timeout
        self._connections = Pool(lambda: HTTPAdapter(pool_connections=1, pool_maxsize=1))

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Reply:
        """Send one request, once; raises AnswerLost where no whole answer came."""
        try:
            request = requests.Request(method, url, headers={**self._headers, **headers}, data=body)
            with self._connections.one() as connection:
                response = connection.send(
                    request.prepare(), stream=True, timeout=self._timeout, **self._environment
                )
                with response:
                    content = self._content(response)
        except NETWORK_ERRORS as error:
            raise lost(self._host, error) from error
        names = {name.lower(): value for name, value in response.headers.items()}
        return Reply(status=response.status_code, headers=names, body=content)

    def close(self) -> None:
        """Close the connections, those in use as soon as they are given back."""
        self._connections.close()

    @cached_property
    def _environment(self) -> dict[str, Any]:
        """The proxies and certificates for the host, as requests finds them."""
        with requests.Session() as session:
            found = session.merge_environment_settings(self._url, {}, None, None, None)
        return {name: found[name] for name in ("proxies", "verify", "cert")}

    def _content(self, response: requests.Response) -> bytes:
        content = bytearray()
        for chunk in response.iter_content(64 * 1024):
            content += chunk
            if len(content) > LARGEST:
                raise AnswerLost(f"{self._host}'s answer is larger than {LARGEST:,} bytes")
        return bytes(content)
