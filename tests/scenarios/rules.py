"""Reads the rules that a scenario gives where the inputs have no word for them.

Decides which of the policy's words scenarios may use, which are few. The action reads no such file;
what rules mean is decided by the action's own code.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import (
    Condition,
    End,
    Except,
    OlderThan,
    Quantifier,
    Rank,
    Rule,
    Tagged,
    TagsMatch,
    Verb,
    YoungerThan,
)
from scenarios.notation import age_of

_CONDITIONS: Mapping[str, Callable[[Any, Verb], Condition]] = {
    "tags": lambda value, verb: TagsMatch(
        patterns=_patterns(value),
        quantifier=Quantifier.ANY if verb is Verb.KEEP else Quantifier.EVERY,
    ),
    "except": lambda value, _: Except(patterns=_patterns(value)),
    "tagged": lambda value, _: Tagged(value=value),
    "untagged": lambda value, _: Tagged(value=not value),
    "older-than": lambda value, _: OlderThan(age=age_of(value)),
    "younger-than": lambda value, _: YoungerThan(age=age_of(value)),
}


def read_rules(entries: Sequence[Mapping[str, Mapping[str, Any]]]) -> tuple[Rule, ...]:
    """Rules such as `keep: {newest: 2, untagged: true}`."""
    return tuple(_rule(Verb(word), said) for entry in entries for word, said in entry.items())


def _rule(verb: Verb, said: Mapping[str, Any]) -> Rule:
    ranks = [
        Rank(end=End(word), count=count)
        for word, count in said.items()
        if word in ("newest", "oldest")
    ]
    conditions = tuple(
        _CONDITIONS[word](value, verb)
        for word, value in said.items()
        if word not in ("newest", "oldest")
    )
    text = ", ".join(f"{word} {value}".removesuffix(" True") for word, value in said.items())
    return Rule(
        verb=verb,
        text=f"{verb.value}: {text}",
        conditions=conditions,
        rank=ranks[0] if ranks else None,
    )


def _patterns(value: str | Sequence[str]) -> tuple[Pattern, ...]:
    return tuple(map(Pattern, [value] if isinstance(value, str) else value))
