"""Planning what is brought back.

Decides which deleted versions are meant, what is known to belong to them, and the order: parts
before what they belong to, so that a run cut short leaves no image that lacks a part. What only a
manifest tells is found once that is back. It does not decide what GitHub still has.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from package_keeper.domain.journal import JournalEntry
from package_keeper.domain.model import Package, PackageType, Version, newest_first
from package_keeper.domain.namesakes import Namesakes
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.resolution import left_out_warnings

KEPT_FOR = timedelta(days=30)
"""How long GitHub keeps what was deleted ("Deleting and restoring a package")."""


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


def plan_restoring(
    package: Package, active: Sequence[Version], deleted: Sequence[Version], wanted: Wanted
) -> Plan:
    """A decision for each active version, to leave it, and for each that is to come back.

    Ids of the journal that belong to versions of another name count as missing.
    """
    package_type = package.ref.type
    fitting, strange = _fitting(wanted, deleted)
    chosen = _chosen(deleted, fitting, package_type)
    asked = [decision.version for decision in chosen.values()]
    there = active if package_type.has_manifests else ()
    namesakes = Namesakes(there, deleted, asked, wanted.ids)
    left_out = {v.id: why for v in asked if (why := namesakes.why_not(v))}
    instead = [(v, other) for v in asked if (other := namesakes.instead_of(v)) is not None]
    coming = {i: decision for i, decision in chosen.items() if i not in left_out}
    able = [version for version in deleted if not namesakes.why_not(version)]
    return Plan(
        package=package,
        restoring=True,
        decisions=(*_with_parts(coming, _Parts(able, fitting)), *leave(active)),
        warnings=(
            *_unmatched(wanted, deleted, active, package_type),
            *strange.values(),
            *left_out_warnings(instead, fitting.former_tags, active),
        ),
        notices=(*_active_already(fitting, active, package_type), *left_out.values()),
        missing_ids=(*_nowhere(fitting, active, deleted), *strange),
    )


def active_already(
    active: Sequence[Version], deleted: Sequence[Version], wanted: Wanted
) -> tuple[Version, ...]:
    """The container versions that are asked for and active: parts of them may be deleted.

    Those of the same content as a deleted version that is asked for are among them, and the images
    that a run before has brought parts back for.
    """
    fitting, _ = _fitting(wanted, deleted)
    ids = frozenset(wanted.ids)
    by_journal = {(entry.id, entry.name) for entry in (*wanted.entries, *wanted.restored)}
    names = {d.version.name for d in _chosen(deleted, fitting, PackageType.CONTAINER).values()}
    names.update(parent for entry in wanted.restored for parent in entry.parents)
    return tuple(
        version
        for version in active
        if version.id in ids
        or (version.id, version.name) in by_journal
        or version.name in names
        or _matches_any(wanted.patterns, version, PackageType.CONTAINER)
    )


def _fitting(wanted: Wanted, deleted: Sequence[Version]) -> tuple[Wanted, dict[int, str]]:
    """What is wanted without the entries that are about another version than their id is."""
    listed = {version.id: version for version in deleted}
    strange = {
        entry.id: f"version {entry.id} is {listed[entry.id].name} and not {entry.name}, as the "
        "journal says; it is not brought back"
        for entry in (*wanted.begun, *wanted.entries)
        if entry.id in listed and entry.name != listed[entry.id].name
    }
    entries = tuple(entry for entry in wanted.entries if entry.id not in strange)
    restored = tuple(entry for entry in wanted.restored if entry.id not in strange)
    return replace(wanted, entries=entries, restored=restored), strange


def _nowhere(
    wanted: Wanted, active: Sequence[Version], deleted: Sequence[Version]
) -> tuple[int, ...]:
    known = {version.id for version in (*active, *deleted)}
    asked = (*wanted.ids, *(entry.id for entry in wanted.entries))
    return tuple(dict.fromkeys(i for i in asked if i not in known))


def _active_already(
    wanted: Wanted, active: Sequence[Version], package_type: PackageType
) -> list[str]:
    present = {version.id for version in active}
    nothing = "nothing to bring back"
    if package_type.has_manifests:
        nothing += " but what it lacks"
    notices = [
        f"version {i} is active: {nothing}" for i in dict.fromkeys(wanted.ids) if i in present
    ]
    count = len({entry.id for entry in wanted.entries} & present - frozenset(wanted.ids))
    if count:
        versions = "1 version is" if count == 1 else f"{count} versions are"
        notices.append(f"{versions} active that the journal counts as deleted: nothing to do")
    return notices


def in_waves(decisions: Sequence[Decision]) -> list[list[Decision]]:
    """The restorations in groups: each group's parts are all in the groups before."""
    waves: list[list[Decision]] = []
    wave_of: dict[int, int] = {}
    for decision in decisions:
        place = max((wave_of[part] + 1 for part in decision.after if part in wave_of), default=0)
        wave_of[decision.version.id] = place
        if place == len(waves):
            waves.append([])
        waves[place].append(decision)
    return waves


def _chosen(
    deleted: Iterable[Version], wanted: Wanted, package_type: PackageType
) -> dict[int, Decision]:
    """What is asked for by itself, with the reason, the newest first."""
    chosen: dict[int, Decision] = {}
    by_journal = frozenset(entry.id for entry in (*wanted.entries, *wanted.begun))
    for version in sorted(deleted, key=newest_first):
        if version.id in wanted.ids:
            reason = "restore-ids"
        elif version.id in by_journal:
            reason = "the journal"
        elif _is_meant(version, wanted, package_type):
            reason = "restore"
        else:
            continue
        said = f"asked for by {reason}"
        chosen[version.id] = _restoration(version, Ground.RULE, said, reason)
    return chosen


def _is_meant(version: Version, wanted: Wanted, package_type: PackageType) -> bool:
    return _is_recent(version, wanted) and _matches_any(wanted.patterns, version, package_type)


def _matches_any(patterns: Iterable[Pattern], version: Version, package_type: PackageType) -> bool:
    return any(_matches(pattern, version, package_type) for pattern in patterns)


def _is_recent(version: Version, wanted: Wanted) -> bool:
    """Whether it was deleted since then; of one that does not say when, that is not known."""
    if wanted.since is None:
        return True
    return version.deleted_at is not None and version.deleted_at >= wanted.since


def _matches(pattern: Pattern, version: Version, package_type: PackageType) -> bool:
    if not package_type.has_tags or pattern.means_digest:
        return pattern.matches(version.name)
    return any(pattern.matches(tag) for tag in version.own_tags)


def _unmatched(
    wanted: Wanted,
    deleted: Iterable[Version],
    active: Sequence[Version],
    package_type: PackageType,
) -> tuple[str, ...]:
    """A warning for each pattern that matches nothing, neither deleted nor active."""
    recent = [version for version in deleted if _is_recent(version, wanted)]
    which = "no deleted version"
    if wanted.since is not None:
        which = f"no version deleted since {wanted.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if package_type.has_tags and recent and not any(version.tags for version in recent):
        which += "; GitHub names none of their tags, so give restore-from or restore-ids"
    return tuple(
        f"restore: the pattern {pattern} matches {which}"
        for pattern in wanted.patterns
        if not any(_matches(pattern, version, package_type) for version in (*recent, *active))
    )


class _Parts:
    """Which deleted versions are known to belong to which: by a journal, or by their tags."""

    def __init__(self, deleted: Iterable[Version], wanted: Wanted) -> None:
        self._by_id = {version.id: version for version in deleted}
        self._below: dict[str, list[Version]] = {}
        for version in self._by_id.values():
            for subject in version.tagged_subjects:
                self._below.setdefault(subject, []).append(version)
        for entry in (*wanted.begun, *wanted.entries):
            for parent in entry.parents:
                if entry.id in self._by_id:
                    self._below.setdefault(parent, []).append(self._by_id[entry.id])

    def of(self, version: Version) -> list[Version]:
        """What belongs to the version directly."""
        return self._below.get(version.name, [])


def _with_parts(chosen: Mapping[int, Decision], parts: _Parts) -> list[Decision]:
    """The chosen with what belongs to them, the parts first."""
    ordered: dict[int, Decision] = {}
    for decision in chosen.values():
        label = decision.version.label
        pending = [(decision.version, False)]
        begun: set[int] = set()
        while pending:
            version, below_is_done = pending.pop()
            if below_is_done:
                part = _restoration(version, Ground.PART, f"part of {label}", label)
                below = tuple(p.id for p in parts.of(version) if p.id in ordered)
                found = replace(chosen.get(version.id, part), after=below)
                ordered.setdefault(version.id, found)
            elif version.id not in begun and version.id not in ordered:
                begun.add(version.id)
                pending.append((version, True))
                pending += [(part, False) for part in parts.of(version)]
    return list(ordered.values())


def _restoration(version: Version, ground: Ground, reason: str, source: str) -> Decision:
    return Decision(
        version=version, verdict=Verdict.RESTORE, ground=ground, reason=reason, source=source
    )


def leave(active: Sequence[Version]) -> tuple[Decision, ...]:
    """A decision for each active version, to leave it as it is; the newest first."""
    return tuple(
        Decision(
            version=version,
            verdict=Verdict.KEEP,
            ground=Ground.ACTIVE,
            reason="it is active",
        )
        for version in sorted(active, key=newest_first)
    )
