r"""Reading inputs that hold several items: patterns and version ids.

Decides where one item ends and what can't be a pattern at all. A pattern that could never match is
a mistake here rather than a warning later: one that should have protected something would silently
protect nothing. It does not decide what a pattern is matched against.
"""

import re
import warnings
from collections.abc import Callable, Iterable
from fnmatch import translate
from typing import TypeVar

from package_keeper.domain.patterns import Pattern
from package_keeper.inputs.values import Problem, Unreadable, read_whole_number, unreadable

_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"(?:^|\s)#.*", re.DOTALL)
_MOST_PROBLEMS = 10
_NOTHING = "(?!)"
"""What `fnmatch.translate` makes of a class that holds nothing."""

_S = TypeVar("_S")
_T = TypeVar("_T")


def read_items(text: str) -> tuple[str, ...]:
    """The items, each once, in the order given; raises `Unreadable` where there is none.

    Nothing but comments is not the same as nothing: with all its lines commented out, `delete`
    would turn into permission to delete more.
    """
    found = [item for line in _LINE_END.split(text) for item in _items_of(line)]
    if not found:
        raise unreadable(text, "holds no item; leave the input out if that is meant")
    return tuple(dict.fromkeys(found))


def _items_of(line: str) -> list[str]:
    line = _COMMENT.sub("", line).strip()
    if line.startswith(("/", "!/")):  # a regular expression, which may hold commas
        return [line]
    return [item for part in line.split(",") if (item := part.strip())]


def each(items: Iterable[_S], read: Callable[[_S], _T]) -> tuple[_T, ...]:
    """Every item read; raises one `Unreadable` with the problems of all items."""
    values: list[_T] = []
    problems: list[Problem] = []
    for item in items:
        try:
            values.append(read(item))
        except Unreadable as error:
            problems.extend(error.problems)
    if problems:
        raise Unreadable(*_first(problems))
    return tuple(values)


def _first(problems: list[Problem]) -> list[Problem]:
    more = len(problems) - _MOST_PROBLEMS
    if more <= 0:
        return problems
    last = problems[_MOST_PROBLEMS - 1]
    text = f"{last.text} (and {more} more like these)"
    return [*problems[: _MOST_PROBLEMS - 1], Problem(value=last.value, text=text)]


def read_patterns(text: str) -> tuple[Pattern, ...]:
    """Globs and regular expressions over tags, digests or version names."""
    return each(read_items(text), read_pattern)


def read_ids(text: str) -> tuple[int, ...]:
    """Ids of versions: positive whole numbers."""
    return tuple(dict.fromkeys(each(read_items(text), _read_id)))


def _read_id(text: str) -> int:
    number = read_whole_number(text)
    if number == 0:
        raise unreadable(text, "is not the id of a version")
    return number


def read_pattern(text: str) -> Pattern:
    """One pattern that could match something."""
    problem = _regex_problem(text) if text.startswith("/") else glob_problem(text)
    if problem:
        raise unreadable(text, problem)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a later Python may read differently
            return Pattern(text)
    except ValueError as error:
        raise unreadable(text, str(error)) from error


def _regex_problem(text: str) -> str | None:
    if re.search(r"/\s*,", text[1:]):
        return "is more than one pattern: one that starts with '/' needs a line of its own"
    return None


def glob_problem(text: str) -> str | None:
    """Why a glob can't match anything, in words; None where it could."""
    if text.startswith("!"):
        return "starts with '!'; what is to be protected goes into keep"
    if not text.isprintable() or re.search(r"[\s\"'`]", text):
        return "holds a space or a quotation mark; items are separated by commas or line breaks"
    if _has_open_class(text):
        return "has a '[' without a ']'; inside of it no comma is needed, as in [abc]"
    if _NOTHING in translate(text):
        return "has a range in brackets that goes backwards, so it matches nothing"
    return None


def _has_open_class(text: str) -> bool:
    """Whether a `[` is never closed; `]` right after `[` or `[!` is a member, not the end."""
    position = text.find("[")
    while position >= 0:
        start = position + 1 + text.startswith("!", position + 1)
        end = text.find("]", start + 1)
        if end < 0:
            return True
        position = text.find("[", end)
    return False
