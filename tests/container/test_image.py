"""The image: the same twice, compiled, and without what a run does not need."""

import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from container.engine import INTERPRETER, Engine, Job, build, copy_checkout

pytestmark = pytest.mark.container("buildah", "podman", "runc")

SECRET = re.compile(
    rb"gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_|-----BEGIN [A-Z ]*PRIVATE KEY-----\n\w"
)
NEVER = re.compile(
    r"(?:^|/)(?:gcc|g\+\+|cc1|clang|make|setuptools|pytest|hypothesis|aiohttp)$"
    r"|/\.cache/|(?:^|/)\.git(?:/|$)|(?:^|/)pip\.conf$|\.whl$|(?:^|/)tests$|^build(?:/|$)|^wheels"
)


def members(archives: list[Path]) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    for archive in archives:
        with tarfile.open(archive) as opened:
            for member in opened:
                yield opened, member


def test_two_builds_are_the_same(
    engine: Engine, image: str, checkout: Path, tmp_path: Path
) -> None:
    """From another folder, with other times and modes of files, as another clone has them."""
    elsewhere = copy_checkout(checkout, tmp_path / "elsewhere")
    for path in elsewhere.rglob("*"):
        path.chmod(path.stat().st_mode | 0o020)
    tag = f"localhost/package-keeper:again-{os.getpid()}"
    again = build(engine, elsewhere, tag)
    engine.podman("image", "rm", "--force", tag)
    assert again == image


def test_configuration(engine: Engine, image: str) -> None:
    report = engine.inspect(image)
    assert report["User"] == ""
    assert report["Config"]["Entrypoint"][0] == INTERPRETER
    names = {entry.split("=")[0] for entry in report["Config"]["Env"]}
    assert names <= {"PATH", "LANG", "GPG_KEY", "PYTHON_VERSION", "PYTHON_SHA256"}


def test_no_layer_holds_what_a_run_does_not_need(layers: list[Path]) -> None:
    found = [
        member.name
        for _, member in members(layers)
        if NEVER.search(member.name) and not member.name.startswith("usr/share/")
    ]
    assert found == []


def test_no_layer_of_ours_holds_a_secret(own_layers: list[Path]) -> None:
    for archive, member in members(own_layers):
        if member.isfile() and (content := archive.extractfile(member)):
            assert not SECRET.search(content.read()), member.name


def test_every_file_is_root_s_and_nobody_else_s_to_change(own_layers: list[Path]) -> None:
    for _, member in members(own_layers):
        assert (member.uid, member.gid) == (0, 0), member.name
        assert member.issym() or not member.mode & 0o022, member.name


def test_all_that_is_imported_is_compiled(engine: Engine, image: str) -> None:
    """A run compiles nothing: it would do so every time, since the container is thrown away."""
    program = """
import importlib, os, pkgutil, sys, package_keeper
for module in pkgutil.walk_packages(package_keeper.__path__, "package_keeper."):
    importlib.import_module(module.name)
for name, module in sorted(sys.modules.items()):
    cached = getattr(getattr(module, "__spec__", None), "cached", None)
    if cached and not os.path.exists(cached):
        print(name)
"""
    assert engine.python(image, program) == ""


def test_the_workspace_can_t_replace_modules(engine: Engine, image: str, tmp_path: Path) -> None:
    """A checkout may hold `requests.py` or a `sitecustomize.py`; no run imports them."""
    job = Job(folder=tmp_path / "job", variables={"PYTHONPATH": "/github/workspace"})
    job.prepare()
    for name in ("requests", "github", "sitecustomize", "package_keeper", "json"):
        (job.workspace / f"{name}.py").write_text("raise SystemExit(99)\n")
    finished = job.run(engine, image, {"dry-run": "not a boolean"})
    assert finished.code != 99
