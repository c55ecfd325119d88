"""What is pushed while versions of a package are being deleted.

Decides when to look: every minute, or less often where the package has so many versions that
looking would take more than a small share of what GitHub allows. Decides as well that a listing is
not believed that lacks what is known to be there. What is found to be needed stays. GitHub does not
announce pushes, so what happens between two looks is not seen; what it cost is looked for in the
end, elsewhere.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.budget import pages
from package_keeper.domain.errors import KeeperError, ListingIncomplete, ManifestsUnreadable
from package_keeper.domain.images import ImageGraph, build_graph
from package_keeper.domain.meanwhile import TagsById, needed_since, tags_of
from package_keeper.domain.model import Package, Version
from package_keeper.inventory.listing import list_meanwhile
from package_keeper.inventory.reading import ManifestReader
from package_keeper.pacing.exchange import AT_ONCE, Cancelled
from package_keeper.run.ports import GitHub

INTERVAL = 60.0
"""Seconds between two looks at the least."""

FRESH_FOR = 30.0
"""Seconds that a deletion may wait to be sent, half of the time between two looks.

After that what is there is looked at again.
"""

NOT_SEEN = (AnswerLost, Cancelled, KeeperError, Refused)
"""What a look raises that could not be taken."""

_PER_PAGE = 1.5
"""Seconds between two looks for each page of the listing: of 900 points a minute, a twentieth."""

_SAMPLE = 3
"""How many versions that a listing lacks are asked for: somebody else may have deleted them."""


class Lookout:
    """Watches one package; `graph` is what was seen of it immediately before the first deletion.

    `staying` are the ids of what this run leaves, `elapsed` are seconds that never go back, and at
    `looked` the package was listed for that graph, which may have taken long to read.
    `before` is what was listed with which tags before, `listed` are the ids that the last look saw.
    """

    def __init__(
        self,
        api: GitHub,
        package: Package,
        reader: ManifestReader,
        graph: ImageGraph,
        *,
        staying: Collection[int],
        elapsed: Callable[[], float],
        looked: float,
    ) -> None:
        self._api = api
        # What the package is said to count is from before the deletions.
        self._package = replace(package, version_count=len(staying))
        self._reader = reader
        self._staying = frozenset(staying)
        self._elapsed = elapsed
        self._looked = looked
        self._interval = max(INTERVAL, _PER_PAGE * pages(len(graph.versions)))
        self.before: TagsById = tags_of(graph)
        self.listed: frozenset[int] | None = None

    @property
    def fresh_for(self) -> float:
        """Seconds that a deletion may wait to be sent on what was seen when it was handed out."""
        return self._interval * FRESH_FOR / INTERVAL

    def withheld(self, at_once: bool = False) -> Mapping[int, str]:  # noqa: FBT001, FBT002 - a callback
        """What must stay after all, by id with the reason; empty where it is not time to look.

        It is time earlier where a look is wanted `at_once`, but not twice in a moment. Raises what
        listing and reading raise: what was not seen may need anything.
        """
        if self._elapsed() - self._looked < (AT_ONCE if at_once else self._interval):
            return {}
        graph = self.look()
        needed = needed_since(graph, self.before)
        if needed.unseen:
            raise ManifestsUnreadable(needed.unseen)
        why = "pushed or tagged since the plan was shown, needs it"
        return {
            graph.versions[digest].id: f"{label}, {why}"
            for digest, label in needed.labels.items()
            if digest in graph.versions
        }

    def look(self) -> ImageGraph:
        """What is there now, with what it consists of; raises one of NOT_SEEN."""
        versions = list_meanwhile(self._api, self._package, self._staying)
        missing = self._staying - {version.id for version in versions}
        if any(self._is_there(version_id) for version_id in sorted(missing)[-_SAMPLE:]):
            raise ListingIncomplete(
                f"{self._package.ref}: {len(missing)} of the {len(self._staying)} versions that "
                "stay are missing from the listing, and are there."
            )
        self._staying -= missing  # somebody else deleted them
        self._looked = self._elapsed()
        self.listed = frozenset(version.id for version in versions)
        by_digest: dict[str, Version] = {version.name: version for version in versions}
        return build_graph(by_digest, self._reader.read_on(versions))

    def _is_there(self, version_id: int) -> bool:
        try:
            self._api.version(self._package.ref, version_id)
        except Refused as refused:
            if refused.refusal is not Refusal.NOT_FOUND:
                raise
            return False
        return True
