"""One row of the Packages API, with what it looked like before. Holds state, decides nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Change:
    """How a version looked from this sequence number on."""

    sequence: int
    tags: tuple[str, ...]
    active: bool


@dataclass(slots=True, kw_only=True, eq=False)
class FakeVersion:
    """A version: on containers a manifest, whose digest is its name.

    `tags` are the present ones, or, once deleted, those it had. Times are aware and in UTC.
    """

    id: int
    name: str
    tags: tuple[str, ...]
    created_at: dt.datetime
    updated_at: dt.datetime
    deleted_at: dt.datetime | None = None
    downloads: int = 0
    history: list[Change] = field(default_factory=list)

    def record(self, sequence: int) -> None:
        """Remember how the version looks now, so that a stale listing can be answered."""
        self.history.append(Change(sequence, self.tags, self.deleted_at is None))

    def as_of(self, sequence: int) -> Change | None:
        """How the version looked then; None when it did not exist yet."""
        return next((c for c in reversed(self.history) if c.sequence <= sequence), None)
