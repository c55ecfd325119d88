"""Which of several versions of one name is meant.

Content that is deleted and pushed again is another version of the same name, and of these only one
can be active: GitHub restores a version only while its name is free ("Deleting and restoring a
package"). Decides that the one deleted last goes before the others. It does not decide whether it
comes back.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from package_keeper.domain.model import Version

_NEVER = datetime.min.replace(tzinfo=UTC)


def last_deleted(versions: Iterable[Version]) -> dict[str, Version]:
    """By name, the version that was deleted last; ties by id."""
    return {version.name: version for version in sorted(versions, key=when_deleted)}


def when_deleted(version: Version) -> tuple[datetime, int]:
    """Sort key: by the time of deletion, ties by id, the last one last."""
    return (version.deleted_at or _NEVER, version.id)


class Namesakes:
    """Which versions are not to come back, because another one of their name does or is there.

    `active` are those whose names, being digests, say that their content is the same; `ids` are
    asked for in so many words, and then it is GitHub that says why one can't come back.
    """

    def __init__(
        self, active: Iterable[Version], deleted: Iterable[Version], ids: Iterable[int]
    ) -> None:
        rows, self._ids = tuple(deleted), frozenset(ids)
        self._active = {version.name: version for version in active}
        asked = (version for version in rows if version.id in self._ids)
        self._meant = last_deleted(rows) | last_deleted(asked)

    def why_not(self, version: Version) -> str:
        """Why the version stays deleted, in words; empty where it may come back."""
        if version.id in self._ids:
            return ""
        other, meant = self._active.get(version.name), self._meant[version.name]
        stays = f"version {version.id} ({version.label}) stays deleted"
        if other is not None:
            return f"{stays}: the same content is active as version {other.id}"
        if meant.id != version.id:
            return f"{stays}: version {meant.id} of the same name was deleted later or is asked for"
        return ""
