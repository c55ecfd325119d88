"""What came too late: pushes and moved tags that a run's deletions have cost something.

Decides what is looked for once all is deleted, and what to do about what is found. GitHub has no
deletion on condition, so none of it can be ruled out, but nothing of it must go unsaid.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from package_keeper.domain.budget import pages
from package_keeper.domain.errors import KeptImageBroken
from package_keeper.domain.meanwhile import Needed, needed_since, tags_gone, tags_put_on
from package_keeper.domain.model import PackageRef, Version
from package_keeper.run.lookout import NOT_SEEN, Lookout
from package_keeper.run.ports import GitHub


class Aftermath:
    """Looks for it in one package; `taken_off` are the tags that the run was to take off."""

    def __init__(
        self,
        api: GitHub,
        ref: PackageRef,
        lookout: Lookout,
        deleted: Sequence[Version],
        taken_off: Collection[str],
    ) -> None:
        self._api = api
        self._ref = ref
        self._lookout = lookout
        self._deleted = {version.name: version for version in deleted}
        self._taken_off = taken_off

    def find(self, to_spare: int | None) -> tuple[tuple[KeptImageBroken, ...], str]:
        """What was lost, and what could not be seen, empty where all was.

        `to_spare` is how many requests may be spent beyond those of a look, None where all may.
        Raises one of NOT_SEEN where nothing could be seen.
        """
        graph = self._lookout.look()
        needed = needed_since(graph, self._lookout.before)
        moved = tags_gone(graph, self._lookout.before)
        put_on = tags_put_on(self._rows(to_spare), graph, self._lookout.before)
        lost = {tag: moved[tag] for tag in moved if tag not in (*self._taken_off, *put_on)}
        found = (*self._parts(needed), *self._tags_put_on(put_on), *self._tags_lost(lost))
        return found, needed.unseen

    def _rows(self, to_spare: int | None) -> list[Version]:
        """What was deleted as it is listed now, as far as that can be had.

        Not every family of endpoints is documented to list what is deleted, nor is an order, so
        no more pages are read than this run's own deletions fill, and one.
        """
        ids = {version.id for version in self._deleted.values()}
        most = pages(len(ids)) + 1
        if to_spare is not None and to_spare < most:
            return []
        try:
            rows = self._api.some_deleted(self._ref, pages=most)
        except NOT_SEEN:
            return []  # what is lost beside is told all the same
        return [row for row in rows if row.id in ids]

    def _parts(self, needed: Needed) -> Iterator[KeptImageBroken]:
        lost = {d: label for d, label in needed.labels.items() if d in self._deleted}
        if lost:
            ids = ",".join(str(self._deleted[digest].id) for digest in lost)
            yield KeptImageBroken(
                f"{self._ref}: {', '.join(dict.fromkeys(lost.values()))}, pushed while this run "
                f"was deleting, needs what it deleted: {', '.join(lost)}.",
                hint=f"Bring it back with restore-ids: {ids}.",
            )

    def _tags_put_on(self, put_on: Mapping[str, int]) -> Iterator[KeptImageBroken]:
        if put_on:
            ids = ",".join(str(version_id) for version_id in dict.fromkeys(put_on.values()))
            yield KeptImageBroken(
                f"{self._ref}: {', '.join(put_on)}: put on what this run was deleting, and deleted "
                "with it.",
                hint=f"Bring it back with restore-ids: {ids}.",
            )

    def _tags_lost(self, moved: Mapping[str, str]) -> Iterator[KeptImageBroken]:
        for tag, label in moved.items():
            yield KeptImageBroken(
                f"{self._ref}: the tag {tag}, which was on {label}, leads nowhere now: it was "
                "moved while this run was deleting, most likely to what it deleted.",
                hint="Push the tag again, or undo this run as its summary says.",
            )
