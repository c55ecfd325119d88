"""The second look: what of a shown plan still holds right before it is carried out.

Decides that only what both plans delete is deleted: a version that gained a tag, or that a new push
needs, stays and is reported as changed; one that only the second plan would delete was never shown,
and stays without a word until the next run. It does not list or read anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict


def both_listings(first: Sequence[Version], second: Sequence[Version]) -> tuple[Version, ...]:
    """Every version that either listing shows, as the later one shows it."""
    merged = {version.id: version for version in (*first, *second)}
    return tuple(merged.values())


def confirm(shown: Plan, second: Plan) -> tuple[Plan, tuple[Result, ...]]:
    """The plan to carry out, and a result for each deletion that was shown and is off."""
    before = {decision.version.id: decision for decision in shown.deletions}
    if shown.deletes_package and not _is_same_package(shown, second):
        return _without_deletions(second), tuple(
            _changed(decision.version, "the package is not as it was when the plan was shown")
            for decision in shown.deletions
        )
    now = {decision.version.id: decision for decision in second.decisions}
    going = before.keys() & {decision.version.id for decision in second.deletions}
    off_before = {decision.version.id: decision.tags_off for decision in shown.untags}
    decisions = tuple(
        _untagged_as_shown(_confirmed(decision, going), off_before) for decision in second.decisions
    )
    off = [decision for decision in shown.deletions if decision.version.id not in going]
    off += [d for d in shown.untags if now.get(d.version.id, d).tags_off != d.tags_off]
    return replace(second, decisions=decisions), tuple(_off(decision, now) for decision in off)


def _is_same_package(shown: Plan, second: Plan) -> bool:
    return second.deletes_package and _what_it_holds(shown) == _what_it_holds(second)


def _what_it_holds(plan: Plan) -> set[tuple[int, tuple[str, ...]]]:
    return {(d.version.id, tuple(sorted(d.version.tags))) for d in plan.decisions}


def _confirmed(decision: Decision, going: frozenset[int] | set[int]) -> Decision:
    if decision.verdict is not Verdict.DELETE:
        return decision
    if decision.version.id not in going:
        return _kept(decision)
    return replace(decision, after=tuple(above for above in decision.after if above in going))


def _untagged_as_shown(decision: Decision, shown: Mapping[int, tuple[str, ...]]) -> Decision:
    """The decision, without taking off tags that were not shown to be taken off."""
    same = shown.get(decision.version.id) == decision.tags_off
    return decision if decision.verdict is not Verdict.UNTAG or same else _kept(decision)


def _without_deletions(plan: Plan) -> Plan:
    decisions = tuple(_confirmed(decision, frozenset()) for decision in plan.decisions)
    return replace(plan, decisions=decisions, deletes_package=False)


def _kept(decision: Decision) -> Decision:
    reason = "it only became deletable after the plan was shown"
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
