"""Whether images are whole: what they lack, what of that can come back, and what is lost.

Decides which manifests are read to find that out. What counts as a missing part, and what is to be
done about it, `domain.repairing` decides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from package_keeper.domain.errors import PartsLost
from package_keeper.domain.images import build_graph
from package_keeper.domain.model import PackageRef, Version
from package_keeper.domain.plan import Decision
from package_keeper.domain.readings import Readings
from package_keeper.domain.repairing import plan_repair
from package_keeper.inventory.reading import ManifestReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found missing: what can come back, and what is lost, in words.

    `lacking` says by id of what can come back what lacks it.
    """

    restorations: tuple[Decision, ...] = ()
    lost: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    lacking: Mapping[int, str] = field(default_factory=dict)

    def new(self, known: Iterable[Decision]) -> tuple[Decision, ...]:
        """The restorations of versions whose name is in no decision yet."""
        names = {decision.version.name for decision in known}
        return tuple(d for d in self.restorations if d.version.name not in names)

    def as_lost(self, tried: Collection[int]) -> "Found":
        """The same once everything was tried: what was, by id, and is still missing, is lost."""
        still = tuple(
            f"{lacking}, which is deleted" for i, lacking in self.lacking.items() if i in tried
        )
        return replace(self, restorations=(), lost=(*self.lost, *still))

    def with_lost_as_warnings(self) -> "Found":
        """The same where no image was to be repaired: what nothing deleted can make whole is said.

        It was missing before what was restored was deleted, or has been deleted for too long; only
        a run that is to repair has to have an answer to that.
        """
        said = (
            f"{lost}, which is not among the deleted versions: it was missing before, or was "
            "deleted more than 30 days ago"
            for lost in self.lost
        )
        return replace(self, lost=(), warnings=(*self.warnings, *said))

    def raise_if_lost(self, ref: PackageRef) -> None:
        """Raise PartsLost where anything is lost."""
        if self.lost:
            raise PartsLost(
                f"{ref}: parts of images are missing: {'; '.join(self.lost)}.",
                hint="GitHub keeps deleted versions for 30 days. What can't come back must be "
                "built and pushed again, or deleted.",
            )


class Wholeness:
    """Looks at the images of one package."""

    def __init__(self, ref: PackageRef, reader: ManifestReader) -> None:
        self._ref = ref
        self._reader = reader

    @property
    def asked(self) -> int:
        """How many manifests were asked for in all."""
        return self._reader.asked

    def of_images(self, active: Sequence[Version], deleted: Sequence[Version]) -> Found:
        """What the package's tagged images lack, and what is attached to them.

        Versions without any tag are read only where something that was read names them.
        """
        readings = self._reader.read(version for version in active if version.tags)
        images = [version for version in active if version.own_tags]
        return self._found(images, active, deleted, readings)

    def of(
        self, versions: Sequence[Version], active: Sequence[Version], deleted: Sequence[Version]
    ) -> Found:
        """What these versions lack, and all that they need with what is attached to it by a tag."""
        listed = {version.name: version for version in active}
        asked = {version.name: version for version in versions}
        readings = self._reader.read(asked.values())
        while more := _needed_and_unread(listed, asked, readings):
            asked |= more
            readings = self._reader.read_on(asked.values())
        return self._found(versions, active, deleted, readings)

    def _found(
        self,
        images: Sequence[Version],
        active: Sequence[Version],
        deleted: Sequence[Version],
        readings: Readings,
    ) -> Found:
        absent = readings.absent | _absent(active, deleted, readings)
        graph = build_graph(
            {version.name: version for version in active}, replace(readings, absent=absent)
        )
        repair = plan_repair(graph, images, deleted)
        count = "1 manifest" if repair.unread == 1 else f"{repair.unread} manifests"
        unread = f"{self._ref}: {count} could not be read, so what is missing there is not known"
        return Found(
            restorations=repair.restorations,
            lost=tuple(map(str, repair.lost)),
            warnings=(*repair.tags, unread) if repair.unread else repair.tags,
            lacking={number: str(missing) for number, missing in repair.lacking.items()},
        )


def _needed_and_unread(
    listed: Mapping[str, Version], asked: Mapping[str, Version], readings: Readings
) -> dict[str, Version]:
    """The listed versions that these need and nobody has asked the registry about."""
    needed = build_graph(listed, readings).closure(asked)
    unread = (d for d in needed if d not in asked and not readings.tells(d))
    return {digest: listed[digest] for digest in unread if digest in listed}


def _absent(active: Iterable[Version], deleted: Iterable[Version], readings: Readings) -> set[str]:
    """The deleted versions that an index lists and does not call manifests.

    These are not asked for, as layers are not; the listings know better.
    """
    present = {version.name for version in active}
    gone = {version.name for version in deleted} - present - readings.manifests.keys()
    listed = {c.digest for m in readings.manifests.values() for c in m.children}
    return listed & gone
