"""Inputs that don't exist: a mistake, with what was probably meant."""

import pytest

from inputs.environments import environment, mistakes, settings
from package_keeper.inputs.declared import INPUTS
from package_keeper.inputs.settings import read_settings
from package_keeper.inputs.suggestions import LEAVE_OUT, NOT_YET, USE

NAMES = {entry.name for entry in INPUTS}


def problem_of(name: str) -> str:
    (only,) = mistakes({"versions-to-keep": "3", name: "whatever"})
    assert only.value is None
    assert only.name == name.lower().replace(" ", "_")
    return only.problem


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("dry_run", "dry-run"),
        ("dry run", "dry-run"),
        ("DRY_RUN", "dry-run"),
        ("package_name", "package-name"),
        ("delete_untagged", "delete-untagged"),
    ],
)
def test_an_underscore_or_a_space_is_no_hyphen(name: str, meant: str) -> None:
    assert problem_of(name).startswith(f"is not an input; {meant} is meant")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("dryrun", "dry-run"),
        ("version-to-keep", "versions-to-keep"),
        ("versions-keep", "versions-to-keep"),
        ("older", "older-than"),
        ("delete-untaged", "delete-untagged"),
        ("packages-name", "package-name"),
        ("max-deletion", "max-deletions"),
        ("exclude-tag", "keep"),
    ],
)
def test_the_nearest_name_is_what_was_probably_meant(name: str, meant: str) -> None:
    assert problem_of(name) == f"is not an input; probably {meant} is meant"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("min-versions-to-keep", "versions-to-keep"),
        ("num-old-versions-to-delete", "versions-to-keep, which counts what stays"),
        ("delete-only-untagged-versions", "delete-untagged"),
        ("delete-only-pre-release-versions", "delete, with patterns"),
        ("ignore-versions", "keep, which takes a regular expression"),
        ("package-version-ids", "delete-ids"),
        ("keep-n-tagged", "versions-to-keep"),
        ("keep-n-untagged", "delete-untagged with older-than"),
        ("exclude-tags", "keep"),
        ("delete-tags", "delete"),
        ("image-names", "package-name"),
        ("image-tags", "delete, and keep"),
        ("cut-off", "older-than"),
        ("account", "owner"),
        ("repository_owner", "owner"),
        ("untagged_only", "delete-untagged"),
        ("keep-tags-regexes", "keep, which takes a regular expression"),
        ("version-pattern", "delete, which takes a regular expression"),
    ],
)
def test_inputs_of_other_actions_lead_to_ours(name: str, meant: str) -> None:
    assert problem_of(name).startswith(f"is not an input; use {meant}")


@pytest.mark.parametrize("name", ["account-type", "validate", "log-level", "owner_type"])
def test_inputs_of_other_actions_that_nothing_replaces(name: str) -> None:
    assert problem_of(name).startswith("is not an input; leave it out: ")


@pytest.mark.parametrize("name", NOT_YET)
def test_inputs_of_a_later_version(name: str) -> None:
    assert problem_of(name) == "is not available in this version"
    assert problem_of(name.replace("-", "_")) == "is not available in this version"


def test_misspelt_inputs_of_a_later_version() -> None:
    found = problem_of("polices")
    assert (
        found == "is not an input; probably policy is meant, which is not available in this version"
    )


def test_a_name_like_no_other() -> None:
    assert problem_of("zzz") == "is not an input"


def test_a_name_without_end_is_shortened() -> None:
    (only,) = mistakes({"versions-to-keep": "3", "q" * 100_000: "x"})
    assert only.name == "q" * 99 + "…"


def test_a_name_in_small_letters_is_not_the_runners() -> None:
    environ = environment({"versions-to-keep": "3"}) | {"INPUT_dry-run": "true"}
    environ["INPUT_VERSIONS-TO-KEEP"] = "3"
    with pytest.raises(Exception, match="dry-run: is not an input; dry-run is meant"):
        read_settings(environ)


def test_blank_does_not_make_an_unknown_input_known() -> None:
    assert mistakes({"versions-to-keep": "3", "dry_run": ""})[0].name == "dry_run"


def test_the_containers_own_inputs_are_not_ours_to_judge() -> None:
    assert settings(args="--help", entrypoint="/bin/sh").short.versions_to_keep == 3


def test_other_variables_are_not_inputs() -> None:
    environ = environment({"versions-to-keep": "3"}) | {"INPUTS": "x", "MY_INPUT_X": "x"}
    assert read_settings(environ).short.versions_to_keep == 3


def test_what_was_asked_for_by_an_unknown_input_is_not_nothing() -> None:
    (only,) = mistakes({"min-versions-to-keep": "5"})
    assert only.name == "min-versions-to-keep"


def test_every_advice_names_inputs_that_exist() -> None:
    assert not (USE.keys() | LEAVE_OUT.keys() | set(NOT_YET)) & NAMES
    assert not USE.keys() & LEAVE_OUT.keys()
    assert not (USE.keys() | LEAVE_OUT.keys()) & set(NOT_YET)
    for advice in USE.values():
        assert advice.partition(" ")[0].rstrip(",") in NAMES, advice
