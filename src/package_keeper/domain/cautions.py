"""What people are warned of: what stays though it was asked for, what broken, what in doubt.

Decides the words of these warnings. What stays, and in which doubt, is `settlement`'s to decide.
"""

from collections.abc import Iterable

from package_keeper.domain.images import ImageGraph, Role
from package_keeper.domain.plan import Decision
from package_keeper.domain.rules import Rule, Verb
from package_keeper.domain.selection import asked_ids
from package_keeper.domain.settlement import Doubt, Settlement


def cautions(graph: ImageGraph, settlement: Settlement) -> tuple[str, ...]:
    """A warning for each image that stays and is not whole, and one for all that can't be read."""
    return (*_broken(graph, settlement), *_unreadable(graph, settlement))


def asked_but_kept(staying: Iterable[Decision], rules: Iterable[Rule]) -> tuple[str, ...]:
    """A warning for each version that was asked for by id and stays all the same."""
    asked = frozenset(asked_ids(rule for rule in rules if rule.verb is Verb.DELETE))
    return tuple(
        f"version {decision.version.id} ({decision.version.label}) was asked for but stays: "
        f"{decision.reason}"
        for decision in staying
        if decision.version.id in asked
    )


def _broken(graph: ImageGraph, settlement: Settlement) -> list[str]:
    warnings = []
    for digest in sorted(settlement.needed.keys() & graph.versions.keys()):
        version = graph.versions[digest]
        missing = ", ".join(child.platform or child.digest for child in graph.missing_parts(digest))
        if digest in graph.readings.absent:
            missing = "its manifest, so no untagged version of the package goes"
        if missing:
            warnings.append(
                f"version {version.id} ({version.label}) is broken, missing: {missing}"
                f"{_way_out(graph, settlement, digest)}"
            )
    return warnings


def _way_out(graph: ImageGraph, settlement: Settlement, digest: str) -> str:
    """How to get rid of a broken version: with every image that it is needed by.

    Nothing is advised where it would not help: beside another doubt it would stay all the same,
    what no listing shows can't be deleted, and a part that is named to be kept is no image.
    """
    images = [d for d in _above(graph, digest) if d in settlement.needed and _is_root(graph, d)]
    can_go = bool(images) and all(image in graph.versions for image in images)
    if digest in settlement.doubted or not can_go:
        return ""
    found = sorted((graph.versions[d] for d in images), key=lambda version: version.id)
    ids = ", ".join(str(version.id) for version in found)
    labels = ", ".join(version.label for version in found)
    needed = "" if digest in images else f"; it is needed by {labels}"
    if not any(v.own_tags for d, v in graph.versions.items() if d not in images):
        return f"{needed}; to get rid of it, push a whole image first: it has the last tag"
    return f"{needed}; to get rid of it, run once with delete-ids: {ids} alone"


def _is_root(graph: ImageGraph, digest: str) -> bool:
    """Whether it would keep what it needs even where nothing needs it in turn."""
    return graph.roles.get(digest) not in (Role.PART, Role.SUPERSEDED)


def _above(graph: ImageGraph, digest: str) -> set[str]:
    """All that could not stay whole without this one, itself included."""
    found, pending = set[str](), [digest]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            ties = (graph.parents, graph.subjects, graph.referrers)
            pending += [above for tie in ties for above in tie.get(current, ())]
    return found


def _unreadable(graph: ImageGraph, settlement: Settlement) -> list[str]:
    """One warning, since what can't be read mostly comes in numbers and for one reason."""
    doubted = [d for d, doubt in settlement.doubted.items() if doubt is Doubt.UNREADABLE]
    if not doubted:
        return []
    first = min(doubted)
    version = graph.versions.get(first)
    name = f"version {version.id} ({version.label})" if version else first
    more = f" (and {len(doubted) - 1} more)" if len(doubted) > 1 else ""
    why = graph.readings.unreadable[first]
    stays = "it stays, and with it all that it may list, so nothing of the package goes this time"
    return [f"the manifest of {name}{more} could not be read; {stays}: {why}"]
