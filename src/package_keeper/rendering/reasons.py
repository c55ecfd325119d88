"""Why versions go or stay, put in words and summed up.

Decides how the grounds of kept decisions are grouped (`180 kept by v*, 39 younger than 30 days`)
and how a reason is written in a log or in Markdown. What the reason is, the plan has decided.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from package_keeper.domain.plan import Decision, Ground, Plan
from package_keeper.domain.shorthand import AGE
from package_keeper.rendering.untrusted import code, for_log, inline, shorten
from package_keeper.rendering.words import counted, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How text is made harmless where it is shown: as `plain` text, and as a `quoted` name."""

    plain: Callable[[str], str]
    quoted: Callable[[str], str]


LOG = Style(plain=for_log, quoted=for_log)
MARKDOWN = Style(plain=inline, quoted=code)

_BY_SOURCE = (Ground.RULE, Ground.DOUBT)
"""The grounds of which each source is told apart."""


_PHRASES = {
    Ground.NOT_SELECTED: "not selected by any delete rule",
    Ground.NEEDED: "needed by images that are kept",
    Ground.PART: "part of other versions",
    Ground.LAST: "kept as the newest so that the package is not emptied",
    Ground.NOT_READABLE: "untagged in the old docker registry, which can't be read",
    Ground.ACTIVE: "active already",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptGroup:
    """Decisions that keep for the same reason; `source` is a rule's text or another cause."""

    ground: Ground
    source: str
    decisions: tuple[Decision, ...]

    def phrase(self, style: Style) -> str:
        """The reason, to follow a number: `kept by v*`, `younger than 30 days`."""
        source = shorten(self.source, 200)
        match self.ground:
            case Ground.RULE:
                return _by_rule(source, style)
            case Ground.DOUBT:
                return f"kept in doubt: {style.plain(source)}"
            case (
                Ground.NOT_SELECTED
                | Ground.NEEDED
                | Ground.PART
                | Ground.LAST
                | Ground.NOT_READABLE
                | Ground.ACTIVE
            ):
                return _PHRASES[self.ground]
        assert_never(self.ground)


def kept_groups(plan: Plan) -> tuple[KeptGroup, ...]:
    """The kept decisions by reason, the largest group first."""
    groups: defaultdict[tuple[Ground, str], list[Decision]] = defaultdict(list)
    for decision in plan.kept:
        source = decision.source or decision.reason
        groups[decision.ground, source if decision.ground in _BY_SOURCE else ""].append(decision)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0][0].value, item[0][1]))
    return tuple(
        KeptGroup(ground=ground, source=source, decisions=tuple(decisions))
        for (ground, source), decisions in ordered
    )


def nothing_selected(plan: Plan, style: Style, *, most: int = 6) -> str:
    """Why a plan changes nothing, in numbers: `0 of 219: 180 kept by v*, 39 younger than …`."""
    if plan.restores_package:
        return "1 package to restore, with the versions that it had"
    if plan.restoring:
        active = counted(len(plan.kept), "active version")
        return f"0 deleted versions to restore; {active}"
    if not plan.decisions:
        return "0 of 0: the package has no active versions"
    groups = kept_groups(plan)
    parts = [f"{number(len(group.decisions))} {group.phrase(style)}" for group in groups[:most]]
    rest = sum(len(group.decisions) for group in groups[most:])
    if rest:
        parts.append(f"{number(rest)} kept for other reasons")
    return f"0 of {number(len(plan.decisions))}: {', '.join(parts)}"


def reason_of(decision: Decision, style: Style) -> str:
    """The plan's reason for one decision, its source quoted: ``selected by `delete: pr-*` ``."""
    before, source, after = decision.reason.partition(decision.source or "\0")
    if not source:
        return style.plain(shorten(decision.reason, 300))
    start, end = style.plain(shorten(before, 150)), style.plain(shorten(after, 150))
    return f"{start}{style.quoted(shorten(source, 150))}{end}"


def _by_rule(source: str, style: Style) -> str:
    if source.startswith(AGE):
        return f"younger than {style.plain(source.removeprefix(AGE))}"
    return f"kept by {style.quoted(source.removeprefix('keep: '))}"
