"""Which of several versions of one name is meant.

Content that is deleted and pushed again is another version of the same name, and of these only one
can be active: GitHub restores a version only while its name is free ("Deleting and restoring a
package"). Decides that one which is asked for goes before the others, and then the one deleted
last. It does not decide whether it comes back.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from package_keeper.domain.model import REFERRER_TAG, Version

_NEVER = datetime.min.replace(tzinfo=UTC)


def when_deleted(version: Version) -> tuple[datetime, int]:
    """Sort key: by the time of deletion, ties by id, the last one last."""
    return (version.deleted_at or _NEVER, version.id)


def one_of_each(
    versions: Iterable[Version], prefers: Callable[[Version], bool]
) -> dict[str, Version]:
    """By name, one version: the last deleted of those that are preferred, or else of all."""
    rows = sorted(versions, key=lambda version: (prefers(version), *when_deleted(version)))
    return {version.name: version for version in rows}


def parts_of_each(deleted: Iterable[Version], active: Iterable[Version]) -> dict[str, Version]:
    """By name, the deleted version that is a part: one that a free tag attaches goes first.

    Names that an active version has are left out: that content is there, and can't come back twice.
    """
    rows = tuple(active)
    names, used = {v.name for v in rows}, {tag for v in rows for tag in v.tags}
    able = (version for version in deleted if version.name not in names)
    return one_of_each(able, lambda version: bool(attaching(version) - used))


def attaching(version: Version) -> set[str]:
    """The tags by which the version is attached to others."""
    return {tag for tag in version.tags if REFERRER_TAG.fullmatch(tag)}


class Namesakes:
    """Which versions are not to come back, because another one of their name does or is there.

    `active` are those whose names, being digests, say that their content is the same. `chosen` are
    the deleted ones that are asked for, with the tags that they are known to have had; `ids` are
    asked for in so many words, and then it is GitHub that says why one can't come back.
    """

    def __init__(
        self,
        active: Iterable[Version],
        deleted: Iterable[Version],
        chosen: Iterable[Version],
        ids: Iterable[int],
    ) -> None:
        there, asked, self._ids = tuple(active), tuple(chosen), frozenset(ids)
        self._active = {version.name: version for version in there}
        self._meant = (
            parts_of_each(deleted, ())
            | parts_of_each(deleted, there)
            | one_of_each(asked, lambda version: bool(version.tags))
            | one_of_each((v for v in asked if v.id in self._ids), lambda _: True)
        )

    def instead_of(self, version: Version) -> Version | None:
        """The version whose name this one can't have; None where it may come back."""
        if version.id in self._ids:
            return None
        meant = self._meant[version.name]
        return self._active.get(version.name) or (meant if meant.id != version.id else None)

    def why_not(self, version: Version) -> str:
        """Why the version stays deleted, in words; empty where it may come back."""
        other = self.instead_of(version)
        if other is None:
            return ""
        stays = f"version {version.id} ({version.label}) stays deleted"
        if version.name in self._active:
            return f"{stays}: the same content is active as version {other.id}"
        return f"{stays}: version {other.id} of the same name was deleted later or is asked for"
