"""How many manifests are read: each read counts as a download, and too many make a version stay."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from package_keeper.domain.manifests import (
    DOCKER_SCHEMA_2,
    INDEX_TYPES,
    MANIFEST_TYPES,
    Child,
    Manifest,
)
from package_keeper.domain.model import PackageType, Version
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.selection import may_delete
from package_keeper.domain.shorthand import ShortInputs, rules_of
from package_keeper.inventory.reading import ManifestReader

NOW = datetime(2026, 11, 22, tzinfo=UTC)
IMAGES = 2_000
PARTS = 4


class CountingRegistry:
    """Manifests by digest; counts how often each is read."""

    def __init__(self) -> None:
        self.manifests: dict[str, Manifest] = {}
        self.reads: Counter[str] = Counter()

    def manifest(self, digest: str) -> Manifest:
        self.reads[digest] += 1
        return self.manifests[digest]

    def exists(self, digest: str) -> bool:
        return digest in self.manifests

    def digests_of_other_tags(self, known: Collection[str]) -> tuple[str, ...]:
        raise AssertionError(f"the listing is complete: {known}")


def ten_thousand(registry: CountingRegistry, platform_type: str) -> tuple[Version, ...]:
    """Two thousand tagged images of four platforms each."""
    versions: list[Version] = []

    def push(children: tuple[Child, ...], *tags: str) -> str:
        number = len(versions)
        digest = f"sha256:{number:064x}"
        pushed = NOW - timedelta(days=30, minutes=-number)
        versions.append(
            Version(id=number + 1, name=digest, created_at=pushed, updated_at=pushed, tags=tags)
        )
        media_type = INDEX_TYPES[0] if children else platform_type
        registry.manifests[digest] = Manifest(
            digest=digest, media_type=media_type, children=children
        )
        return digest

    for number in range(IMAGES):
        parts = [Child(digest=push(()), media_type=platform_type) for _ in range(PARTS)]
        push(tuple(parts), f"v{number}", f"pr-{number}")
    return tuple(versions)


def rules_may_delete(versions: tuple[Version, ...], inputs: ShortInputs) -> bool:
    return may_delete(versions, rules_of(inputs), PackageType.CONTAINER, NOW)


def test_what_can_not_go_by_the_listing_alone_needs_no_reading() -> None:
    versions = ten_thousand(CountingRegistry(), MANIFEST_TYPES[0])
    assert not rules_may_delete(versions, ShortInputs(delete=(Pattern("none-*"),)))
    assert not rules_may_delete(versions, ShortInputs(delete=(Pattern("pr-*"),)))  # v* keep them
    assert not rules_may_delete(
        versions, ShortInputs(versions_to_keep=IMAGES, delete_untagged=False)
    )
    assert not rules_may_delete(
        versions, ShortInputs(delete_untagged=True, older_than=timedelta(days=60))
    )
    assert rules_may_delete(
        versions, ShortInputs(versions_to_keep=IMAGES - 1, delete_untagged=False)
    )


def test_of_ten_thousand_versions_each_is_read_once() -> None:
    registry = CountingRegistry()
    versions = ten_thousand(registry, MANIFEST_TYPES[0])
    reader = ManifestReader(registry=registry, workers=8)
    readings = reader.read(versions)
    assert readings.count == len(versions) == IMAGES * (PARTS + 1)
    assert set(registry.reads.values()) == {1}
    reader.read(versions)
    assert set(registry.reads.values()) == {1}


def test_of_docker_s_lists_only_the_lists_are_read() -> None:
    registry = CountingRegistry()
    versions = ten_thousand(registry, DOCKER_SCHEMA_2)
    assert ManifestReader(registry=registry, workers=8).read(versions).count == IMAGES
    assert sum(registry.reads.values()) == IMAGES
