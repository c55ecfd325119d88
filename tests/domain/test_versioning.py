"""Version numbers by the rules of each ecosystem: what is one, how they compare, which group."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import VersionGroup
from package_keeper.domain.versioning import VersionKey, group_of, version_key

CONTAINER, NPM, MAVEN, NUGET, RUBYGEMS = (
    PackageType.CONTAINER,
    PackageType.NPM,
    PackageType.MAVEN,
    PackageType.NUGET,
    PackageType.RUBYGEMS,
)


def key(package_type: PackageType, text: str) -> VersionKey:
    found = version_key(package_type, text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("package_type", "ascending"),
    [
        (CONTAINER, "v1.2.3-beta.2 1.2.3-beta.10 v1.2.3-rc.1 1.2.3 v1.2.4 1.10.0 v2.0.0"),
        (CONTAINER, "1 1.1 v1.1.1 2-alpine 2 2024.01.05 2024.1.6 2024.10.01"),
        (PackageType.DOCKER, "v1.0.0-rc.1 1.0.0 v1.0.1"),
        (NPM, "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2"),
        (NPM, "1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.9.0 1.10.0"),
        (MAVEN, "1.0-alpha-1 1.0-beta-1 1.0-milestone-1 1.0-rc1 1.0-SNAPSHOT 1.0 1.0-sp1 1.0.1"),
        (MAVEN, "1.9 1.10-SNAPSHOT 1.10 2.0"),
        (NUGET, "1.0.0-alpha 1.0.0-Beta 1.0.0 1.0.0.1 1.0.1 1.10.0"),
        (RUBYGEMS, "1.0.0.pre1 1.0.0.pre2 1.0.0.rc1 1.0.0 1.0.0.1 1.0.1 1.10"),
        (RUBYGEMS, "1.0b2 1.0rc1 1.0"),
    ],
)
def test_an_ecosystem_orders_versions_by_its_own_rules(
    package_type: PackageType, ascending: str
) -> None:
    keys = [key(package_type, text) for text in ascending.split()]
    assert all(lower < higher for lower, higher in pairwise(keys))


@pytest.mark.parametrize(
    ("package_type", "one", "other"),
    [
        (CONTAINER, "1.2.4", "v1.2.4"),
        (CONTAINER, "1.2.4+build.5", "1.2.4"),
        (CONTAINER, "1.2.3.4", "1.2.3.5"),
        (CONTAINER, "2024.01.05", "2024.1.5"),
        (NPM, "1.2.4+build.5", "1.2.4+build.6"),
        (NUGET, "1.0.0-RC", "1.0.0-rc"),
        (NUGET, "1.0.0.0", "1.0.0+5"),
        (MAVEN, "1.0", "1.0.0"),
        (RUBYGEMS, "1.0", "1.0.0"),
    ],
)
def test_what_neither_precedes_nor_follows_is_equal_so_that_ids_decide(
    package_type: PackageType, one: str, other: str
) -> None:
    first, second = key(package_type, one), key(package_type, other)
    assert first == second
    assert first <= second <= first
    assert not first < second
    assert not second < first


def test_a_version_number_is_nothing_else() -> None:
    assert key(NPM, "1.0.0") != "1.0.0"


@pytest.mark.parametrize(
    ("package_type", "texts"),
    [
        (CONTAINER, ["v", "latest", "", "main", "V1.2", "123abc4", "1abc", "release-1.0", "v 1"]),
        (NPM, ["latest", "", "1.2.3-01"]),
        (NUGET, ["latest", "", "v", " ", "1.0rc1", "1.2.x"]),
        (MAVEN, ["latest", "", "v"]),
        (RUBYGEMS, ["", "v", "latest", "1.2.3+build", "1.2.3_4"]),
    ],
)
def test_what_is_no_version_number_has_no_place(
    package_type: PackageType, texts: list[str]
) -> None:
    assert [text for text in texts if version_key(package_type, text) is not None] == []


@pytest.mark.parametrize(
    ("package_type", "text", "major", "minor", "patch"),
    [
        (CONTAINER, "v2.0.0", "2", "2.0", "2.0.0"),
        (CONTAINER, "1.2.4+build.5", "1", "1.2", "1.2.4"),
        (CONTAINER, "2024.01.05", "2024", "2024.1", "2024.1.5"),
        (CONTAINER, "2024.1.5", "2024", "2024.1", "2024.1.5"),
        (CONTAINER, "1.2.3_build5", "1", "1.2", "1.2.3"),
        (CONTAINER, "1.2.3.4", "1", "1.2", "1.2.3"),
        (CONTAINER, "1-alpine", "1", "1.0", "1.0.0"),
        (CONTAINER, "1.2-alpine3.18", "1", "1.2", "1.2.0"),
        (NPM, "1.5.0-rc.1", "1", "1.5", "1.5.0"),
        (MAVEN, "1.5-SNAPSHOT", "1", "1.5", "1.5.0"),
        (MAVEN, "1.5rc1", "1", "1.5", "1.5.0"),
        (NUGET, "1.5.2.1", "1", "1.5", "1.5.2"),
        (RUBYGEMS, "1.5b2", "1", "1.5", "1.5.0"),
        (RUBYGEMS, "1.5.0.pre1", "1", "1.5", "1.5.0"),
    ],
)
def test_the_groups_are_the_first_numbers(
    package_type: PackageType, text: str, major: str, minor: str, patch: str
) -> None:
    groups = [group_of(part, package_type, text) for part in VersionGroup]
    assert groups == [major, minor, patch]


@pytest.mark.parametrize(
    ("package_type", "text"),
    [(CONTAINER, "latest"), (CONTAINER, "v"), (CONTAINER, "123abc4"), (NPM, "1.2.3-01")],
)
def test_what_is_no_version_number_is_in_no_group(package_type: PackageType, text: str) -> None:
    assert {group_of(part, package_type, text) for part in VersionGroup} == {None}


def test_a_regular_expression_makes_groups_of_its_own() -> None:
    branch = Pattern("/(.+)-[0-9a-f]{7,40}/")
    assert group_of(branch, CONTAINER, "main-0a1b2c3") == "main"
    assert group_of(branch, CONTAINER, "main") is None


_texts = st.from_regex(
    r"v?[0-9]{1,3}(\.[0-9]{1,2}){0,3}([-+._](rc|beta|x|SNAPSHOT)?[.]?[0-9]{0,2}){0,2}",
    fullmatch=True,
)


@given(st.sampled_from(PackageType), st.lists(_texts, min_size=3, max_size=3))
def test_any_versions_have_one_order(package_type: PackageType, texts: list[str]) -> None:
    keys = [k for k in (version_key(package_type, text) for text in texts) if k is not None]
    for one, other in product(keys, keys):
        assert (one < other) + (other < one) + (one == other) == 1
    for one, middle, other in product(keys, keys, keys):
        assert not (one <= middle <= other) or one <= other
        assert not (one == middle == other) or one == other


@given(st.sampled_from(PackageType), st.text(max_size=20))
def test_any_text_is_a_version_or_not(package_type: PackageType, text: str) -> None:
    known = version_key(package_type, text) is not None
    groups = [group_of(part, package_type, text) for part in VersionGroup]
    assert known or groups == [None, None, None]
