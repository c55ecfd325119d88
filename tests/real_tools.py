"""Where `tools/install-real-tools` leaves what it installs, and what a test without it becomes."""

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
TOOLS = Path(os.environ.get("PACKAGE_KEEPER_TOOLS") or CACHE / "package-keeper")

_TO_DO = " not found: run tools/install-real-tools"


def require(*programs: str) -> None:
    """Go on only where every program is found; see `missing`."""
    absent = [program for program in programs if shutil.which(program) is None]
    if absent:
        missing(", ".join(absent))


def missing(what: str) -> NoReturn:
    """Skip the test with what to do about it; in CI fail it, where a skip would hide it."""
    reason = f"{what}{_TO_DO}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def told_once(reasons: Iterable[str]) -> list[str]:
    """Lines that say why tests were skipped; one for all that miss programs."""
    counts = Counter(reasons)
    missed = {reason: count for reason, count in counts.items() if reason.endswith(_TO_DO)}
    lines = [
        f"{count} skipped: {reason}" for reason, count in counts.items() if reason not in missed
    ]
    if missed:
        names = {name for reason in missed for name in reason.removesuffix(_TO_DO).split(", ")}
        lines.append(f"{sum(missed.values())} skipped: {', '.join(sorted(names))}{_TO_DO}")
    return lines
