"""One request and its answer, as pacing sees them.

Decides what a request costs and whether it may be repeated when its answer got lost. It does not
decide when it is sent, and it does not know what is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from package_keeper.domain.answers import Answer, AnswerLost

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
