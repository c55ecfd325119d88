"""What a run costs before it does anything: bytes to pull, time to start, memory.

The figures are shown at the end of the tests, and the README quotes them. The limits are for what
does not depend on how busy the machine is.
"""

import gzip
import json
import tarfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from container.engine import INTERPRETER, Engine, Job
from fake_github import FakeGitHub

pytestmark = pytest.mark.container("buildah", "podman", "runc")

Record = Callable[[str, object], None]

# What the project's own layers may hold at most, unpacked and as they are pulled.
LARGEST_MB = 20
LARGEST_COMPRESSED_MB = 7
# Seconds of processor time, and megabytes, that a run may need at most.
LONGEST_START = 1.0
LARGEST_MEMORY_MB = 100
VERSIONS = 3000

START = """
import json, resource, subprocess, sys
def seconds(*options):
    command = [sys.executable, "-I", "-B", *options, "-m", "package_keeper"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert subprocess.run(command, capture_output=True).returncode == 2
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
compiled = min(seconds() for _ in range(3))
not_compiled = min(seconds("-X", "pycache_prefix=/nowhere") for _ in range(2))
print(json.dumps([compiled, not_compiled]))
"""

MEMORY = """
import atexit, pathlib, resource, runpy
def tell():
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pathlib.Path("/github/workspace/memory").write_text(str(used))
atexit.register(tell)
runpy.run_module("package_keeper", run_name="__main__", alter_sys=True)
"""


def megabytes(number: float) -> float:
    return round(number / 1e6, 1)


def test_size(engine: Engine, image: str, own_layers: list[Path], record_property: Record) -> None:
    """What is in the image beyond its base, by size."""
    parts: Counter[str] = Counter()
    for archive in own_layers:
        with tarfile.open(archive) as opened:
            for member in opened:
                parts[part_of(member.name)] += member.size
    pulled = sum(len(gzip.compress(archive.read_bytes())) for archive in own_layers)
    record_property("whole image, MB", round(engine.inspect(image)["Size"] / 1e6))
    record_property("our layers, MB", megabytes(parts.total()))
    record_property("our layers, compressed, MB", megabytes(pulled))
    largest = [f"{name} {megabytes(size)}" for name, size in parts.most_common(12)]
    record_property("what is in them, MB", ", ".join(largest))
    assert megabytes(parts.total()) < LARGEST_MB
    assert megabytes(pulled) < LARGEST_COMPRESSED_MB


def part_of(name: str) -> str:
    """The library, or the place, that a file belongs to."""
    if "site-packages/" in name:
        return name.partition("site-packages/")[2].partition("/")[0].partition("-")[0]
    return "the standard library, compiled" if "__pycache__" in name else "the environment"


def test_starting(engine: Engine, image: str, record_property: Record) -> None:
    """From the start of Python to refused inputs, which is all that comes before a request."""
    compiled, not_compiled = json.loads(engine.python(image, START))
    record_property("processor time to start, s", round(compiled, 2))
    record_property("the same if nothing were compiled, s", round(not_compiled, 2))
    assert compiled < LONGEST_START
    assert compiled < 0.8 * not_compiled


def test_what_a_run_does_not_need_is_not_imported(engine: Engine, image: str) -> None:
    """What orders versions or matches expressions only on demand, and nothing for secrets."""
    needless = {"asyncio", "cffi", "cryptography", "nacl.bindings", "regex", "unittest", "univers"}
    imported = "import sys, package_keeper.__main__"
    program = f"{imported}; print(*{needless!r}.intersection(sys.modules))"
    assert engine.python(image, program).strip() == ""


def test_memory(
    engine: Engine,
    image: str,
    job: Job,
    github: FakeGitHub,
    inputs: dict[str, str],
    record_property: Record,
) -> None:
    """Of a dry run over a package of many versions."""
    library = github.add_package("acme", "npm", "library")
    for number in range(VERSIONS):
        library.add_version(f"1.0.{number}")
    asked = {"package-type": "npm", "package-name": "library", "versions-to-keep": "10"}
    options, command = [f"--entrypoint={INTERPRETER}"], ["-I", "-B", "-c", MEMORY]
    started = time.monotonic()
    finished = job.run(engine, image, inputs | asked | {"dry-run": "true"}, options, command)
    first = github.requests[0].time - started
    record_property("from podman run to the first request, s", round(first, 2))
    assert finished.code == 0, finished.log
    assert finished.outputs["planned-count"] == str(VERSIONS - 10)
    used = int((job.workspace / "memory").read_text()) / 1024
    record_property(f"memory for {VERSIONS} versions, MB", round(used))
    assert used < LARGEST_MEMORY_MB
