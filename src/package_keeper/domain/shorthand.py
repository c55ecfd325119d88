"""The short inputs as a notation for rules.

Decides which rules `versions-to-keep`, `keep`, `delete`, `older-than`, `delete-untagged` and
`delete-ids` stand for: the table of the README's section "How it decides". It does not decide
whether the inputs are well-formed or fit together.
"""

from dataclasses import dataclass
from datetime import timedelta

from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import (
    Condition,
    End,
    Except,
    IdIn,
    OlderThan,
    Quantifier,
    Rank,
    Rule,
    Tagged,
    TagsMatch,
    Verb,
    YoungerThan,
)

GRACE = timedelta(days=1)
"""How long an untagged version is left alone: a push sends the parts before the index that lists
them, so a fresh untagged version may be about to be needed."""


AGE = "older-than: "
"""Begins the text of the rule that `older-than` stands for: what is younger is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortInputs:
    """The short inputs, parsed; None and empty tuples where they are not given."""

    versions_to_keep: int | None = None
    keep: tuple[Pattern, ...] = ()
    delete: tuple[Pattern, ...] = ()
    older_than: timedelta | None = None
    delete_untagged: bool | None = None
    delete_ids: tuple[int, ...] = ()

    @property
    def selects(self) -> bool:
        """Whether anything is asked for that could select a version for deletion."""
        counted = self.versions_to_keep is not None
        return counted or bool(self.delete or self.delete_ids or self.delete_untagged)

    @property
    def deletes_untagged(self) -> bool:
        """Whether untagged images may go, the default included."""
        if self.delete_untagged is not None:
            return self.delete_untagged
        return self.versions_to_keep is not None and not self.delete


def rules_of(inputs: ShortInputs) -> tuple[Rule, ...]:
    """The rules that the short inputs stand for; keep rules first, which changes nothing."""
    return (*_keep_rules(inputs), *_delete_rules(inputs))


def _keep_rules(inputs: ShortInputs) -> list[Rule]:
    rules = []
    if inputs.keep:
        condition = TagsMatch(patterns=inputs.keep, quantifier=Quantifier.ANY)
        rules.append(
            Rule(verb=Verb.KEEP, text=f"keep: {_listed(inputs.keep)}", conditions=(condition,))
        )
    if inputs.versions_to_keep is not None:
        rules.append(_newest(inputs, inputs.versions_to_keep))
    if inputs.older_than is not None:
        text = f"{AGE}{describe_age(inputs.older_than)}"
        young = YoungerThan(age=inputs.older_than)
        rules.append(Rule(verb=Verb.KEEP, text=text, conditions=(young,)))
    return rules


def _newest(inputs: ShortInputs, count: int) -> Rule:
    conditions: list[Condition] = [Tagged(value=True)]
    if inputs.delete:
        conditions.append(TagsMatch(patterns=inputs.delete, quantifier=Quantifier.EVERY))
    if inputs.keep:
        conditions.append(Except(patterns=inputs.keep))
    return Rule(
        verb=Verb.KEEP,
        text=f"versions-to-keep: {count}",
        conditions=tuple(conditions),
        rank=Rank(end=End.NEWEST, count=count),
    )


def _delete_rules(inputs: ShortInputs) -> list[Rule]:
    rules = []
    if inputs.delete:
        condition = TagsMatch(patterns=inputs.delete, quantifier=Quantifier.EVERY)
        rules.append(
            Rule(
                verb=Verb.DELETE, text=f"delete: {_listed(inputs.delete)}", conditions=(condition,)
            )
        )
    elif inputs.versions_to_keep is not None:
        text = f"versions-to-keep: {inputs.versions_to_keep}"
        rules.append(Rule(verb=Verb.DELETE, text=text, conditions=(Tagged(value=True),)))
    if inputs.deletes_untagged:
        rules.append(_untagged(graced=inputs.older_than is None))
    if inputs.delete_ids:
        rules.append(
            Rule(verb=Verb.DELETE, text="delete-ids", conditions=(IdIn(ids=inputs.delete_ids),))
        )
    return rules


def _untagged(*, graced: bool) -> Rule:
    conditions: tuple[Condition, ...] = (Tagged(value=False),)
    if graced:
        conditions = (*conditions, OlderThan(age=GRACE))
    text = "delete-untagged, older than 1 day" if graced else "delete-untagged"
    return Rule(verb=Verb.DELETE, text=text, conditions=conditions)


def _listed(patterns: tuple[Pattern, ...]) -> str:
    return ", ".join(str(pattern) for pattern in patterns)


_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


def describe_age(age: timedelta) -> str:
    """The age in the largest unit that says it exactly, such as `30 days`."""
    seconds = int(age.total_seconds())
    for unit, size in _UNITS:
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "0 seconds"
