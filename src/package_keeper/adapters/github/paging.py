"""Listings of several pages.

Decides which pages there are and that a listing is only complete when its last page came. Of a
`Link` header only page numbers are taken: GitHub writes its URLs in a form of its own
(`/organizations/<id>/…`), and no URL from an answer is ever requested. A listing has been seen
without the header although more rows followed, so a full page is never taken for the last one
then. Rows are returned as they came; whether any are there twice is for the caller to see.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

from requests.utils import parse_header_links

from package_keeper.domain.answers import AnswerLost

T = TypeVar("T")

MOST_PAGES = 20_000
"""More pages than any package has; an answer that leads further is not believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page: its rows, and the page numbers its `Link` header named, None without a header."""

    number: int
    rows: tuple[T, ...]
    links: dict[str, int] | None

    def next(self, per_page: int) -> int | None:
        """The number of the next page, or None where this is the last one."""
        if self.links is None:
            return self.number + 1 if len(self.rows) >= per_page else None
        return self.links.get("next")


FetchPage = Callable[[int], Page[T]]


def all_rows(
    fetch: FetchPage[T],
    executor: Executor,
    *,
    per_page: int,
    rows_expected: int = 0,
    most: int = MOST_PAGES,
    cut: Callable[[], None] = lambda: None,
) -> Iterator[T]:
    """Every row, page by page; pages that are known of are fetched at the same time.

    `rows_expected` tells how many there may be before the first page does. `most` is the number of
    the last page that may be asked for; `cut` is called where there are more. Raises what `fetch`
    raises: a missing page is a missing listing.
    """
    expected = min(_pages_expected(rows_expected, per_page), most)
    pages = _together(fetch, executor, range(1, expected + 1))
    first = latest = next(pages)
    yield from first.rows
    for latest in pages:
        yield from latest.rows
    last = (first.links or {}).get("last", 1)
    if last > expected:
        _require_later(first, last)
    for latest in _together(fetch, executor, range(expected + 1, min(last, most) + 1)):
        yield from latest.rows
    for page in _following(fetch, latest, per_page, most, cut):
        yield from page.rows


def _pages_expected(rows: int, per_page: int) -> int:
    pages = max(-(-rows // per_page), 1)
    if pages > MOST_PAGES:
        raise AnswerLost(f"a listing of {rows} rows is not believed")
    return pages


def _following(
    fetch: FetchPage[T], page: Page[T], per_page: int, most: int, cut: Callable[[], None]
) -> Iterator[Page[T]]:
    """The pages after this one, of which nothing is known before the one that leads to it."""
    while (number := page.next(per_page)) is not None:
        _require_later(page, number)
        if number > most:
            cut()
            return
        page = fetch(number)
        yield page


def page_numbers(header: str | None, number: int) -> dict[str, int] | None:
    """The page number of each relation in the `Link` header of page `number`.

    None without a header and where nothing in it can be read, which must not pass for an end.
    """
    numbers: dict[str, int] = {}
    for link in parse_header_links(header or ""):
        values = parse_qs(urlsplit(link.get("url", "")).query).get("page", [""])
        relation = link.get("rel", "")
        if values[0].isascii() and values[0].isdigit():
            numbers[relation] = int(values[0])
        elif relation == "next":
            numbers[relation] = number + 1
    return numbers or None


def _together(fetch: FetchPage[T], executor: Executor, numbers: Iterable[int]) -> Iterator[Page[T]]:
    # In the context of whoever asks, which says whether it is to bring something to an end.
    futures = deque(executor.submit(copy_context().run, fetch, number) for number in numbers)
    try:
        while futures:
            yield futures.popleft().result()
    finally:
        for future in futures:
            future.cancel()


def _require_later(page: Page[T], named: int) -> None:
    if not page.number < named <= MOST_PAGES:
        raise AnswerLost(f"page {page.number} of a listing leads to page {named}")
