"""The inputs that bring versions back, and the journal that one of them names.

Decides which entries of a journal are meant: those about the owner, the type and the packages of
this run, or about all packages of this owner and type where the run names none. What is left out is
said, and a journal of which nothing is meant is refused. It does not open the file.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from package_keeper.domain.account import Account, account_of
from package_keeper.domain.errors import InputMistake, WrongInputs
from package_keeper.domain.journal import (
    Entries,
    JournalEntry,
    NotAJournal,
    PackageEntry,
    parse_journal,
)
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.inputs.declared import RESTORE_FROM, Input
from package_keeper.inputs.names import NameSelection

_Entry = JournalEntry | PackageEntry


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What of a journal is meant, in which packages, and what is to be said of the rest."""

    account: Account
    names: NameSelection
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalScope:
    """What a run takes from a journal: what is about its owner, type and packages.

    `takes_all` says that all packages of this owner and type are meant which the journal names.
    """

    owner: str
    package_type: PackageType
    names: NameSelection
    takes_all: bool = False

    def meant_of(self, text: str) -> Meant:
        """What of the journal is meant; raises WrongInputs where it does not fit."""
        try:
            entries = parse_journal(text)
        except NotAJournal as error:
            raise refused_journal(f"is not a journal that can be read: {error}") from error
        account = account_of(entries)
        fitting, others = account.where(self._fits), account.where(self._does_not_fit)
        if account.all and not fitting.all:
            raise refused_journal(f"is about other packages than this run: {_described(others)}")
        named = fitting.names or self._named(entries)
        if not all(map(_is_name, named)):
            raise refused_journal("names a package as no package is named")
        left_out = (
            f"the journal also names {_described(others)}: left out here, as owner, package-name "
            "and package-type say"
        )
        return Meant(
            account=fitting,
            names=replace(self.names, exact=named) if self.takes_all and named else self.names,
            notices=(left_out,) if others.all else (),
        )

    def _named(self, entries: Entries) -> tuple[str, ...]:
        """The packages of this owner and type of which the journal says anything."""
        lines: tuple[_Entry, ...] = (*entries.versions, *entries.packages)
        return tuple(dict.fromkeys(line.package for line in lines if self._is_near(line)))

    def _fits(self, entry: _Entry) -> bool:
        return self._is_near(entry) and (self.takes_all or self.names.selects(entry.package))

    def _does_not_fit(self, entry: _Entry) -> bool:
        return not self._fits(entry)

    def _is_near(self, entry: _Entry) -> bool:
        is_owner = entry.owner.lower() == self.owner.lower()
        return is_owner and entry.type is self.package_type


def refused_journal(problem: str, entry: Input[str] = RESTORE_FROM) -> WrongInputs:
    """The error for a journal that can't be used."""
    mistake = InputMistake(name=entry.name, value=None, problem=problem)
    return WrongInputs((mistake,))


def _is_name(name: str) -> bool:
    """Whether it can be sent: of an empty or dotted one an address would be that of another."""
    return name.isprintable() and not set(name.split("/")) & {"", ".", ".."}


def _described(account: Account) -> str:
    return ", ".join(sorted({f"{e.owner}/{e.package} ({e.type.value})" for e in account.all}))
