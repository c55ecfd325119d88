"""An image as real clients push it, and a shell in which they are logged in to the fake."""

import base64
import gzip
import io
import json
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any

from fake_github import FakeGitHub, Token
from fake_github.manifests import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    digest_of,
)
from fake_github.scene import ALL

Json = dict[str, Any]


class Layout:
    """An image for two platforms in the OCI image layout, as a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = folder / "blobs" / "sha256"
        self.blobs.mkdir(parents=True)
        self.platforms = {name: self._manifest(name) for name in ("amd64", "arm64")}
        manifests = [
            {**entry, "platform": {"architecture": name, "os": "linux"}}
            for name, entry in self.platforms.items()
        ]
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests}
        self.index = self._put(json.dumps(index).encode(), OCI_INDEX)
        self.digest = str(self.index["digest"])
        name = {"org.opencontainers.image.ref.name": "v1"}
        listed = {"schemaVersion": 2, "manifests": [{**self.index, "annotations": name}]}
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        (folder / "index.json").write_text(json.dumps(listed))

    def _manifest(self, architecture: str) -> Json:
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            content = f"hello {architecture}".encode()
            member = tarfile.TarInfo("hello")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        roots = {"type": "layers", "diff_ids": [digest_of(archive.getvalue())]}
        config = {"architecture": architecture, "os": "linux", "config": {}, "rootfs": roots}
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": self._put(json.dumps(config).encode(), OCI_CONFIG),
            "layers": [self._put(gzip.compress(archive.getvalue(), mtime=0), OCI_LAYER)],
        }
        return self._put(json.dumps(manifest).encode(), OCI_MANIFEST)

    def _put(self, content: bytes, media_type: str) -> Json:
        digest = digest_of(content)
        (self.blobs / digest.removeprefix("sha256:")).write_bytes(content)
        return {"mediaType": media_type, "digest": digest, "size": len(content)}


class Shell:
    """Runs clients that are logged in to the fake's registry."""

    def __init__(self, github: FakeGitHub, folder: Path) -> None:
        self.folder = folder
        self.host = github.registry_url.removeprefix("http://")
        self.repository = f"{self.host}/acme/app"
        secret = github.add_token(Token.classic(login="octocat", scopes=ALL))
        login = base64.b64encode(f"octocat:{secret}".encode()).decode()
        self.login = folder / "config.json"
        self.login.write_text(json.dumps({"auths": {self.host: {"auth": login}}}))
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "DOCKER_CONFIG": str(folder),
            "REGISTRY_AUTH_FILE": str(self.login),
            "COSIGN_PASSWORD": "secret",
        }

    def run(self, *command: str) -> str:
        """Output of a command that must succeed."""
        done = self.attempt(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def attempt(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=self.folder,
            env=self.environment,
            text=True,
            timeout=120,
        )

    def skopeo_copy(self, source: str, target: str) -> None:
        plain = ("--src-tls-verify=false", "--dest-tls-verify=false")
        self.run("skopeo", "--insecure-policy", "copy", "--quiet", "--all", *plain, source, target)
