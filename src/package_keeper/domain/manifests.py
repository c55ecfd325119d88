"""Manifests as a container registry serves them, reduced to what ties versions together.

Decides what counts as a child and as a subject. It does not decide what is fetched, nor whether a
descriptor that is not called a manifest (a layer, a build cache's blob) is one all the same.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.artifact.manifest.v1+json",
)
STAND_IN = "application/vnd.package-keeper.stand-in"
"""The artifact type of what `untag` pushes under a tag: no image, whatever becomes of it."""
STANDS_IN_FOR = "package-keeper.tag"
"""The annotation of a stand-in that names the tag which it was pushed under."""

EMPTY_CONTENT = b"{}"
EMPTY_DIGEST = f"sha256:{hashlib.sha256(EMPTY_CONTENT).hexdigest()}"
"""What stands where nothing is to be said ("guidance for an empty descriptor" in the OCI image
specification)."""

DOCKER_SCHEMA_2 = "application/vnd.docker.distribution.manifest.v2+json"


class NotAManifest(Exception):
    """The content is not what was asked for; `str()` says in which way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What an index lists; `platform` as `os/architecture`, empty where unsaid."""

    digest: str
    media_type: str
    platform: str = ""

    @property
    def is_manifest(self) -> bool:
        """Whether its media type calls it a manifest, so that it may be fetched as one."""
        return self.media_type in INDEX_TYPES + MANIFEST_TYPES

    @property
    def may_have_children(self) -> bool:
        """Whether it is, or may be, an index itself."""
        return self.media_type not in MANIFEST_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One manifest: what it lists, and the subject it says it is about.

    `stands_in_for` is the tag that a stand-in was pushed under; None for everything else.
    """

    digest: str
    media_type: str
    children: tuple[Child, ...] = ()
    subject: str | None = None
    artifact_type: str = ""
    stands_in_for: str | None = None


def parse_manifest(digest: str, media_type: str, content: bytes) -> Manifest:
    """Read a manifest's content, which must be what `digest` names.

    `media_type` is what the registry said; the content's own `mediaType` goes before it. Raises
    NotAManifest where the content does not fit the digest or is not a manifest.
    """
    if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
        raise NotAManifest(f"the content that the registry sent for {digest} does not match it")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise NotAManifest(f"{digest} is not JSON") from error
    if not isinstance(body, dict):
        raise NotAManifest(f"{digest} is not a JSON object")
    return Manifest(
        digest=digest,
        media_type=_once(_text(body.get("mediaType")) or media_type.partition(";")[0].strip()),
        children=_children(body.get("manifests")),
        subject=_digest(body.get("subject")),
        artifact_type=_once(_text(body.get("artifactType"))),
        stands_in_for=_stands_in_for(body),
    )


def _stands_in_for(body: dict[str, object]) -> str | None:
    annotations = body.get("annotations")
    if body.get("artifactType") != STAND_IN or not isinstance(annotations, dict):
        return None
    return _text(annotations.get(STANDS_IN_FOR)) or None


def _children(descriptors: object) -> tuple[Child, ...]:
    """What an index lists, layers and blobs too where it does (build caches do)."""
    if not isinstance(descriptors, list):
        return ()
    children = (_child(item) for item in descriptors if isinstance(item, dict))
    return tuple(child for child in children if child is not None)


def _child(descriptor: dict[str, object]) -> Child | None:
    digest, media_type = _digest(descriptor), _once(_text(descriptor.get("mediaType")))
    if digest is None:
        return None
    platform = _platform(descriptor.get("platform"))
    return Child(digest=digest, media_type=media_type, platform=platform)


def _platform(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    parts = (_text(value.get(key)) for key in ("os", "architecture", "variant"))
    return _once("/".join(part for part in parts if part))


def _digest(descriptor: object) -> str | None:
    if not isinstance(descriptor, dict):
        return None
    return _text(descriptor.get("digest")) or None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


@lru_cache(maxsize=1_000)
def _once(text: str) -> str:
    """The same object for the same text: the media types and platforms of a package are few."""
    return text
