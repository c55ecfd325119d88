"""The order in which versions are listed, now or as they were. Decides nothing about pages."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TYPE_CHECKING

from fake_github.versions import FakeVersion

if TYPE_CHECKING:
    from fake_github.packages import FakePackage

Row = tuple[FakeVersion, tuple[str, ...]]


class Listing:
    """The listings of one package; sorted once for all pages, as long as nothing changes."""

    def __init__(self, package: FakePackage) -> None:
        self._package = package
        self._cached: tuple[object, list[Row]] = (None, [])

    def rows(self, state: str, as_of: int | None = None) -> list[Row]:
        """Versions of a state with their tags, in the order listed; `as_of` a past sequence."""
        if as_of is not None:
            return self._former(state, as_of)
        world = self._package.world
        key = (state, world.sequence, world.behaviour.order)
        if self._cached[0] != key:
            found = self._package.active if state == "active" else self._package.gone
            self._cached = (key, [(v, v.tags) for v in self._ordered(found.values())])
        return self._cached[1]

    def _former(self, state: str, as_of: int) -> list[Row]:
        every = (*self._package.active.values(), *self._package.gone.values())
        then = ((version, version.as_of(as_of)) for version in self._ordered(every))
        wanted = state == "active"
        return [(v, c.tags) for v, c in then if c is not None and c.active is wanted]

    def _ordered(self, versions: Iterable[FakeVersion]) -> list[FakeVersion]:
        order = self._package.world.behaviour.order
        listed = sorted(versions, key=lambda v: (v.created_at, v.id), reverse=order == "newest")
        if order == "shuffled":
            random.Random(self._package.id).shuffle(listed)
        return listed
