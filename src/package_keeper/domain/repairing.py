"""Planning the repair of images that lack parts.

Decides which parts of images are missing, which of these are among the deleted versions and
can come back, and which are lost. It does not decide how parts are found missing; reading does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from package_keeper.domain.images import ImageGraph
from package_keeper.domain.model import Version, newest_first
from package_keeper.domain.namesakes import last_deleted, when_deleted
from package_keeper.domain.plan import Decision, Ground, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What an image lacks and is not among the deleted versions; `digest` is what is missing."""

    image: Version
    digest: str
    platform: str = ""

    def __str__(self) -> str:
        if self.digest == self.image.name:
            return f"{self.image.label} has no manifest of its own ({self.digest})"
        platform = f"{self.platform} " if self.platform else ""
        return f"{self.image.label} lacks {platform}{self.digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The restorations that are possible, what is lost, and how much could not be read."""

    restorations: tuple[Decision, ...]
    lost: tuple[Lost, ...]
    unread: int = 0


def plan_repair(graph: ImageGraph, images: Iterable[Version], deleted: Iterable[Version]) -> Repair:
    """What these images of the graph lack, the newest image first; each part once.

    A deleted version that is attached to something by its tag belongs to it where no active version
    has that tag: then it was taken away, and not replaced.
    """
    rows = tuple(deleted)
    by_name = last_deleted(rows)
    attached = _attached(graph, rows)
    restorations: dict[int, Decision] = {}
    lost: dict[str, Lost] = {}
    for image in sorted(images, key=newest_first):
        for missing in _missing(graph, image):
            version = by_name.get(missing.digest)
            if version is None:
                lost.setdefault(missing.digest, missing)
            else:
                restorations.setdefault(version.id, _restoration(version, missing))
        for digest in sorted(graph.closure([image.name])):
            for version in attached.get(digest, ()):
                restorations.setdefault(version.id, _attachment(version, image))
    return Repair(
        restorations=tuple(restorations.values()),
        lost=tuple(lost.values()),
        unread=len(graph.readings.unreadable),
    )


def _missing(graph: ImageGraph, image: Version) -> Iterator[Lost]:
    """The missing children of all that the image needs, or the image itself."""
    if image.name in graph.readings.absent:
        yield Lost(image=image, digest=image.name)
    for digest in sorted(graph.closure([image.name])):
        for part in graph.missing_parts(digest):
            yield Lost(image=image, digest=part.digest, platform=part.platform)


def _attached(graph: ImageGraph, deleted: Iterable[Version]) -> dict[str, list[Version]]:
    """By digest, what was attached to it by a tag that nothing active has."""
    used = {tag for version in graph.versions.values() for tag in version.tags}
    last = {tag: v for v in sorted(deleted, key=when_deleted) for tag in v.tags if tag not in used}
    found: dict[str, list[Version]] = {}
    for version in {version.id: version for version in last.values()}.values():
        for subject in version.tagged_subjects:
            found.setdefault(subject, []).append(version)
    return found


def _restoration(version: Version, missing: Lost) -> Decision:
    what = f"its part for {missing.platform}" if missing.platform else "a part of it"
    return _decision(version, missing.image, f"{missing.image.label} lacks {what}")


def _attachment(version: Version, image: Version) -> Decision:
    return _decision(version, image, f"{image.label} lacks what was attached to it")


def _decision(version: Version, image: Version, reason: str) -> Decision:
    return Decision(
        version=version,
        verdict=Verdict.RESTORE,
        ground=Ground.PART,
        reason=reason,
        source=image.label,
        parents=(image.name,),
    )
