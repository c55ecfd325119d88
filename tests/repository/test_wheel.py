"""The project is a package too: its wheel holds the program alone, and installs the command."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from package_keeper import __version__

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, since building leaves things behind."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "checkout"
    copy.mkdir()
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    for name in ("src", "tests"):
        leftovers = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, copy / name, ignore=leftovers)
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([*PIP, "wheel", *options, str(copy)], check=True)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        [name] = [name for name in opened.namelist() if name.endswith("/METADATA")]
        return Parser().parsestr(opened.read(name).decode())


def test_it_holds_the_program_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}
    sources = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src").rglob("*")
        if path.suffix == ".py" or path.name == "py.typed"
    }
    assert names == sources


def test_it_is_for_every_platform_and_says_from_which_python_on(
    wheel: Path, metadata: Message
) -> None:
    assert wheel.name == f"package_keeper-{__version__}-py3-none-any.whl"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"


def test_it_asks_for_what_the_project_declares(metadata: Message) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert metadata.get_all("Requires-Dist") == declared


def test_installed_it_is_a_command(wheel: Path, tmp_path: Path) -> None:
    """Started where nothing is set, it says what is missing and how to ask."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    offline = ("--no-deps", "--no-index")
    subprocess.run([*PIP, "--python", str(python), "install", *offline, str(wheel)], check=True)
    # What it depends on is where these tests have it.
    [site] = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run = subprocess.run(
        [environment / "bin" / "package-keeper"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2, run.stderr
    assert "token: is missing" in run.stdout
    assert "versions-to-keep" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"environment"}
