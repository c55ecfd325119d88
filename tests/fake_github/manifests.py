"""Manifests: their media types, digests and parts. Pure; stores nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

MANIFEST_TYPES = frozenset({OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST})

_NAMES = {
    OCI_INDEX: ("OCI index", "OCI indexes"),
    OCI_MANIFEST: ("OCI manifest", "OCI manifests"),
    DOCKER_LIST: ("Manifest list", "manifest lists"),
    DOCKER_MANIFEST: ("Manifest", "manifests"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A stored manifest: its bytes, from which the digest follows, and its media type."""

    content: bytes
    media_type: str
    digest: str

    @property
    def document(self) -> dict[str, Any]:
        """The parsed JSON; an object that is none reads as empty."""
        value = json.loads(self.content)
        return value if isinstance(value, dict) else {}

    def children(self) -> tuple[str, ...]:
        """Digests of the listed manifests; layers that a cache index lists are none."""
        listed = self.document.get("manifests") or []
        return tuple(d["digest"] for d in listed if d.get("mediaType") in MANIFEST_TYPES)

    def blobs(self) -> tuple[str, ...]:
        """Digests of the config, the layers, and what an index lists beside manifests."""
        document = self.document
        listed = [d for d in document.get("manifests") or [] if d.get("mediaType")]
        others = [d for d in listed if d["mediaType"] not in MANIFEST_TYPES]
        config = [document["config"]] if document.get("config") else []
        return tuple(d["digest"] for d in (*config, *(document.get("layers") or []), *others))


def digest_of(content: bytes) -> str:
    """`sha256:<hex>` of the bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def manifest_from(value: dict[str, Any] | bytes, media_type: str | None) -> Manifest:
    """A manifest from bytes or a document; without a media type the document's own counts."""
    content = value if isinstance(value, bytes) else json.dumps(value, indent=2).encode()
    if media_type is None:
        own = json.loads(content).get("mediaType")
        media_type = own if isinstance(own, str) else OCI_MANIFEST
    return Manifest(content=content, media_type=media_type, digest=digest_of(content))


def unaccepted(media_type: str) -> str:
    """What ghcr.io says with 404 when `Accept` lacks the type of what was found."""
    one, many = _NAMES.get(media_type, ("Manifest", "manifests"))
    return f"{one} found, but Accept header does not support {many}"
