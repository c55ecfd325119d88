"""Patterns over tags, names and digests: a glob, or a `/regular expression/`.

Decides what a pattern matches: always the whole text, case sensitively. It does not decide which
text of a version is matched; the conditions do.

Regular expressions are those of Python's `re`. What matches them is the library `regex`: the texts
are whatever somebody pushed, and where `re` tries too many ways to match one it holds the whole
process, signals included, for as long as that takes.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import translate

from package_keeper.domain.errors import PatternTooSlow

LONGEST = 1.0
"""Seconds that a regular expression may take for one text."""

_BRACE = re.compile(r"\\.|\{(?!(?:\d+(?:,\d*)?|,\d*)\})", re.DOTALL)
"""Whatever is escaped, and every brace that begins no repetition."""

_POSIX = re.compile(r"\[:\^?\w+:\]")
"""Such as `[:digit:]`: to `re` a set of these letters, to `regex` all digits."""

_Match = Callable[[str], re.Match[str] | None]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern as the user wrote it, compiled once.

    Raises ValueError, with a reason in words, where `text` is not a pattern.
    """

    text: str
    _match: _Match = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_match", _matcher(self.text))

    def matches(self, text: str) -> bool:
        """Whether the pattern matches the whole of `text`; raises PatternTooSlow."""
        return self._match(text) is not None

    def first_group(self, text: str) -> str | None:
        """The first group of a regular expression that matches the whole of `text`."""
        match = self._match(text)
        return match[1] if match and match.re.groups else None

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


def _matcher(text: str) -> _Match:
    if not text:
        raise ValueError("is empty")
    if not text.startswith("/"):
        return re.compile(translate(text)).fullmatch
    if len(text) < 3 or not text.endswith("/"):
        raise ValueError("starts with '/' but is not a regular expression between two slashes")
    if posix := _POSIX.search(text):
        raise ValueError(f"holds {posix[0]}, which Python's regular expressions do not have")
    return _expression(text)


def _expression(text: str) -> _Match:
    import regex  # noqa: PLC0415 - most runs have no regular expression, and need not wait for it

    try:
        re.compile(text[1:-1])
        compiled = regex.compile(_BRACE.sub(_as_in_re, text[1:-1]))
    except (re.error, regex.error, OverflowError) as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    except RecursionError as error:
        raise ValueError("is not a regular expression: it is nested too deeply") from error

    def fullmatch(tried: str) -> re.Match[str] | None:
        try:
            found: re.Match[str] | None = compiled.fullmatch(
                tried, timeout=LONGEST, concurrent=True
            )
        except TimeoutError:
            raise PatternTooSlow(text, tried, LONGEST) from None
        return found

    return fullmatch


def _as_in_re(found: re.Match[str]) -> str:
    """`{e}` is text, as in `re`, and not how many errors `regex` would allow there."""
    return r"\{" if found[0] == "{" else found[0]


def any_matches(patterns: Iterable[Pattern], text: str) -> bool:
    """Whether one of the patterns matches the whole of `text`."""
    return any(pattern.matches(text) for pattern in patterns)
