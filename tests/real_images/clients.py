"""Real clients, and the images, signatures and artifacts that they make and push.

Decides which commands make what. Everything is made anew on every run, but what needs a Docker
engine: that comes from `fixtures`, which `tools/make-image-fixtures` made.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from real_images.registry import REPOSITORY, RealRegistry

FIXTURES = Path(__file__).parent / "fixtures"

_HELM = "application/vnd.cncf.helm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """Runs clients against one registry, with a folder of their own for keys and settings."""

    registry: RealRegistry
    folder: Path

    @classmethod
    def of(cls, registry: RealRegistry, folder: Path) -> "Clients":
        """Clients without any login, which this registry does not ask for."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text("{}")
        return cls(registry=registry, folder=folder)

    def run(self, *command: str) -> str:
        """Output of a command that must succeed."""
        done = self.attempt(*command)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout.strip()

    def attempt(self, *command: str) -> subprocess.CompletedProcess[str]:
        """What becomes of a command."""
        environment = {
            **os.environ,
            "HOME": str(self.folder),
            "DOCKER_CONFIG": str(self.folder),
            "COSIGN_PASSWORD": "secret",
        }
        return subprocess.run(
            command,
            capture_output=True,
            check=False,
            cwd=self.folder,
            env=environment,
            text=True,
            timeout=120,
        )

    def at(self, reference: str) -> str:
        """A tag or digest as clients write it."""
        mark = "@" if reference.startswith("sha256:") else ":"
        return f"{self.registry.host}/{REPOSITORY}{mark}{reference}"

    # Pushing

    def push_fixture(self, name: str, tag: str) -> str:
        """Push what buildx made; its digest."""
        source = ("--from-oci-layout", f"{FIXTURES}:{name}")
        self.run("oras", "copy", "--no-tty", *source, "--to-plain-http", self.at(tag))
        return self.registry.tags[tag]

    def push_built(self, tag: str, text: str, image_format: str) -> str:
        """Build an image for two platforms with buildah and push it; its digest."""
        storage = ("--storage-driver", "vfs", "--root", f"{self.folder}/storage")
        buildah = ("buildah", *storage, "--runroot", f"{self.folder}/run")
        self.run(*buildah, "manifest", "create", tag)
        for architecture in ("amd64", "arm64"):
            (self.folder / "hello").write_text(f"hello {architecture} {text}")
            container = self.run(*buildah, "from", "--arch", architecture, "scratch")
            self.run(*buildah, "add", "--quiet", container, "hello", "/hello")
            self.run(*buildah, "config", "--arch", architecture, "--os", "linux", container)
            image = f"{tag}-{architecture}"
            self.run(*buildah, "commit", "--quiet", "--format", image_format, container, image)
            self.run(*buildah, "manifest", "add", tag, f"localhost/{image}")
        stored = ("--format", "v2s2" if image_format == "docker" else image_format)
        push = ("manifest", "push", "--all", "--quiet", "--tls-verify=false", *stored)
        self.run(*buildah, *push, tag, f"docker://{self.at(tag)}")
        return self.registry.tags[tag]

    def push_chart(self, tag: str) -> str:
        """Push what `helm push` pushes: a configuration and an archive; its digest."""
        (self.folder / "config.json").write_text(json.dumps({"name": "chart", "version": tag}))
        (self.folder / "chart.tgz").write_bytes(tag.encode())
        config = ("--config", f"config.json:{_HELM}.config.v1+json")
        layer = f"chart.tgz:{_HELM}.chart.content.v1.tar+gzip"
        self.run("oras", "push", "--plain-http", "--no-tty", *config, self.at(tag), layer)
        return self.registry.tags[tag]

    # Signing and attaching

    def make_keys(self) -> None:
        """Keys for all signatures."""
        self.run("cosign2", "generate-key-pair")
        (self.folder / "predicate.json").write_text('{"built": "by hand"}')

    def sign(self, cosign: str, digest: str, *options: str) -> None:
        """Sign an image, in the manner of this generation of cosign."""
        self.run(cosign, "sign", *self._signing(cosign), *options, self.at(digest))

    def attest(self, cosign: str, digest: str) -> None:
        """Attest something about an image."""
        said = ("--predicate", "predicate.json", "--type", "custom")
        self.run(cosign, "attest", *self._signing(cosign), *said, self.at(digest))

    @staticmethod
    def _signing(cosign: str) -> tuple[str, ...]:
        local = ("--yes", "--key", "cosign.key", "--tlog-upload=false", "--allow-http-registry")
        return (*local, "--use-signing-config=false") if cosign == "cosign3" else local

    def attach(self, digest: str, text: str) -> None:
        """Attach an SBOM to an image with oras."""
        (self.folder / "sbom.json").write_text(text)
        kind = "application/spdx+json"
        what = ("--artifact-type", kind, self.at(digest), f"sbom.json:{kind}")
        self.run("oras", "attach", "--plain-http", "--no-tty", *what)

    # Pulling and verifying

    def assert_pulls(self, tag: str) -> None:
        """Copy all there is of a tag to a folder: every manifest, every layer."""
        target = ("--to-oci-layout", f"{self.folder}/pulled-{tag}:{tag}")
        self.run("oras", "copy", "--no-tty", "--from-plain-http", self.at(tag), *target)

    def assert_image(self, tag: str) -> None:
        """Have two more clients pull an image with all of its platforms, one checking each byte."""
        plain = ("--quiet", "--all", "--src-tls-verify=false")
        target = f"oci:{self.folder}/copied-{tag}:{tag}"
        self.run("skopeo", "--insecure-policy", "copy", *plain, f"docker://{self.at(tag)}", target)
        self.run("crane", "validate", "--remote", self.at(tag))

    def verifies(self, cosign: str, what: str, digest: str, *options: str) -> bool:
        """Whether cosign accepts the signature (`verify`) or the attestation."""
        key = ("--key", "cosign.pub", "--insecure-ignore-tlog", "--allow-http-registry")
        return self.attempt(cosign, what, *key, *options, self.at(digest)).returncode == 0

    def attached_to(self, digest: str) -> str:
        """What oras finds attached to an image."""
        return self.run("oras", "discover", "--plain-http", self.at(digest))

    def is_there(self, digest: str) -> bool:
        """Whether a client gets the manifest."""
        return self.attempt("crane", "manifest", self.at(digest)).returncode == 0
