"""Patterns over tags, names and digests: a glob, or a `/regular expression/`.

Decides what a pattern matches: always the whole text, case sensitively. It does not decide which
text of a version is matched; the conditions do.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import translate


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern as the user wrote it, compiled once.

    Raises ValueError, with a reason in words, where `text` is not a pattern.
    """

    text: str
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", _compile(self.text))

    def matches(self, text: str) -> bool:
        """Whether the pattern matches the whole of `text`."""
        return self._compiled.fullmatch(text) is not None

    def first_group(self, text: str) -> str | None:
        """The first group of a regular expression that matches the whole of `text`."""
        match = self._compiled.fullmatch(text)
        return match[1] if match and self._compiled.groups else None

    @property
    def is_literal(self) -> bool:
        """Whether it can only match itself, so that it names one thing."""
        return not self.is_regex and not any(character in self.text for character in "*?[")

    @property
    def is_regex(self) -> bool:
        """Whether it is written as `/regular expression/`."""
        return self.text.startswith("/")

    @property
    def means_digest(self) -> bool:
        """Whether it is matched against digests instead of tags."""
        return self.text.startswith("sha256:")

    def __str__(self) -> str:
        return self.text


def _compile(text: str) -> re.Pattern[str]:
    if not text:
        raise ValueError("is empty")
    if not text.startswith("/"):
        return re.compile(translate(text))
    if len(text) < 3 or not text.endswith("/"):
        raise ValueError("starts with '/' but is not a regular expression between two slashes")
    try:
        return re.compile(text[1:-1])
    except (re.error, OverflowError) as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    except RecursionError as error:
        raise ValueError("is not a regular expression: it is nested too deeply") from error


def any_matches(patterns: Iterable[Pattern], text: str) -> bool:
    """Whether one of the patterns matches the whole of `text`."""
    return any(pattern.matches(text) for pattern in patterns)
