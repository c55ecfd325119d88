"""Reading single values: booleans, numbers, shares, one of several words, the token.

Decides what is accepted, strictly, because a mistyped value must never be taken for a permission
to delete. It does not decide which input has which kind of value; `declared` does.

Every reader takes trimmed text that is not empty and raises `Unreadable`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from package_keeper.domain.limits import MaxDeletions

TRUE = ("true", "True", "TRUE")
FALSE = ("false", "False", "FALSE")
"""The booleans of YAML 1.2's core schema, which is what GitHub's own actions accept."""

_MEANT_BOOLEANS = {"yes": "true", "y": "true", "on": "true", "1": "true"}
_MEANT_BOOLEANS |= {"no": "false", "n": "false", "off": "false", "0": "false"}

_MOST_DIGITS = 18
"""As many as always fit a 64-bit integer, which is what GitHub's ids are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with a value, or with one item of it, in words that follow the value."""

    value: str
    text: str


class Unreadable(ValueError):
    """A value can't be read; holds at least one problem."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


def unreadable(value: str, text: str) -> Unreadable:
    """An `Unreadable` with one problem."""
    return Unreadable(Problem(value=value, text=text))


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant, regardless of case and of `_` for `-`."""
    plain = word[:64].casefold().replace("_", "-").replace(" ", "-")
    matches = get_close_matches(plain, tuple(choices), n=1, cutoff=0.6)
    return matches[0] if matches else None


def read_text(text: str) -> str:
    """The text as it is, if all of it can be printed."""
    if not text.isprintable():
        raise unreadable(text, "holds characters that can't be printed")
    return text


def read_login(text: str) -> str:
    """The login of a user or an organization, with or without an `@` before it."""
    login = text.removeprefix("@")
    if "/" in login:
        raise unreadable(text, "is more than an owner; the package goes into package-name")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", login):
        raise unreadable(text, "is not a login")
    return login


def read_token(text: str) -> str:
    """A token; its length and alphabet are not checked, for GitHub has changed both before."""
    if not re.fullmatch(r"[!-~]+", text):
        raise unreadable("", "holds a space, a line break or a character that no token has")
    return text


def read_boolean(text: str) -> bool:
    """`true` or `false` in one of the spellings of YAML 1.2."""
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    meant = _MEANT_BOOLEANS.get(text.casefold()) or closest(text, ("true", "false"))
    raise unreadable(text, f"is not a boolean{_probably(meant)}")


def read_whole_number(text: str) -> int:
    """A number from 0, written in ASCII digits and nothing else."""
    if not re.fullmatch(r"[0-9]+", text):
        raise unreadable(text, _why_no_number(text))
    digits = text.lstrip("0") or "0"
    if len(digits) > _MOST_DIGITS:
        raise unreadable(text, "is too large")
    return int(digits)


def _why_no_number(text: str) -> str:
    if re.fullmatch(r"-[0-9]+", text):
        return "is negative"
    if re.fullmatch(r"[0-9]{1,3}(?:[., _'][0-9]{3})+", text):
        return "has a separator between its digits"
    return "is not a whole number"


def read_max_deletions(text: str) -> MaxDeletions:
    """A number of versions, or a share of the active ones such as `10%` or `2.5 %`."""
    share = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*%", text)
    if share is None:
        return MaxDeletions(count=read_whole_number(text))
    if len(text) > _MOST_DIGITS or float(share[1]) > 100:
        raise unreadable(text, "is not a share between 0% and 100%")
    return MaxDeletions(percent=float(share[1]))


_E = TypeVar("_E", bound=Enum)


def one_of(choices: type[_E]) -> Callable[[str], _E]:
    """A reader of exactly one of the enum's values."""
    by_value = {str(choice.value): choice for choice in choices}

    def read(text: str) -> _E:
        if text in by_value:
            return by_value[text]
        raise unreadable(text, f"is not one of them{_probably(closest(text, by_value))}")

    return read


def values_of(choices: type[Enum]) -> str:
    """The enum's values as a list for people: `a, b or c`."""
    *others, last = (str(choice.value) for choice in choices)
    return f"{', '.join(others)} or {last}" if others else last


def _probably(meant: str | None) -> str:
    return f"; probably {meant} is meant" if meant else ""
