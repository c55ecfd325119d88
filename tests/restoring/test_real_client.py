"""A real client pulls again what was broken or deleted, once it is repaired or restored."""

from pathlib import Path

import pytest

from fake_github import Behaviour
from fake_github_itself.clients import Layout, Shell
from restoring.asking import FROM_JOURNAL, assert_green, push
from scenarios.stage import Stage

pytestmark = pytest.mark.real_tools("skopeo", "oras")


@pytest.fixture
def shell(stage: Stage, tmp_path: Path) -> Shell:
    """A client by which an image of two platforms with an SBOM was pushed."""
    # Sent on to another host, the clients would leave the machine.
    stage.github.behaviour = Behaviour(referrers=404)
    push(stage.package, "other", 1)
    folder = tmp_path / "client"
    folder.mkdir()
    shell = Shell(stage.github, folder)
    layout = Layout(folder / "layout")
    shell.skopeo_copy(f"oci:{layout.folder}:v1", f"docker://{shell.repository}:v1")
    (folder / "sbom.json").write_text("{}")
    shell.run(
        *("oras", "attach", "--plain-http", "--registry-config", str(shell.login)),
        *("--artifact-type", "application/spdx+json", f"{shell.repository}:v1", "sbom.json"),
    )
    return shell


def pulls(shell: Shell, tag: str, number: int) -> bool:
    target = f"oci:{shell.folder}/pulled-{tag}-{number}"
    plain = ("--src-tls-verify=false", "--dest-tls-verify=false")
    copy = ("skopeo", "--insecure-policy", "copy", "--quiet", "--all", *plain)
    return shell.attempt(*copy, f"docker://{shell.repository}:{tag}", target).returncode == 0


def has_sbom(shell: Shell) -> bool:
    found = shell.attempt(
        *("oras", "discover", "--plain-http", "--registry-config", str(shell.login)),
        f"{shell.repository}:v1",
    )
    return "application/spdx+json" in found.stdout


def test_what_another_tool_broke_pulls_again_after_the_repair(stage: Stage, shell: Shell) -> None:
    package = stage.package
    assert pulls(shell, "v1", 1)
    assert has_sbom(shell)
    for version in package.versions:
        if "v1" not in version.tags and "other" not in version.tags:
            package.delete_version(version)
    assert not pulls(shell, "v1", 2)
    assert not has_sbom(shell)
    assert_green(stage.run({"repair": True}))
    assert pulls(shell, "v1", 3)
    assert has_sbom(shell)


def test_what_was_deleted_pulls_again_after_the_undo(stage: Stage, shell: Shell) -> None:
    tags = dict(stage.package.tags)
    assert_green(stage.run({"delete": "v1"}))
    assert not pulls(shell, "v1", 1)
    assert_green(stage.run(FROM_JOURNAL))
    assert stage.package.tags == tags
    assert pulls(shell, "v1", 2)
    assert has_sbom(shell)
