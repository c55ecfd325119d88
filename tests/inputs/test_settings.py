"""The settings as a whole, and which of them are worth showing."""

from datetime import timedelta
from pathlib import Path

from inputs.environments import RUNNER, TOKEN, settings
from package_keeper.domain.limits import IfEmpty
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.shorthand import ShortInputs


def test_the_least_that_can_be_asked() -> None:
    given = settings(versions_to_keep="3")
    assert (given.token, given.owner, given.names.exact) == (TOKEN, "Octo-Org", ("my-app",))
    assert given.package_type is PackageType.CONTAINER
    assert given.short == ShortInputs(versions_to_keep=3)
    assert (given.untag, given.dry_run, given.max_deletions) == (False, False, None)
    assert given.if_empty is IfEmpty.KEEP_NEWEST
    assert given.journal_file == Path("/github/workspace/package-keeper-journal.jsonl")
    assert (given.manifest_cache, given.max_wait) == (None, timedelta(minutes=15))
    assert (given.api_url, given.registry_url) == ("https://api.github.com", "https://ghcr.io")
    assert given.summary_settings == (("versions-to-keep", "3"),)


def test_all_short_inputs() -> None:
    given = settings(
        versions_to_keep="2",
        keep="latest",
        delete="pr-*",
        older_than="1w",
        delete_untagged="false",
        delete_ids="7",
    )
    assert given.short == ShortInputs(
        versions_to_keep=2,
        keep=(Pattern("latest"),),
        delete=(Pattern("pr-*"),),
        older_than=timedelta(weeks=1),
        delete_untagged=False,
        delete_ids=(7,),
    )


def test_what_means_the_default_is_not_shown_as_different() -> None:
    given = settings(
        owner="@Octo-Org",
        package_name=" My-App ",
        package_type="container",
        untag="False",
        dry_run="FALSE",
        if_empty="keep-newest",
        max_wait="900 seconds",
        journal_file="package-keeper-journal.jsonl",
        api_url="https://api.github.com/",
        registry_url="https://ghcr.io/",
    )
    assert given.summary_settings == (("versions-to-keep", "3"),)


def test_what_differs_is_shown_as_it_was_understood() -> None:
    given = settings(
        delete="pr-* # closed\n/v\\d+/",
        older_than="6m",
        max_wait="1h",
        dry_run="True",
        package_name="a, b",
        owner="other",
    )
    assert given.summary_settings == (
        ("owner", "other"),
        ("package-name", "a, b"),
        ("delete", "pr-*, /v\\d+/"),
        ("older-than", "6m (6 minutes)"),
        ("dry-run", "True"),
        ("max-wait", "1h (1 hour)"),
    )


def test_a_long_list_is_shown_shortened() -> None:
    shown = dict(settings(keep="\n".join(f"v{n}" for n in range(1000))).summary_settings)["keep"]
    assert len(shown) == 300
    assert shown.endswith("…")


def test_a_runner_that_tells_nonsense_is_no_default() -> None:
    runner = RUNNER | {"GITHUB_API_URL": "nonsense"}
    given = settings(runner, api_url="https://api.github.com", registry_url="https://ghcr.io")
    assert ("api-url", "https://api.github.com") in given.summary_settings
