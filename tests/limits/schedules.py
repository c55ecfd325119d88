"""Packages and schedules of faults made from a seed, so that a bad run can be had again.

Decides what is there, what of it must stay, and what goes wrong when. It does not decide what a run
should make of it; the tests do.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from end_to_end.world import day
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind

HANG = 1.5
"""Seconds that a hanging answer takes, which is longer than the tests let a run wait for one."""

KEPT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A package with the inputs of a run, and the names of the versions that must stay."""

    package: FakePackage
    inputs: dict[str, str]
    staying: frozenset[str]


def scene(github: FakeGitHub, rng: random.Random) -> Scene:
    """A package of images or of several pages of versions."""
    return _pages(github, rng) if rng.random() < 0.25 else _images(github, rng)


def _pages(github: FakeGitHub, rng: random.Random) -> Scene:
    package = github.add_package("acme", "npm", "app")
    order = list(range(rng.choice([95, 130, 210])))
    rng.shuffle(order)
    for number in order:
        package.add_version(f"1.{number}.0", created_at=day(number))
    going = rng.randint(3, 12)
    staying = {f"1.{number}.0" for number in order if number >= going}
    inputs = {"package-type": "npm", "versions-to-keep": str(len(order) - going)}
    return Scene(package=package, inputs=inputs, staying=frozenset(staying))


def _images(github: FakeGitHub, rng: random.Random) -> Scene:
    package = github.add_package("acme", "container", "app")
    staying: set[str] = set()
    count = rng.randint(KEPT + 1, 6)
    shared = [package.push_image(attestations=False, created_at=day(0)) for _ in range(2)]
    for number in range(count):
        before = set(package.active)
        digest = _image(package, rng, number, shared)
        if rng.random() < 0.4:
            package.attach(digest, created_at=day(number))
        if rng.random() < 0.3:
            package.attach(digest, style="sig", created_at=day(number))
        if number >= count - KEPT:
            staying |= set(package.active) - before | _closure(package, digest)
    inputs = {"versions-to-keep": str(KEPT)}
    return Scene(package=package, inputs=inputs, staying=frozenset(staying))


def _image(package: FakePackage, rng: random.Random, number: int, shared: list[str]) -> str:
    """An image of its own, or one that lists platforms which others list as well."""
    tags, created = (f"1.{number}.0",), day(number + 1)
    if rng.random() < 0.7:
        return package.push_image(
            tags=tags,
            platforms=("linux/amd64", "linux/arm64")[: rng.randint(1, 2)],
            attestations=rng.random() < 0.5,
            created_at=created,
        )
    listed = package.manifests[rng.choice(shared)].document
    index = {**listed, "annotations": {"number": str(number)}}
    return package.push_manifest(index, tags=tags, created_at=created)


def _closure(package: FakePackage, digest: str) -> set[str]:
    found, pending = set[str](), [digest]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending.extend(package.manifests[current].children())
    return found


def faults(rng: random.Random, secret: str) -> Iterator[Fault]:
    """What goes wrong, one after another; `secret` is in what a badly made proxy answers."""
    for _ in range(rng.randint(1, 7)):
        yield _fault(rng, secret)
    if rng.random() < 0.1:
        yield _forever(rng)


def _fault(rng: random.Random, secret: str) -> Fault:
    return rng.choice([_anywhere, _in_a_listing, _refusal, _page_of_a_proxy, _lost_deletion])(
        rng, secret
    )


def _anywhere(rng: random.Random, _secret: str) -> Fault:
    kinds = [
        FaultKind.RESET,
        FaultKind.LOST_ANSWER,
        FaultKind.TRUNCATED,
        FaultKind.CUT,
        FaultKind.STALE_404,
        FaultKind.WRONG_CONTENT,
        FaultKind.HANG,
    ]
    kind = rng.choices(kinds, weights=[6, 6, 6, 6, 6, 4, 1])[0]
    times = 1 if kind is FaultKind.HANG else rng.choice([1, 1, 2])
    return Fault(
        kind=kind,
        method=rng.choice([None, "GET", "DELETE", "HEAD"]),
        server=rng.choice([None, "api", "registry"]),
        skip=rng.randrange(40),
        times=times,
        seconds=HANG,
    )


def _in_a_listing(rng: random.Random, _secret: str) -> Fault:
    kind = rng.choice(
        [
            FaultKind.DUPLICATED_ROWS,
            FaultKind.SHIFTED_ROWS,
            FaultKind.MISSING_PAGE,
            FaultKind.STALE_LIST,
        ]
    )
    return Fault(
        kind=kind, path_contains="/versions?", skip=rng.randrange(4), shift=rng.randint(1, 9)
    )


def _refusal(rng: random.Random, _secret: str) -> Fault:
    message = rng.choice(["You have exceeded a secondary rate limit.", "", "toomanyrequests"])
    headers = rng.choice([{}, {"Retry-After": "60"}, {"Retry-After": "1"}])
    status = 429 if not headers or not message else rng.choice([403, 429])
    return Fault(
        kind=FaultKind.STATUS,
        status=status,
        body={"message": message},
        headers=headers,
        skip=rng.randrange(40),
        times=rng.choice([1, 1, 3]),
    )


def _page_of_a_proxy(rng: random.Random, secret: str) -> Fault:
    bodies: list[str | bytes | dict[str, object]] = [
        f"<html>{secret}</html>",
        {"message": f"no way, {secret}"},
        "",
        b"\xff",
    ]
    return Fault(
        kind=rng.choice([FaultKind.STATUS, FaultKind.ERROR_AFTER]),
        status=rng.choice([500, 502, 503, 504]),
        body=rng.choice(bodies),
        skip=rng.randrange(40),
        times=rng.choice([1, 1, 2, 4]),
    )


def _lost_deletion(rng: random.Random, _secret: str) -> Fault:
    kind = rng.choice([FaultKind.LOST_ANSWER, FaultKind.ERROR_AFTER, FaultKind.RESET])
    return Fault(
        kind=kind, method="DELETE", status=502, skip=rng.randrange(8), times=rng.choice([1, 3, 9])
    )


def _forever(rng: random.Random) -> Fault:
    kind = rng.choice([FaultKind.RESET, FaultKind.STATUS, FaultKind.LOST_ANSWER])
    return Fault(
        kind=kind, server=rng.choice(["api", "registry"]), skip=rng.randrange(60), times=None
    )
