"""Things that one thread uses at a time, used again and again.

Decides that there are as many as were ever used at once, and when they are closed. It does not
decide what they are.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """What a pool holds."""

    def close(self) -> None:
        """Let go of what it holds itself."""
        ...


C = TypeVar("C", bound=Closable)


class Pool(Generic[C]):
    """Makes one with `make` where none is idle; from any thread."""

    def __init__(self, make: Callable[[], C]) -> None:
        self._make = make
        self._idle: list[C] = []
        self._closed = False
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[C]:
        """One that nobody else uses meanwhile."""
        with self._lock:
            taken = self._idle.pop() if self._idle else None
        taken = taken or self._make()
        try:
            yield taken
        finally:
            self._give_back(taken)

    def close(self) -> None:
        """Close all, those in use as soon as they are given back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for taken in idle:
            taken.close()

    def _give_back(self, taken: C) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(taken)
                return
        taken.close()
