"""Where `tools/install-real-tools` leaves what it installs, and what a test without it becomes."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
TOOLS = Path(os.environ.get("PACKAGE_KEEPER_TOOLS") or CACHE / "package-keeper")


def require(*programs: str) -> None:
    """Go on only where every program is found; see `missing`."""
    absent = [program for program in programs if shutil.which(program) is None]
    if absent:
        missing(", ".join(absent))


def missing(what: str) -> NoReturn:
    """Skip the test with what to do about it; in CI fail it, where a skip would hide it."""
    reason = f"{what} not found: run tools/install-real-tools"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
