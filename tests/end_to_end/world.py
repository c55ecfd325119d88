"""Packages as the tests of this folder start from them, and ways to look at what was asked of them.

Decides dates that lie long back, so that no rule about age depends on when a test runs. It does not
decide what is asked of the action.
"""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from fake_github import FakeGitHub, FakePackage, FakeVersion, LoggedRequest
from fake_github.pushing import Style

TYPES = ("container", "npm", "maven", "nuget", "rubygems", "docker")

PLATFORMS = ("linux/amd64", "linux/arm64", "linux/arm/v7")

STYLES: tuple[Style, ...] = ("subject", "subject-with-fallback-tag", "sig", "att", "sbom")
"""The ways to say what a signature or an attestation is about."""

LONG_AGO = datetime(2023, 1, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    """Noon of a day counted from one that is long past."""
    return LONG_AGO + timedelta(days=number)


def ago(**period: int) -> datetime:
    """A time before now, such as `ago(hours=3)`."""
    return datetime.now(UTC) - timedelta(**period)


def add_version(package: FakePackage, tag: str, created_at: datetime) -> FakeVersion:
    """A version that people would call by `tag`: a small image, or a version of that name."""
    if package.package_type == "container":
        digest = package.push_image(
            tags=(tag,), platforms=("linux/amd64",), attestations=False, created_at=created_at
        )
        return package.active[digest]
    if package.package_type == "docker":
        return package.add_version(f"layer-{tag}", tags=(tag,), created_at=created_at)
    return package.add_version(tag, created_at=created_at)


def attach_all(package: FakePackage, subject: str, number: int) -> None:
    """A referrer in every style."""
    for style in STYLES:
        package.attach(subject, style=style, created_at=day(number))


def is_whole(package: FakePackage, *tags: str) -> bool:
    """Whether these tags, and their referrers' tags, pull completely."""
    assert {tag: package.pullable(tag) for tag in tags} == {tag: [] for tag in tags}
    referrers = [tag for tag in package.tags if tag.startswith("sha256-")]
    assert not [tag for tag in referrers if package.pullable(tag)]
    return True


def numbered(package: FakePackage, count: int, *, seed: int | None = None) -> list[FakeVersion]:
    """Versions `1.0.0`, `1.1.0`, … of one a day, the newest last.

    With a `seed` they are added in a random order, so that neither ids nor rows are in that of age.
    """
    order = list(range(count))
    if seed is not None:
        random.Random(seed).shuffle(order)
    added = {n: add_version(package, f"1.{n}.0", day(n)) for n in order}
    return [added[number] for number in range(count)]


def ids(versions: Iterable[FakeVersion]) -> list[int]:
    """Ids, sorted."""
    return sorted(version.id for version in versions)


def left(package: FakePackage) -> list[int]:
    """Ids of the active versions, sorted."""
    return ids(package.versions)


def names_left(package: FakePackage) -> set[str]:
    """What people call the active versions: tags, or names where there are none."""
    if package.package_type in ("container", "docker"):
        return {tag for version in package.versions for tag in version.tags}
    return {version.name for version in package.versions}


def writes(github: FakeGitHub) -> list[LoggedRequest]:
    """All requests that could change something."""
    return [r for r in github.requests if r.method not in ("GET", "HEAD")]


def deletions(github: FakeGitHub) -> list[int]:
    """The version ids that a DELETE reached the server for, in the order of their arrival."""
    return [int(request.path.rpartition("/")[2]) for request in writes(github)]


def manifest_reads(github: FakeGitHub, method: str = "GET") -> list[str]:
    """The references whose manifests were asked for and let in, in the order of their arrival."""
    return [
        request.path.rpartition("/")[2]
        for request in github.requests
        if request.method == method and "/manifests/" in request.path and request.status != 401
    ]
