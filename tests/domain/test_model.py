"""The nouns: which tags are a version's own, and how versions are named and ordered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.packages import NOW, digest_of, package, referrer_tag, version
from package_keeper.domain.model import PackageType, Version, newest_first

HEX = digest_of("x").removeprefix("sha256:")


@pytest.mark.parametrize(
    ("tag", "is_own"),
    [
        (f"sha256-{HEX}", False),
        (f"sha256-{HEX}.sig", False),
        (f"sha256-{HEX}.att", False),
        (f"sha256-{HEX}.sbom", False),
        (f"sha256-{HEX}.other", True),
        (f"sha256-{HEX}-1", True),
        (f"sha256-{HEX[:-1]}", True),
        (f"sha256-{HEX.upper()}", True),
        (f"sha512-{HEX}", True),
        (f"x-sha256-{HEX}", True),
        ("latest", True),
    ],
)
def test_a_tag_that_attaches_something_to_a_digest_is_not_the_versions_own(
    tag: str, *, is_own: bool
) -> None:
    tagged = version(1, digest_of("1"), tag)
    assert tagged.own_tags == ((tag,) if is_own else ())
    assert tagged.tagged_subjects == (() if is_own else (digest_of("x"),))


def test_a_version_can_be_attached_and_have_tags_of_its_own() -> None:
    tagged = version(1, digest_of("1"), "v1", referrer_tag(digest_of("x")), "v2")
    assert tagged.own_tags == ("v1", "v2")
    assert tagged.tagged_subjects == (digest_of("x"),)


def test_a_version_is_called_by_its_tags_or_else_by_its_name() -> None:
    assert version(1, "1.0.0").label == "1.0.0"
    assert version(1, digest_of("1"), "v1", "latest").label == "v1, latest"


def test_the_newest_come_first_and_of_equal_age_the_higher_id() -> None:
    old, same, young = version(9, "a"), version(3, "b"), version(1, "c", age=timedelta(0))
    assert sorted([same, old, young], key=newest_first) == [young, old, same]
    assert newest_first(replace(old, updated_at=NOW)) == newest_first(old)


def test_which_types_have_tags_and_manifests() -> None:
    assert [t for t in PackageType if t.has_tags] == [PackageType.CONTAINER, PackageType.DOCKER]
    assert [t for t in PackageType if t.has_manifests] == [PackageType.CONTAINER]


def test_a_package_is_called_by_owner_name_and_type() -> None:
    assert str(package(PackageType.NPM).ref) == "acme/app (npm)"


def test_a_version_that_does_not_exist_has_an_id_and_says_so() -> None:
    absent = Version.absent(7)
    assert (absent.id, absent.label, absent.tags) == (7, "(no such version)", ())
    assert absent.created_at.tzinfo is not None
