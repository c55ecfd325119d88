"""The order in which versions are deleted.

Decides that whatever needs a version goes before it (parents before children, subjects before
referrers), so that a run cut short leaves garbage and never a broken image, and that an image's
parts follow it closely, so that it leaves little of that. It does not decide what goes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from package_keeper.domain.cycles import cycles
from package_keeper.domain.images import ImageGraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One version to delete, by its key in the graph, and those that must be gone before."""

    key: str
    after: tuple[str, ...]


def deletion_order(graph: ImageGraph, doomed: Iterable[str]) -> list[Step]:
    """The doomed versions in the order to delete them: oldest image first, then its parts."""
    oldest_first = sorted(doomed, key=lambda key: _age(graph, key))
    before = _predecessors(graph, oldest_first)
    steps = _walk(oldest_first, before)
    if len(steps) < len(oldest_first):
        steps = _walk(oldest_first, _without_cycles(graph, oldest_first, before))
    return steps


def _walk(keys: list[str], before: Mapping[str, frozenset[str]]) -> list[Step]:
    """Emit each key once all before it are emitted, staying close to the one just emitted.

    What waits in a cycle, and what waits for that, is not emitted.
    """
    followers: dict[str, list[str]] = {}
    for key in keys:
        for above in before[key]:
            followers.setdefault(above, []).append(key)
    waiting = {key: len(before[key]) for key in keys}
    emitted: dict[str, Step] = {}
    for start in keys:
        ready = [start] if start not in emitted and waiting[start] == 0 else []
        while ready:
            key = ready.pop()
            emitted[key] = Step(key=key, after=tuple(sorted(before[key])))
            for follower in reversed(followers.get(key, ())):
                waiting[follower] -= 1
                if waiting[follower] == 0:
                    ready.append(follower)
    return list(emitted.values())


def _without_cycles(
    graph: ImageGraph, keys: list[str], before: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """What must be gone before each key, with every cycle broken and all else as it is.

    Being about one another makes cycles, such as by an index whose tag says that it is about its
    own child. Inside of one an index goes before its children all the same, since a missing child
    breaks it; of the other ties those stand that agree with that order.
    """
    age = {key: n for n, key in enumerate(keys)}
    opened = dict(before)
    for cycle in cycles(before):
        members = sorted(cycle, key=lambda key: age[key])
        order = {key: n for n, key in enumerate(_parents_first(graph, members, cycle))}
        for key in members:
            stand = (k for k in before[key] if k not in cycle or order[k] < order[key])
            opened[key] = frozenset(stand)
    return opened


def _parents_first(graph: ImageGraph, members: list[str], cycle: frozenset[str]) -> list[str]:
    """Indexes before their children, else by age; digests of content make no cycle of these."""
    parents = {key: frozenset(graph.parents.get(key, ())) & cycle for key in members}
    walked = [step.key for step in _walk(members, parents)]
    return [*walked, *(key for key in members if key not in walked)]


def _predecessors(graph: ImageGraph, keys: list[str]) -> dict[str, frozenset[str]]:
    """What must be gone before each key.

    A referrer and its subject need each other, so whatever needs one of them needs both: an index
    that lists an attestation goes before the subject of that attestation, too.
    """
    going = frozenset(keys)
    groups = _bound_together(graph, keys, going)
    outside: dict[str, set[str]] = {}
    for key in keys:
        parents = (p for p in graph.parents.get(key, ()) if p in going and groups[p] != groups[key])
        outside.setdefault(groups[key], set()).update(parents)
    return {
        key: frozenset(outside[groups[key]]).union(_directly_above(graph, key) & going) - {key}
        for key in keys
    }


def _directly_above(graph: ImageGraph, key: str) -> frozenset[str]:
    return frozenset((*graph.parents.get(key, ()), *graph.subjects.get(key, ())))


def _bound_together(graph: ImageGraph, keys: list[str], going: frozenset[str]) -> dict[str, str]:
    """The group of each key: all that is tied by being about one another."""
    groups: dict[str, str] = {}
    for start in keys:
        pending = [start] if start not in groups else []
        while pending:
            key = pending.pop()
            if key in going and key not in groups:
                groups[key] = start
                pending += (*graph.subjects.get(key, ()), *graph.referrers.get(key, ()))
    return groups


def _age(graph: ImageGraph, key: str) -> tuple[float, int]:
    version = graph.versions[key]
    return (version.created_at.timestamp(), version.id)
