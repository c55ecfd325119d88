"""Tags that may go from images that stay.

Decides which tags of a kept image a delete rule selects and no keep rule holds, as if the image had
only those; one tag at least stays. It does not decide how a tag is taken off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from package_keeper.domain.images import ImageGraph
from package_keeper.domain.matching import Matchable, holds_for
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import any_matches
from package_keeper.domain.rules import Rule, TagsMatch, Verb
from package_keeper.domain.selection import offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Tags to take off a version, and the rule that selects them."""

    tags: tuple[str, ...]
    rule: Rule


def removals(
    graph: ImageGraph, rules: Sequence[Rule], package_type: PackageType, now: datetime
) -> dict[int, Removal]:
    """By version id, the tags that may be taken off; the image keeps the others."""
    offered = offer(graph, package_type)
    deletes = [rule for rule in rules if rule.verb is Verb.DELETE and _is_about_tags(rule)]
    found: dict[int, Removal] = {}
    for rule in deletes:
        reduced = [_with_matching_tags_only(item, rule) for item in offered]
        doomed = _doomed(rule, rules, reduced, now)
        for before, after in zip(offered, reduced, strict=True):
            if after is not before and after.version.id in doomed:
                found.setdefault(after.version.id, Removal(tags=after.tags, rule=rule))
    return found


def _is_about_tags(rule: Rule) -> bool:
    return any(isinstance(condition, TagsMatch) for condition in rule.conditions)


def _with_matching_tags_only(item: Matchable, rule: Rule) -> Matchable:
    """The image as if it had only the tags that the rule matches; itself for all tags or none."""
    patterns = [p for c in rule.conditions if isinstance(c, TagsMatch) for p in c.patterns]
    matching = tuple(tag for tag in item.tags if any_matches(patterns, tag))
    if not matching or len(matching) == len(item.tags):
        return item
    return replace(item, tags=matching)


def _doomed(
    rule: Rule, rules: Sequence[Rule], offered: Sequence[Matchable], now: datetime
) -> frozenset[int]:
    keeps = (other for other in rules if other.verb is Verb.KEEP)
    held = frozenset[int]().union(*(holds_for(keep, offered, now) for keep in keeps))
    return holds_for(rule, offered, now) - held
