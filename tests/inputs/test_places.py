"""Addresses, files and what the runner says."""

from pathlib import Path

import pytest

from inputs.environments import RUNNER, mistake, mistakes, settings
from package_keeper.inputs.context import read_context


@pytest.mark.parametrize(
    ("server", "api", "registry"),
    [
        ("https://github.com", "https://api.github.com", "https://ghcr.io"),
        ("https://github.com/", "https://api.github.com", "https://ghcr.io"),
        ("https://octo.ghe.com", "https://api.octo.ghe.com", "https://containers.octo.ghe.com"),
        ("https://ghes.example", "https://ghes.example/api/v3", "https://containers.ghes.example"),
        ("http://ghes:8080", "http://ghes:8080/api/v3", "http://containers.ghes:8080"),
        ("", "https://api.github.com", "https://ghcr.io"),
    ],
)
def test_addresses_follow_from_the_server(server: str, api: str, registry: str) -> None:
    """With and without the runner's word on the API, which says the same."""
    runner = {"GITHUB_SERVER_URL": server, "GITHUB_REPOSITORY": "octo/app"}
    for said in ({}, {"GITHUB_API_URL": f"{api}/"}):
        given = settings(runner | said)
        assert (given.api_url, given.registry_url) == (api, registry)
        assert [name for name, _ in given.summary_settings] == ["versions-to-keep"]


@pytest.mark.parametrize(
    ("api", "registry"),
    [
        ("https://api.octo.ghe.com", "https://containers.octo.ghe.com"),
        ("https://GHES.example/api/v3/", "https://containers.ghes.example"),
    ],
)
def test_the_registry_is_never_that_of_another_server_than_the_api(api: str, registry: str) -> None:
    assert settings(api_url=api).registry_url == registry
    on_server = {"GITHUB_SERVER_URL": "https://ghes.example", "GITHUB_REPOSITORY": "octo/app"}
    assert settings(on_server, api_url="https://api.github.com").registry_url == "https://ghcr.io"


def test_where_the_api_does_not_tell_the_registry_it_has_to_be_given() -> None:
    assert mistake("api-url", "http://127.0.0.1:8000").name == "registry-url"
    given = settings(api_url="http://127.0.0.1:8000/", registry_url="http://127.0.0.1:5000/")
    assert (given.api_url, given.registry_url) == ("http://127.0.0.1:8000", "http://127.0.0.1:5000")
    assert settings(api_url="http://127.0.0.1:8000", package_type="npm").registry_url == ""


@pytest.mark.parametrize("name", ["api-url", "registry-url"])
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ghcr.io", "does not start with http:// or https://; probably https://ghcr.io is meant"),
        ("ftp://ghcr.io", "does not start with http:// or https://"),
        ("file:///etc/passwd", "does not start with http:// or https://"),
        ("https://", "does not start with http:// or https://"),
        ("https://user:pass@ghcr.io", "holds credentials"),
        ("https://ghcr.io?x=1", "has a query or a fragment"),
        ("https://ghcr.io#x", "has a query or a fragment"),
        ("https://gh cr.io", "holds characters that no address has"),
        ("https://ghcr.io\nx", "holds characters that no address has"),
        ("https://ghcr.io\\@x", "holds characters that no address has"),
        ("https://ghcr.io:99999", "is not an address"),
        ("https://[::1", "is not an address"),
        ("https://gh_cr!.io", "has no valid host"),
        ("https://:80", "has no valid host"),
    ],
)
def test_no_addresses(name: str, text: str, problem: str) -> None:
    found = mistake(name, text)
    assert found.name == name
    assert found.problem.startswith(problem), found.problem
    assert "pass" not in str(found).replace("passwd", "")


def test_a_registry_has_no_path() -> None:
    assert mistake("registry-url", "https://ghcr.io/octo").problem.startswith("has a path")


def test_hosts_may_be_addresses_of_the_sixth_version() -> None:
    assert settings(registry_url="http://[::1]:5000").registry_url == "http://[::1]:5000"


def test_a_runner_that_says_nonsense_is_a_mistake_too() -> None:
    runner = RUNNER | {"GITHUB_API_URL": "nonsense", "GITHUB_SERVER_URL": "nonsense"}
    found = mistakes({"versions-to-keep": "1"}, runner)
    assert [m.name for m in found] == ["api-url"]
    alone = {"GITHUB_SERVER_URL": "nonsense", "GITHUB_REPOSITORY": "octo/app"}
    assert {m.name for m in mistakes({"versions-to-keep": "1"}, alone)} == {"api-url"}
    assert settings(runner, api_url="http://a", registry_url="http://b").registry_url == "http://b"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("j.jsonl", "/github/workspace/j.jsonl"),
        ("./a//b/j.jsonl", "/github/workspace/a/b/j.jsonl"),
        ("/github/workspace/a/j.jsonl", "/github/workspace/a/j.jsonl"),
        ("a b/ö.jsonl", "/github/workspace/a b/ö.jsonl"),
    ],
)
def test_files_in_the_workspace(text: str, path: str) -> None:
    given = settings(journal_file=text, manifest_cache=f"{text}.cache")
    assert given.journal_file == Path(path)
    assert given.manifest_cache == Path(f"{path}.cache")
    assert given.workspace == Path("/github/workspace")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("../j", "leads upwards"),
        ("a/../j", "leads upwards"),
        ("/github/workspace/../j", "leads upwards"),
        ("/etc/passwd", "is outside"),
        ("/github/workspace2/j", "is outside"),
        ("/", "is outside"),
        (".", "is a folder"),
        ("a/", "is a folder"),
        ("/github/workspace", "is a folder"),
        ("a\nb", "holds characters that can't be printed"),
        ("a\x00b", "holds characters that can't be printed"),
        ("a\udc80b", "holds characters that can't be printed"),
    ],
)
@pytest.mark.parametrize("name", ["journal-file", "manifest-cache"])
def test_no_files_in_the_workspace(name: str, text: str, problem: str) -> None:
    found = mistake(name, text)
    assert found.name == name
    assert found.problem.startswith(problem), found.problem


def test_the_files_without_an_input() -> None:
    given = settings({"GITHUB_REPOSITORY": "octo/app"})
    assert given.journal_file == Path("/github/workspace/package-keeper-journal.jsonl")
    assert given.manifest_cache is None


def test_a_workspace_that_is_not_absolute_proves_nothing() -> None:
    found = mistake("versions-to-keep", "1", RUNNER | {"GITHUB_WORKSPACE": "work"})
    assert (found.name, found.value) == ("journal-file", "package-keeper-journal.jsonl")


def test_journal_and_cache_are_not_the_same_file() -> None:
    found = mistake("manifest-cache", "./package-keeper-journal.jsonl")
    assert found.problem == "is the journal-file as well"


def test_the_context() -> None:
    context = read_context(
        {
            "GITHUB_SERVER_URL": "https://ghes.example/",
            "GITHUB_REPOSITORY": "octo/app",
            "GITHUB_WORKSPACE": "/w",
            "GITHUB_RUN_ID": "42",
            "GITHUB_RUN_ATTEMPT": "2",
        }
    )
    assert (context.repository_owner, context.repository_name) == ("octo", "app")
    assert context.api_url == "https://ghes.example/api/v3"
    assert context.run_url == "https://ghes.example/octo/app/actions/runs/42/attempts/2"
    assert context.workspace == Path("/w")


def test_a_context_without_a_word() -> None:
    context = read_context({})
    assert context.repository == ""
    assert context.run_url is None
    assert context.workspace == Path("/github/workspace")
    assert read_context({"GITHUB_RUN_ID": "4\n2", "GITHUB_REPOSITORY": "o/a"}).run_url is None
    said = {"GITHUB_RUN_ID": "42", "GITHUB_REPOSITORY": "o/a"}
    assert read_context(said).run_url == "https://github.com/o/a/actions/runs/42"
