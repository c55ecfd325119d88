"""Version numbers by the rules of each package type's ecosystem.

Decides what is a version number, how two compare, and which `of-each` group one falls in. Reading
and ordering are univers' work; a tag of an image is read as SemVer, with an optional `v` in front.
It does not decide which versions are kept.
"""

import re
from collections.abc import Callable
from functools import cache, total_ordering
from importlib import import_module
from typing import assert_never

from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.rules import VersionGroup

_VERSION_TAG = re.compile(r"v?[0-9]+(?:[-+.].*)?")
"""The tags that are read as version numbers; a commit's hash, such as `123abc4`, is none."""

_WITH_A_DIGIT = re.compile(r".*[0-9].*", re.DOTALL)
"""Without one univers reads some texts as versions that compare with nothing."""

_NUMBERS = re.compile(r"[vV]?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?")


@total_ordering
class VersionKey:
    """A version number that compares by the rules of its ecosystem.

    Two of which neither precedes the other are equal here, such as SemVer's `1.2.4` and
    `1.2.4+build.5`; univers takes these for neither equal nor ordered.
    """

    __slots__ = ("_parsed",)

    def __init__(self, parsed: object) -> None:
        self._parsed = parsed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionKey) and not (self < other or other < self)

    def __lt__(self, other: "VersionKey") -> bool:
        return bool(self._parsed < other._parsed)  # type: ignore[operator]

    __hash__ = None  # type: ignore[assignment] # equal ones have different texts


@cache
def _reader(package_type: PackageType) -> Callable[[str], object]:
    """What reads this ecosystem's versions; imported late, as few runs need it."""
    match package_type:
        case PackageType.NPM | PackageType.CONTAINER | PackageType.DOCKER:
            name = "SemverVersion"
        case PackageType.MAVEN:
            name = "MavenVersion"
        case PackageType.NUGET:
            name = "NugetVersion"
        case PackageType.RUBYGEMS:
            name = "RubygemsVersion"
        case _:
            assert_never(package_type)
    reader: Callable[[str], object] = getattr(import_module("univers.versions"), name)
    return reader


def version_key(package_type: PackageType, text: str) -> VersionKey | None:
    """What `text` sorts by as a version number, or None where it is not one."""
    grammar = _VERSION_TAG if package_type.has_tags else _WITH_A_DIGIT
    if not grammar.fullmatch(text):
        return None
    readable = text.removeprefix("v") if package_type.has_tags else text
    try:
        return VersionKey(_reader(package_type)(readable))
    except Exception:  # noqa: BLE001 - univers raises what its parsers raise; all mean "not one"
        return None


def group_of(of_each: VersionGroup | Pattern, package_type: PackageType, text: str) -> str | None:
    """The group that `text` counts in, or None where it has none."""
    if isinstance(of_each, Pattern):
        return of_each.first_group(text)
    match = _NUMBERS.match(text)
    if match is None or version_key(package_type, text) is None:
        return None
    numbers = [(number or "").lstrip("0") or "0" for number in match.groups()]
    match of_each:
        case VersionGroup.MAJOR:
            return numbers[0]
        case VersionGroup.MINOR:
            return ".".join(numbers[:2])
        case VersionGroup.PATCH:
            return ".".join(numbers)
    assert_never(of_each)
