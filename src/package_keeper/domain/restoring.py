"""Planning what is brought back.

Decides what is to come back of all that is asked for, and says why of the rest: it is active, its
name is taken, or GitHub knows nothing of it. It does not decide in which order, nor what GitHub
still has. What belongs to an image and only a manifest tells is found once that is back.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from package_keeper.domain.model import Package, PackageType, Version, newest_first
from package_keeper.domain.namesakes import Namesakes
from package_keeper.domain.plan import Decision, Ground, Plan, Verdict
from package_keeper.domain.resolution import left_out_warnings
from package_keeper.domain.restoration_order import Parts, restoration, with_parts
from package_keeper.domain.wanted import Wanted

KEPT_FOR = timedelta(days=30)
"""How long GitHub keeps what was deleted ("Deleting and restoring a package")."""


def plan_restoring(
    package: Package, active: Sequence[Version], deleted: Sequence[Version], wanted: Wanted
) -> Plan:
    """A decision for each active version, to leave it, and for each that is to come back.

    Ids of the journal that belong to versions of another name count as missing.
    """
    package_type = package.ref.type
    fit, strange = wanted.fitting(deleted)
    chosen = _chosen(deleted, fit, package_type)
    asked = [decision.version for decision in chosen.values()]
    there = active if package_type.has_manifests else ()
    namesakes = Namesakes(there, deleted, asked, wanted.ids)
    left_out = {v.id: why for v in asked if (why := namesakes.why_not(v))}
    instead = [(v, other) for v in asked if (other := namesakes.instead_of(v)) is not None]
    coming = {i: decision for i, decision in chosen.items() if i not in left_out}
    able = [version for version in deleted if not namesakes.why_not(version)]
    return Plan(
        package=package,
        restoring=True,
        decisions=(*with_parts(coming, Parts(able, fit)), *leave(active)),
        warnings=(
            *wanted.unmatched(deleted, active, package_type),
            *strange.values(),
            *left_out_warnings(instead, fit.former_tags, active),
        ),
        notices=(*_active_already(fit, active, package_type), *left_out.values()),
        missing_ids=(*_nowhere(fit, active, deleted), *strange),
    )


def active_already(
    active: Sequence[Version], deleted: Sequence[Version], wanted: Wanted
) -> tuple[Version, ...]:
    """The container versions that are asked for and active: parts of them may be deleted.

    Those of the same content as a deleted version that is asked for are among them, and the images
    that a run before has brought parts back for.
    """
    fit, _ = wanted.fitting(deleted)
    ids = frozenset(wanted.ids)
    by_journal = {(entry.id, entry.name) for entry in (*wanted.entries, *wanted.restored)}
    names = {d.version.name for d in _chosen(deleted, fit, PackageType.CONTAINER).values()}
    names.update(parent for entry in wanted.restored for parent in entry.parents)
    return tuple(
        version
        for version in active
        if version.id in ids
        or (version.id, version.name) in by_journal
        or version.name in names
        or wanted.names(version, PackageType.CONTAINER)
    )


def _nowhere(
    wanted: Wanted, active: Sequence[Version], deleted: Sequence[Version]
) -> tuple[int, ...]:
    known = {version.id for version in (*active, *deleted)}
    asked = (*wanted.ids, *(entry.id for entry in wanted.entries))
    return tuple(dict.fromkeys(i for i in asked if i not in known))


def _active_already(
    wanted: Wanted, active: Sequence[Version], package_type: PackageType
) -> list[str]:
    present = {version.id for version in active}
    nothing = "nothing to bring back"
    if package_type.has_manifests:
        nothing += " but what it lacks"
    notices = [
        f"version {i} is active: {nothing}" for i in dict.fromkeys(wanted.ids) if i in present
    ]
    count = len({entry.id for entry in wanted.entries} & present - frozenset(wanted.ids))
    if count:
        versions = "1 version is" if count == 1 else f"{count} versions are"
        notices.append(f"{versions} active that the journal counts as deleted: nothing to do")
    return notices


def _chosen(
    deleted: Iterable[Version], wanted: Wanted, package_type: PackageType
) -> dict[int, Decision]:
    """What is asked for by itself, with the reason, the newest first."""
    chosen: dict[int, Decision] = {}
    by_journal = frozenset(entry.id for entry in (*wanted.entries, *wanted.begun))
    for version in sorted(deleted, key=newest_first):
        if version.id in wanted.ids:
            reason = "restore-ids"
        elif version.id in by_journal:
            reason = "the journal"
        elif wanted.means(version, package_type):
            reason = "restore"
        else:
            continue
        said = f"asked for by {reason}"
        chosen[version.id] = restoration(version, Ground.RULE, said, reason)
    return chosen


def leave(active: Sequence[Version]) -> tuple[Decision, ...]:
    """A decision for each active version, to leave it as it is; the newest first."""
    return tuple(
        Decision(
            version=version,
            verdict=Verdict.KEEP,
            ground=Ground.ACTIVE,
            reason="it is active",
        )
        for version in sorted(active, key=newest_first)
    )
