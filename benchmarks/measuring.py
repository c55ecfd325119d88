"""One run of the action as a process of its own, and what it cost.

Decides what is measured and what the ideal is: a program without any work of its own, that is held
up by nothing but the latency of GitHub's answers and GitHub's limits.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from end_to_end.runner import Job

PROGRAM = (sys.executable, "-I", "-m", "package_keeper")

AT_ONCE = 100
POINTS = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is run: a package, the inputs, the latency of every answer in seconds."""

    name: str
    package_type: str
    versions: int
    latency: float
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a run cost: seconds of the clock and of the processors, and bytes at the most.

    `kinds` counts requests; `busiest` are the points of the busiest minute; `deleting` and `asking`
    are the seconds from the first deletion, or request, to the last answer.
    """

    case: Case
    code: int
    wall: float
    cpu: float
    memory: int
    kinds: Mapping[str, int]
    busiest: int
    refused: int
    most_open: int
    deleting: float
    asking: float

    @property
    def ideal(self) -> float:
        """Seconds that latency and limits alone would take."""
        turns = sum(ceil(count / AT_ONCE) for count in self.kinds.values())
        return turns * self.case.latency + self.limited

    @property
    def limited(self) -> float:
        """Seconds that the points of a minute hold a run up, whatever it does."""
        reads = self.kinds.get("page", 0) + self.kinds.get("other", 0)
        points = reads + 5 * self.kinds.get("DELETE", 0)
        return max(points - 1, 0) // POINTS * 60.0


def measure(case: Case) -> Measured:
    """Run the case on a GitHub of its own."""
    command = (sys.executable, "-m", "benchmarks.server", case.package_type, str(case.versions))
    with subprocess.Popen(  # noqa: S603 - this project's own program
        (*command, "--latency", str(case.latency)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        ready = _line(server)
        try:
            with tempfile.TemporaryDirectory() as folder:
                code, wall, usage = _run(_job(Path(folder), ready), case)
            asked = _report(server)
        finally:
            _stop(server)
    return Measured(
        case=case,
        code=code,
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        memory=usage.ru_maxrss * 1024,
        kinds=asked["kinds"],
        busiest=asked["busiest"],
        refused=asked["refused"],
        most_open=asked["most_open"],
        deleting=asked["deleting"],
        asking=asked["asking"],
    )


def _job(folder: Path, ready: Mapping[str, Any]) -> Job:
    return Job(
        folder=folder,
        token=ready["token"],
        api_url=ready["api_url"],
        inputs={"registry-url": ready["registry_url"]},
    )


def _run(job: Job, case: Case) -> tuple[int, float, Any]:
    """Exit code, seconds and what the system says of the process that ended."""
    environment = job.environment({"package-type": case.package_type, **case.inputs})
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - this project's own program
        PROGRAM, env=environment, cwd=job.workspace, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, time.monotonic() - started, usage


def _report(server: subprocess.Popen[str]) -> dict[str, Any]:
    if server.stdin is not None:
        server.stdin.write("\n")
        server.stdin.flush()
    return _line(server)


def _line(server: subprocess.Popen[str]) -> dict[str, Any]:
    line = server.stdout.readline() if server.stdout is not None else ""
    if not line:
        raise RuntimeError("the GitHub of the measurement ended")
    return dict(json.loads(line))


def _stop(server: subprocess.Popen[str]) -> None:
    if server.stdin is not None:
        server.stdin.close()
    server.wait(60)
