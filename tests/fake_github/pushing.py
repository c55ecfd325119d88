"""What build tools push: images of one or many platforms, attestations, signatures.

Shapes only: stores through the package's own `push_manifest`.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, assert_never

from fake_github.manifests import (
    OCI_CONFIG,
    OCI_EMPTY,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    digest_of,
)

if TYPE_CHECKING:
    from fake_github.packages import FakePackage

Style = Literal["subject", "subject-with-fallback-tag", "sig", "att", "sbom"]
Document = dict[str, Any]

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
IN_TOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What to build: `os/architecture[/variant]` each, with provenance or without."""

    platforms: tuple[str, ...]
    attestations: bool
    seed: str


def image(
    package: FakePackage, build: Build, *, tags: tuple[str, ...], created_at: dt.datetime | None
) -> str:
    """An image as buildx pushes it: children first, then the index that carries the tags.

    One platform without attestations is a plain manifest, as `--provenance=false` gives.
    """
    seed = build.seed or f"{package.id}/{package.world.new_id()}"
    children = [_platform_manifest(package, seed, platform) for platform in build.platforms]
    if len(children) == 1 and not build.attestations:
        return package.push_manifest(children[0], OCI_MANIFEST, tags=tags, created_at=created_at)
    listed = []
    for platform, child in zip(build.platforms, children, strict=True):
        digest = package.push_manifest(child, OCI_MANIFEST, created_at=created_at)
        listed.append({**_listed(package, digest), "platform": _platform(platform)})
    if build.attestations:
        subjects = [str(entry["digest"]) for entry in listed]
        listed.extend(_attestation(package, subject, created_at) for subject in subjects)
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
    return package.push_manifest(index, OCI_INDEX, tags=tags, created_at=created_at)


def plain_manifest(package: FakePackage, created_at: dt.datetime | None) -> str:
    """A small manifest of its own, or, on other package types, a name of its own."""
    number = package.world.new_id()
    if package.package_type != "container":
        return f"0.0.{number}"
    document = _platform_manifest(package, f"plain/{package.id}/{number}", "linux/amd64")
    return package.push_manifest(document, OCI_MANIFEST, created_at=created_at)


def referrer(
    package: FakePackage,
    subject: str,
    artifact_type: str,
    style: Style,
    created_at: dt.datetime | None,
) -> str:
    """A referrer in the style of cosign 3 and oras (`subject…`) or of cosign 2 (the others)."""
    number = package.world.new_id()
    match style:
        case "subject" | "subject-with-fallback-tag":
            digest = _with_subject(package, subject, artifact_type, number, created_at)
            if style == "subject-with-fallback-tag":
                _list_in_fallback(package, subject, digest, created_at)
            return digest
        case "sig" | "att" | "sbom":
            layer = _blob(package, f"{style} {number} of {subject}".encode(), artifact_type)
            config = _blob(package, json.dumps({"number": number}).encode(), OCI_CONFIG)
            tag = f"{subject.replace(':', '-')}.{style}"
            document = _manifest(config, [layer])
            return package.push_manifest(document, OCI_MANIFEST, tags=(tag,), created_at=created_at)
        case _:
            assert_never(style)


def _with_subject(
    package: FakePackage,
    subject: str,
    artifact_type: str,
    number: int,
    created_at: dt.datetime | None,
) -> str:
    layer = _blob(package, f"bundle {number} of {subject}".encode(), artifact_type)
    document = {
        **_manifest(_blob(package, b"{}", OCI_EMPTY), [layer]),
        "artifactType": artifact_type,
        "subject": _listed(package, subject),
    }
    return package.push_manifest(document, OCI_MANIFEST, created_at=created_at)


def _list_in_fallback(
    package: FakePackage, subject: str, digest: str, created_at: dt.datetime | None
) -> None:
    """Rewrite the tag `sha256-<hex>`: the former index stays behind, untagged."""
    tag = subject.replace(":", "-")
    former = package.tags.get(tag)
    listed = package.manifests[former].document["manifests"] if former else []
    entry = {**_listed(package, digest), "artifactType": OCI_EMPTY}
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [*listed, entry]}
    package.push_manifest(index, OCI_INDEX, tags=(tag,), created_at=created_at)


def _attestation(package: FakePackage, subject: str, created_at: dt.datetime | None) -> Document:
    layer = _blob(package, f"provenance of {subject}".encode(), IN_TOTO)
    config = _blob(package, f'{{"for":"{subject}"}}'.encode(), OCI_CONFIG)
    digest = package.push_manifest(_manifest(config, [layer]), OCI_MANIFEST, created_at=created_at)
    marks = {
        "vnd.docker.reference.digest": subject,
        "vnd.docker.reference.type": "attestation-manifest",
    }
    unknown = {"architecture": "unknown", "os": "unknown"}
    return {**_listed(package, digest), "annotations": marks, "platform": unknown}


def _platform_manifest(package: FakePackage, seed: str, platform: str) -> Document:
    config = {**_platform(platform), "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}
    layer = _blob(package, f"layer {seed} {platform}".encode(), OCI_LAYER)
    return _manifest(_blob(package, json.dumps(config).encode(), OCI_CONFIG), [layer])


def _manifest(config: Document, layers: list[Document]) -> Document:
    return {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": config,
        "layers": layers,
    }


def _blob(package: FakePackage, content: bytes, media_type: str) -> Document:
    digest = digest_of(content)
    package.world.blobs[digest] = content
    package.blobs.add(digest)
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def _listed(package: FakePackage, digest: str) -> Document:
    stored = package.manifests.get(digest)
    if stored is None:
        return {"mediaType": OCI_MANIFEST, "digest": digest, "size": 0}
    return {"mediaType": stored.media_type, "digest": digest, "size": len(stored.content)}


def _platform(platform: str) -> Document:
    os, architecture, *variant = platform.split("/")
    return {"architecture": architecture, "os": os, **({"variant": variant[0]} if variant else {})}
