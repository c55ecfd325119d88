"""The order in which versions come back: parts before what they belong to.

So a run that is cut short leaves no image that lacks a part. Decides what is known to belong to
what: by a journal, or by tags. What only a manifest tells is found once that is back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from package_keeper.domain.model import Version
from package_keeper.domain.plan import Decision, Ground, Verdict
from package_keeper.domain.wanted import Wanted


class Parts:
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


def with_parts(chosen: Mapping[int, Decision], parts: Parts) -> list[Decision]:
    """The chosen with what belongs to them, the parts first."""
    ordered: dict[int, Decision] = {}
    for decision in chosen.values():
        label = decision.version.label
        pending = [(decision.version, False)]
        begun: set[int] = set()
        while pending:
            version, below_is_done = pending.pop()
            if below_is_done:
                part = restoration(version, Ground.PART, f"part of {label}", label)
                below = tuple(p.id for p in parts.of(version) if p.id in ordered)
                found = replace(chosen.get(version.id, part), after=below)
                ordered.setdefault(version.id, found)
            elif version.id not in begun and version.id not in ordered:
                begun.add(version.id)
                pending.append((version, True))
                pending += [(part, False) for part in parts.of(version)]
    return list(ordered.values())


def restoration(version: Version, ground: Ground, reason: str, source: str) -> Decision:
    """The decision to bring a version back; `source` is the input or the image it is part of."""
    return Decision(
        version=version, verdict=Verdict.RESTORE, ground=ground, reason=reason, source=source
    )


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
