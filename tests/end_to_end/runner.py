"""A job on a runner, as far as a container action sees it: its inputs, variables, files, log.

Decides what the runner passes to the action and how it reads what the action leaves. An action runs
as a process of its own, or, where a test needs many, inside this one. It does not decide what is
asked of the action, and it knows nothing of packages.

The variables and their spelling are those of the runner's own `docker run`: a variable per declared
input, its hyphens kept (actions/runner, Handlers/ContainerActionHandler.cs).
"""

import io
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from end_to_end.command_files import outputs_in
from end_to_end.workflow_commands import Command, commands_in
from package_keeper.__main__ import act

ROOT = Path(__file__).parents[2]
JOURNAL = "package-keeper-journal.jsonl"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a step left behind; `journal` are the lines of the journal there is now."""

    code: int
    stdout: str
    stderr: str
    outputs: Mapping[str, str]
    summary: str
    journal: tuple[Json, ...]

    @property
    def log(self) -> str:
        """All that was printed; the runner reads commands in either stream."""
        return self.stdout + self.stderr

    @property
    def commands(self) -> tuple[Command, ...]:
        """Everything that the runner would execute."""
        return commands_in(self.log)

    def annotations(self, level: str) -> tuple[str, ...]:
        """Title and message of each annotation of a level: error, warning or notice."""
        found = (command for command in self.commands if command.name == level)
        return tuple(f"{command.title}: {command.data}" for command in found)

    @property
    def outcome(self) -> str:
        """The output `outcome`."""
        return self.outputs["outcome"]

    def ids(self, name: str) -> list[int]:
        """The ids that an output such as `deleted-ids` lists."""
        listed = self.outputs[name]
        return [int(text) for text in listed.split(",")] if listed else []

    @property
    def entries(self) -> tuple[Json, ...]:
        """The lines of the journal that are about a version."""
        return tuple(line for line in self.journal if line.get("id") is not None)

    @property
    def outcomes(self) -> dict[int, str]:
        """What the journal says last about each version, by its id."""
        return {line["id"]: line["outcome"] for line in self.entries}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job on a runner in a folder of its own; each `run` is a step in the same workspace.

    `token` and `api_url` are what `github.token` and `github.api_url` stand for; `inputs` are given
    in every step.
    """

    folder: Path
    token: str
    api_url: str
    repository: str = "acme/app"
    inputs: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Path:
        """The checkout that steps share; empty at first."""
        return self.folder / "workspace"

    @property
    def journal_file(self) -> Path:
        """Where the journal is by default."""
        return self.workspace / JOURNAL

    def run(
        self, inputs: Mapping[str, str], *, cancelled: threading.Event | None = None
    ) -> Finished:
        """Run the action's step inside this process; `cancelled` stands for SIGTERM."""
        environment = self.environment(inputs)
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            code = act(environment, cancelled or threading.Event())
        return self.finished(code=code, stdout=out.getvalue(), stderr=err.getvalue())

    def run_process(self, inputs: Mapping[str, str]) -> Finished:
        """Run the action's step to its end as a process of its own, as in a container."""
        process = self.start(inputs)
        return self.finish(process)

    def start(
        self, inputs: Mapping[str, str], *, largest_file: int | None = None
    ) -> subprocess.Popen[str]:
        """Start the action's step as a process of its own, to be signalled.

        `largest_file` is how many bytes a file of it may have, as where the disk is full.
        """
        command = [sys.executable, "-I", "-m", "package_keeper"]
        if largest_file is not None:  # nor may it leave compiled files behind, cut at that size
            command = ["prlimit", f"--fsize={largest_file}", sys.executable, "-B", *command[1:]]
        return subprocess.Popen(
            command,
            env=self.environment(inputs),
            cwd=self.workspace,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def finish(self, process: subprocess.Popen[str], *, timeout: float = 60) -> Finished:
        """Wait for a step that was started, and read what it left."""
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return self.finished(code=process.returncode, stdout=stdout, stderr=stderr)

    def finished(self, *, code: int, stdout: str, stderr: str) -> Finished:
        """What the step's files hold now."""
        return Finished(
            code=code,
            stdout=stdout,
            stderr=stderr,
            outputs=outputs_in(_text(self._commands / "set_output")),
            summary=_text(self._commands / "step_summary"),
            journal=tuple(json_lines(_text(self.journal_file))),
        )

    def environment(self, inputs: Mapping[str, str]) -> dict[str, str]:
        """All variables of a step, and new files for what it tells the runner."""
        given = {**self._defaults(), **self.inputs, **inputs}
        return {
            **self._runners_own(),
            **self.variables,
            **{f"INPUT_{name.replace(' ', '_').upper()}": text for name, text in given.items()},
        }

    @property
    def _commands(self) -> Path:
        return self.folder / "file_commands"

    def _defaults(self) -> dict[str, str]:
        """What the runner passes for inputs that the workflow leaves out."""
        told = {"${{ github.token }}": self.token, "${{ github.api_url }}": self.api_url}
        return {name: told.get(text, text) for name, text in declared_defaults().items()}

    def _runners_own(self) -> dict[str, str]:
        for name in ("workspace", "file_commands", "workflow", "home"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("set_output", "step_summary"):
            (self._commands / name).write_text("")
        event = self.folder / "workflow" / "event.json"
        event.write_text(json.dumps({"repository": {"full_name": self.repository}}))
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION": "__acme_package-keeper",
            "GITHUB_ACTION_REF": "v1",
            "GITHUB_ACTION_REPOSITORY": "acme/package-keeper",
            "GITHUB_ACTOR": "octocat",
            "GITHUB_API_URL": self.api_url,
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_JOB": "clean",
            "GITHUB_OUTPUT": str(self._commands / "set_output"),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_REPOSITORY_OWNER": self.repository.partition("/")[0],
            "GITHUB_RUN_ID": "4711",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": "0" * 40,
            "GITHUB_STEP_SUMMARY": str(self._commands / "step_summary"),
            "GITHUB_WORKFLOW": "clean up",
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.folder / "temp"),
        }


@cache
def declared() -> Json:
    """What action.yml declares."""
    return dict(yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8")))


def declared_defaults() -> dict[str, str]:
    """Every input that action.yml declares, and its default as it stands there."""
    return {name: str(entry.get("default", "")) for name, entry in declared()["inputs"].items()}


def declared_outputs() -> set[str]:
    """The names of the outputs that action.yml declares."""
    return set(declared()["outputs"])


def json_lines(text: str) -> Iterator[Json]:
    """The objects in JSON Lines, without a line that a killed process left half written."""
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def announced_in(journal_file: Path) -> set[int]:
    """The ids that the journal on disk announces at this moment, in whole lines."""
    lines = json_lines(_text(journal_file).rpartition("\n")[0])
    started = (line["id"] for line in lines if line.get("outcome") == "started")
    return {version_id for version_id in started if version_id is not None}


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""
