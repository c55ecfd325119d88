"""A real registry that real clients push to, and a package of the fake that lists what is in it.

GitHub's API and its registry are two sides of one package. Here the API is the fake's and the
registry is Debian's docker-registry: what the fake deletes is deleted there too.
"""

import gzip
import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from docker_registry import docker_registry
from fake_github import FakePackage

OCI = "application/vnd.oci.image"
ACCEPT = f"{OCI}.index.v1+json, {OCI}.manifest.v1+json"
ROOTFS = {"rootfs": {"type": "layers", "diff_ids": []}}


@dataclass(frozen=True, slots=True, kw_only=True)
class RealRegistry:
    """The registry, and the repository in it that is the package's."""

    url: str
    repository: str = "acme/real"

    def reference(self, tag: str) -> str:
        """A tag as real clients name it."""
        return f"docker://{self.url.removeprefix('http://')}/{self.repository}:{tag}"

    def manifest(self, reference: str) -> requests.Response:
        """A manifest by tag or digest."""
        address = f"{self.url}/v2/{self.repository}/manifests/{reference}"
        return requests.get(address, headers={"Accept": ACCEPT}, timeout=10)

    def delete(self, digest: str) -> int:
        """Delete a manifest; the status."""
        address = f"{self.url}/v2/{self.repository}/manifests/{digest}"
        return requests.delete(address, timeout=10).status_code

    def list_in(self, package: FakePackage, tag: str) -> None:
        """Have the package list the image with this tag and all of its parts, parts first."""
        answer = self.manifest(tag)
        for child in answer.json().get("manifests", ()):
            part = self.manifest(child["digest"])
            package.push_manifest(part.content, part.headers["Content-Type"])
        package.push_manifest(answer.content, answer.headers["Content-Type"], tags=(tag,))

    def is_whole(self, tag: str, folder: Path) -> bool:
        """Whether a real client can copy the image with all of its platforms."""
        copy = ["skopeo", "copy", "--quiet", "--all", "--src-tls-verify=false"]
        pulled = subprocess.run([*copy, self.reference(tag), f"oci:{folder}:{tag}"], check=False)
        return pulled.returncode == 0


@contextmanager
def serving(folder: Path) -> Iterator[RealRegistry]:
    """A docker-registry of its own, empty at first."""
    folder.mkdir()
    with docker_registry(folder) as url:
        yield RealRegistry(url=url)


def push(registry: RealRegistry, tag: str, platforms: dict[str, str], folder: Path) -> None:
    """Have skopeo push an image: a text for each platform; the same text is the same manifest."""
    blobs = folder / tag / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def add(content: bytes, media_type: str) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {
            "mediaType": f"{OCI}.{media_type}",
            "digest": f"sha256:{digest}",
            "size": len(content),
        }

    def document(value: dict[str, object], media_type: str) -> dict[str, object]:
        return add(json.dumps({"schemaVersion": 2} | value).encode(), media_type)

    children = []
    for architecture, text in platforms.items():
        layer = add(gzip.compress(text.encode(), mtime=0), "layer.v1.tar+gzip")
        platform = {"architecture": architecture, "os": "linux"}
        config = add(json.dumps(platform | ROOTFS).encode(), "config.v1+json")
        image = document({"config": config, "layers": [layer]}, "manifest.v1+json")
        children.append(image | {"platform": platform})
    index = document({"manifests": children}, "index.v1+json")
    (folder / tag / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / tag / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [index]}))
    copy = ["skopeo", "copy", "--quiet", "--all", "--dest-tls-verify=false"]
    subprocess.run([*copy, f"oci:{folder / tag}", registry.reference(tag)], check=True)
