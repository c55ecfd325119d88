"""The versions of a package, all of them.

Decides when a listing is complete. The API documents no order and no snapshot, so rows can come
twice or slip between pages while somebody pushes: rows are told apart by id, and where their number
falls short of the package's own count the listing is taken again with other page boundaries. Two in
a row that show the very same versions are believed, since what the count counts is not documented
either; one that shows fewer than the one before does not agree with it, since a page that stays
empty hides other rows at every boundary, and two that show nothing at all agree about nothing.
Order is not decided here; every reader of the versions makes its own.
"""

from collections.abc import Collection, Iterable, Mapping

from package_keeper.domain.answers import AnswerLost
from package_keeper.domain.budget import PAGE_SIZE
from package_keeper.domain.errors import ListingIncomplete
from package_keeper.domain.model import Package, PackageRef, Version
from package_keeper.inventory.ports import Packages

OTHER_PAGE_SIZE = 89
"""A size whose page boundaries fall on other rows than those of the usual pages."""

_SIZES_AGAIN = (OTHER_PAGE_SIZE, PAGE_SIZE) * 2


def list_versions(api: Packages, package: Package) -> tuple[Version, ...]:
    """Every active version once.

    Raises ListingIncomplete where repeated listings go on showing other versions than before, or
    no usable answer came; `Refused` as it comes.
    """
    known = before = _by_id(_listed(api, package, per_page=PAGE_SIZE))
    for per_page in _SIZES_AGAIN:
        if _reaches_count(package, known):
            break
        again = _by_id(_listed(api, package, per_page=per_page))
        known = known | again
        if again and again.keys() == before.keys():
            break
        before = again
    else:
        if not _reaches_count(package, known):
            seen = f"{len(known)} of {package.version_count} versions were listed"
            raise _incomplete(package, seen)
    _refuse_doubles(package, known.values())
    return tuple(known.values())


def list_meanwhile(
    api: Packages, package: Package, expected: Collection[int]
) -> tuple[Version, ...]:
    """The active versions while some are being deleted, which lets others slip between pages.

    So what several listings show counts together, until all ids that are `expected` are among it;
    some may be missing all the same. Raises as `list_versions` does.
    """
    known = _by_id(_listed(api, package, per_page=PAGE_SIZE))
    for per_page in _SIZES_AGAIN:
        if known.keys() >= set(expected):
            break
        known = known | _by_id(_listed(api, package, per_page=per_page))
    _refuse_doubles(package, known.values())
    return tuple(known.values())


def list_deleted(
    api: Packages, ref: PackageRef, *, active: Iterable[Version], asked: Collection[int]
) -> tuple[Version, ...]:
    """Every deleted version once, but for those that are active by now.

    GitHub gives no count of them, so the listing is believed unless one of the ids `asked` for is
    in neither; then it is taken again with other page boundaries. Raises as `api.versions` does.
    """
    rows = _by_id(api.versions(ref, state="deleted"))
    present = _by_id(active).keys()
    if set(asked) - rows.keys() - present:
        rows |= _by_id(api.versions(ref, state="deleted", per_page=OTHER_PAGE_SIZE))
    return tuple(version for version_id, version in rows.items() if version_id not in present)


def _reaches_count(package: Package, known: Mapping[int, Version]) -> bool:
    return package.version_count is None or len(known) >= package.version_count


def _listed(api: Packages, package: Package, *, per_page: int) -> tuple[Version, ...]:
    try:
        return api.versions(package.ref, per_page=per_page, expected=package.version_count or 0)
    except AnswerLost as lost:
        raise _incomplete(package, lost.reason, lost.request_id) from lost


def _by_id(versions: Iterable[Version]) -> dict[int, Version]:
    return {version.id: version for version in versions}


def _refuse_doubles(package: Package, versions: Iterable[Version]) -> None:
    """Two active versions of one digest can't be: which of them is needed could not be told."""
    if not package.ref.type.has_manifests:
        return
    seen: dict[str, int] = {}
    for version in versions:
        other = seen.setdefault(version.name, version.id)
        if other != version.id:
            raise _incomplete(package, f"versions {other} and {version.id} have one digest")


def _incomplete(package: Package, why: str, request_id: str | None = None) -> ListingIncomplete:
    return ListingIncomplete(
        f"{package.ref}: the versions could not be listed completely: {why}.",
        hint="Run again when nothing is being pushed.",
        request_id=request_id,
    )
