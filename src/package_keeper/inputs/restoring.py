"""The inputs that bring versions back, and the journal that one of them names.

Decides which entries of a journal are meant: those about the owner, the type and the packages of
this run. A journal that has none of these is refused, whatever else it holds. It does not open the
file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from package_keeper.domain.errors import InputMistake, WrongInputs
from package_keeper.domain.journal import JournalEntry, NotAJournal, gone_by, parse_journal
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.inputs.declared import RESTORE_FROM
from package_keeper.inputs.names import NameSelection


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreInputs:
    """What is to be brought back, as it was asked for."""

    ids: tuple[int, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    since: timedelta | datetime | None = None
    journal: Path | None = None
    whole_package: bool = False
    repair: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether anything is to be brought back at all."""
        by_version = self.ids or self.patterns or self.journal
        return bool(by_version) or self.whole_package or self.repair

    def deleted_since(self, now: datetime) -> datetime | None:
        """The time from which on deleted versions are meant; None where all are."""
        if not isinstance(self.since, timedelta):
            return self.since
        try:
            return now - self.since
        except OverflowError:  # longer ago than there are dates
            return None


def entries_in(
    text: str, owner: str, package_type: PackageType, names: NameSelection
) -> tuple[JournalEntry, ...]:
    """What the journal's runs deleted of these packages; raises WrongInputs if it does not fit."""
    try:
        gone = gone_by(parse_journal(text))
    except NotAJournal as error:
        raise refused_journal(f"is not a journal that can be read: {error}") from error
    fitting = tuple(entry for entry in gone if _fits(entry, owner, package_type, names))
    if gone and not fitting:
        others = ", ".join(sorted(_described(gone)))
        raise refused_journal(f"is about other packages than this run: {others}")
    return fitting


def refused_journal(problem: str) -> WrongInputs:
    """The error for a journal that can't be used."""
    mistake = InputMistake(name=RESTORE_FROM.name, value=None, problem=problem)
    return WrongInputs((mistake,))


def _fits(entry: JournalEntry, owner: str, package_type: PackageType, names: NameSelection) -> bool:
    is_owner = entry.owner.lower() == owner.lower()
    return is_owner and entry.type is package_type and names.selects(entry.package)


def _described(entries: Iterable[JournalEntry]) -> set[str]:
    return {f"{entry.owner}/{entry.package} ({entry.type.value})" for entry in entries}
