"""PyGithub's clients, each used by one request at a time.

Decides how a client is set up. PyGithub's requester keeps one connection object and is not safe to
share between threads, so there are as many as requests are open at once, used again and again. Its
own throttling and retrying are switched off: `pacing` decides both. Redirects are not followed:
PyGithub would follow a 301 without the query, so that every page of a listing became the first.
"""

from contextlib import AbstractContextManager

from github import Auth, Github
from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    Requester,
    RequestsResponse,
)

from package_keeper.adapters.pool import Pool
from package_keeper.domain.budget import PAGE_SIZE

API_VERSION = "2022-11-28"


class NotFollowed(Exception):
    """An answer that PyGithub would act on by sending another request of its own."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


def _as_it_is(response: RequestsResponse) -> RequestsResponse:
    # PyGithub repeats after 202 and follows 301; all other statuses it hands over.
    if response.status in (202, 301):
        headers = {name.lower(): value for name, value in response.getheaders()}
        raise NotFollowed(response.status, headers)
    return response


class _Http(HTTPRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _as_it_is(super().getresponse())


class _Https(HTTPSRequestsConnectionClass):
    def getresponse(self) -> RequestsResponse:
        return _as_it_is(super().getresponse())


class Connections:
    """Clients for one API; from any thread. `timeout` is in seconds, per wait on the network."""

    def __init__(self, *, api_url: str, token: str, user_agent: str, timeout: int) -> None:
        Requester.injectConnectionClasses(_Http, _Https)
        self._api_url = api_url.rstrip("/")
        self._auth = Auth.Token(token)
        self._user_agent = user_agent
        self._timeout = timeout
        self._clients = Pool(self._connect)

    def client(self) -> AbstractContextManager[Github]:
        """A client that nobody else uses meanwhile."""
        return self._clients.one()

    def close(self) -> None:
        """Close the connections, those in use as soon as they are given back."""
        self._clients.close()

    def _connect(self) -> Github:
        return Github(
            base_url=self._api_url,
            auth=self._auth,
            timeout=self._timeout,
            user_agent=self._user_agent,
            per_page=PAGE_SIZE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            api_version=API_VERSION,
        )
