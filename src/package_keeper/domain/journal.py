"""The journal as it is read back: what runs have deleted, or may have.

Decides what counts as a journal of ours and which of its versions are gone by its account. Writing
it is `execution`'s part, with the names of this module. It does not decide what can come back.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from package_keeper.domain.model import PackageType
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Verdict

FORMAT_VERSION = 1
HEADER = "journal"
STARTED = "started"


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

    A line that is cut off counts as not written where it is the last one of a run, as a process
    that was killed leaves it. Anything else that is not understood raises NotAJournal: half a
    journal would bring back half of what was deleted.
    """
    entries: list[JournalEntry] = []
    cut: int | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        fields = _fields(line)
        if fields is not None and HEADER in fields:
            _check_version(fields[HEADER], number)
            cut = None
            continue
        if number == 1 or cut is not None:
            raise NotAJournal(f"line {cut or number} is not a line of a journal")
        if fields is None:
            cut = number
        else:
            entries.append(_entry(fields, number))
    if not text.strip():
        raise NotAJournal("it is empty")
    return tuple(entries)


def gone_by(entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    """What the journal's runs deleted, or may have, and did not bring back; latest first.

    A deletion that only started, or whose answer was lost, may have been carried out.
    """
    gone: dict[tuple[str, PackageType, str, int], JournalEntry] = {}
    maybe = (STARTED, Outcome.DELETED.value, Outcome.ERROR.value)
    for entry in entries:
        key = (entry.owner.lower(), entry.type, entry.package.lower(), entry.id)
        known = gone.pop(key, None)
        if entry.action is Verdict.DELETE and entry.outcome in maybe:
            gone[key] = entry
        elif entry.action is Verdict.RESTORE and entry.outcome != Outcome.RESTORED.value and known:
            gone[key] = known
    return tuple(reversed(gone.values()))


def _fields(line: str) -> dict[str, object] | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


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
        raise NotAJournal(f"line {number} is not a line of a journal") from error


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
