"""A kept manifest is the one its digest names, and no file makes a run fail."""

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clients import person
from fake_github import FakeGitHub, FakePackage
from fake_github.manifests import OCI_INDEX, digest_of
from pacing.clocks import FakeClock
from pacing.hosts import sender
from package_keeper.adapters.manifest_cache import HEADER, ManifestCache
from package_keeper.adapters.registry import Registry
from package_keeper.adapters.registry_host import RegistryHost
from package_keeper.domain.answers import Refused
from package_keeper.domain.manifests import Manifest


def content(number: int, *, padding: str = "") -> bytes:
    value = {"mediaType": OCI_INDEX, "annotations": {"n": f"{number}\n\u2028\u00e9{padding}"}}
    return json.dumps(value, ensure_ascii=False, indent=2).encode()


DIGESTS = [digest_of(content(number)) for number in range(9)]


class Warnings(list[str]):
    """What the cache warned of."""

    def __call__(self, text: str) -> None:
        self.append(text)


@pytest.fixture
def warnings() -> Warnings:
    return Warnings()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "manifests.jsonl"


def filled(path: Path, numbers: range = range(3), *, largest: int = 10**6) -> None:
    cache = ManifestCache(path, warn=pytest.fail, largest=largest)
    for number in numbers:
        cache.put(DIGESTS[number], OCI_INDEX, content(number))
    cache.save()
    cache.close()


def found(path: Path, warn: Warnings | None = None) -> list[int]:
    cache = ManifestCache(path, warn=warn if warn is not None else pytest.fail)
    numbers = [number for number, digest in enumerate(DIGESTS) if cache.get(digest)]
    cache.close()
    return numbers


def test_what_was_put_in_is_there_in_the_same_run_and_the_next(path: Path) -> None:
    cache = ManifestCache(path, warn=pytest.fail)
    assert cache.get(DIGESTS[1]) is None
    cache.put(DIGESTS[1], OCI_INDEX, content(1))
    expected = Manifest(digest=DIGESTS[1], media_type=OCI_INDEX)
    assert cache.get(DIGESTS[1]) == expected
    cache.save()
    cache.close()
    again = ManifestCache(path, warn=pytest.fail)
    assert len(again) == 1
    assert again.get(DIGESTS[1]) == expected
    again.close()
    assert [file.name for file in path.parent.iterdir()] == ["manifests.jsonl"]


def test_runs_add_up(path: Path) -> None:
    filled(path, range(2))
    filled(path, range(4, 6))
    assert found(path) == [0, 1, 4, 5]


def test_nothing_is_written_without_being_asked_or_without_need(path: Path) -> None:
    cache = ManifestCache(path, warn=pytest.fail)
    cache.save()
    cache.put(DIGESTS[1], OCI_INDEX, content(1))
    cache.close()
    assert not path.exists()


def test_content_that_is_not_what_the_digest_names_is_not_believed(path: Path) -> None:
    filled(path)
    path.write_bytes(path.read_bytes().replace(b"1\\\\n", b"7\\\\n"))
    assert found(path) == [0, 2]


def test_what_is_false_is_told_once_and_not_kept(path: Path, warnings: Warnings) -> None:
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"1\\\\n", b"7\\\\n").replace(b"2\\\\n", b"8\\\\n"))
    cache = ManifestCache(path, warn=warnings)
    for digest in (*DIGESTS[:3], *DIGESTS[:3]):
        cache.get(digest)
    cache.save()
    cache.close()
    [told] = warnings
    assert "entries left out that are not what their digests name: 2." in told
    assert found(path) == [0]


def test_a_foreign_digest_can_not_be_smuggled_in(path: Path, warnings: Warnings) -> None:
    path.parent.mkdir()
    line = json.dumps([DIGESTS[0], OCI_INDEX, content(5).decode()]).encode()
    path.write_bytes(HEADER + line + b"\n")
    assert found(path, warnings) == []


def test_a_truncated_file_is_a_smaller_one(path: Path, warnings: Warnings) -> None:
    filled(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert found(path, warnings) == [0, 1]
    assert warnings == ["The manifest cache is damaged; entries left out: 1."]


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"{}\n", b"SQLite format 3\x00"])
def test_another_file_is_not_read_and_is_made_anew(
    path: Path, warnings: Warnings, data: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    assert found(path, warnings) == []
    assert warnings == ["The manifest cache is not of this program's making; it is made anew."]
    cache = ManifestCache(path, warn=warnings)
    cache.put(DIGESTS[1], OCI_INDEX, content(1))
    cache.save()
    cache.close()
    assert found(path) == [1]


def test_a_file_that_is_far_too_large_is_not_read(path: Path, warnings: Warnings) -> None:
    filled(path)
    cache = ManifestCache(path, warn=warnings, largest=100)
    assert len(cache) == 0
    cache.close()
    assert len(warnings) == 1


def test_what_was_used_stays_when_not_all_fits(path: Path) -> None:
    filled(path, range(5))
    size = len(path.read_bytes().splitlines(keepends=True)[1])
    cache = ManifestCache(path, warn=pytest.fail, largest=len(HEADER) + 3 * size + 5)
    assert cache.get(DIGESTS[3])
    cache.put(DIGESTS[7], OCI_INDEX, content(7))
    cache.save()
    cache.close()
    assert path.stat().st_size <= len(HEADER) + 3 * size + 5
    assert found(path) == [0, 3, 7]


def test_more_than_fits_is_not_kept(path: Path) -> None:
    filled(path, range(9), largest=500)
    assert path.stat().st_size <= 500
    assert found(path)


def test_what_is_not_text_is_left_out(path: Path) -> None:
    cache = ManifestCache(path, warn=pytest.fail)
    cache.put(digest_of(b"\xff"), OCI_INDEX, b"\xff")
    assert len(cache) == 0
    cache.close()


def test_a_place_that_can_not_be_used_is_warned_of(tmp_path: Path, warnings: Warnings) -> None:
    cache = ManifestCache(tmp_path, warn=warnings)
    cache.put(DIGESTS[1], OCI_INDEX, content(1))
    cache.save()
    cache.close()
    assert warnings == [
        "The manifest cache could not be read: Is a directory.",
        "The manifest cache could not be written: Is a directory.",
    ]


@contextmanager
def disk_with_room_for(size: int) -> Iterator[None]:
    """No file of this process may grow larger meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    path: Path, warnings: Warnings
) -> None:
    filled(path)
    cache = ManifestCache(path, warn=warnings)
    cache.put(DIGESTS[7], OCI_INDEX, content(7))
    with disk_with_room_for(path.stat().st_size // 2):
        cache.save()
    cache.close()
    assert warnings == ["The manifest cache could not be written: File too large."]
    assert found(path) == [0, 1, 2]
    assert list(path.parent.iterdir()) == [path]


def test_no_link_beside_the_file_is_followed(path: Path, tmp_path: Path) -> None:
    """A checkout can hold links of any name."""
    outside = tmp_path / "outside"
    outside.write_text("precious")
    path.parent.mkdir()
    for name in ("manifests.jsonl.partial", "manifests.jsonl.tmp", "manifests.jsonl"):
        path.with_name(name).symlink_to(outside)
    cache = ManifestCache(path, warn=lambda _: None)
    cache.put(DIGESTS[1], OCI_INDEX, content(1))
    cache.save()
    cache.close()
    assert outside.read_text() == "precious"
    assert not path.is_symlink()
    assert found(path) == [1]


def test_later_steps_may_read_it(path: Path) -> None:
    """The step that saves it is another user's than the one in the container."""
    filled(path)
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o644 & ~umask


@given(junk=st.binary(max_size=300), place=st.integers(0, 600), cut=st.booleans())
def test_no_damage_makes_it_fail_or_lie(
    tmp_path_factory: pytest.TempPathFactory,
    junk: bytes,
    place: int,
    cut: bool,  # noqa: FBT001 - drawn
) -> None:
    path = tmp_path_factory.mktemp("cache") / "file"
    filled(path)
    data = path.read_bytes()
    path.write_bytes(data[:place] + junk + (b"" if cut else data[place:]))
    cache = ManifestCache(path, warn=lambda _: None)
    for digest in DIGESTS:
        manifest = cache.get(digest)
        assert manifest is None or manifest.digest == digest
    cache.put(DIGESTS[5], OCI_INDEX, content(5))
    cache.save()
    cache.close()
    assert 5 in found(path, Warnings())


def test_a_second_run_only_asks_whether_it_is_there(
    github: FakeGitHub, app: FakePackage, path: Path
) -> None:
    digest = app.push_image(tags=("v1",))
    for method in ("GET", "HEAD"):
        github.forget_requests()
        cache = ManifestCache(path, warn=pytest.fail)
        host = RegistryHost(
            url=github.registry_url,
            token=person(github),
            sender=sender(FakeClock()),
            mask=lambda _: None,
        )
        assert Registry(host, owner="acme", name="app", cache=cache).manifest(digest).children
        host.close()
        cache.save()
        cache.close()
        assert [r.method for r in github.requests] == [method, "GET", method]
    assert sum(version.downloads for version in app.versions) == 1


def test_a_kept_manifest_is_no_proof_that_the_registry_still_has_it(
    github: FakeGitHub, app: FakePackage, path: Path
) -> None:
    cache = ManifestCache(path, warn=pytest.fail)
    cache.put(DIGESTS[1], OCI_INDEX, content(1))
    host = RegistryHost(
        url=github.registry_url,
        token=person(github),
        sender=sender(FakeClock()),
        mask=lambda _: None,
    )
    registry = Registry(host, owner="acme", name="app", cache=cache)
    with pytest.raises(Refused, match="manifest unknown"):
        registry.manifest(DIGESTS[1])
    assert not registry.exists(DIGESTS[1])
    host.close()
    cache.close()
