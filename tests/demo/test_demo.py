"""The demonstration shows what it promises, and notices where it is not so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from demo.__main__ import Demonstration
from demo.reading import folded, log_lines, summary_lines
from fake_github import Call, FakeGitHub

ROOT = Path(__file__).parents[2]


def test_it_runs_as_make_runs_it_and_ends_well() -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "demo"],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert finished.stderr == ""
    for shown in (
        "Dry run: 20 of 52 versions of acme/web would be deleted",
        "Deleted 20 of 52 versions of acme/web",
        "✔ v1.0.0 still pulls completely",
        "✖ Error: acme/web: 1 version denied",
        "How to undo this",
        "acme/web (container): restored 20, 52 active now",
        "✔ every version and every tag is back",
        "Everything was as it should be",
    ):
        assert shown in finished.stdout, shown


def test_it_ends_red_when_a_kept_image_was_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FakeGitHub() as github:
        demonstration = Demonstration(github, tmp_path)
        package = demonstration.web
        child = package.manifests[package.tags["v2.0.0"]].children()[0]

        def break_an_image(call: Call) -> None:
            if call.method == "DELETE" and child in package.active:
                package.delete_version(package.active[child])

        github.on_request(break_an_image)
        assert demonstration.tell() == 1
    assert "✖ v2.0.0 still pulls completely" in capsys.readouterr().out


def test_a_log_reads_as_on_github() -> None:
    log = (
        "::group::a group\n::add-mask::s3cret\nuses s3cret\n  delete x\n::endgroup::\n"
        "::error title=Not%3A so::a%0Ab\n##[warning]old\nat the end\n"
    )
    assert list(log_lines(log)) == [
        "▾ a group",
        "  uses ***",
        "    delete x",
        "✖ Error: Not: so",
        "    a",
        "    b",
        "⚠ Warning: ",
        "    old",
        "at the end",
    ]


def test_long_lists_of_deletions_fold() -> None:
    lines = ["head", *(f"  delete {n}" for n in range(9)), "foot"]
    shown = list(folded(lines))
    assert shown == ["head", *lines[1:6], "  … 4 more lines like these", "foot"]
    assert list(folded(lines[:4])) == lines[:4]


def test_a_summary_reads_as_text() -> None:
    markdown = (
        "## ✅ Done \\*well\\* &amp; `so`\n"
        "| A | B |\n| --- | ---: |\n| [x](https://e/y) | a \\| b |\n"
        "<details>\n<summary>More</summary>\n```sh\nfor | do\n```\n</details>\n"
    )
    assert list(summary_lines(markdown)) == [
        "✅ Done *well* & so",
        "  A   B",
        "  ─   ─────",
        "  x   a | b",
        "▸ More",
        "",
        "    for | do",
    ]
