"""The journal as it is read back, line by line.

Decides what counts as a journal of ours. Writing it is `execution`'s part, with the names of this
module. It does not decide what its lines add up to.
"""

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from package_keeper.domain.model import PackageType
from package_keeper.domain.plan import Verdict

FORMAT_VERSION = 1
HEADER = "journal"
STARTED = "started"
WHOLE_PACKAGE = "whole-package"
"""Marks a line about a package as a whole."""
TAGS_OFF = "tags-off"
"""In the lines about an image the tags that it is to lose, in the last those that it lost."""
STAND_IN = "stand-in"
"""Marks a line about what stood in for a tag that was taken off, and is never to come back."""


class NotAJournal(ValueError):
    """The text is not a journal, or one of another version; `str()` says in which line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """One line about one version; `parents` are the names of what it belonged to."""

    owner: str
    type: PackageType
    package: str
    id: int
    name: str
    tags: tuple[str, ...]
    parents: tuple[str, ...]
    action: Verdict
    outcome: str
    tags_off: tuple[str, ...] = ()
    is_stand_in: bool = False

    @property
    def key(self) -> Hashable:
        """What it is about."""
        return (self.owner.lower(), self.type, self.package, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageEntry:
    """One line about a package as a whole."""

    owner: str
    type: PackageType
    package: str
    action: Verdict
    outcome: str

    @property
    def key(self) -> Hashable:
        """What it is about."""
        return (self.owner.lower(), self.type, self.package)


Entry = TypeVar("Entry", JournalEntry, PackageEntry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """All lines of a journal, in their order."""

    versions: tuple[JournalEntry, ...] = ()
    packages: tuple[PackageEntry, ...] = ()


def parse_journal(text: str) -> Entries:
    """The entries of all runs in the journal, as they were written.

    A line that is cut off counts as not written, as a process that was killed or a full disk leaves
    it: nothing is requested before its line is whole. A machine that lost its power may leave NUL
    bytes where the end of the file was to be. Anything else that is not understood raises
    NotAJournal: half a journal would bring back half of what was deleted.
    """
    versions: list[JournalEntry] = []
    packages: list[PackageEntry] = []
    is_headed = False
    for number, padded in enumerate(text.split("\n"), start=1):
        line = padded.rstrip("\0")
        fields = _fields(line, number) if line.strip() else None
        if fields is None:
            continue
        if HEADER in fields:
            _check_version(fields[HEADER], number)
            is_headed = True
        elif not is_headed:
            raise _not_a_line(number)
        elif fields.get(WHOLE_PACKAGE) is True:
            packages.append(_read(_package_entry, fields, number))
        else:
            versions.append(_read(_entry, fields, number))
    if not is_headed:
        raise NotAJournal("no run wrote a whole line to it")
    return Entries(versions=tuple(versions), packages=tuple(packages))


def _fields(line: str, number: int) -> dict[str, object] | None:
    """What stands in a line; None for one that is the beginning of a line and no more."""
    if line.startswith("{") and not line.rstrip().endswith("}"):
        return None
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        if line.startswith("{") and _ends_within_a_text(error):
            return None
        raise _not_a_line(number) from error
    if not isinstance(fields, dict):
        raise _not_a_line(number)
    return fields


def _ends_within_a_text(error: Exception) -> bool:
    """Whether a line ends in a brace only because it was cut within a text that holds one."""
    return isinstance(error, json.JSONDecodeError) and error.msg.startswith("Unterminated string")


def _not_a_line(number: int) -> NotAJournal:
    return NotAJournal(f"line {number} is not a line of a journal")


def _check_version(version: object, number: int) -> None:
    if version != FORMAT_VERSION:
        raise NotAJournal(f"line {number} is of a journal of version {version!r}, not 1")


def _read(
    read: Callable[[dict[str, object]], Entry], fields: dict[str, object], number: int
) -> Entry:
    try:
        return read(fields)
    except (KeyError, TypeError, ValueError) as error:
        raise _not_a_line(number) from error


def _entry(fields: dict[str, object]) -> JournalEntry:
    return JournalEntry(
        owner=_text(fields["owner"]),
        type=PackageType(fields["type"]),
        package=_text(fields["package"]),
        id=_number(fields["id"]),
        name=_text(fields["name"]),
        tags=_texts(fields["tags"]),
        parents=_texts(fields["parents"]),
        action=Verdict(fields["action"]),
        outcome=_text(fields["outcome"]),
        tags_off=_texts(fields.get(TAGS_OFF, [])),
        is_stand_in=_flag(fields.get(STAND_IN, False)),
    )


def _package_entry(fields: dict[str, object]) -> PackageEntry:
    return PackageEntry(
        owner=_text(fields["owner"]),
        type=PackageType(fields["type"]),
        package=_text(fields["package"]),
        action=Verdict(fields["action"]),
        outcome=_text(fields["outcome"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(item) for item in value)
