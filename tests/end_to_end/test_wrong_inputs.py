"""Mistakes in the inputs: all of them told at once, and not one request sent."""

from dataclasses import replace

import pytest

from end_to_end.runner import Job
from end_to_end.world import numbered
from fake_github import FakeGitHub

Inputs = dict[str, str]

WRONG: tuple[tuple[str, Inputs, str], ...] = (
    ("nothing asked for", {}, "versions-to-keep"),
    ("only narrowed", {"older-than": "30d"}, "older-than"),
    ("only protected", {"keep": "v*"}, "keep"),
    ("a misspelt input", {"delete": "pr-*", "dry_run": "true"}, "dry-run"),
    ("an input of another action", {"min-versions-to-keep": "3"}, "versions-to-keep"),
    ("deleting and restoring", {"delete": "pr-*", "restore-ids": "1"}, "restores"),
    ("no boolean", {"delete": "pr-*", "dry-run": "yes"}, "dry-run"),
    ("a typo in a boolean", {"delete": "pr-*", "dry-run": "ture"}, "probably true"),
    ("a negative number", {"versions-to-keep": "-1"}, "negative"),
    ("a number in words", {"versions-to-keep": "three"}, "versions-to-keep"),
    ("a number with separators", {"versions-to-keep": "1,000"}, "separator"),
    ("a number in other digits", {"versions-to-keep": "٣"}, "versions-to-keep"),
    ("an age without a unit", {"versions-to-keep": "1", "older-than": "30"}, "30d"),
    ("an unclear unit", {"versions-to-keep": "1", "older-than": "6M"}, "mo is months"),
    ("no age", {"versions-to-keep": "1", "older-than": "soon"}, "older-than"),
    ("no wait", {"versions-to-keep": "1", "max-wait": "-1s"}, "max-wait"),
    ("no expression", {"delete": "/(/"}, "regular expression"),
    ("half an expression", {"delete": "/pr-"}, "regular expression"),
    ("an open class", {"delete": "[abc"}, "delete"),
    ("a glob that excludes", {"delete": "*, !v1"}, "keep"),
    ("only comments", {"delete": "# pr-*\n# tmp-*"}, "holds no item"),
    ("no type", {"versions-to-keep": "1", "package-type": "Container"}, "container"),
    ("no owner", {"versions-to-keep": "1", "owner": "acme/app"}, "package-name"),
    ("no name", {"versions-to-keep": "1", "package-name": "app:latest"}, "package-name"),
    ("another's name", {"versions-to-keep": "1", "package-name": "ghcr.io/b/app"}, "owner"),
    ("only exclusions", {"versions-to-keep": "1", "package-name": "!app"}, "only excludes"),
    ("no ids", {"delete-ids": "1, two"}, "delete-ids"),
    ("ids of two", {"delete-ids": "1", "package-name": "a, b"}, "exactly one package"),
    ("too large a share", {"versions-to-keep": "1", "max-deletions": "110%"}, "100%"),
    ("no choice", {"versions-to-keep": "1", "if-empty": "keep"}, "if-empty"),
    ("out of the workspace", {"versions-to-keep": "1", "journal-file": "../j"}, "journal-file"),
    ("elsewhere", {"versions-to-keep": "1", "journal-file": "/etc/j"}, "outside"),
    (
        "one file for two",
        {"versions-to-keep": "1", "manifest-cache": "a", "journal-file": "a"},
        "manifest-cache",
    ),
    ("no address", {"versions-to-keep": "1", "api-url": "api.github.com"}, "https://"),
    ("credentials", {"versions-to-keep": "1", "api-url": "https://u:p@host"}, "credentials"),
    ("a path", {"versions-to-keep": "1", "registry-url": "https://ghcr.io/acme"}, "path"),
    ("no token", {"versions-to-keep": "1", "token": ""}, "token"),
    ("no tags to be without", {"delete-untagged": "true", "package-type": "npm"}, "npm"),
    (
        "no manifests to keep",
        {"versions-to-keep": "1", "package-type": "npm", "manifest-cache": "m"},
        "manifest-cache",
    ),
    ("untag without delete", {"versions-to-keep": "1", "untag": "true"}, "untag"),
)


@pytest.mark.parametrize(
    ("inputs", "told"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_no_request_is_sent(github: FakeGitHub, job: Job, inputs: Inputs, told: str) -> None:
    numbered(github.add_package("acme", "container", "app"), 3)
    finished = job.run(inputs)
    assert finished.code == 2, finished.log
    assert github.requests == []
    assert finished.outcome == "failed"
    assert finished.outputs["deleted-count"] == "0"
    [error] = finished.annotations("error")
    assert told in error
    assert finished.summary.startswith("## ❌ Nothing was done: 1 mistake in the inputs")
    assert not job.journal_file.exists()


def test_all_mistakes_are_told_together(github: FakeGitHub, job: Job) -> None:
    wrong = {
        "dry-run": "yes",
        "versions-to-keep": "some",
        "older-than": "30",
        "keep": "[",
        "package-type": "pypi",
        "if-emtpy": "fail",
    }
    finished = job.run(wrong)
    assert (finished.code, github.requests) == (2, [])
    [error] = finished.annotations("error")
    for name in wrong:
        assert name in error
        assert name in finished.summary
    assert "6 mistakes in the inputs" in finished.summary


def test_without_a_repository_owner_and_name_are_missed(github: FakeGitHub, job: Job) -> None:
    nowhere = replace(job, repository="")
    finished = nowhere.run({"versions-to-keep": "1"})
    assert (finished.code, github.requests) == (2, [])
    [error] = finished.annotations("error")
    assert "owner" in error
    assert "package-name" in error


def test_a_token_in_another_input_is_not_sent_and_not_shown(
    github: FakeGitHub, job: Job, token: str
) -> None:
    finished = job.run({"versions-to-keep": "1", "keep": f"v*, {token}", "owner": token})
    assert (finished.code, github.requests) == (2, [])
    shown = [finished.log, finished.summary, *finished.outputs.values()]
    assert not [text for text in shown if token in text]


def test_a_process_ends_with_the_code_of_wrong_inputs(github: FakeGitHub, job: Job) -> None:
    finished = job.run_process({"versions-to-keep": "1", "dry-run": "maybe"})
    assert (finished.code, github.requests) == (2, [])
    assert finished.stderr == ""
    assert finished.summary
