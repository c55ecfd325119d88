"""What came too late: pushes and moved tags that a run's deletions have cost something.

Decides what is looked for once all is deleted, and what to do about what is found. GitHub has no
deletion on condition, so none of it can be ruled out, but nothing of it must go unsaid.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from package_keeper.domain.budget import pages
from package_keeper.domain.errors import KeptImageBroken
from package_keeper.domain.meanwhile import needed_since, tags_gone, tags_put_on
from package_keeper.domain.model import PackageRef, Version
from package_keeper.execution.ports import Tags
from package_keeper.run.lookout import NOT_SEEN, Lookout
from package_keeper.run.ports import GitHub

COULD_NOT_LOOK = "what was pushed while this run was deleting could not be looked at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is certainly lost, and what may be, in words."""

    losses: tuple[KeptImageBroken, ...] = ()
    doubts: tuple[str, ...] = ()


class Aftermath:
    """Looks for it in one package; `taken_off` are the tags that the run was to take off."""

    def __init__(
        self,
        api: GitHub,
        ref: PackageRef,
        tags: Tags,
        *,
        lookout: Lookout,
        deleted: Sequence[Version],
        taken_off: Collection[str],
    ) -> None:
        self._api = api
        self._ref = ref
        self._tags = tags
        self._lookout = lookout
        self._deleted = {version.name: version for version in deleted}
        self._taken_off = taken_off

    def find(self, to_spare: int | None) -> Found:
        """What was lost, and what may have been.

        `to_spare` is how many requests may be spent beyond those of a look, None where all may.
        Raises one of NOT_SEEN where nothing could be seen.
        """
        graph, before = self._lookout.look(), self._lookout.before
        needed = needed_since(graph, before)
        put_on = tags_put_on(self._rows(to_spare), graph, before)
        moved = tags_gone(graph, before)
        lost = {tag: moved[tag] for tag in moved if tag not in self._taken_off}
        gone = {d: of for d, of in needed.labels.items() if d not in graph.versions}
        return Found(
            losses=(*self._parts(gone), *self._tags_lost(lost)),
            doubts=(*self._tags_put_on(put_on), *self._unseen(needed.unseen)),
        )

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

    def _parts(self, gone: Mapping[str, str]) -> Iterator[KeptImageBroken]:
        """The same content may have been pushed again meanwhile; then it is there."""
        lost = {d: label for d, label in gone.items() if d in self._deleted}
        if lost:
            ids = ",".join(str(self._deleted[digest].id) for digest in lost)
            yield KeptImageBroken(
                f"{self._ref}: {', '.join(dict.fromkeys(lost.values()))}, pushed while this run "
                f"was deleting, needs what it deleted: {', '.join(lost)}.",
                hint=f"Bring it back with restore-ids: {ids}.",
            )

    def _tags_lost(self, moved: Mapping[str, str]) -> Iterator[KeptImageBroken]:
        """A listing takes a while, in which tags move on, so the registry is asked as well."""
        for tag, label in moved.items():
            if self._leads_nowhere(tag):
                yield KeptImageBroken(
                    f"{self._ref}: the tag {tag}, which was on {label}, leads nowhere now: it was "
                    "moved while this run was deleting, most likely to what it deleted.",
                    hint="Push the tag again, or undo this run as its summary says.",
                )

    def _leads_nowhere(self, tag: str) -> bool:
        try:
            return self._tags.digest_of(tag) is None
        except NOT_SEEN:
            return False

    def _tags_put_on(self, put_on: Mapping[str, int]) -> Iterator[str]:
        if put_on:
            ids = ",".join(str(version_id) for version_id in dict.fromkeys(put_on.values()))
            yield (
                f"{self._ref}: {', '.join(put_on)}: put on what this run was deleting, it seems, "
                f"and deleted with it. Bring it back with restore-ids: {ids}"
            )

    def _unseen(self, unseen: str) -> Iterator[str]:
        if unseen:
            yield f"{self._ref}: {COULD_NOT_LOOK}: {unseen}"
