"""What is asked to come back, and which versions are meant by it.

Decides which patterns and which entries of a journal fit a version. It does not decide what comes
back: of several versions of one name only one can, and parts come with what they belong to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from package_keeper.domain.journal import JournalEntry
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.patterns import Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to come back; `entries` are those of a journal that are about this package.

    `since` narrows `patterns` to what was deleted at that time or later. `restored` are entries of
    what an earlier run brought back or began to: a run that was cut has left parts of it out.
    """

    ids: tuple[int, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    since: datetime | None = None
    entries: tuple[JournalEntry, ...] = ()
    restored: tuple[JournalEntry, ...] = ()

    @property
    def begun(self) -> tuple[JournalEntry, ...]:
        """The entries of what was to come back, and is not known to have."""
        return tuple(e for e in self.restored if e.outcome != Outcome.RESTORED.value)

    @property
    def former_tags(self) -> dict[int, tuple[str, ...]]:
        """The tags by id that the journal knows."""
        return {entry.id: entry.tags for entry in (*self.restored, *self.entries)}

    def fitting(self, deleted: Sequence[Version]) -> tuple[Self, dict[int, str]]:
        """It without the entries whose id is another version's; and by id, why each is left out."""
        listed = {version.id: version for version in deleted}
        strange = {
            entry.id: f"version {entry.id} is {listed[entry.id].name} and not {entry.name}, as the "
            "journal says; it is not brought back"
            for entry in (*self.begun, *self.entries)
            if entry.id in listed and entry.name != listed[entry.id].name
        }
        entries = tuple(entry for entry in self.entries if entry.id not in strange)
        restored = tuple(entry for entry in self.restored if entry.id not in strange)
        return replace(self, entries=entries, restored=restored), strange

    def names(self, version: Version, package_type: PackageType) -> bool:
        """Whether one of the patterns matches it, whenever it was deleted."""
        return any(_matches(pattern, version, package_type) for pattern in self.patterns)

    def means(self, version: Version, package_type: PackageType) -> bool:
        """Whether one of the patterns matches it, and it was deleted recently enough."""
        return self._is_recent(version) and self.names(version, package_type)

    def unmatched(
        self, deleted: Iterable[Version], active: Sequence[Version], package_type: PackageType
    ) -> tuple[str, ...]:
        """A warning for each pattern that matches nothing, neither deleted nor active."""
        recent = [version for version in deleted if self._is_recent(version)]
        which = "no deleted version"
        if self.since is not None:
            which = f"no version deleted since {self.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        if package_type.has_tags and recent and not any(version.tags for version in recent):
            which += "; GitHub names none of their tags, so give restore-from or restore-ids"
        return tuple(
            f"restore: the pattern {pattern} matches {which}"
            for pattern in self.patterns
            if not any(_matches(pattern, version, package_type) for version in (*recent, *active))
        )

    def _is_recent(self, version: Version) -> bool:
        """Whether it was deleted since then; of one that does not say when, that is not known."""
        if self.since is None:
            return True
        return version.deleted_at is not None and version.deleted_at >= self.since


def _matches(pattern: Pattern, version: Version, package_type: PackageType) -> bool:
    if not package_type.has_tags or pattern.means_digest:
        return pattern.matches(version.name)
    return any(pattern.matches(tag) for tag in version.own_tags)
