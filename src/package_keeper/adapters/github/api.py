"""Questions to GitHub's REST API: one thing, a whole listing, a change.

Decides that every request goes through pacing, and that rows become values where they are fetched,
so that a listing of 60,000 versions never exists as JSON. It knows no endpoint.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from github import Github
from github.GithubObject import GithubObject

from package_keeper.adapters.github.access import TokenFacts, require_whole_list
from package_keeper.adapters.github.ask import ask
from package_keeper.adapters.github.connections import Connections
from package_keeper.adapters.github.paging import MOST_PAGES, Page, all_rows, page_numbers
from package_keeper.adapters.github.reading import Reading
from package_keeper.domain.answers import Refused
from package_keeper.domain.budget import PAGE_SIZE
from package_keeper.pacing.exchange import Exchange, Kind
from package_keeper.pacing.sending import Sender

T = TypeVar("T")
Row = TypeVar("Row", bound=GithubObject)
Parameters = Mapping[str, str | int]


class Api:
    """Sends requests over its connections, from any thread."""

    def __init__(self, connections: Connections, sender: Sender, *, page_workers: int) -> None:
        self.facts = TokenFacts()
        self._connections = connections
        self._sender = sender
        self._executor = ThreadPoolExecutor(page_workers, thread_name_prefix="page")

    def close(self) -> None:
        """Close all connections; what is under way is not waited for."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._connections.close()

    def get(self, path: str) -> Exchange[Any]:
        """What is at this path, as parsed JSON."""
        return self._sender.send(lambda: self._exchange("GET", path), Kind.READ)

    def write(self, verb: str, path: str) -> str | None:
        """Change something; returns GitHub's request id."""
        exchange = self._sender.send(lambda: self._exchange(verb, path), Kind.WRITE)
        return exchange.answer.request_id

    def one(self, path: str, reading: Reading[Row, T]) -> T:
        """The one thing at this path."""

        def attempt() -> Exchange[T]:
            with self._connections.client() as client:
                got = self._ask(client, "GET", path)
                value = reading.value(client.requester, got.answer, got.value)
                return Exchange(answer=got.answer, value=value)

        return self._sender.send(attempt, Kind.READ).value

    def listing(
        self,
        path: str,
        reading: Reading[Row, T],
        *,
        parameters: Mapping[str, str],
        per_page: int = PAGE_SIZE,
        expected: int = 0,
        most_pages: int = MOST_PAGES,
        cut: Callable[[], None] = lambda: None,
    ) -> tuple[T, ...]:
        """All rows of a listing, in the order of its pages; see `paging`."""

        def fetch(number: int) -> Page[T]:
            asked: Parameters = {**parameters, "per_page": per_page, "page": number}
            return self._sender.send(
                lambda: self._page(path, asked, number, reading), Kind.READ
            ).value

        listed = all_rows(
            fetch,
            self._executor,
            per_page=per_page,
            rows_expected=expected,
            most=most_pages,
            cut=cut,
        )
        return tuple(listed)

    def _page(
        self, path: str, asked: Parameters, number: int, reading: Reading[Row, T]
    ) -> Exchange[Page[T]]:
        with self._connections.client() as client:
            got = self._ask(client, "GET", path, asked)
            require_whole_list(got.answer)
            rows = reading.values(client.requester, got.answer, got.value)
        links = page_numbers(got.answer.headers.get("link"), number)
        return Exchange(answer=got.answer, value=Page(number=number, rows=rows, links=links))

    def _exchange(self, verb: str, path: str) -> Exchange[Any]:
        with self._connections.client() as client:
            return self._ask(client, verb, path)

    def _ask(
        self, client: Github, verb: str, path: str, parameters: Parameters | None = None
    ) -> Exchange[Any]:
        try:
            exchange = ask(client, verb, path, parameters)
        except Refused as refused:
            self.facts.observe(refused.answer)
            raise
        self.facts.observe(exchange.answer)
        return exchange
