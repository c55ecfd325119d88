"""The values of the outputs.

Decides what a following step reads: every declared output is always set, counts as plain numbers,
ids as comma-separated lists in the order of the plan. It does not decide how they are written.

GitHub allows a job 1 MB of outputs, estimated in UTF-16 and so at two bytes a character (GitHub's
metadata syntax reference, "outputs"). Hence a list of ids is cut at a whole id after 150,000
characters, about 14,000 ids: all three lists together then take at most 0.9 MB. The counts are
never cut, `cut_outputs` says which lists were, and the journal has every id of a change.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from package_keeper.domain.outcome import Outcome
from package_keeper.domain.report import RunReport
from package_keeper.rendering.tally import changes, in_plan_order, total

LONGEST_LIST = 150_000
"""Characters of the longest list of ids."""

_FAILED = (Outcome.DENIED, Outcome.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOutput:
    """An output that holds only the first `shown` of `total` ids."""

    name: str
    shown: int
    total: int


def outputs(report: RunReport) -> tuple[tuple[str, str], ...]:
    """Name and value of every output; a list is empty and a count 0 where there is nothing."""
    counts = total(report)
    ids = {name: _listed(every) for name, every in _ids(report).items()}
    return (
        ("outcome", report.outcome.value),
        ("planned-count", str(counts.planned)),
        ("planned-ids", ids["planned-ids"]),
        ("deleted-count", str(counts.deleted)),
        ("deleted-ids", ids["deleted-ids"]),
        ("restored-count", str(counts.restored)),
        ("restored-ids", ids["restored-ids"]),
        ("kept-count", str(counts.left)),
        ("failed-count", str(counts.failed)),
        ("failed-ids", ids["failed-ids"]),
        ("remaining-count", str(counts.not_attempted)),
        ("journal-file", report.journal_file or ""),
    )


def cut_outputs(report: RunReport) -> tuple[CutOutput, ...]:
    """The lists of ids that are too long for an output and what is left of them."""
    cut = []
    for name, ids in _ids(report).items():
        listed = _listed(ids)
        shown = listed.count(",") + 1 if listed else 0
        if shown < len(ids):
            cut.append(CutOutput(name=name, shown=shown, total=len(ids)))
    return tuple(cut)


def _ids(report: RunReport) -> dict[str, tuple[int, ...]]:
    packages = report.packages
    return {
        "planned-ids": tuple(d.version.id for p in packages for d in changes(p.plan)),
        "deleted-ids": tuple(
            r.version.id for p in packages for r in in_plan_order(p, (Outcome.DELETED,))
        ),
        "restored-ids": tuple(
            r.version.id for p in packages for r in in_plan_order(p, (Outcome.RESTORED,))
        ),
        "failed-ids": tuple(r.version.id for p in packages for r in in_plan_order(p, _FAILED)),
    }


def _listed(ids: Iterable[int]) -> str:
    whole = ",".join(map(str, ids))
    if len(whole) <= LONGEST_LIST:
        return whole
    # The comma after the last whole id may stand just behind the limit.
    return whole[: whole.rfind(",", 0, LONGEST_LIST + 1)]
