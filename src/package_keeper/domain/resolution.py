"""What is to be said once versions are back: whether all of it came back as it was.

Decides which tags are missing or moved on, and which versions are not active after all. GitHub does
not document what becomes of tags on a restoration; so where one points is read and said, and never
guessed or changed. Nor is a tag put back that a run took off an image.
"""

from collections.abc import Iterable, Mapping, Sequence

from package_keeper.domain.journal import STARTED, JournalEntry
from package_keeper.domain.model import Version
from package_keeper.domain.outcome import Outcome

_IN_DOUBT = (STARTED, Outcome.ERROR.value)
"""How taking off tags ended where one of them may still be on its image."""


def not_back(restored: Iterable[int], active: Sequence[Version]) -> tuple[int, ...]:
    """The ids that GitHub said it restored and that the listing does not show."""
    present = {version.id for version in active}
    return tuple(version_id for version_id in restored if version_id not in present)


def tag_warnings(
    restored: Sequence[Version], former: Mapping[int, tuple[str, ...]], active: Sequence[Version]
) -> tuple[str, ...]:
    """A warning for each tag that a restored version had and has no longer.

    `former` are the tags by id where a journal knows them.
    """
    current = {version.id: version for version in active}
    holder = {tag: version for version in active for tag in version.tags}
    return tuple(
        _about(tag, version, holder.get(tag))
        for version in restored
        for tag in former.get(version.id, version.tags)
        if version.id in current and tag not in current[version.id].tags
    )


def _about(tag: str, version: Version, holder: Version | None) -> str:
    if holder is None:
        back = f"version {version.id} ({version.name}) came back without its tag {tag}"
        return f"{back}: push the tag again"
    return (
        f"the tag {tag} of version {version.id} ({version.name}) now belongs to "
        f"version {holder.id} ({holder.name})"
    )


def left_out_warnings(
    left_out: Iterable[tuple[Version, Version]],
    former: Mapping[int, tuple[str, ...]],
    active: Sequence[Version],
) -> tuple[str, ...]:
    """A warning for each tag that does not come back because its version stays deleted.

    Each such version goes with the one of the same content that is there, or comes, instead.
    """
    holder = {tag: version for version in active for tag in version.tags}
    found: dict[str, str] = {}
    for version, instead in left_out:
        for tag in former.get(version.id, version.tags):
            if tag in holder and holder[tag].name != version.name:
                found.setdefault(tag, _about(tag, version, holder[tag]))
            elif tag not in holder and tag not in former.get(instead.id, instead.tags):
                found.setdefault(tag, without_tag(tag, instead))
    return tuple(found.values())


def without_tag(tag: str, version: Version) -> str:
    """What to say of a tag that leads nowhere, and of the version whose content had it."""
    comes = "is active" if version.deleted_at is None else "comes back"
    return (
        f"the tag {tag} leads nowhere: what it led to ({version.name}) {comes} as version "
        f"{version.id}, which does not have it; restoring does not put it back: push the tag again"
    )


def untag_warnings(untagged: Iterable[JournalEntry], active: Sequence[Version]) -> tuple[str, ...]:
    """A warning for each tag that was taken off an image, or may have been, and is not on it."""
    current = {version.id: version for version in active}
    holder = {tag: version for version in active for tag in version.tags}
    return tuple(
        _taken_off(tag, entry, current.get(entry.id), holder.get(tag))
        for entry in untagged
        for tag in entry.tags_off
        if entry.id not in current or tag not in current[entry.id].tags
    )


def _taken_off(tag: str, entry: JournalEntry, image: Version | None, holder: Version | None) -> str:
    is_done = entry.outcome not in _IN_DOUBT
    was = "was taken off" if is_done else "was, or may have been, taken off"
    there = "is still there under this digest" if image else "is not active"
    where = ""
    if holder is not None:
        stand_in = "" if is_done else ", perhaps the empty manifest that stood in for it"
        where = f" Now it leads to version {holder.id} ({holder.name}){stand_in}."
    return (
        f"the tag {tag} {was} version {entry.id} ({entry.name}), and restoring does not put it "
        f"back: push it again. The image {there}.{where}"
    )
