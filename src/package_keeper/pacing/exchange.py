"""One request and its answer, as pacing sees them.

Decides what a request costs and whether it may be repeated when its answer got lost. It does not
decide when it is sent, and it does not know what is asked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from package_keeper.domain.answers import Answer, AnswerLost
from package_keeper.domain.errors import WaitedTooLong

T = TypeVar("T")


class Kind(Enum):
    """Whether a request changes something."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange(Generic[T]):
    """An answer that is not a refusal, with what it carried."""

    answer: Answer
    value: T


Attempt = Callable[[], Exchange[T]]
"""Sends one request, once. Raises `Refused` for a clear no, `AnswerLost` where no usable answer
came, and `NotSent` where it is certain that nothing was sent."""


class NotSent(AnswerLost):
    """No connection came about, so the request was certainly not carried out."""


class Cancelled(Exception):
    """The run was cancelled before this request was sent; nothing was asked of anybody."""


class Postponed(WaitedTooLong):
    """A write would have been sent later than `sent_within` allows; it was not sent."""


AT_ONCE = 5.0
"""Seconds after which what was looked at right before a write is not right before it any more."""

_ending: ContextVar[bool] = ContextVar("ending", default=False)
_fresh_for: ContextVar[float | None] = ContextVar("fresh_for", default=None)


@contextmanager
def sent_within(seconds: float | None) -> Iterator[None]:
    """Writes inside are sent so soon after they were wanted, or raise Postponed; None is no bound.

    For what was decided on something that may have changed while it waited. It holds for this
    thread alone, and not for what is brought to an end.
    """
    before = _fresh_for.set(seconds)
    try:
        yield
    finally:
        _fresh_for.reset(before)


def is_too_late(waited: float) -> bool:
    """Whether this thread may not send a write any more that waited so many seconds."""
    seconds = _fresh_for.get()
    return seconds is not None and waited > seconds and not _ending.get()


@contextmanager
def bringing_to_an_end() -> Iterator[None]:
    """What is begun is finished inside, also after the run was cancelled, but waits for nothing.

    For what would be left in doubt, or half done, otherwise. It holds for this thread alone.
    """
    before = _ending.set(True)
    try:
        yield
    finally:
        _ending.reset(before)


def is_bringing_to_an_end() -> bool:
    """Whether this thread is finishing what is begun."""
    return _ending.get()
