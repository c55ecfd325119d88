"""What is to be said once versions are back: whether all of it came back as it was.

Decides which tags are missing or moved on, and which versions are not active after all. GitHub does
not document what becomes of tags on a restoration; so where one points is read and said, and never
guessed or changed.
"""

from collections.abc import Iterable, Mapping, Sequence

from package_keeper.domain.model import Version


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
        return f"version {version.id} ({version.name}) came back without its tag {tag}"
    return (
        f"the tag {tag} of version {version.id} ({version.name}) now belongs to "
        f"version {holder.id} ({holder.name})"
    )
