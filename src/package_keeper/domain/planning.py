"""Making the plan of a package: rules and needs in, one decision per version out.

Decides the reason of every decision and what `if-empty` does. What goes and what stays is
`settlement`'s to decide, in which order `ordering`'s, and what counts as emptying `emptying`'s. The
same inputs give the same plan, whatever the order of the listing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from package_keeper.domain.cautions import asked_but_kept, cautions
from package_keeper.domain.emptying import empties, last_to_stay
from package_keeper.domain.images import ImageGraph, Role
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.model import Package, PackageType, Version, newest_first
from package_keeper.domain.ordering import deletion_order
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.rules import Rule
from package_keeper.domain.selection import Selection, missing_ids, offer, select, warnings_of
from package_keeper.domain.settlement import Settlement, roles_of_left_over, settle
from package_keeper.domain.untagging import Removal, removals


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All that a plan depends on besides the package itself.

    `spared` are the ids of versions that stay whatever the rules say, each with the reason.
    """

    rules: tuple[Rule, ...]
    now: datetime
    if_empty: IfEmpty = IfEmpty.KEEP_NEWEST
    untag: bool = False
    spared: Mapping[int, str] = field(default_factory=dict)


def make_plan(package: Package, graph: ImageGraph, question: Question) -> Plan:
    """Decide about every version of the package.

    Raises ManifestsUnreadable where a manifest of something that stays could not be read.
    """
    spared = frozenset(key for key, v in graph.versions.items() if v.id in question.spared)
    drafted = _draft(package.ref.type, graph, question, spared)
    would_empty = empties(package.ref.type, graph, drafted.settlement.doomed)
    if not would_empty or question.if_empty is IfEmpty.FAIL:
        return _written(package, drafted, question, would_empty=would_empty)
    whole = question.if_empty is IfEmpty.DELETE_PACKAGE
    if whole and graph.versions.keys() <= drafted.settlement.doomed.keys():
        return _whole_package(package, drafted, question)
    last = last_to_stay(package.ref.type, drafted.graph)
    redrafted = _draft(package.ref.type, graph, question, spared | {last})
    plan = _written(package, redrafted, question, would_empty=True)
    return replace(plan, warnings=(*plan.warnings, _NOT_WHOLE)) if whole else plan


_NOT_WHOLE = (
    "if-empty: delete-package did not take the package, since versions that no rule deletes would "
    "go with it; the newest stays instead"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    package_type: PackageType
    graph: ImageGraph
    selection: Selection
    settlement: Settlement
    spared: frozenset[str]
    spared_for: Mapping[int, str]


def _draft(
    package_type: PackageType, graph: ImageGraph, question: Question, spared: frozenset[str]
) -> _Draft:
    """Settle until no part is left over that belongs to nothing any more.

    Such a part is the subject of an attestation that an index listed which goes: neither a child
    nor a referrer, so it does not go along. Once the index is gone it is an image, perhaps with
    parts of its own, and the rules decide.
    """
    if package_type is PackageType.DOCKER:
        untagged = (key for key, version in graph.versions.items() if not version.tags)
        spared = spared.union(untagged)
    while True:
        selection = select(graph, question.rules, package_type, question.now)
        settlement = settle(graph, selection, spared)
        left_over = roles_of_left_over(graph, settlement)
        if not left_over:
            return _Draft(
                package_type=package_type,
                graph=graph,
                selection=selection,
                settlement=settlement,
                spared=spared,
                spared_for=question.spared,
            )
        graph = graph.with_roles(left_over)


def _written(package: Package, draft: _Draft, question: Question, *, would_empty: bool) -> Plan:
    doomed = draft.settlement.doomed
    deletions = [
        _deletion(draft, step.key, step.after) for step in deletion_order(draft.graph, doomed)
    ]
    kept = [key for key in draft.graph.versions if key not in doomed]
    kept.sort(key=lambda key: newest_first(draft.graph.versions[key]))
    offered = offer(draft.graph, package.ref.type)
    staying = _stay(draft, kept, package.ref.type, question)
    return Plan(
        package=package,
        decisions=(*deletions, *staying),
        warnings=(
            *warnings_of(question.rules, offered),
            *asked_but_kept(staying, question.rules),
            *cautions(draft.graph, draft.settlement),
        ),
        would_empty=would_empty,
        missing_ids=missing_ids(question.rules, offered),
        manifests_read=draft.graph.readings.count,
    )


def _whole_package(package: Package, draft: _Draft, question: Question) -> Plan:
    reason = "the whole package goes, since everything in it that counts would (if-empty)"
    versions = sorted(draft.graph.versions.values(), key=newest_first)
    offered = offer(draft.graph, package.ref.type)
    decisions = tuple(
        Decision(version=version, verdict=Verdict.DELETE, ground=Ground.LAST, reason=reason)
        for version in versions
    )
    return Plan(
        package=package,
        decisions=decisions,
        warnings=warnings_of(question.rules, offered),
        would_empty=True,
        deletes_package=True,
        missing_ids=missing_ids(question.rules, offered),
        manifests_read=draft.graph.readings.count,
    )


def _deletion(draft: _Draft, key: str, after: tuple[str, ...]) -> Decision:
    graph, version = draft.graph, draft.graph.versions[key]
    if draft.selection.dooms(version.id):
        ground, source = Ground.RULE, draft.selection.selected[version.id].text
        reason = f"selected by {source}"
        if graph.is_left_over(key):
            reason = f"left over from taking off a tag, {reason}"
    else:
        ground, source = Ground.PART, graph.versions[draft.settlement.doomed[key]].label
        reason = f"part of {source}, which goes"
    return Decision(
        version=version,
        verdict=Verdict.DELETE,
        ground=ground,
        reason=reason,
        source=source,
        after=tuple(graph.versions[d].id for d in after),
        parents=_parents(graph, key),
        is_image=graph.roles[key] is Role.IMAGE,
        is_stand_in=graph.is_left_over(key),
    )


def _parents(graph: ImageGraph, key: str) -> tuple[str, ...]:
    above = (*graph.parents.get(key, ()), *graph.subjects.get(key, ()))
    return tuple(digest for digest in above if digest in graph.versions)


def _stay(
    draft: _Draft, kept: Sequence[str], package_type: PackageType, question: Question
) -> list[Decision]:
    """The decisions about what stays, with the tags that may be taken off where that is asked."""
    decisions = [_keeping(draft, key) for key in kept]
    if not question.untag:
        return decisions
    off = removals(draft.graph, question.rules, package_type, question.now)
    return [
        _untagging(decision, off[decision.version.id]) if decision.version.id in off else decision
        for decision in decisions
    ]


def _untagging(decision: Decision, removal: Removal) -> Decision:
    left = [tag for tag in decision.version.own_tags if tag not in removal.tags]
    return replace(
        decision,
        verdict=Verdict.UNTAG,
        ground=Ground.RULE,
        source=removal.rule.text,
        reason=f"{', '.join(removal.tags)} selected by {removal.rule.text}; "
        f"{', '.join(left)} keeps the image",
        tags_off=removal.tags,
    )


def _keeping(draft: _Draft, key: str) -> Decision:
    graph, version = draft.graph, draft.graph.versions[key]
    ground, reason, source = _why_kept(draft, key, version)
    return Decision(
        version=version,
        verdict=Verdict.KEEP,
        ground=ground,
        reason=reason,
        source=source,
        parents=_parents(graph, key),
        is_image=graph.roles[key] is Role.IMAGE,
    )


def _why_kept(draft: _Draft, key: str, version: Version) -> tuple[Ground, str, str]:
    held = draft.selection.held.get(version.id)
    if held is not None:
        return Ground.RULE, f"kept by {held.text}", held.text
    if version.id in draft.spared_for:
        return Ground.NOT_SELECTED, draft.spared_for[version.id], ""
    if key in draft.settlement.doubted:
        doubt = draft.settlement.doubted[key].value
        return Ground.DOUBT, doubt, doubt
    if key in draft.spared:
        return _why_spared(draft, version)
    root = draft.settlement.needed.get(key, key)
    if root != key and _is_for_another(draft, key, version):
        label = draft.graph.versions[root].label if root in draft.graph.versions else root
        return Ground.NEEDED, f"needed by {label}", label
    return Ground.NOT_SELECTED, "no delete rule selects it", ""


def _why_spared(draft: _Draft, version: Version) -> tuple[Ground, str, str]:
    if draft.package_type is PackageType.DOCKER and not version.tags:
        reason = "untagged in the old docker registry, which can't be read"
        return Ground.NOT_READABLE, reason, "the old docker registry"
    reason = "the newest, kept so that the package is not emptied (if-empty)"
    return Ground.LAST, reason, "if-empty"


def _is_for_another(draft: _Draft, key: str, version: Version) -> bool:
    """Whether it stays because of something else, not because nothing selects it.

    Orphans are on their own like images: what they are about is gone, so nothing needs them for it.
    """
    attached = draft.graph.roles[key] in (Role.PART, Role.SUPERSEDED)
    return attached or draft.selection.dooms(version.id)
