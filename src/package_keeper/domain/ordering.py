"""The order in which versions are deleted.

Decides that whatever needs a version goes before it (parents before children, subjects before
referrers), so that a run cut short leaves garbage and never a broken image, and that an image's
parts follow it closely, so that it leaves little of that. It does not decide what goes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

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
    followers: dict[str, list[str]] = {}
    for key in oldest_first:
        for above in before[key]:
            followers.setdefault(above, []).append(key)
    return _walk(oldest_first, before, followers)


def _walk(
    keys: list[str], before: Mapping[str, frozenset[str]], followers: Mapping[str, list[str]]
) -> list[Step]:
    """Emit each key once all before it are emitted, staying close to the one just emitted.

    Versions that are about each other, in a circle, have no right order: the oldest goes first.
    """
    waiting = {key: len(before[key]) for key in keys}
    emitted: dict[str, Step] = {}
    for free in (True, False):
        for start in keys:
            ready = [start] if start not in emitted and (waiting[start] == 0 or not free) else []
            while ready:
                key = ready.pop()
                after = tuple(above for above in sorted(before[key]) if above in emitted)
                emitted[key] = Step(key=key, after=after)
                for follower in reversed(followers.get(key, ())):
                    waiting[follower] -= 1
                    if waiting[follower] == 0 and follower not in emitted:
                        ready.append(follower)
    return list(emitted.values())


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
