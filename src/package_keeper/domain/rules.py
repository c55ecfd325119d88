"""Rules as values: what they say, not yet what they hold for.

Decides the shape of a rule. Evaluation is in `matching`; reading rules from the short inputs is in
`shorthand`. A policy file would only be another way to write these values.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from package_keeper.domain.patterns import Pattern


class Verb(Enum):
    """What a rule does with what it holds for; a keep rule always wins over a delete rule."""

    KEEP = "keep"
    DELETE = "delete"


class Quantifier(Enum):
    """How many of an image's tags must match."""

    ANY = "any-tag"
    EVERY = "every-tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsMatch:
    """Any, or every, own tag matches one of the patterns; without a tag it never holds.

    Patterns that start with `sha256:` are matched against the digest instead of the tags.
    """

    patterns: tuple[Pattern, ...]
    quantifier: Quantifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Except:
    """Holds unless a tag, the name or the digest matches one of the patterns."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdIn:
    """The version's id is one of these."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """The image has (`value` is true), or has not, a tag of its own."""

    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderThan:
    """Created more than `age` before now."""

    age: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class YoungerThan:
    """Created at most `age` before now: the exact complement of `OlderThan`."""

    age: timedelta


Condition = TagsMatch | Except | IdIn | Tagged | OlderThan | YoungerThan


class OrderBy(Enum):
    """What `newest` and `oldest` count by; equal values are ordered by id."""

    CREATED = "created"
    UPDATED = "updated"
    VERSION = "version"


class End(Enum):
    """From which end of the order is counted."""

    NEWEST = "newest"
    OLDEST = "oldest"


class VersionGroup(Enum):
    """The parts of a version number that `of-each` can count per."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """The first or last `count` of the images that meet a rule's other conditions.

    `of_each` makes it count per group: a part of the version number, or the first group of a
    regular expression over the tag or name. What has no such group does not meet the rule.
    """

    end: End
    count: int
    order_by: OrderBy = OrderBy.CREATED
    of_each: VersionGroup | Pattern | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Keep or delete what meets all conditions and, among those, the rank.

    `text` is how the rule is shown to people: close to what they wrote.
    """

    verb: Verb
    text: str
    conditions: tuple[Condition, ...] = ()
    rank: Rank | None = None

    def __post_init__(self) -> None:
        if not self.conditions and self.rank is None:
            raise ValueError("a rule without a condition would hold for everything")
