"""Cycles among things that wait for one another.

Decides which things wait for each other in a cycle, at whatever distance: the strongly connected
components of what waits for what, apart from those that are a single thing. It does not decide
how a cycle is broken.
"""

from collections.abc import Collection, Mapping


def cycles(before: Mapping[str, Collection[str]]) -> list[frozenset[str]]:
    """The groups in which each waits for each, by what each key waits for; Kosaraju's two walks.

    What is waited for and is no key itself waits for nothing. Takes time linear in the ties.
    """
    after: dict[str, list[str]] = {}
    for key, above in before.items():
        for other in above:
            after.setdefault(other, []).append(key)
    found: list[frozenset[str]] = []
    placed: set[str] = set()
    for start in reversed(_by_their_end(before)):
        group: list[str] = []
        pending = [start]
        while pending:
            key = pending.pop()
            if key not in placed:
                placed.add(key)
                group.append(key)
                pending += after.get(key, ())
        if len(group) > 1:
            found.append(frozenset(group))
    return found


def _by_their_end(before: Mapping[str, Collection[str]]) -> list[str]:
    """The keys in the order in which a walk to what they wait for, in depth, is done with them."""
    ended: list[str] = []
    begun: set[str] = set()
    for start in before:
        pending = [(start, False)]
        while pending:
            key, is_done = pending.pop()
            if is_done:
                ended.append(key)
            elif key not in begun:
                begun.add(key)
                pending.append((key, True))
                pending += [(above, False) for above in before.get(key, ())]
    return ended
