"""What must not be tracked: hosts of an index, paths of a machine, secrets, other locks."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")

# A home, a mount or a scratch folder of one machine; /github/… and /opt/… are the image's own.
MACHINE_PATHS = re.compile(
    r"(?<![\w.}/-])/(?:home/[a-z]|Users/[A-Za-z]|root/\.?[a-z]|work/[a-z]|mnt/[a-z]|tmp/[a-z])"
)
INDEX_HOSTS = re.compile(
    r"--(?:extra-)?index-url|--find-links[= ]\S*://|--trusted-host|files\.pythonhosted\.org"
    r"|registry\.npmjs\.org/|/simple/"
)
# Tests need tokens of the right form; one that counts or repeats is nobody's.
INVENTED = r"(?!0123456789|(\w)\1{7})"
TOKENS = re.compile(
    rf"gh[pousr]_{INVENTED}[A-Za-z0-9]{{36}}|github_pat_[A-Za-z0-9]{{22}}_[A-Za-z0-9]{{59}}"
    r"|BEGIN [A-Z ]*PRIVATE KEY"
)


def tracked() -> list[Path]:
    """The files git knows, or all that is not ignored where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def offending(pattern: re.Pattern[str]) -> list[str]:
    """Each line of a tracked text that matches, as `path:line: text`."""
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode(errors="replace")
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATHS, INDEX_HOSTS, TOKENS], ids=lambda p: p.pattern[:20]
)
def test_nothing_of_a_machine_or_secret_is_tracked(pattern: re.Pattern[str]) -> None:
    assert offending(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATHS, "cd /home/somebody/project"),
        (MACHINE_PATHS, 'path = "/tmp/scratch"'),
        (MACHINE_PATHS, "/root/project"),
        (INDEX_HOSTS, "pip install --index-url x"),
        (INDEX_HOSTS, "find-links = https://host/simple/"),
        (TOKENS, "ghp_" + "Zk3" * 12),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize(
    "text",
    ["/github/workspace", "/opt/package-keeper/bin/python", "https://x/home/page", "a/tmp/b"],
)
def test_the_paths_of_the_image_are_not_a_machine(text: str) -> None:
    assert not MACHINE_PATHS.search(text)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_pins_by_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"https?://|file://|^-", text, re.MULTILINE)
    pins = re.findall(r"^[A-Za-z0-9][^\s=]*==\S+.*\\\n    --hash=sha256:", text, re.MULTILINE)
    requirements = re.findall(r"^[A-Za-z0-9].*", text, re.MULTILINE)
    assert requirements
    assert len(pins) == len(requirements)


def test_the_locks_agree() -> None:
    """What the tests install is what the image installs."""

    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([^\s#]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    assert pins("requirements.txt") | pins("requirements-build.txt") <= pins(LOCKS[2])


def test_the_locks_are_those_of_the_project() -> None:
    """Every direct dependency is locked: a lock made before a dependency was added is found."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = (ROOT / "requirements.txt").read_text().lower()
    for dependency in project["project"]["dependencies"]:
        name = re.split(r"[<>=!~\[; ]", dependency)[0].lower()
        assert re.search(rf"^{re.escape(name)}==", runtime, re.MULTILINE), dependency


@pytest.mark.parametrize("name", ["uv.lock", "poetry.lock", "Pipfile.lock", "pylock.toml"])
def test_no_lock_of_another_kind(name: str) -> None:
    assert ROOT / name not in tracked()


def test_scripts_can_be_run() -> None:
    """A file with a shebang is executable, and only such a file."""
    for path in tracked():
        shebang = path.read_bytes()[:2] == b"#!"
        assert os.access(path, os.X_OK) == shebang, path.relative_to(ROOT)
