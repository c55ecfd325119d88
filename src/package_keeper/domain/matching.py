"""Which versions a rule holds for.

Decides how conditions and ranks are evaluated. An image offers its own tags (its name, where the
package type has no tags) and its digest; a part of an image can only be named outright, by id or
digest, since everything else about it follows from its image. What a rule's holding means is not
decided here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.patterns import Pattern, any_matches
from package_keeper.domain.rules import (
    Condition,
    End,
    Except,
    IdIn,
    OlderThan,
    OrderBy,
    Quantifier,
    Rank,
    Rule,
    Tagged,
    TagsMatch,
    Verb,
    YoungerThan,
)
from package_keeper.domain.versioning import VersionKey, group_of, version_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Matchable:
    """What a version offers to the conditions.

    `tags` are the own tags, or the name where the type has none. `is_image` is false for children
    and referrers; `is_counted` is false for whatever takes no place among the newest. `is_ageless`
    is true for what is old enough for every rule, such as what a run that was killed left over.
    """

    version: Version
    package_type: PackageType
    tags: tuple[str, ...]
    digest: str | None
    is_image: bool = True
    is_counted: bool = True
    is_ageless: bool = False


def matchable(
    version: Version,
    package_type: PackageType,
    *,
    is_image: bool = True,
    is_counted: bool = True,
    is_ageless: bool = False,
) -> Matchable:
    """What `version` offers to the conditions, by the manner of its package type."""
    digest: str | None = None
    match package_type:
        case PackageType.CONTAINER:
            tags, digest = version.own_tags, version.name
        case PackageType.DOCKER:
            tags = version.tags
        case PackageType.NPM | PackageType.MAVEN | PackageType.NUGET | PackageType.RUBYGEMS:
            tags = (version.name,)
        case _:
            assert_never(package_type)
    return Matchable(
        version=version,
        package_type=package_type,
        tags=tags,
        digest=digest,
        is_image=is_image,
        is_counted=is_image and is_counted,
        is_ageless=is_ageless,
    )


def holds_for(rule: Rule, offered: Sequence[Matchable], now: datetime) -> frozenset[int]:
    """The ids of the versions that the rule holds for, its rank included."""
    met = [item for item in offered if _meets_all(rule, item, now)]
    if rule.rank is not None:
        met = _ranked(rule.verb, rule.rank, [item for item in met if item.is_counted])
    return frozenset(item.version.id for item in met)


def unmatched(rule: Rule, offered: Sequence[Matchable]) -> tuple[str, ...]:
    """The patterns of the rule that match nothing at all: probably a slip of the pen."""
    missing: list[str] = []
    for condition in rule.conditions:
        if isinstance(condition, TagsMatch):
            missing += [str(p) for p in condition.patterns if not _matches_any(p, offered)]
    return tuple(missing)


def _matches_any(pattern: Pattern, offered: Sequence[Matchable]) -> bool:
    return any(
        pattern.matches(text)
        for item in offered
        for text in ((item.digest or "",) if pattern.means_digest else item.tags)
    )


def _meets_all(rule: Rule, item: Matchable, now: datetime) -> bool:
    if not item.is_image and not any(_names(condition, item) for condition in rule.conditions):
        return False
    return all(_meets(condition, item, now) for condition in rule.conditions)


def _names(condition: Condition, item: Matchable) -> bool:
    """Whether the condition names this very version, so that it may hold for a part as well."""
    match condition:
        case IdIn():
            return item.version.id in condition.ids
        case TagsMatch():
            return _digest_matches(condition.patterns, item)
        case _:
            return False


def _meets(condition: Condition, item: Matchable, now: datetime) -> bool:
    match condition:
        case TagsMatch():
            return _tags_match(condition, item)
        case Except():
            tagged = any(any_matches(condition.patterns, tag) for tag in item.tags)
            return not (tagged or _digest_matches(condition.patterns, item))
        case IdIn():
            return item.version.id in condition.ids
        case Tagged():
            return bool(item.tags) is condition.value
        case OlderThan():
            return item.is_ageless or now - item.version.created_at > condition.age
        case YoungerThan():
            return not item.is_ageless and now - item.version.created_at <= condition.age
    assert_never(condition)


def _tags_match(condition: TagsMatch, item: Matchable) -> bool:
    if _digest_matches(condition.patterns, item):
        return True
    matched = [any_matches(condition.patterns, tag) for tag in item.tags]
    match condition.quantifier:
        case Quantifier.ANY:
            return any(matched)
        case Quantifier.EVERY:
            return bool(matched) and all(matched)
    assert_never(condition.quantifier)


def _digest_matches(patterns: Iterable[Pattern], item: Matchable) -> bool:
    digest = item.digest
    return digest is not None and any(p.means_digest and p.matches(digest) for p in patterns)


def _ranked(verb: Verb, rank: Rank, items: Sequence[Matchable]) -> list[Matchable]:
    """Those among the first of their group, counted from the rank's end.

    Several tags can put an image into several groups. As with tags themselves, a keep rule is then
    satisfied by one of them and a delete rule only by all.
    """
    counted = [(key, item) for item in items if (key := _key(rank, item)) is not None]
    groups: dict[str, list[tuple[_Key, Matchable]]] = {}
    for key, item in counted:
        for group in _groups(rank, item):
            groups.setdefault(group, []).append((key, item))
    first: dict[int, int] = {}
    for members in groups.values():
        members.sort(key=lambda pair: pair[0], reverse=rank.end is End.NEWEST)
        for _, item in members[: rank.count]:
            first[item.version.id] = first.get(item.version.id, 0) + 1
    return [item for _, item in counted if _is_enough(verb, rank, item, first)]


def _is_enough(verb: Verb, rank: Rank, item: Matchable, first: Mapping[int, int]) -> bool:
    """Whether an image is among the first in as many of its groups as the rule wants."""
    times = first.get(item.version.id, 0)
    return times == len(_groups(rank, item)) > 0 if verb is Verb.DELETE else times > 0


_Key = tuple[float | VersionKey, int]


def _groups(rank: Rank, item: Matchable) -> frozenset[str]:
    """The groups an image counts in; without any it does not meet the rule."""
    if rank.of_each is None:
        return frozenset([""])
    found = (group_of(rank.of_each, item.package_type, tag) for tag in item.tags)
    return frozenset(group for group in found if group is not None)


def _key(rank: Rank, item: Matchable) -> _Key | None:
    version = item.version
    match rank.order_by:
        case OrderBy.CREATED:
            return (version.created_at.timestamp(), version.id)
        case OrderBy.UPDATED:
            return (version.updated_at.timestamp(), version.id)
        case OrderBy.VERSION:
            keys = [version_key(item.package_type, tag) for tag in item.tags]
            readable = [key for key in keys if key is not None]
            return (max(readable), version.id) if readable else None
    assert_never(rank.order_by)
