"""Before a release its version, the code and the changelog agree; its texts name the image."""

import difflib
import re
from pathlib import Path

import pytest
import yaml

from releases.checkout import CHANGELOG, IMAGE, NAME, ROOT, make_checkout, run


def test_a_checkout_that_is_ready(tmp_path: Path) -> None:
    checked = run(make_checkout(tmp_path), "release.py", "check", "1.2.0")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("v1.2.0", "is not MAJOR.MINOR.PATCH"),
        ("1.2", "is not MAJOR.MINOR.PATCH"),
        ("1.2.0-rc.1", "is not MAJOR.MINOR.PATCH"),
        ("01.2.0", "is not MAJOR.MINOR.PATCH"),
        ("1.2.0\n", "is not MAJOR.MINOR.PATCH"),
        ("$(id)", "is not MAJOR.MINOR.PATCH"),
        ("1.2.1", "says 1.2.0, not 1.2.1"),
    ],
)
def test_a_version_that_is_not_the_code_s(tmp_path: Path, version: str, told: str) -> None:
    checked = run(make_checkout(tmp_path), "release.py", "check", version)
    assert checked.returncode == 1
    assert told in checked.stderr


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[1.2.0] - 2026-11-22", "[1.3.0] - 2026-11-22", "newest section"),
        ("[1.2.0] - 2026-11-22", "[1.2.0]", "has no date"),
        ("[1.2.0] - 2026-11-22", "[1.2.0] - soon", "has no date"),
        ("### Added\n\n- Something new.\n", "", "says nothing about 1.2.0"),
        ("[Unreleased]\n", "[Unreleased]\n\n- And more.\n", "as unreleased"),
        (CHANGELOG, "# Changelog\n", "newest section"),
    ],
)
def test_a_changelog_that_is_not_ready(tmp_path: Path, old: str, new: str, told: str) -> None:
    checkout = make_checkout(tmp_path, changelog=CHANGELOG.replace(old, new))
    checked = run(checkout, "release.py", "check", "1.2.0")
    assert checked.returncode == 1
    assert told in checked.stderr


def test_the_notes_are_the_changelog_s_section_and_how_to_verify(tmp_path: Path) -> None:
    printed = run(make_checkout(tmp_path), "release.py", "notes", "1.2.0", IMAGE).stdout
    assert printed.startswith("### Added\n\n- Something new.\n")
    assert "Something old" not in printed
    assert f"gh attestation verify oci://{IMAGE} --repo " in printed


def test_the_pinned_action_differs_in_one_line(tmp_path: Path) -> None:
    printed = run(make_checkout(tmp_path), "release.py", "pin", IMAGE).stdout
    before = (ROOT / "action.yml").read_text().splitlines()
    changed = [
        line
        for line in difflib.unified_diff(before, printed.splitlines(), n=0, lineterm="")
        if re.match(r"[+-](?![+-])", line)
    ]
    assert changed == ["-  image: Dockerfile", f"+  image: docker://{IMAGE}"]
    assert yaml.safe_load(printed)["runs"]["image"] == f"docker://{IMAGE}"


@pytest.mark.parametrize(
    "image",
    [
        NAME,
        f"{NAME}:1.2.0",
        f"{NAME}@sha256:abc",
        f"{IMAGE}\n",
        f"{IMAGE} x",
        f"$(id)@{IMAGE[-71:]}",
    ],
)
def test_only_a_digest_is_pinned(tmp_path: Path, image: str) -> None:
    printed = run(make_checkout(tmp_path), "release.py", "pin", image)
    assert (printed.returncode, printed.stdout) == (1, "")
    assert "is not NAME@sha256:DIGEST" in printed.stderr


def test_nothing_is_pinned_twice(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path)
    pinned = run(checkout, "release.py", "pin", IMAGE).stdout
    (checkout / "action.yml").write_text(pinned)
    assert run(checkout, "release.py", "pin", IMAGE).returncode == 1


def test_how_to_call_it_is_told(tmp_path: Path) -> None:
    called = run(make_checkout(tmp_path), "release.py")
    assert called.returncode == 2
    assert "release.py check VERSION" in called.stderr


def test_the_project_s_own_changelog_can_be_read(tmp_path: Path) -> None:
    """Every section but the unreleased one has a date, and its version is one."""
    text = (ROOT / "CHANGELOG.md").read_text()
    for heading in re.findall(r"^## (.+)$", text, re.MULTILINE):
        assert re.fullmatch(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading)
