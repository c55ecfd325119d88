"""The look at what was kept, after a run that deleted something.

Decides what is checked: that every version that stays, and every manifest which the kept images of
the package need, is there still where it was there before. It is asked for with HEAD, which reads
no content; only what is not found is asked for once more in full. What can't be asked is said, not
assumed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.errors import WaitedTooLong
from package_keeper.domain.images import ImageGraph
from package_keeper.domain.plan import Plan
from package_keeper.pacing.exchange import Cancelled
from package_keeper.pacing.together import ask_together


class HeadRequests(Protocol):
    """Asking the registry without reading."""

    def exists(self, digest: str) -> bool:
        """Whether it has the manifest."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the look found: digests that were there and are not, and those without an answer."""

    missing: tuple[str, ...]
    unchecked: tuple[str, ...]


def check_kept(
    plan: Plan, graph: ImageGraph, listed: Collection[int], registry: HeadRequests, workers: int
) -> Check:
    """Ask for all that stays or that the kept images need, and that was readable before.

    An image that lost a tag is asked for though a run that only takes tags off reads none before.
    What only stays because of a doubt about something else needs nothing: it may be an attestation
    whose subject went. And what was not `listed` any more right before the first deletion, by id,
    somebody else has deleted.
    """
    kept = [decision for decision in plan.staying if decision.version.id in listed]
    staying = [decision.version.name for decision in kept]
    images = [decision.version.name for decision in kept if decision.is_image]
    needed = dict.fromkeys((*staying, *graph.closure(images)))
    losing = {decision.version.name for decision in plan.untags}
    asked = [digest for digest in needed if digest in losing or _was_there(digest, graph)]
    answers = ask_together(lambda digest: _exists(registry, digest), asked, workers=workers)
    return Check(
        missing=_where(asked, answers, found=False),
        unchecked=_where(asked, answers, found=None),
    )


def _was_there(digest: str, graph: ImageGraph) -> bool:
    """Whether it was read, or is a listed part that needed no reading."""
    if digest in graph.readings.manifests:
        return True
    is_part = any(parent in graph.readings.manifests for parent in graph.parents.get(digest, ()))
    return is_part and digest in graph.versions and not graph.readings.tells(digest)


def _exists(registry: HeadRequests, digest: str) -> bool | None:
    try:
        return registry.exists(digest)
    except (Refused, AnswerLost, WaitedTooLong, Cancelled):
        return None


def _where(
    digests: Iterable[str], answers: Iterable[bool | None], *, found: bool | None
) -> tuple[str, ...]:
    return tuple(d for d, answer in zip(digests, answers, strict=True) if answer is found)
