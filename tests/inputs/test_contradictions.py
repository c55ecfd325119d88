"""Inputs that don't fit together, and only these."""

import pytest

from inputs.environments import mistakes, settings
from package_keeper.inputs.contradictions import WAYS_TO_ASK


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ({}, "versions-to-keep"),
        ({"delete-untagged": "false"}, "versions-to-keep"),
        ({"dry-run": "true"}, "versions-to-keep"),
        ({"keep": "latest"}, "keep"),
        ({"older-than": "30d"}, "older-than"),
        ({"older-than": "30d", "keep": "latest"}, "older-than"),
        ({"older-than": "30d", "delete-untagged": "false"}, "older-than"),
    ],
)
def test_nothing_asked_for_lists_the_ways_to_ask(inputs: dict[str, str], name: str) -> None:
    (only,) = mistakes(inputs)
    assert only.name == name
    assert only.problem.endswith(WAYS_TO_ASK)


def test_a_number_under_keep_is_a_name() -> None:
    (only,) = mistakes({"keep": "5"})
    assert "not how many stay" in only.problem
    assert "not how many stay" not in mistakes({"keep": "v5"})[0].problem


@pytest.mark.parametrize(
    "inputs",
    [
        {"versions-to-keep": "0"},
        {"delete": "pr-*"},
        {"delete-untagged": "true"},
        {"delete-ids": "7"},
        {"older-than": "30d", "delete-untagged": "true"},
        {"delete-ids": "7", "package-name": "only-one"},
        {"delete-ids": "7", "package-name": "one, two, !two"},
        {"delete": "pr-*", "untag": "true"},
        {"delete-untagged": "true", "package-type": "docker"},
        {"delete": "1.*", "package-type": "npm", "delete-untagged": "false"},
        {"versions-to-keep": "3", "package-type": "npm"},
        {"versions-to-keep": "3", "manifest-cache": "cache.json"},
        {"versions-to-keep": "3", "untag": "false", "package-type": "nuget"},
    ],
)
def test_what_fits_together(inputs: dict[str, str]) -> None:
    assert settings(**{name.replace("-", "_"): text for name, text in inputs.items()}).short.selects


@pytest.mark.parametrize("names", ["one, two", "app-*", "one, app-*", "/x+/"])
def test_ids_are_of_one_package(names: str) -> None:
    (only,) = mistakes({"delete-ids": "7", "package-name": names})
    assert only.name == "delete-ids"


@pytest.mark.parametrize("kind", ["npm", "maven", "nuget", "rubygems"])
def test_versions_without_tags_are_not_untagged(kind: str) -> None:
    (only,) = mistakes({"delete-untagged": "true", "package-type": kind})
    assert (only.name, only.value) == ("delete-untagged", "true")


@pytest.mark.parametrize("kind", ["npm", "maven", "nuget", "rubygems", "docker"])
def test_only_containers_lose_tags_and_have_manifests(kind: str) -> None:
    inputs = {"delete": "x", "package-type": kind, "untag": "true", "manifest-cache": "c"}
    assert [(m.name, m.value) for m in mistakes(inputs)] == [
        ("untag", "true"),
        ("manifest-cache", "c"),
    ]


def test_taking_a_tag_off_needs_patterns() -> None:
    (only,) = mistakes({"versions-to-keep": "3", "untag": "true"})
    assert only.name == "untag"
    assert only.problem.startswith("needs delete: ")


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ({"versions-to-keep": "x"}, ["versions-to-keep"]),
        ({"delete-ids": "x", "older-than": "3d"}, ["delete-ids"]),
        ({"delete-untagged": "x"}, ["delete-untagged"]),
        ({"delete": "/(/", "untag": "true"}, ["delete"]),
        ({"delete": "a:b", "package-type": "x"}, ["package-type"]),
        ({"delete-ids": "7", "package-name": "a:b"}, ["package-name"]),
        ({"delete-ids": "7", "owner": "a/b"}, ["owner"]),
    ],
)
def test_nothing_follows_from_a_mistake(inputs: dict[str, str], names: list[str]) -> None:
    assert [m.name for m in mistakes(inputs)] == names


def test_all_mistakes_are_reported_together_in_the_order_of_the_inputs() -> None:
    found = mistakes(
        {
            "max-wait": "soon",
            "dry_run": "true",
            "token": "",
            "delete": "[",
            "versions-to-keep": "-1",
            "package-name": "a:b, c:d",
            "journal-file": "../x",
        }
    )
    assert [m.name for m in found] == [
        "dry_run",
        "token",
        "package-name",
        "package-name",
        "versions-to-keep",
        "delete",
        "journal-file",
        "max-wait",
    ]
