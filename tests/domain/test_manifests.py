"""Manifests as registries serve them: what ties them together, and what is none."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import digest_of
from package_keeper.domain.manifests import (
    DOCKER_SCHEMA_2,
    INDEX_TYPES,
    MANIFEST_TYPES,
    Child,
    Manifest,
    NotAManifest,
    parse_manifest,
)

OCI_INDEX, DOCKER_LIST = INDEX_TYPES
OCI_MANIFEST = MANIFEST_TYPES[0]
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
D1, D2, D3 = digest_of("1"), digest_of("2"), digest_of("3")


def parsed(body: object, content_type: str = "") -> Manifest:
    content = json.dumps(body).encode()
    return parse_manifest(f"sha256:{hashlib.sha256(content).hexdigest()}", content_type, content)


def platform(digest: str, media_type: str = OCI_MANIFEST, **said: str) -> dict[str, object]:
    return {"mediaType": media_type, "digest": digest, "size": 1, "platform": said}


def test_an_index_lists_its_platforms() -> None:
    manifest = parsed(
        {
            "mediaType": OCI_INDEX,
            "manifests": [
                platform(D1, os="linux", architecture="amd64"),
                platform(D2, os="linux", architecture="arm", variant="v7"),
                platform(D3, os="unknown", architecture="unknown"),
            ],
        }
    )
    assert manifest.media_type == OCI_INDEX
    assert [(c.digest, c.platform) for c in manifest.children] == [
        (D1, "linux/amd64"),
        (D2, "linux/arm/v7"),
        (D3, "unknown/unknown"),
    ]


def test_a_docker_list_lists_schema_2_manifests() -> None:
    manifest = parsed({"mediaType": DOCKER_LIST, "manifests": [platform(D1, DOCKER_SCHEMA_2)]})
    assert manifest.children == (Child(digest=D1, media_type=DOCKER_SCHEMA_2),)
    assert not manifest.children[0].may_have_children


def test_an_index_may_list_indexes() -> None:
    manifest = parsed({"mediaType": OCI_INDEX, "manifests": [platform(D1, OCI_INDEX)]})
    assert manifest.children[0].may_have_children


def test_a_build_cache_lists_layers_which_are_no_manifests() -> None:
    manifest = parsed(
        {
            "mediaType": OCI_INDEX,
            "manifests": [
                {"mediaType": LAYER, "digest": D1},
                {"mediaType": "application/vnd.buildkit.cacheconfig.v0", "digest": D2},
                {"digest": D3},
            ],
        }
    )
    assert [child.is_manifest for child in manifest.children] == [False, False, False]
    assert [child.digest for child in manifest.children] == [D1, D2, D3]


def test_what_is_not_called_a_manifest_may_have_children_for_all_that_is_known() -> None:
    assert Child(digest=D1, media_type="").may_have_children
    assert not Child(digest=D1, media_type=OCI_MANIFEST).may_have_children


def test_a_helm_chart_is_a_manifest_without_ties() -> None:
    manifest = parsed(
        {
            "schemaVersion": 2,
            "config": {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": D1},
            "layers": [{"mediaType": LAYER, "digest": D2}],
        },
        f"{OCI_MANIFEST}; charset=utf-8",
    )
    assert manifest.media_type == OCI_MANIFEST
    assert (manifest.children, manifest.subject, manifest.artifact_type) == ((), None, "")


def test_a_signature_names_its_subject() -> None:
    bundle = "application/vnd.dev.sigstore.bundle.v0.3+json"
    manifest = parsed(
        {"mediaType": OCI_MANIFEST, "artifactType": bundle, "subject": {"digest": D1}}
    )
    assert (manifest.subject, manifest.artifact_type) == (D1, bundle)


def test_what_the_content_says_of_itself_goes_before_the_header() -> None:
    assert parsed({"mediaType": OCI_INDEX}, OCI_MANIFEST).media_type == OCI_INDEX
    assert parsed({"mediaType": 7}, OCI_MANIFEST).media_type == OCI_MANIFEST


@pytest.mark.parametrize(
    "body",
    [
        {"manifests": None},
        {"manifests": "x"},
        {"manifests": {}},
        {"manifests": [None, 1, "x", [], {}, {"digest": 5}, {"digest": ""}]},
        {"subject": None},
        {"subject": "sha256:abc"},
        {"subject": {}},
        {"subject": {"digest": ["x"]}},
        {"artifactType": {}},
        {},
    ],
)
def test_what_is_malformed_ties_nothing(body: dict[str, object]) -> None:
    manifest = parsed(body)
    assert (manifest.children, manifest.subject, manifest.artifact_type) == ((), None, "")


@pytest.mark.parametrize("said", [None, "linux/amd64", [], {"os": 1, "architecture": ""}])
def test_a_malformed_platform_is_none(said: object) -> None:
    child = {"mediaType": OCI_MANIFEST, "digest": D1, "platform": said}
    assert parsed({"manifests": [child]}).children[0].platform == ""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is not JSON"),
        (b"<html>", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b'"sha256"', "is not a JSON object"),
        (b"null", "is not a JSON object"),
    ],
)
def test_what_is_no_manifest_says_so(content: bytes, why: str) -> None:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    with pytest.raises(NotAManifest, match=why):
        parse_manifest(digest, OCI_MANIFEST, content)


@given(st.binary(max_size=40))
def test_content_that_is_not_what_was_asked_for_is_never_believed(content: bytes) -> None:
    other = f"sha256:{hashlib.sha256(content + b'.').hexdigest()}"
    with pytest.raises(NotAManifest, match="does not match it"):
        parse_manifest(other, OCI_MANIFEST, content)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([D1, D2]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["manifests", "subject", "digest", "mediaType", "platform", "os"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["manifests", "subject", "mediaType"]), _json))
def test_any_json_object_is_read(body: dict[str, object]) -> None:
    manifest = parsed(body, OCI_MANIFEST)
    assert manifest.media_type
    assert all(child.digest for child in manifest.children)
    assert manifest.subject != ""
