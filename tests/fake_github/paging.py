"""Pages of a listing and the `Link` header that leads through them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from fake_github.behaviour import Behaviour
from fake_github.faults import Fault, FaultKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page was asked for: counted from 1, `size` between 1 and 100."""

    number: int
    size: int

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> Page:
        """The page of a query; what is no number, or out of range, becomes what GitHub takes."""
        number, size = _number(query.get("page"), 1), _number(query.get("per_page"), 30)
        return cls(number=max(1, number), size=min(100, size) if size > 0 else 30)

    def of(self, rows: Sequence[T], fault: Fault | None) -> list[T]:
        """The rows of this page, as far as a fault shows them."""
        start = (self.number - 1) * self.size
        kind = None if fault is None else fault.kind
        if kind is FaultKind.MISSING_PAGE:
            return []
        if fault is not None and kind is FaultKind.SHIFTED_ROWS:
            start += fault.shift
        page = list(rows[start : start + self.size])
        if kind is FaultKind.DUPLICATED_ROWS and start > 0:
            page = [rows[start - 1], *page][: self.size]
        return page


def _number(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def link_header(
    url: str, query: Mapping[str, str], page: Page, count: int, behaviour: Behaviour
) -> dict[str, str]:
    """`Link` as GitHub sends it: none for a single page, `prev` and `first` from the second on."""
    last = max(1, -(-count // page.size))
    if behaviour.link == "none" or (last == 1 and page.number == 1):
        return {}
    relations = {}
    if page.number > 1:
        relations["prev"] = page.number - 1
    if page.number < last:
        relations["next"] = page.number + 1
        if behaviour.link_last:
            relations["last"] = last
    if page.number > 1:
        relations["first"] = 1
    parts = []
    for name, number in relations.items():
        asked = urlencode({**query, "page": str(number)})
        parts.append(f'<{url}?{asked}>; rel="{name}"')
    return {"Link": ", ".join(parts)}
