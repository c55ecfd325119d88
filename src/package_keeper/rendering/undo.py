"""How to undo a deletion.

Decides what a person is told who wants deleted versions back: steps of a workflow to paste, which
name the journal or, where they are few, the ids; and folded, or where a name might mean more than
itself in a workflow, commands. Restoring is not done here.

GitHub restores what was deleted within 30 days as long as its name is free (REST API reference,
"Restore package version for an organization"); that needs the scopes `read:packages` and
`write:packages`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import assert_never
from urllib.parse import quote

from package_keeper.domain.model import Owner, OwnerKind, PackageRef
from package_keeper.domain.outcome import Outcome
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.domain.restoring import KEPT_FOR
from package_keeper.domain.tokens import without_tokens
from package_keeper.rendering.advice import TAGS_BACK
from package_keeper.rendering.links import Links, package_name
from package_keeper.rendering.tables import folded
from package_keeper.rendering.tally import in_plan_order
from package_keeper.rendering.undo_steps import by_ids, by_journal
from package_keeper.rendering.untrusted import code
from package_keeper.rendering.words import counted, day, number

_IDS_PER_LINE = 8


def undo(report: RunReport, *, links: Links, now: datetime, most_ids: int) -> tuple[str, ...]:
    """The section on undoing this run's changes, as lines of Markdown; none without changes.

    At most `most_ids` ids are written out, over all packages.
    """
    ids = [(package, found) for package in report.packages if (found := _ids_to_restore(package))]
    deleted = [package for package, _ in ids]
    took_tags = any(result.took_tags for result in report.results)
    if not deleted and not took_tags:
        return ()
    lines = ["### How to undo this", ""]
    if took_tags:
        lines += [TAGS_BACK, ""]
    if deleted:
        lines += [_until(report, now), ""]
    steps = by_journal(deleted, report.journal_file, links)
    steps += by_ids(ids, links, heading="Without a journal:" if steps else "As a step:")
    commands = _all_commands(report, ids, links, most_ids)
    if not steps:
        return (*lines, *commands)
    return (*lines, *steps, *folded("The same as commands", commands))


def _all_commands(
    report: RunReport,
    deleted: Sequence[tuple[PackageReport, tuple[int, ...]]],
    links: Links,
    most_ids: int,
) -> list[str]:
    lines: list[str] = []
    for package, ids in deleted:
        if most_ids < 1:
            break
        if len(deleted) > 1:
            lines += [f"{code(package_name(package))}:", ""]
        lines += ["```sh", *_commands(package, ids[:most_ids], links), "```", ""]
        if len(ids) > most_ids and not _is_whole(package):
            lines += [_not_all(report, most_ids, len(ids)), ""]
        most_ids -= 1 if _is_whole(package) else len(ids)
    return lines


def _until(report: RunReport, now: datetime) -> str:
    try:
        date = f", that is until {day(now + KEPT_FOR)}"
    except OverflowError:
        date = ""
    ids = (
        f" The ids are in the journal, {code(report.journal_file)}." if report.journal_file else ""
    )
    return (
        f"GitHub keeps deleted versions for 30 days{date}, and restores them as long as nothing "
        "new has taken their place. It takes a token with the scopes `read:packages` and "
        f"`write:packages` and the Admin role on the package.{ids}"
    )


def _not_all(report: RunReport, shown: int, total: int) -> str:
    where = "output `deleted-ids` has"
    if report.journal_file:
        where = f"journal, {code(report.journal_file)}, has"
    return f"These are the first {number(shown)} of {counted(total, 'id')}; the {where} the others."


def _is_whole(package: PackageReport) -> bool:
    return package.plan is not None and package.plan.deletes_package


def _ids_to_restore(package: PackageReport) -> tuple[int, ...]:
    """Parts before what they are part of: the order of deleting, the other way round.

    What was left over from taking off a tag is left out: the tag would lead to it again.
    """
    decisions = package.plan.decisions if package.plan else ()
    left_over = {decision.version.id for decision in decisions if decision.is_stand_in}
    ids = (result.version.id for result in in_plan_order(package, (Outcome.DELETED,)))
    return tuple(i for i in reversed(tuple(ids)) if i not in left_over)


def _commands(package: PackageReport, ids: Iterable[int], links: Links) -> list[str]:
    if package.plan is None:
        return [f"# {', '.join(map(str, ids))}"]
    host = f" --hostname {links.other_host}" if links.other_host else ""
    call = f"gh api{host} --method POST"
    path = _path(package.plan.package.ref)
    if _is_whole(package):
        return [f'{call} "{path}/restore"']
    listed = [str(version_id) for version_id in ids]
    if len(listed) == 1:
        return [f'{call} "{path}/versions/{listed[0]}/restore"']
    rows = [listed[i : i + _IDS_PER_LINE] for i in range(0, len(listed), _IDS_PER_LINE)]
    lines = " \\\n  ".join(" ".join(row) for row in rows)
    return [f"for id in {lines}; do", f'  {call} "{path}/versions/$id/restore"', "done"]


def _path(ref: PackageRef) -> str:
    """The API's path of the package; quoting leaves nothing that a shell would take apart."""
    name = quote(without_tokens(ref.name), safe="", errors="replace")
    return f"{_owner(ref.owner)}/packages/{ref.type.value}/{name}"


def _owner(owner: Owner) -> str:
    login = quote(without_tokens(owner.login), safe="", errors="replace")
    match owner.kind:
        case OwnerKind.ORGANIZATION:
            return f"orgs/{login}"
        case OwnerKind.USER:
            return f"users/{login}"
        case OwnerKind.AUTHENTICATED_USER:
            return "user"
    assert_never(owner.kind)
