"""Planning the repair of images that lack parts.

Decides which parts of images are missing, which of these are among the deleted versions and
can come back, and which are lost. It does not decide how parts are found missing; reading does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from package_keeper.domain.images import ImageGraph
from package_keeper.domain.manifests import Child
from package_keeper.domain.model import Version, newest_first
from package_keeper.domain.plan import Decision, Ground, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A missing part that is not among the deleted versions, of an image that is named."""

    image: Version
    part: Child

    def __str__(self) -> str:
        platform = f"{self.part.platform} " if self.part.platform else ""
        return f"{self.image.label} lacks {platform}{self.part.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The restorations that are possible, and what is lost."""

    restorations: tuple[Decision, ...]
    lost: tuple[Lost, ...]


def plan_repair(graph: ImageGraph, deleted: Iterable[Version]) -> Repair:
    """What the images of the graph lack, the newest image first; each part once."""
    by_name = {version.name: version for version in deleted}
    restorations: dict[int, Decision] = {}
    lost: dict[str, Lost] = {}
    for image in sorted(graph.versions.values(), key=newest_first):
        for part in _missing(graph, image):
            version = by_name.get(part.digest)
            if version is None:
                lost.setdefault(part.digest, Lost(image=image, part=part))
            else:
                restorations.setdefault(version.id, _restoration(version, part, image))
    return Repair(restorations=tuple(restorations.values()), lost=tuple(lost.values()))


def _missing(graph: ImageGraph, image: Version) -> list[Child]:
    """The missing children of all that the image needs."""
    needed = sorted(graph.closure([image.name]))
    return [part for digest in needed for part in graph.missing_parts(digest)]


def _restoration(version: Version, part: Child, image: Version) -> Decision:
    what = f"its part for {part.platform}" if part.platform else "a part of it"
    return Decision(
        version=version,
        verdict=Verdict.RESTORE,
        ground=Ground.PART,
        reason=f"{image.label} lacks {what}",
        source=image.label,
        parents=(image.name,),
    )
