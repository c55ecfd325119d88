"""The journal as it is read back: what runs have deleted, or may have.

Decides what counts as a journal of ours and which of its versions are gone by its account. Writing
it is `execution`'s part, with the names of this module. It does not decide what can come back.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from package_keeper.domain.model import PackageType
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Verdict

FORMAT_VERSION = 1
HEADER = "journal"
STARTED = "started"
WHOLE_PACKAGE = "whole-package"
"""Marks a line about a package as a whole, of which no versions are known."""

_MAYBE_DELETED = (STARTED, Outcome.DELETED.value, Outcome.ERROR.value)
_NOT_BY_THIS_RUN = (Outcome.ALREADY_GONE.value, Outcome.NOT_ATTEMPTED.value)
_Key = tuple[str, PackageType, str, int]


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


def parse_journal(text: str) -> tuple[JournalEntry, ...]:
    """The entries of all runs in the journal, as they were written.

    A line that is cut off counts as not written, as a process that was killed or a full disk leaves
    it: nothing is requested before its line is whole. Anything else that is not understood raises
    NotAJournal: half a journal would bring back half of what was deleted.
    """
    entries: list[JournalEntry] = []
    is_headed = False
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or _is_cut(line):
            continue
        fields = _fields(line, number)
        if HEADER in fields:
            _check_version(fields[HEADER], number)
            is_headed = True
        elif not is_headed:
            raise _not_a_line(number)
        elif fields.get(WHOLE_PACKAGE) is not True:
            entries.append(_entry(fields, number))
    if not is_headed:
        raise NotAJournal("no run wrote a whole line to it")
    return tuple(entries)


def gone_by(entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    """What the journal's runs deleted, or may have, and did not bring back; latest first.

    A deletion that only started, or whose answer was lost, may have been carried out. One that was
    not attempted, or found the version gone, leaves what the runs before did. Taking a tag off
    deletes no version that a run has not made for it, so nothing is restored for that.
    """
    gone: dict[_Key, JournalEntry] = {}
    before: dict[_Key, JournalEntry | None] = {}
    for entry in entries:
        key = (entry.owner.lower(), entry.type, entry.package, entry.id)
        known = gone.pop(key, None)
        if entry.outcome == STARTED:
            before[key] = known
        after = _gone_after(entry, known, before.get(key))
        if after is not None:
            gone[key] = after
    return tuple(reversed(gone.values()))


def _gone_after(
    entry: JournalEntry, known: JournalEntry | None, before: JournalEntry | None
) -> JournalEntry | None:
    """What of the version is to come back once this line is written, None where nothing is."""
    match entry.action:
        case Verdict.DELETE:
            if entry.outcome in _MAYBE_DELETED:
                return entry
            return before if entry.outcome in _NOT_BY_THIS_RUN else None
        case Verdict.RESTORE:
            return None if entry.outcome == Outcome.RESTORED.value else known
        case Verdict.UNTAG | Verdict.KEEP:
            return None
    assert_never(entry.action)


def _is_cut(line: str) -> bool:
    """Whether it is the beginning of a line of a journal and no more."""
    return line.startswith("{") and not line.rstrip().endswith("}")


def _fields(line: str, number: int) -> dict[str, object]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _not_a_line(number) from error
    if not isinstance(fields, dict):
        raise _not_a_line(number)
    return fields


def _not_a_line(number: int) -> NotAJournal:
    return NotAJournal(f"line {number} is not a line of a journal")


def _check_version(version: object, number: int) -> None:
    if version != FORMAT_VERSION:
        raise NotAJournal(f"line {number} is of a journal of version {version!r}, not 1")


def _entry(fields: dict[str, object], number: int) -> JournalEntry:
    try:
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
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _not_a_line(number) from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(item) for item in value)
