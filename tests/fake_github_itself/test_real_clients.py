"""Real clients push to the fake, pull from it, sign what is there, and notice what is missing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_github import Behaviour, FakeGitHub, FakePackage
from fake_github.scene import APP, acme, asking
from fake_github_itself.clients import Layout, Shell

Json = dict[str, Any]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with acme() as github:
        # Sent on to another host, the clients would leave the machine.
        github.behaviour = Behaviour(referrers=404)
        yield github


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / "layout")


@pytest.fixture
def shell(github: FakeGitHub, tmp_path: Path) -> Shell:
    return Shell(github, tmp_path)


def pushed(shell: Shell, layout: Layout) -> str:
    """Push the image with crane; a reference to it by digest."""
    shell.run("crane", "push", "--index", str(layout.folder), f"{shell.repository}:all")
    shell.run("crane", "tag", f"{shell.repository}@{layout.digest}", "v1")
    return f"{shell.repository}@{layout.digest}"


@pytest.mark.real_tools("skopeo")
def test_skopeo_pushes_and_pulls_an_image_for_two_platforms(
    app: FakePackage, layout: Layout, shell: Shell
) -> None:
    shell.skopeo_copy(f"oci:{layout.folder}:v1", f"docker://{shell.repository}:v1")
    assert app.tags == {"v1": layout.digest}
    children = {str(entry["digest"]) for entry in layout.platforms.values()}
    assert {version.name for version in app.versions} == {layout.digest, *children}
    shell.skopeo_copy(f"docker://{shell.repository}:v1", f"oci:{shell.folder}/back:v1")
    back = shell.folder / "back" / "blobs" / "sha256"
    assert {p.name for p in back.iterdir()} == {p.name for p in layout.blobs.iterdir()}


@pytest.mark.real_tools("crane")
def test_crane_finds_an_image_whole_broken_and_whole_again(
    github: FakeGitHub, app: FakePackage, layout: Layout, shell: Shell
) -> None:
    pushed(shell, layout)
    reference = f"{shell.repository}:v1"
    assert shell.run("crane", "digest", reference) == layout.digest
    assert shell.run("crane", "ls", shell.repository).split() == ["all", "v1"]
    shell.run("crane", "validate", "--remote", reference)
    child = app.active[str(layout.platforms["arm64"]["digest"])]
    path = f"{APP}/versions/{child.id}"
    with asking(github) as api:
        assert api.delete(path).status_code == 204
        broken = shell.attempt("crane", "validate", "--remote", reference)
        assert broken.returncode != 0
        assert "MANIFEST_UNKNOWN" in broken.stderr
        assert app.pullable("v1") == [child.name]
        assert api.post(f"{path}/restore").status_code == 204
    shell.run("crane", "validate", "--remote", reference)
    assert app.pullable("v1") == []


@pytest.mark.real_tools("crane")
def test_crane_copies_to_a_new_package_and_cannot_delete(
    github: FakeGitHub, app: FakePackage, layout: Layout, shell: Shell
) -> None:
    pushed(shell, layout)
    shell.run("crane", "copy", f"{shell.repository}:v1", f"{shell.host}/acme/team/copy:v1")
    copy = github.world.package("acme", "container", "team/copy")
    assert copy is not None
    assert (copy.pullable("v1"), len(copy.versions)) == ([], 3)
    refused = shell.attempt("crane", "delete", f"{shell.repository}@{layout.digest}")
    assert "UNSUPPORTED" in refused.stderr
    assert app.pullable("v1") == []


@pytest.mark.real_tools("crane", "oras")
def test_oras_attaches_by_the_fallback_tag(app: FakePackage, layout: Layout, shell: Shell) -> None:
    reference = pushed(shell, layout)
    (shell.folder / "sbom.json").write_text("{}")
    kind = "application/spdx+json"
    attach = ("oras", "attach", "--plain-http", "--artifact-type", kind, reference)
    shell.run(*attach, f"sbom.json:{kind}")
    fallback = app.tags[layout.digest.replace(":", "-")]
    (referrer,) = app.manifests[fallback].children()
    assert app.manifests[referrer].document["subject"]["digest"] == layout.digest
    assert app.active[referrer].tags == ()
    assert referrer in shell.run("oras", "discover", "--plain-http", reference)


@pytest.mark.real_tools("crane", "cosign2", "cosign3")
def test_both_generations_of_cosign_sign(app: FakePackage, layout: Layout, shell: Shell) -> None:
    reference = pushed(shell, layout)
    shell.run("cosign2", "generate-key-pair")
    sign = ("sign", "--yes", "--key", "cosign.key", "--tlog-upload=false")
    shell.run("cosign2", *sign, "--allow-http-registry", reference)
    tag = layout.digest.replace(":", "-")
    assert set(app.tags) == {"all", "v1", f"{tag}.sig"}
    shell.run("cosign3", *sign, "--use-signing-config=false", "--allow-http-registry", reference)
    (bundle,) = app.manifests[app.tags[tag]].children()
    assert app.manifests[bundle].document["subject"]["digest"] == layout.digest
    verify = ("--key", "cosign.pub", "--insecure-ignore-tlog", "--allow-http-registry", reference)
    shell.run("cosign2", "verify", *verify)
