"""What the rules alone say: which versions a delete rule selects and a keep rule holds.

Decides nothing about what an image needs; that is `settlement`'s part. Kept apart so that
"which rule" can be told for every decision.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from package_keeper.domain.images import ImageGraph, Role, plain_graph
from package_keeper.domain.matching import Matchable, holds_for, matchable, unmatched
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.rules import Except, IdIn, Rule, Tagged, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The first keep rule that holds and the first delete rule that selects, by version id.

    `named` are the ids that a keep rule holds by naming them outright, by id or by digest.
    """

    held: dict[int, Rule]
    selected: dict[int, Rule]
    named: frozenset[int]

    def dooms(self, version_id: int) -> bool:
        """Whether a delete rule selects the version and no keep rule holds it."""
        return version_id in self.selected and version_id not in self.held


def select(
    graph: ImageGraph,
    rules: Sequence[Rule],
    package_type: PackageType,
    now: datetime,
) -> Selection:
    """Evaluate every rule over the versions of a package."""
    offered = offer(graph, package_type)
    parts = [_as_part(item) for item in offered]
    keeps = [rule for rule in rules if rule.verb is Verb.KEEP]
    deletes = [rule for rule in rules if rule.verb is Verb.DELETE]
    unranked = [rule for rule in keeps if rule.rank is None]
    return Selection(
        held=_first_rule(keeps, offered, now),
        selected=_first_rule(deletes, offered, now),
        named=frozenset(_first_rule(unranked, parts, now)),
    )


def offer(graph: ImageGraph, package_type: PackageType) -> list[Matchable]:
    """What each version offers to the rules, by its role."""
    return [
        matchable(
            version,
            package_type,
            is_image=graph.roles[key] is not Role.PART,
            is_counted=graph.roles[key] is Role.IMAGE,
            is_ageless=graph.is_left_over(key),
        )
        for key, version in graph.versions.items()
    ]


_ANYTHING = Except(patterns=())


def may_delete(
    versions: Iterable[Version], rules: Sequence[Rule], package_type: PackageType, now: datetime
) -> bool:
    """Whether the rules could delete anything, judged by the listing alone.

    Where they can't, no manifest needs reading. Which untagged versions are images is not known
    then, so a keep rule that counts counts only if it is about tags; otherwise it is left out.
    """
    graph = plain_graph(versions)
    deletes = [
        replace(rule, rank=None, conditions=rule.conditions or (_ANYTHING,))
        for rule in rules
        if rule.verb is Verb.DELETE
    ]
    keeps = [rule for rule in rules if rule.verb is Verb.KEEP and _is_certain(rule)]
    selection = select(graph, (*keeps, *deletes), package_type, now)
    return any(selection.dooms(version_id) for version_id in selection.selected)


def perhaps_left_over(
    versions: Iterable[Version], rules: Sequence[Rule], package_type: PackageType, now: datetime
) -> tuple[Version, ...]:
    """The versions that would go if they were left over from taking a tag off, by the listing.

    Such a version has one tag, its age is not looked at, and it takes no place among the newest.
    """
    single = [version for version in versions if len(version.own_tags) == 1]
    offered = [
        matchable(version, package_type, is_counted=False, is_ageless=True) for version in single
    ]
    keeps = [rule for rule in rules if rule.verb is Verb.KEEP]
    deletes = [rule for rule in rules if rule.verb is Verb.DELETE]
    held = _first_rule(keeps, offered, now)
    selected = _first_rule(deletes, offered, now)
    return tuple(v for v in single if v.id in selected and v.id not in held)


def _is_certain(rule: Rule) -> bool:
    """Whether what the rule holds for does not depend on which untagged versions are images."""
    return rule.rank is None or any(
        isinstance(condition, Tagged) and condition.value for condition in rule.conditions
    )


def warnings_of(rules: Iterable[Rule], offered: Sequence[Matchable]) -> tuple[str, ...]:
    """A warning for each pattern that matches nothing."""
    missing = dict.fromkeys((r.verb.value, text) for r in rules for text in unmatched(r, offered))
    return tuple(f"{verb}: the pattern {text} matches nothing" for verb, text in missing)


def missing_ids(rules: Iterable[Rule], offered: Sequence[Matchable]) -> tuple[int, ...]:
    """The ids that rules ask for and that are not among the versions."""
    present = {item.version.id for item in offered}
    return tuple(asked for asked in asked_ids(rules) if asked not in present)


def asked_ids(rules: Iterable[Rule]) -> tuple[int, ...]:
    """The ids that rules name, each once."""
    ids = (i for r in rules for c in r.conditions if isinstance(c, IdIn) for i in c.ids)
    return tuple(dict.fromkeys(ids))


def _as_part(item: Matchable) -> Matchable:
    return replace(item, is_image=False, is_counted=False)


def _first_rule(
    rules: Sequence[Rule], offered: Sequence[Matchable], now: datetime
) -> dict[int, Rule]:
    found: dict[int, Rule] = {}
    for rule in rules:
        for version_id in holds_for(rule, offered, now):
            found.setdefault(version_id, rule)
    return found
