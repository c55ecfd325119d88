"""Single values: what is accepted, and that nothing else is taken for something."""

from datetime import timedelta

import pytest

from inputs.environments import mistake, settings
from package_keeper.domain.limits import IfEmpty, MaxDeletions
from package_keeper.domain.model import PackageType


@pytest.mark.parametrize("text", ["true", "True", "TRUE", " true\n"])
def test_true_in_the_spellings_of_yaml(text: str) -> None:
    assert settings(dry_run=text).dry_run is True


@pytest.mark.parametrize("text", ["false", "False", "FALSE", "", "  ", "\n"])
def test_false_in_the_spellings_of_yaml_and_blank_for_the_default(text: str) -> None:
    assert settings(dry_run=text).dry_run is False


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("ture", "true"),
        ("tRUE", "true"),
        ("'true'", "true"),
        ("yes", "true"),
        ("on", "true"),
        ("1", "true"),
        ("No", "false"),
        ("flase", "false"),
        ("0", "false"),
    ],
)
def test_any_other_boolean_is_a_mistake_that_says_what_was_meant(text: str, meant: str) -> None:
    found = mistake("dry-run", text)
    assert (found.name, found.value, found.accepted) == ("dry-run", text, "true or false")
    assert found.problem == f"is not a boolean; probably {meant} is meant"


@pytest.mark.parametrize(
    "text", ["~", "null", "t", "\uff54\uff52\uff55\uff45", "true false", "${{ inputs.dry }}"]
)
def test_a_boolean_that_resembles_none_is_a_mistake_too(text: str) -> None:
    assert mistake("dry-run", text).problem.startswith("is not a boolean")


@pytest.mark.parametrize(
    ("text", "count"), [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)]
)
def test_whole_numbers(text: str, count: int) -> None:
    assert settings(versions_to_keep=text).short.versions_to_keep == count


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-1", "is negative"),
        ("1,000", "has a separator between its digits"),
        ("1 000", "has a separator between its digits"),
        ("1_000", "has a separator between its digits"),
        ("1.0", "is not a whole number"),
        ("+1", "is not a whole number"),
        ("1e3", "is not a whole number"),
        ("0x10", "is not a whole number"),
        ("five", "is not a whole number"),
        ("٣", "is not a whole number"),
        ("²", "is not a whole number"),
        ("1" * 19, "is too large"),
        ("1" * 5000, "is too large"),
    ],
)
def test_anything_else_is_no_whole_number(text: str, problem: str) -> None:
    assert mistake("versions-to-keep", text).problem == problem


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("25", MaxDeletions(count=25)),
        ("0", MaxDeletions(count=0)),
        ("10%", MaxDeletions(percent=10.0)),
        ("2.5 %", MaxDeletions(percent=2.5)),
        ("0%", MaxDeletions(percent=0.0)),
        ("100%", MaxDeletions(percent=100.0)),
    ],
)
def test_limits(text: str, limit: MaxDeletions) -> None:
    assert settings(max_deletions=text).max_deletions == limit


@pytest.mark.parametrize(
    "text", ["101%", "100.1%", "-1%", "%", "1,5%", "10%%", "ten", "1" * 99 + "%"]
)
def test_no_limits(text: str) -> None:
    assert mistake("max-deletions", text).name == "max-deletions"


def test_no_limit_is_the_default() -> None:
    assert settings().max_deletions is None


@pytest.mark.parametrize("kind", list(PackageType))
def test_package_types(kind: PackageType) -> None:
    assert settings(package_type=kind.value).package_type is kind


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("package-type", "Container", "container"),
        ("package-type", "containers", "container"),
        ("package-type", "gem-rubygems", "rubygems"),
        ("package-type", "NuGet", "nuget"),
        ("if-empty", "keep_newest", "keep-newest"),
        ("if-empty", "Fail", "fail"),
        ("if-empty", "delete package", "delete-package"),
    ],
)
def test_misspelt_words_are_recognised(name: str, text: str, meant: str) -> None:
    found = mistake(name, text)
    assert found.problem == f"is not one of them; probably {meant} is meant"
    assert meant in found.accepted


def test_a_word_that_resembles_none_gets_the_list_only() -> None:
    found = mistake("package-type", "pypi-wheel")
    assert found.problem == "is not one of them"
    assert found.accepted == "container, npm, maven, nuget, rubygems or docker"


def test_if_empty() -> None:
    assert settings().if_empty is IfEmpty.KEEP_NEWEST
    assert settings(if_empty="delete-package").if_empty is IfEmpty.DELETE_PACKAGE


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0s", timedelta(0)),
        ("0 seconds", timedelta(0)),
        ("45s", timedelta(seconds=45)),
        ("90m", timedelta(minutes=90)),
        ("12h", timedelta(hours=12)),
        ("30d", timedelta(days=30)),
        ("30 days", timedelta(days=30)),
        ("1 day", timedelta(days=1)),
        ("1 Day", timedelta(days=1)),
        ("6w", timedelta(weeks=6)),
        ("6 weeks", timedelta(weeks=6)),
        ("2mo", timedelta(days=60)),
        ("2 months", timedelta(days=60)),
        ("1y", timedelta(days=365)),
        ("1 year", timedelta(days=365)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1 day 12 hours", timedelta(days=1, hours=12)),
        ("1y 2mo 3d", timedelta(days=428)),
        ("1000y", timedelta(days=365_000)),
    ],
)
def test_durations(text: str, length: timedelta) -> None:
    assert settings(older_than=text).short.older_than == length


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("30", "has no unit; 30d would be days"),
        ("-1d", "is negative"),
        ("1.5d", "is not in whole numbers; 1d12h is a day and a half"),
        ("1,000d", "is not in whole numbers; 1d12h is a day and a half"),
        ("6M", "leaves open what M is: m is minutes, mo is months"),
        ("6D", "has the unknown unit 'D'"),
        ("3 fortnights", "has the unknown unit 'fortnights'"),
        ("1d 2d", "gives 'd' twice"),
        ("1d1day", "gives 'day' twice"),
        ("1001y", "is longer than 1,000 years"),
        ("9" * 400 + "d", "is longer than 1,000 years"),
        ("٣d", "is not a duration"),
        ("d", "is not a duration"),
        ("1 d ago", "is not a duration"),
        ("2 days ago UTC", "is not a duration"),
    ],
)
def test_anything_else_is_no_duration(text: str, problem: str) -> None:
    assert mistake("older-than", text).problem == problem


def test_the_longest_wait() -> None:
    assert settings().max_wait == timedelta(minutes=15)
    assert settings(max_wait="0s").max_wait == timedelta(0)
