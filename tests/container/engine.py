"""Podman as the tests use it: run the image as GitHub's runner does, and look into it.

The mounts, the variables and their spelling are those of the runner's own `docker run`:
https://github.com/actions/runner/blob/main/src/Runner.Worker/Handlers/ContainerActionHandler.cs
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from real_tools import TOOLS

ROOT = Path(__file__).parents[2]
BASE = "localhost/python:3.13-slim-trixie"
WHEELS = TOOLS / "wheels"
EPOCH = "1700000000"
INTERPRETER = "/opt/package-keeper/bin/python"

# The runner's own user, whose files the container writes as root.
RUNNER_UID = 1001

OUTPUT = re.compile(r"^(?:(?P<name>[\w-]+)=(?P<value>.*)|(?P<long>[\w-]+)<<(?P<mark>\S+))$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a step left behind: exit code, log, outputs, job summary."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The `podman` of these tests, with the variables that give it storage of its own."""

    environment: Mapping[str, str]

    def podman(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run podman to its end with `more` in its environment."""
        return subprocess.run(
            ["podman", *arguments],
            env=os.environ | self.environment | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def inspect(self, image: str) -> dict[str, Any]:
        """The image's configuration as podman reports it."""
        [report] = json.loads(self.podman("image", "inspect", image).stdout)
        return dict(report)

    def python(self, image: str, program: str) -> str:
        """What a program prints in the image's own interpreter."""
        run = self.podman(
            "run",
            "--rm",
            "--network=none",
            f"--entrypoint={INTERPRETER}",
            image,
            "-I",
            "-c",
            program,
        )
        assert run.returncode == 0, run.stderr
        return run.stdout


def copy_checkout(source: Path, target: Path) -> Path:
    """Copy what a build reads, with times of files of their own."""
    target.mkdir()
    for pattern in (
        "LICENSE",
        "pyproject.toml",
        "requirements*.txt",
        "Dockerfile",
        ".dockerignore",
    ):
        for path in source.glob(pattern):
            shutil.copy(path, target / path.name)
    for name in ("src", "tools"):
        leftovers = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(source / name, target / name, copy_function=shutil.copy, ignore=leftovers)
    return target


def build(engine: Engine, checkout: Path, tag: str) -> str:
    """Build without network and without a cache; returns the image's id."""
    built = subprocess.run(
        [checkout / "tools" / "build-image", tag],
        env=os.environ
        | engine.environment
        | {
            "ENGINE": "buildah",
            "BASE_IMAGE": BASE,
            "WHEELS": str(WHEELS),
            "SOURCE_DATE_EPOCH": EPOCH,
            "NO_CACHE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return built.stdout.strip().splitlines()[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job on a runner: its folders, and the variables that every step gets."""

    folder: Path
    owner_uid: int = RUNNER_UID
    network: str = "host"
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    def prepare(self) -> None:
        """Make the folders and the empty command files, owned by the runner's user."""
        for name in ("home", "workflow", "file_commands", "workspace", "runner_temp"):
            (self.folder / name).mkdir(parents=True)
        event = self.folder / "workflow" / "event.json"
        event.write_text(json.dumps({"repository": {"full_name": "acme/app"}}))
        for name in ("set_output_1", "step_summary_1", "set_env_1", "add_path_1", "save_state_1"):
            (self.folder / "file_commands" / name).touch(mode=0o644)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, self.owner_uid, self.owner_uid)

    def arguments(self, inputs: Mapping[str, str]) -> list[str]:
        """The options of `docker run`: values are passed by name, never in the argument list."""
        mounts = {
            "home": "/github/home",
            "workflow": "/github/workflow",
            "file_commands": "/github/file_commands",
            "runner_temp": "/github/runner_temp",
            "workspace": "/github/workspace",
        }
        names = [*self._environment(inputs)]
        return [
            "--rm",
            f"--network={self.network}",
            "--workdir=/github/workspace",
            *(option for name in names for option in ("-e", name)),
            *(f"--volume={self.folder / here}:{there}" for here, there in mounts.items()),
        ]

    def run(
        self,
        engine: Engine,
        image: str,
        inputs: Mapping[str, str],
        options: Sequence[str] = (),
        command: Sequence[str] = (),
    ) -> Finished:
        """Run the action's step to its end and read what it wrote."""
        given = [*self.arguments(inputs), *options, image, *command]
        run = engine.podman("run", *given, **self._environment(inputs))
        return self.finished(code=run.returncode, log=run.stdout + run.stderr)

    def start(
        self, engine: Engine, image: str, inputs: Mapping[str, str], name: str
    ) -> subprocess.Popen[str]:
        """Start the action's step under a name, to be signalled."""
        return subprocess.Popen(
            ["podman", "run", f"--name={name}", *self.arguments(inputs), image],
            env=os.environ | dict(engine.environment) | self._environment(inputs),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finished(self, *, code: int, log: str) -> Finished:
        """What the command files hold now."""
        commands = self.folder / "file_commands"
        return Finished(
            code=code,
            log=log,
            outputs=read_outputs((commands / "set_output_1").read_text()),
            summary=(commands / "step_summary_1").read_text(),
        )

    def _environment(self, inputs: Mapping[str, str]) -> dict[str, str]:
        """Every declared input is there; its variable keeps its hyphens: `INPUT_PACKAGE-NAME`."""
        given = {
            f"INPUT_{name.upper()}": value for name, value in (defaults() | dict(inputs)).items()
        }
        return {
            "CI": "true",
            "HOME": "/github/home",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION": "__self",
            "GITHUB_ACTOR": "octocat",
            "GITHUB_EVENT_NAME": "schedule",
            "GITHUB_EVENT_PATH": "/github/workflow/event.json",
            "GITHUB_JOB": "clean",
            "GITHUB_OUTPUT": "/github/file_commands/set_output_1",
            "GITHUB_REPOSITORY": "acme/app",
            "GITHUB_REPOSITORY_OWNER": "acme",
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_STEP_SUMMARY": "/github/file_commands/step_summary_1",
            "GITHUB_WORKFLOW": "clean",
            "GITHUB_WORKSPACE": "/github/workspace",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": "/github/runner_temp",
            **self.variables,
            **given,
        }


def defaults() -> dict[str, str]:
    """What the runner passes for an input that the workflow leaves out; expressions are empty."""
    declared = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    values = {name: str(entry.get("default", "")) for name, entry in declared.items()}
    return {name: "" if "${{" in value else value for name, value in values.items()}


def read_outputs(text: str) -> dict[str, str]:
    """The outputs in a GITHUB_OUTPUT file, in both of its notations."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        match = OUTPUT.match(line)
        assert match, f"not an output: {line!r}"
        if match["long"] is None:
            outputs[match["name"]] = match["value"]
            continue
        value: list[str] = []
        for following in lines:
            if following == match["mark"]:
                break
            value.append(following)
        outputs[match["long"]] = "\n".join(value)
    return outputs
