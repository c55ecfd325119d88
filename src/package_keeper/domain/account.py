"""What the runs of a journal did and none of them undid.

Decides which versions, packages and tags are gone by the journal's account. It does not decide what
can come back, nor whether it is still gone; reading GitHub does.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from package_keeper.domain.journal import STARTED, Entries, Entry, JournalEntry, PackageEntry
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Verdict

_MAYBE_DELETED = (STARTED, Outcome.DELETED.value, Outcome.ERROR.value)
_NOT_BY_THIS_RUN = (Outcome.ALREADY_GONE.value, Outcome.NOT_ATTEMPTED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is undone by undoing a journal: the net of all its runs, the latest first.

    `versions` and `packages` were deleted, or may have been. `untagged` lost their `tags_off`, or
    may have; each is there once, with the last outcome. `restored` are those that a run brought
    back, or began to, of which parts may be deleted still where it was cut.
    """

    versions: tuple[JournalEntry, ...] = ()
    packages: tuple[PackageEntry, ...] = ()
    untagged: tuple[JournalEntry, ...] = ()
    restored: tuple[JournalEntry, ...] = ()

    @property
    def all(self) -> tuple[JournalEntry | PackageEntry, ...]:
        """All that is gone by it."""
        return (*self.versions, *self.packages, *self.untagged)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the packages that it is about, each once."""
        return tuple(dict.fromkeys(entry.package for entry in (*self.all, *self.restored)))

    def where(self, fits: Callable[[JournalEntry | PackageEntry], bool]) -> "Account":
        """What of it fits."""
        return Account(
            versions=tuple(filter(fits, self.versions)),
            packages=tuple(filter(fits, self.packages)),
            untagged=tuple(filter(fits, self.untagged)),
            restored=tuple(filter(fits, self.restored)),
        )


NOTHING = Account()
"""Of a run without a journal."""


def account_of(entries: Entries) -> Account:
    """What the journal's runs did, and none of them undid.

    What stood in for a tag that was taken off is nobody's: brought back, the tag would lead to it.
    """
    return Account(
        versions=gone_by(e for e in entries.versions if not e.is_stand_in),
        packages=gone_by(entries.packages),
        untagged=_untagged(entries.versions),
        restored=_restored(entries.versions),
    )


def _restored(entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    """The last lines about versions where these are about bringing them back; latest first."""
    last: dict[Hashable, JournalEntry] = {}
    for entry in entries:
        last.pop(entry.key, None)
        last[entry.key] = entry
    return tuple(e for e in reversed(last.values()) if e.action is Verdict.RESTORE)


def gone_by(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What the journal's runs deleted, or may have, and did not bring back; latest first.

    A deletion that only started, or whose answer was lost, may have been carried out. One that was
    not attempted, or found the version gone, leaves what the runs before did; so does a restoration
    that was confirmed and that nothing showed in the end. Taking a tag off deletes no version that
    a run has not made for it, so nothing is restored for that.
    """
    gone: dict[Hashable, Entry] = {}
    before: dict[Hashable, Entry | None] = {}
    for entry in entries:
        known = gone.pop(entry.key, None)
        if entry.outcome == STARTED:
            before[entry.key] = known
        after = _gone_after(entry, known, before.get(entry.key))
        if after is not None:
            gone[entry.key] = after
    return tuple(reversed(gone.values()))


def _gone_after(entry: Entry, known: Entry | None, before: Entry | None) -> Entry | None:
    """What of it is to come back once this line is written, None where nothing is."""
    match entry.action:
        case Verdict.DELETE:
            if entry.outcome in _MAYBE_DELETED:
                return entry
            return before if entry.outcome in _NOT_BY_THIS_RUN else None
        case Verdict.RESTORE:
            return None if entry.outcome == Outcome.RESTORED.value else known or before
        case Verdict.UNTAG | Verdict.KEEP:
            return None
    assert_never(entry.action)


def _untagged(entries: Iterable[JournalEntry]) -> tuple[JournalEntry, ...]:
    """Each image that lost tags, or may have, with all of these; latest first.

    What only started may have taken off all that it was to; the end of it says what it did.
    """
    found: dict[Hashable, JournalEntry] = {}
    before: dict[Hashable, JournalEntry | None] = {}
    for entry in entries:
        if entry.action is not Verdict.UNTAG:
            continue
        known = found.pop(entry.key, None)
        if entry.outcome == STARTED:
            before[entry.key] = known
        else:
            known = before.pop(entry.key, known)
        after = _with_tags_of(known, entry)
        if after is not None:
            found[entry.key] = after
    return tuple(reversed(found.values()))


def _with_tags_of(known: JournalEntry | None, entry: JournalEntry) -> JournalEntry | None:
    """What is known once this line is written: its tags and those that were off before."""
    if not entry.tags_off:
        return known
    tags = dict.fromkeys((*(known.tags_off if known else ()), *entry.tags_off))
    return replace(entry, tags_off=tuple(tags))
