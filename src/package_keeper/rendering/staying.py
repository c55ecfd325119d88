"""What stays, and why: the versions that are kept, and those that were planned and skipped.

Decides how they are summed up: a line for each reason with how many there are and the newest by
name. It does not decide the reasons, and failures are `explanation`'s.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from package_keeper.domain.model import Version, newest_first
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.plan import Decision, Ground, Plan
from package_keeper.domain.report import PackageReport
from package_keeper.rendering.advice import happened, title_of
from package_keeper.rendering.links import short_name, version_link
from package_keeper.rendering.reasons import MARKDOWN, KeptGroup, kept_groups
from package_keeper.rendering.tables import cut, table
from package_keeper.rendering.tally import stopped_before_the_start, without_result
from package_keeper.rendering.untrusted import code, for_table_cell
from package_keeper.rendering.words import begun, number

_SAMPLE = 10
"""How many versions are named for each reason."""


def kept(plan: Plan, *, rows: int) -> list[str]:
    """Which versions are kept by which rule, or needed by which image, in a table."""
    groups = kept_groups(plan)
    if plan.deletes_package or not groups:
        return []
    heads = ("Reason", "Versions", "Which, newest first")
    body = (_kept_row(group, min(rows, _SAMPLE)) for group in groups[: max(rows, 1)])
    return [*table(heads, body, right=(1,)), *cut(max(rows, 1), len(groups), "reason"), ""]


def _kept_row(group: KeptGroup, sample: int) -> tuple[str, str, str]:
    phrase = group.phrase(MARKDOWN)
    if group.ground is Ground.NEEDED:
        which = _needing(group.decisions, sample)
    else:
        which = _sample((d.version for d in group.decisions), len(group.decisions), sample)
    return (begun(phrase), number(len(group.decisions)), which)


def _needing(decisions: Iterable[Decision], sample: int) -> str:
    """The images that need others, each with how many."""
    images: defaultdict[str, int] = defaultdict(int)
    for decision in decisions:
        images[decision.source] += 1
    named = [
        f"{count} by {code(short_name(image))}" for image, count in islice(images.items(), sample)
    ]
    return _and_more(named, len(images), "image")


def _sample(versions: Iterable[Version], total: int, sample: int) -> str:
    newest = sorted(versions, key=newest_first)[:sample]
    return _and_more([version_link(version) for version in newest], total, "")


def _and_more(named: list[str], total: int, noun: str) -> str:
    more = total - len(named)
    if not more:
        return ", ".join(named)
    rest = f"{number(more)} more {noun}{'s' if noun and more > 1 else ''}".rstrip()
    return f"{', '.join(named)} and {rest}" if named else rest


def skipped(package: PackageReport, *, dry_run: bool, rows: int) -> list[str]:
    """What was planned and did not happen, but for failures, and why, in a table."""
    reasons: defaultdict[tuple[str, str], list[Version]] = defaultdict(list)
    for outcome, detail, version in _not_done(package, dry_run=dry_run):
        reasons[happened(outcome), detail].append(version)
    body = [
        (begun(words), for_table_cell(detail), number(len(versions)), _sample_of(versions, rows))
        for (words, detail), versions in islice(reasons.items(), max(rows, 1))
    ]
    if not body:
        return []
    heads = ("What", "Why", "Versions", "Which, newest first")
    return [*table(heads, body, right=(2,)), *cut(len(body), len(reasons), "reason"), ""]


def _sample_of(versions: Sequence[Version], rows: int) -> str:
    return _sample(versions, len(versions), min(rows, _SAMPLE))


_SKIPPED = (
    Outcome.RETAINED,
    Outcome.UNDELETABLE,
    Outcome.CHANGED,
    Outcome.ALREADY_GONE,
    Outcome.NOT_ATTEMPTED,
)


def _not_done(package: PackageReport, *, dry_run: bool) -> Iterator[tuple[Outcome, str, Version]]:
    for outcome in _SKIPPED:
        for result in package.with_outcome(outcome):
            yield outcome, result.detail, result.version
    if dry_run or stopped_before_the_start(package):
        return
    why = title_of(package.error) if package.error else ""
    for decision in without_result(package):
        yield Outcome.NOT_ATTEMPTED, why, decision.version
