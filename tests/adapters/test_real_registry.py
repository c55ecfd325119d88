"""A registry that asks for no token, and content made by a real client."""

import hashlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pacing.clocks import FakeClock
from pacing.hosts import sender
from package_keeper.adapters.registry import Registry
from package_keeper.adapters.registry_host import RegistryHost
from package_keeper.domain.answers import Refusal, Refused

CONFIG = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {root}}}}}
http: {{addr: 127.0.0.1:{port}}}
"""

OCI = "application/vnd.oci.image"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A docker-registry of its own, stopped after the test."""
    port = free_port()
    config = tmp_path / "config.yml"
    config.write_text(CONFIG.format(root=tmp_path / "data", port=port))
    command = ["docker-registry", "serve", str(config)]
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(url)
            yield url
        finally:
            server.kill()


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            requests.get(f"{url}/v2/", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("docker-registry does not answer")


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    host = RegistryHost(
        url=url, token="ghp_unused", sender=sender(FakeClock()), mask=lambda _: None
    )
    yield Registry(host, owner="Acme", name="app")
    host.close()


def layout(folder: Path) -> str:
    """An OCI layout with one small image for skopeo to copy; its digest."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def add(content: bytes, media_type: str) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    settings = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers"}}
    config = add(json.dumps(settings).encode(), f"{OCI}.config.v1+json")
    image = {"schemaVersion": 2, "config": config, "layers": []}
    manifest = add(json.dumps(image).encode(), f"{OCI}.manifest.v1+json")
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    return str(manifest["digest"])


@pytest.mark.real_tools("docker-registry", "skopeo")
def test_a_registry_without_tokens_is_read(url: str, registry: Registry, tmp_path: Path) -> None:
    digest = layout(tmp_path / "layout")
    target = url.replace("http://", "docker://") + "/acme/app:1.0.0"
    copy = ["skopeo", "copy", "--quiet", "--dest-tls-verify=false"]
    subprocess.run([*copy, f"oci:{tmp_path / 'layout'}", target], check=True)
    manifest = registry.manifest(digest)
    assert (manifest.digest, manifest.media_type) == (digest, f"{OCI}.manifest.v1+json")
    assert registry.exists(digest)


@pytest.mark.real_tools("docker-registry")
def test_absence_is_told_as_a_registry_tells_it(registry: Registry) -> None:
    content = b'{"schemaVersion": 2, "manifests": []}'
    registry.put_manifest("v1", content, f"{OCI}.index.v1+json")
    absent = f"sha256:{'0' * 64}"
    assert not registry.exists(absent)
    with pytest.raises(Refused) as caught:
        registry.manifest(absent)
    assert caught.value.refusal is Refusal.NOT_FOUND


@pytest.mark.real_tools("docker-registry")
def test_a_manifest_with_the_empty_configuration_is_pushed(registry: Registry) -> None:
    empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    config = {"mediaType": "application/vnd.oci.empty.v1+json", "digest": empty, "size": 2}
    media_type = f"{OCI}.manifest.v1+json"
    image = {"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": []}
    digest = registry.put_manifest("v1", json.dumps(image).encode(), media_type)
    assert registry.manifest(digest).media_type == media_type
