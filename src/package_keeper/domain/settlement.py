"""What goes and what stays, once the images' needs are weighed against the rules.

Decides the set of versions to delete such that everything that stays is whole: the closure of
every image that is not to be deleted stays, what is deleted takes its parts along, and doubt about
a manifest keeps whatever could depend on it. It does not decide reasons' words or the order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from package_keeper.domain.errors import ManifestsUnreadable
from package_keeper.domain.images import ImageGraph, Role, build_graph
from package_keeper.domain.selection import Selection


class Doubt(Enum):
    """Why versions stay although nothing known needs them."""

    UNREADABLE = "its manifest could not be read"
    PARTS_UNKNOWN = "the parts of a version that stays are not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """By digest: `doomed` to the root of its deletion, `needed` to the image that needs it.

    A root maps to itself in both. `doubted` are those that only stay because of a doubt.
    """

    doomed: Mapping[str, str]
    needed: Mapping[str, str]
    doubted: Mapping[str, Doubt]


def settle(graph: ImageGraph, selection: Selection, spared: frozenset[str]) -> Settlement:
    """Weigh the rules against the needs.

    `spared` are digests that stay whatever the rules say. Raises ManifestsUnreadable where a
    manifest of something that stays could not be read.
    """
    doomed, needed = _weigh(graph, selection, spared)
    unreadable = [d for d in graph.readings.unreadable if d in needed]
    if unreadable:
        raise ManifestsUnreadable(_unreadable_text(graph, unreadable), hint=_UNREADABLE_HINT)
    return _with_doubt(graph, Settlement(doomed=doomed, needed=needed, doubted={}))


def roles_of_left_over(graph: ImageGraph, settled: Settlement) -> dict[str, Role]:
    """The roles, once the doomed are gone, of the versions that neither go nor are needed.

    They are those that the next run would find, so that it finds nothing to do. Where they say
    nothing new each counts as an image, so that the next settling gets further.
    """
    left_over = graph.versions.keys() - settled.doomed.keys() - settled.needed.keys()
    if not left_over:
        return {}
    left = {d: version for d, version in graph.versions.items() if d not in settled.doomed}
    read = graph.readings.manifests
    readings = replace(
        graph.readings,
        manifests={d: manifest for d, manifest in read.items() if d not in settled.doomed},
        absent=graph.readings.absent.union(settled.doomed),
    )
    found = build_graph(left, readings).roles
    news = {digest: found[digest] for digest in left_over if found[digest] != graph.roles[digest]}
    return news or dict.fromkeys(left_over, Role.IMAGE)


_UNREADABLE_HINT = (
    "What it consists of is unknown, so nothing of this package was deleted. "
    "Run again; if it stays so, look at the image, and delete it by hand on the package's page."
)


def _unreadable_text(graph: ImageGraph, digests: list[str]) -> str:
    first = digests[0]
    version = graph.versions.get(first)
    name = f"version {version.id} ({version.label})" if version else first
    more = f" (and {len(digests) - 1} more)" if len(digests) > 1 else ""
    return f"the manifest of {name}{more} could not be read: {graph.readings.unreadable[first]}."


def _weigh(
    graph: ImageGraph, selection: Selection, spared: frozenset[str]
) -> tuple[dict[str, str], dict[str, str]]:
    roots = [d for d in graph.versions if d in spared or _stays(graph, selection, d)]
    needed = graph.closure(_sorted(graph, (*roots, *_unlisted_and_readable(graph))))
    for digest, subject in graph.superseded.items():
        stays = not selection.dooms(graph.versions[digest].id)
        if subject in needed and stays and graph.roles[digest] is Role.SUPERSEDED:
            needed.setdefault(digest, subject)
    return _taken_along(graph, selection, needed), needed


def _unlisted_and_readable(graph: ImageGraph) -> list[str]:
    """What is there though no listing shows it: it can't be deleted, so it stays, whole."""
    return [digest for digest in graph.unlisted if digest in graph.readings.manifests]


def _stays(graph: ImageGraph, selection: Selection, digest: str) -> bool:
    """Whether the rules let this version stay for its own sake."""
    version_id = graph.versions[digest].id
    if version_id in selection.named:
        return True
    role = graph.roles[digest]
    match role:
        case Role.PART:
            return False
        case Role.SUPERSEDED:
            about = graph.superseded[digest]
            return about not in graph.versions and not selection.dooms(version_id)
        case Role.IMAGE | Role.ORPHAN:
            return not selection.dooms(version_id)
    assert_never(role)


def _taken_along(
    graph: ImageGraph, selection: Selection, needed: Mapping[str, str]
) -> dict[str, str]:
    """What goes: the selected, their children and the referrers of these, but nothing needed."""
    doomed: dict[str, str] = {}
    selected = [d for d, v in graph.versions.items() if selection.dooms(v.id)]
    attached = _indexes_about(graph)
    for root in _sorted(graph, (d for d in selected if graph.roles[d] is not Role.PART)):
        pending = [root] if root not in needed else []
        while pending:
            digest = pending.pop()
            if digest in doomed:
                continue
            doomed[digest] = root
            along = (*graph.children.get(digest, ()), *graph.referrers.get(digest, ()))
            along = (*along, *attached.get(digest, ()))
            pending += [d for d in along if d not in needed and not _is_its_own(graph, d)]
    return {digest: root for digest, root in doomed.items() if digest in graph.versions}


def _is_its_own(graph: ImageGraph, digest: str) -> bool:
    """Whether it carries a tag of its own, and so follows the rules instead of its parent."""
    version = graph.versions.get(digest)
    return version is not None and bool(version.own_tags)


def _indexes_about(graph: ImageGraph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for digest, subject in graph.superseded.items():
        found.setdefault(subject, []).append(digest)
    return found


def _with_doubt(graph: ImageGraph, settled: Settlement) -> Settlement:
    """Keep what could depend on a manifest that can't be read, or on one that is gone.

    One that can't be read may be an index, which is to be pulled again tomorrow and may list
    anything, tagged images as well. One that is gone can't be pulled any more.
    """
    unreadable = {d for d in graph.readings.unreadable if d in settled.doomed}
    unreadable |= {d for d in graph.unlisted if d in graph.readings.unreadable}
    if not unreadable and not any(_hides_parts(graph, d) for d in settled.needed):
        return settled
    doomed = settled.doomed.keys()
    staying = unreadable | {d for d in doomed if unreadable or not graph.versions[d].own_tags}
    attached = (Role.PART, Role.SUPERSEDED)
    parts = {d for d in staying if graph.roles.get(d) in attached}
    below = _all_listed_by(graph, parts)
    images = {d for d in below if graph.roles.get(d) is Role.IMAGE}
    roots = _sorted(graph, {*settled.needed, *(staying - parts), *images})
    needed = {**{digest: digest for digest in below}, **graph.closure(roots)}
    doubted = {d: Doubt.UNREADABLE if d in unreadable else Doubt.PARTS_UNKNOWN for d in staying}
    merged = {d: settled.needed.get(d, root) for d, root in needed.items()}
    left = {d: root for d, root in settled.doomed.items() if d not in needed}
    return Settlement(doomed=left, needed=merged, doubted=doubted)


def _hides_parts(graph: ImageGraph, digest: str) -> bool:
    """Whether the registry lacks something needed that may have had parts.

    A version that is listed and yet not to be had is a riddle, so it may; what is in no listing is
    simply gone, and its parents say whether it was an index.
    """
    if digest not in graph.readings.absent:
        return False
    if digest in graph.versions:
        return True
    parents = graph.parents.get(digest, ())
    listed = [
        c for p in parents for c in graph.readings.manifests[p].children if c.digest == digest
    ]
    return any(child.may_have_children for child in listed)


def _all_listed_by(graph: ImageGraph, parts: Iterable[str]) -> set[str]:
    """The parts and all that they list, at any depth: without these they could not be pulled."""
    found: set[str] = set()
    pending = list(parts)
    while pending:
        digest = pending.pop()
        if digest not in found:
            found.add(digest)
            pending += graph.children.get(digest, ())
    return found


def _sorted(graph: ImageGraph, digests: Iterable[str]) -> list[str]:
    """In an order that does not depend on the listing's, so that reasons don't either."""

    def key(digest: str) -> tuple[bool, float, str]:
        version = graph.versions.get(digest)
        created = version.created_at.timestamp() if version else 0.0
        return (not (version and version.own_tags), -created, digest)

    return sorted(digests, key=key)
