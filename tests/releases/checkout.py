"""A checkout to release from, as small as the release's scripts let it be."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "ghcr.io/package-keeper/package-keeper"
IMAGE = f"{NAME}@sha256:{'a1' * 32}"
REBUILT = f"{NAME}@sha256:{'b2' * 32}"

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-22

### Added

- Something new.

## [1.1.9] - 2026-10-01

- Something old.
"""


def make_checkout(folder: Path, version: str = "1.2.0", changelog: str = CHANGELOG) -> Path:
    """The scripts as they are, and the files they read."""
    (folder / "tools").mkdir(parents=True)
    for name in ("release.py", "publish_release.py"):
        (folder / "tools" / name).write_bytes((ROOT / "tools" / name).read_bytes())
    package = folder / "src" / "package_keeper"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f'"""Words."""\n\n__version__ = "{version}"\n')
    (folder / "CHANGELOG.md").write_text(changelog)
    (folder / "action.yml").write_bytes((ROOT / "action.yml").read_bytes())
    return folder


def run(
    checkout: Path, script: str, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts as the workflow does."""
    return subprocess.run(
        [sys.executable, "-B", str(checkout / "tools" / script), *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
