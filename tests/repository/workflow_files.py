"""Workflow files as tests read them: their steps, and what the runner passes to the action.

Expressions are not evaluated but looked up: a test says what each one is, and an expression that it
does not know is a failure, so that none is overlooked.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fake_github import FakeGitHub
from package_keeper.__main__ import act

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
OURS = re.compile(r"package-keeper/package-keeper@[\w.-]*\w")

USUAL = {
    "github.token": "ghs_made-up",
    "github.api_url": "https://api.github.com",
    "github.server_url": "https://github.com",
    "github.repository": "acme/app",
    "github.repository_owner": "acme",
    "github.event.pull_request.number": "12",
    "github.event_name == 'pull_request'": "false",
    "inputs.dry-run": "true",
    "inputs.dry-run || false": "false",
    "inputs.ids": "1, 2",
    "inputs.package-name": "app",
    "inputs.run-id": "1",
    "inputs.package-type": "container",
    "matrix.packages": "app,worker",
    "secrets.PACKAGES_TOKEN": "ghp_made-up",
    "secrets.PAT": "ghp_made-up",
    "secrets.PAT_TOKEN": "ghp_made-up",
    "secrets.YOUR_TOKEN": "ghp_made-up",
}
"""What the expressions of examples and documents are, where a test does not say otherwise."""

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_OUTPUT = re.compile(r"^([a-z-]+)<<(\S+)\n(.*?)\n?^\2$", re.MULTILINE | re.DOTALL)


def load(path: Path) -> dict[str, Any]:
    """A workflow as a value."""
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def steps_in(document: Any) -> Iterator[dict[str, Any]]:
    """Every step that uses the action, in a workflow or in a part of one."""
    if isinstance(document, list):
        for item in document:
            yield from steps_in(item)
    elif isinstance(document, dict):
        if OURS.fullmatch(str(document.get("uses", ""))):
            yield document
        for value in document.values():
            yield from steps_in(value)


def texts_of(step: Mapping[str, Any]) -> dict[str, str]:
    """The step's inputs as written, in the text that the runner makes of YAML's scalars."""
    return {str(name): _text(value) for name, value in (step.get("with") or {}).items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def filled_in(text: str, values: Mapping[str, str]) -> str:
    """The text with every expression replaced by its value."""

    def value(match: re.Match[str]) -> str:
        assert match[1] in values, f"what is {match[0]} in this test?"
        return values[match[1]]

    return _EXPRESSION.sub(value, text)


def environment(
    step: Mapping[str, Any], values: Mapping[str, str], workspace: Path
) -> dict[str, str]:
    """The environment of the action's container: every declared input, and the runner's files."""
    defaults = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()}
    given = defaults | texts_of(step)
    inputs = {f"INPUT_{name.upper()}": filled_in(text, values) for name, text in given.items()}
    return inputs | {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": values["github.api_url"],
        "GITHUB_SERVER_URL": values["github.server_url"],
        "GITHUB_REPOSITORY": values["github.repository"],
        "GITHUB_WORKSPACE": str(workspace),
        "GITHUB_OUTPUT": str(workspace / "output"),
        "GITHUB_STEP_SUMMARY": str(workspace / "summary"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a step left behind."""

    code: int
    outputs: dict[str, str]
    summary: str


def run_step(
    step: Mapping[str, Any], github: FakeGitHub, values: Mapping[str, str], workspace: Path
) -> Finished:
    """Run the action for this step against the fake."""
    given = environment(step, values, workspace)
    # The runner would tell the registry's address by the server's, which the fake has none of.
    given["INPUT_REGISTRY-URL"] = given["INPUT_REGISTRY-URL"] or github.registry_url
    for name in ("output", "summary"):
        (workspace / name).write_text("", encoding="utf-8")
    code = act(given, threading.Event())
    written = (workspace / "output").read_text(encoding="utf-8")
    return Finished(
        code=code,
        outputs={match[1]: match[3] for match in _OUTPUT.finditer(written)},
        summary=(workspace / "summary").read_text(encoding="utf-8"),
    )
