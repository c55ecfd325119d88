"""The second look: what of a shown plan still holds right before it is carried out.

Decides that only what both plans delete is deleted: a version that gained a tag, or that a new push
needs, stays and is reported as changed. One that only the second plan would delete was never shown:
it stays without a word until the next run, and whole, so what it needs stays as well. It does not
list or read anything.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from package_keeper.domain.images import ImageGraph, build_graph
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.planning import Question, make_plan

_GAINED = "it gained a tag"
_NOT_SHOWN = "it only became deletable after the plan was shown"
_NOT_THE_SAME = "the package is not as it was when the plan was shown"


def both_listings(first: Sequence[Version], second: Sequence[Version]) -> tuple[Version, ...]:
    """Every version that either listing shows, as the later one shows it."""
    merged = {version.id: version for version in (*first, *second)}
    return tuple(merged.values())


def confirm(
    shown: Plan, graph: ImageGraph, question: Question, listed: Collection[int]
) -> tuple[Plan, tuple[Result, ...]]:
    """The plan to carry out, and a result for each change that was shown and is off.

    `graph` is that of all that either listing shows, `listed` are the ids that the second shows.
    Raises ManifestsUnreadable where a manifest of something that stays could not be read.
    """
    second = _second(shown, graph, question, listed)
    if shown.deletes_package != second.deletes_package or (
        shown.deletes_package and _what_it_holds(shown) != _what_it_holds(second)
    ):
        off = tuple(_changed(decision.version, _NOT_THE_SAME) for decision in shown.changes)
        return _without_changes(second), off
    before = {decision.version.id: decision for decision in shown.changes}
    now = {decision.version.id: decision for decision in second.decisions}
    decisions = tuple(_as_shown(decision, before) for decision in second.decisions)
    return replace(second, decisions=decisions), tuple(
        _off(decision, now) for decision in shown.changes if not _still_holds(decision, now)
    )


def _second(shown: Plan, graph: ImageGraph, question: Question, listed: Collection[int]) -> Plan:
    """The plan over both listings that deletes nothing which was not shown as it is now.

    Left to itself it could delete a new index, which must stay, together with parts that were shown
    to go. So what must stay is given to planning, which keeps whole whatever stays.
    """
    to_go = {decision.version.id: set(decision.version.tags) for decision in shown.deletions}
    versions = graph.versions.values()
    spared = _kept_without_ghosts(shown, graph, question, listed)
    spared |= {v.id: _GAINED for v in versions if v.id in to_go and set(v.tags) - to_go[v.id]}
    while True:
        plan = make_plan(shown.package, graph, replace(question, spared=spared))
        unshown = [d.version.id for d in plan.deletions if d.version.id not in to_go]
        if not unshown:
            return plan
        spared = {**spared, **dict.fromkeys(unshown, _NOT_SHOWN)}


def _kept_without_ghosts(
    shown: Plan, graph: ImageGraph, question: Question, listed: Collection[int]
) -> dict[int, str]:
    """What stays where only what is listed now counts, with the reasons.

    What somebody else deleted since is still looked at for what it needs, in case a listing is not
    whole; but it must not take a place among the newest, or the ones that are left would go.
    """
    present = {key: v for key, v in graph.versions.items() if v.id in listed}
    if len(present) == len(graph.versions):
        return {}
    alone = make_plan(shown.package, build_graph(present, graph.readings), question)
    return {decision.version.id: decision.reason for decision in alone.staying}


def _what_it_holds(plan: Plan) -> set[tuple[int, tuple[str, ...]]]:
    return {(d.version.id, tuple(sorted(d.version.tags))) for d in plan.decisions}


def _still_holds(decision: Decision, now: Mapping[int, Decision]) -> bool:
    current = now.get(decision.version.id)
    return current is not None and _is_same_change(current, decision)


def _is_same_change(one: Decision, other: Decision) -> bool:
    return one.verdict is other.verdict and one.tags_off == other.tags_off


def _as_shown(decision: Decision, before: Mapping[int, Decision]) -> Decision:
    """The decision, without taking off tags that were not shown to be taken off."""
    if decision.verdict is not Verdict.UNTAG:
        return decision
    shown = before.get(decision.version.id)
    same = shown is not None and _is_same_change(decision, shown)
    return decision if same else _kept(decision, _NOT_SHOWN)


def _without_changes(plan: Plan) -> Plan:
    decisions = tuple(_kept(decision, _NOT_THE_SAME) for decision in plan.decisions)
    return replace(plan, decisions=decisions, deletes_package=False)


def _kept(decision: Decision, reason: str) -> Decision:
    if decision.verdict is Verdict.KEEP:
        return decision
    return replace(
        decision,
        verdict=Verdict.KEEP,
        ground=Ground.NOT_SELECTED,
        reason=reason,
        after=(),
        tags_off=(),
    )


def _off(decision: Decision, now: Mapping[int, Decision]) -> Result:
    version = decision.version
    current = now.get(version.id)
    if current is None:
        return _changed(version, "it is not listed any more")
    return _changed(version, f"since the plan was shown it changed: {current.reason}")


def _changed(version: Version, detail: str) -> Result:
    return Result(version=version, outcome=Outcome.CHANGED, detail=detail)
