"""Steps of a workflow that bring deleted versions back, ready to paste.

Decides which ways of asking are shown: by the journal, which knows all that was deleted and what
belongs to what, and by ids where they are few. No name gets into a step that might mean more there
than itself.
"""

import re
from collections.abc import Iterable, Sequence

from package_keeper.domain.model import PackageRef
from package_keeper.domain.report import PackageReport
from package_keeper.domain.tokens import without_tokens
from package_keeper.rendering.links import Links
from package_keeper.rendering.untrusted import code

FEW = 100
"""The most ids, over all packages, that a step to paste has."""

_FEW_PACKAGES = 20
"""The most names of packages, and steps, before the journal alone says which they are."""

_ACTION = "package-keeper/package-keeper@v1"

_PLAIN = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9@/_.+-]*")
_PLAIN_ACTION = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[\w.-]+)+@[\w./-]+", re.ASCII)


def by_journal(
    deleted: Sequence[PackageReport], journal_file: str | None, links: Links
) -> list[str]:
    """A step that restores what the run's journal names; none where that can't be."""
    refs = _plain_refs(deleted)
    if not journal_file or not _PLAIN.fullmatch(journal_file) or not refs:
        return []
    names = ", ".join(map(_name, refs)) if len(refs) <= _FEW_PACKAGES else "*"
    where = "in the workspace, where this run left it, or brought there from an artifact"
    return [
        f"With the journal, {code(journal_file)}, {where}:",
        "",
        *_step(refs[0], names, f'restore-from: "{journal_file}"', links),
    ]


def by_ids(
    deleted: Sequence[tuple[PackageReport, Sequence[int]]], links: Links, *, heading: str
) -> list[str]:
    """A step for each package, as long as there are few ids; none for the packages beyond.

    A package that went as a whole comes back by its name.
    """
    lines: list[str] = []
    count = 0
    for package, ids in deleted[:_FEW_PACKAGES]:
        count += 1 if _is_whole(package) else len(ids)
        refs = _plain_refs([package])
        if count > FEW or not refs:
            return lines
        wanted = f'restore-ids: "{",".join(map(str, ids))}"'
        whole = "restore-package: true"
        lines += [heading, ""] if not lines else []
        lines += _step(refs[0], _name(refs[0]), whole if _is_whole(package) else wanted, links)
    return lines


def _step(ref: PackageRef, names: str, wanted: str, links: Links) -> list[str]:
    action = links.action if _PLAIN_ACTION.fullmatch(links.action) else _ACTION
    return [
        "```yaml",
        f"- uses: {action}",
        "  with:",
        f'    owner: "{ref.owner.login}"',
        f'    package-name: "{names}"',
        f"    package-type: {ref.type.value}",
        f"    {wanted}",
        "```",
        "",
    ]


def _name(ref: PackageRef) -> str:
    """The name as the input package-name takes it, which understands `owner/name` as well."""
    begins = ref.name.lower().startswith(f"{ref.owner.login.lower()}/")
    return f"{ref.owner.login}/{ref.name}" if begins else ref.name


def _plain_refs(packages: Iterable[PackageReport]) -> list[PackageRef]:
    """The packages, or none of them where a name of one is not as plain as to mean only itself."""
    refs = [package.plan.package.ref if package.plan else None for package in packages]
    plain = [ref for ref in refs if ref is not None and _is_plain(ref)]
    return plain if len(plain) == len(refs) else []


def _is_plain(ref: PackageRef) -> bool:
    names = (ref.owner.login, ref.name)
    return all(_PLAIN.fullmatch(name) and without_tokens(name) == name for name in names)


def _is_whole(package: PackageReport) -> bool:
    return package.plan is not None and package.plan.deletes_package
