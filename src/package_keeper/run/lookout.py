"""What is pushed while versions of a package are being deleted.

Decides when to look: every minute, or less often where the package has so many versions that
looking would take more than a small share of what GitHub allows; and once more at the end. What is
found to be needed stays where it is not deleted yet, and is told where it is. GitHub does not
announce pushes, so what happens between two looks is not seen.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.budget import pages
from package_keeper.domain.errors import KeeperError, KeptImageBroken
from package_keeper.domain.images import ImageGraph, build_graph
from package_keeper.domain.meanwhile import needed_since, tags_gone, tags_of
from package_keeper.domain.model import Package, Version
from package_keeper.inventory.listing import list_versions
from package_keeper.inventory.ports import Packages
from package_keeper.inventory.reading import ManifestReader
from package_keeper.pacing.exchange import Cancelled

INTERVAL = 60.0
"""Seconds between two looks at the least."""

_PER_PAGE = 1.5
"""Seconds between two looks for each page of the listing: of 900 points a minute, a twentieth."""


class Lookout:
    """Watches one package; `graph` is what was seen of it immediately before the first deletion.

    `elapsed` are seconds that never go back.
    """

    def __init__(
        self,
        api: Packages,
        package: Package,
        reader: ManifestReader,
        graph: ImageGraph,
        elapsed: Callable[[], float],
    ) -> None:
        self._api = api
        # What the package is said to count is from before the deletions, so it proves nothing now.
        self._package = replace(package, version_count=None)
        self._reader = reader
        self._before = tags_of(graph)
        self._elapsed = elapsed
        self._looked = elapsed()
        self._interval = max(INTERVAL, _PER_PAGE * pages(len(graph.versions)))

    def withheld(self) -> Mapping[int, str]:
        """What must stay after all, by id with the reason; empty where it is not time to look.

        Raises what listing and reading raise: what was not seen may need anything.
        """
        if self._elapsed() - self._looked < self._interval:
            return {}
        graph = self._look()
        self._looked = self._elapsed()
        needed = needed_since(graph, self._before)
        why = "pushed or tagged since the plan was shown, needs it"
        return {
            graph.versions[digest].id: f"{label}, {why}"
            for digest, label in needed.items()
            if digest in graph.versions
        }

    def last_look(
        self, deleted: Iterable[Version], taken_off: Collection[str]
    ) -> tuple[KeptImageBroken, ...]:
        """What was pushed or moved meanwhile and came too late; raises as `withheld` does.

        `taken_off` are the tags that this run was to take off.
        """
        graph = self._look()
        gone = {version.name: version for version in deleted}
        needed = needed_since(graph, self._before)
        lost = {digest: label for digest, label in needed.items() if digest in gone}
        moved = tags_gone(graph, self._before)
        return (
            *self._parts_lost(lost, gone),
            *self._tags_lost({tag: of for tag, of in moved.items() if tag not in taken_off}),
        )

    def _parts_lost(
        self, lost: Mapping[str, str], gone: Mapping[str, Version]
    ) -> Iterator[KeptImageBroken]:
        if lost:
            ids = ",".join(str(gone[digest].id) for digest in lost)
            yield KeptImageBroken(
                f"{self._package.ref}: {', '.join(dict.fromkeys(lost.values()))}, pushed while "
                f"this run was deleting, needs what it deleted: {', '.join(lost)}.",
                hint=f"Bring it back with restore-ids: {ids}.",
            )

    def _tags_lost(self, moved: Mapping[str, str]) -> Iterator[KeptImageBroken]:
        for tag, label in moved.items():
            yield KeptImageBroken(
                f"{self._package.ref}: the tag {tag}, which was on {label}, leads nowhere now: it "
                "was moved while this run was deleting, most likely to what it deleted.",
                hint="Push the tag again, or undo this run as its summary says.",
            )

    def _look(self) -> ImageGraph:
        versions = list_versions(self._api, self._package)
        by_digest = {version.name: version for version in versions}
        return build_graph(by_digest, self._reader.read_on(versions))


NOT_SEEN = (AnswerLost, Cancelled, KeeperError, Refused)
"""What a look raises that could not be taken."""
