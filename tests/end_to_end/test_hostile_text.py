"""Names, tags and error texts made by somebody who wishes the workflow ill."""

import re

import pytest

from end_to_end.runner import Finished, Job
from end_to_end.workflow_commands import commands_in
from end_to_end.world import day, left, numbered
from fake_github import FakeGitHub, Fault, FaultKind
from rendering.reading import Page

NASTY = (
    "::set-output name=deleted-ids::1",
    "\n::error::no",
    "\r::add-mask::deleted",
    "\r\n  ::stop-commands::x\n",
    "x##[error]no",
    "##[add-mask]deleted",
    "\u2028::warning::no",
    "\x0b::notice::no",
    "\x85::debug::no",
    "%0A::error::no",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</details></td></tr></table><h1>no</h1>",
    "[click](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "| a | b |\n|---|---|",
    "`code` **bold** <!-- hidden",
    "@everyone #1 https://example.com",
    "\u202eright to left",
    "\x1b[31mred\x1b[0m \x00 \x07",
    "$(touch x) `touch x` ; touch x",
    "é" * 300,
    "../../../etc/passwd",
    "${{ github.token }}",
)
OWN_COMMANDS = {"group", "endgroup", "error", "warning", "notice", "add-mask"}
OWN_ELEMENTS = set("h2 h3 h4 p table thead tbody tr th td strong em details summary".split())
OWN_ELEMENTS |= set("code pre a ul li span br".split())
OWN_ADDRESS = "https://github.com/"


def is_harmless(finished: Finished) -> bool:
    """Whether nothing of it is executed, rendered or ends a line where it should not."""
    commands = commands_in(finished.log)
    assert {command.name for command in commands} <= OWN_COMMANDS
    masked = [command.data for command in commands if command.name == "add-mask"]
    assert "deleted" not in masked
    assert "no" not in [command.data for command in commands]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e]", finished.log)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202e]", finished.summary)
    page = Page(finished.summary)
    assert page.elements <= OWN_ELEMENTS
    assert page.attributes <= {"href", "style", "class"}
    assert not [address for address in page.addresses if not address.startswith(OWN_ADDRESS)]
    assert not [piece for piece in page.alive if OWN_ADDRESS not in piece]
    return True


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_names_of_versions(github: FakeGitHub, job: Job, dry_run: str) -> None:
    package = github.add_package("acme", "npm", "app")
    for number, text in enumerate(NASTY):
        package.add_version(f"{number} {text}", created_at=day(number))
        package.add_version(text, created_at=day(100 + number))
    asked = {"package-type": "npm", "versions-to-keep": "20", "dry-run": dry_run}
    finished = job.run(asked)
    assert finished.code == 0, finished.log
    assert is_harmless(finished)
    assert finished.outputs["planned-count"] == str(2 * len(NASTY) - 20)
    if dry_run == "false":
        assert len(left(package)) == 20
        assert {line["name"] for line in finished.entries} == {v.name for v in package.deleted}


@pytest.mark.parametrize("keep", ["1", "0"])
def test_tags(github: FakeGitHub, job: Job, keep: str) -> None:
    """No registry takes such tags; an API that lists them is no reason to run them."""
    package = github.add_package("acme", "container", "app")
    for number, text in enumerate(NASTY):
        package.push_image(
            tags=(text, f"{number} {text}"),
            platforms=("linux/amd64",),
            attestations=False,
            created_at=day(number),
        )
    finished = job.run({"versions-to-keep": keep})
    assert finished.code == 0, finished.log
    assert is_harmless(finished)
    assert len(left(package)) == 1


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("status", [403, 404, 422, 401])
def test_texts_of_refusals(github: FakeGitHub, job: Job, status: int, text: str) -> None:
    numbered(github.add_package("acme", "npm", "app"), 3)
    fault = Fault(
        kind=FaultKind.STATUS,
        method="DELETE",
        status=status,
        body={"message": f"Refused: {text}", "documentation_url": text},
        times=None,
    )
    github.fail(fault)
    finished = job.run({"package-type": "npm", "versions-to-keep": "1"})
    assert finished.code in (1, 4)
    assert is_harmless(finished)
    assert len(finished.annotations("error")) == 1


@pytest.mark.parametrize("path", ["/users/acme", "/npm/app?", "/versions?"])
@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_texts_of_refusals_to_read(github: FakeGitHub, job: Job, path: str, status: int) -> None:
    numbered(github.add_package("acme", "npm", "app"), 3)
    message = " ".join(NASTY)
    fault = Fault(
        kind=FaultKind.STATUS,
        path_contains=path,
        status=status,
        body={"message": message},
        headers={"X-GitHub-Request-Id": "::error::no <b>"},
        times=None,
    )
    github.fail(fault)
    finished = job.run({"package-type": "npm", "versions-to-keep": "1"})
    assert finished.code in (1, 4)
    assert is_harmless(finished)


@pytest.mark.parametrize("text", [t for t in NASTY if "\n" not in t and "\x00" not in t])
def test_texts_of_inputs(github: FakeGitHub, job: Job, text: str) -> None:
    """Inputs may come from the title of a pull request."""
    for name in ("keep", "delete", "package-name", "owner", "dry-run", "journal-file"):
        finished = job.run({"versions-to-keep": "1", name: text})
        assert is_harmless(finished)


def test_the_registrys_texts(github: FakeGitHub, job: Job) -> None:
    numbered(github.add_package("acme", "container", "app"), 3)
    for text in (NASTY[0], NASTY[1], NASTY[10]):
        github.heal()
        fault = Fault(
            kind=FaultKind.STATUS,
            server="registry",
            path_contains="/manifests/",
            status=403,
            body={"errors": [{"code": text, "message": " ".join(NASTY)}]},
            times=None,
        )
        github.fail(fault)
        finished = job.run({"versions-to-keep": "1"})
        assert finished.code in (1, 4)
        assert is_harmless(finished)


def test_a_process_says_nothing_executable_either(github: FakeGitHub, job: Job) -> None:
    """Also what libraries may print to stderr is looked at."""
    package = github.add_package("acme", "npm", "app")
    for number, text in enumerate(NASTY):
        package.add_version(text, created_at=day(number))
    finished = job.run_process({"package-type": "npm", "versions-to-keep": "2"})
    assert finished.code == 0, finished.log
    assert is_harmless(finished)
    assert finished.stderr == ""
