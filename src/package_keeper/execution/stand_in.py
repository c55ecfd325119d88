"""The manifest that stands in for a tag while the tag is taken off.

Decides what is in it: nothing that anybody could pull, and what tells it apart from all others. It
does not decide when it is pushed, nor how it goes.
"""

import json

from package_keeper.domain.manifests import EMPTY_CONTENT, EMPTY_DIGEST, STAND_IN, STANDS_IN_FOR

STAND_IN_TYPE = "application/vnd.oci.image.manifest.v1+json"

_EMPTY = {
    "mediaType": "application/vnd.oci.empty.v1+json",
    "digest": EMPTY_DIGEST,
    "size": len(EMPTY_CONTENT),
}
"""The empty descriptor of the OCI image specification."""


def stand_in_for(tag: str, unique: str) -> bytes:
    """A manifest that nobody has pushed before, so that it becomes a version of its own.

    `unique` is a text that was never used before.
    """
    annotations = {
        "org.opencontainers.image.description": f"stands in for the tag {tag} to take it off",
        STANDS_IN_FOR: tag,
        "package-keeper.unique": unique,
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": STAND_IN_TYPE,
        "artifactType": STAND_IN,
        "config": _EMPTY,
        "layers": [_EMPTY],
        "annotations": annotations,
    }
    return json.dumps(manifest).encode()
