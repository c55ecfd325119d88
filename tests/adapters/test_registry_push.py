"""A pushed manifest takes its tag, once, and nothing goes to another host."""

import json

import pytest

from adapters.clients import asked, person, registry_of
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind
from fake_github.manifests import OCI_EMPTY, OCI_MANIFEST, digest_of
from package_keeper.adapters.registry import Registry
from package_keeper.domain.answers import AnswerLost, Refused
from package_keeper.domain.manifests import EMPTY_DIGEST


def manifest(config: str = EMPTY_DIGEST) -> bytes:
    value = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": OCI_EMPTY, "digest": config, "size": 2},
        "layers": [],
    }
    return json.dumps(value).encode()


def test_a_pushed_manifest_takes_its_tag(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    image = app.push_image(tags=("v1", "pr-1"))
    digest = registry.put_manifest("pr-1", manifest(), OCI_MANIFEST)
    assert digest == digest_of(manifest())
    assert app.tags == {"v1": image, "pr-1": digest}
    github.forget_requests()
    registry.put_manifest("v1", manifest(), OCI_MANIFEST)
    assert not any("uploads" in path for path in asked(github)), "the blob is there already"


def test_reading_never_asks_for_the_right_to_push(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    registry.manifest(app.push_image(tags=("v1",)))
    registry.put_manifest("x", manifest(), OCI_MANIFEST)
    scopes = [r.query["scope"] for r in github.requests if r.path == "/token"]
    assert scopes == ["repository:acme/app:pull", "repository:acme/app:pull,push"]


def test_a_push_whose_answer_is_lost_is_not_repeated(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    github.fail(Fault(kind=FaultKind.LOST_ANSWER, method="PUT", path_contains="/manifests/"))
    with pytest.raises(AnswerLost):
        registry.put_manifest("x", manifest(), OCI_MANIFEST)
    assert [r.path for r in github.requests if r.method == "PUT"][1:] == [
        "/v2/acme/app/manifests/x"
    ]


def test_an_upload_is_not_sent_to_another_host(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    with FakeGitHub() as elsewhere:
        for location in (f"{elsewhere.registry_url}/v2/x", "//127.0.0.1:9/x", ""):
            github.heal()
            fault = Fault(
                kind=FaultKind.STATUS,
                method="POST",
                status=202,
                body=b"",
                headers={"Location": location},
            )
            github.fail(fault)
            with pytest.raises(AnswerLost, match="not its own"):
                registry.put_manifest("x", manifest(), OCI_MANIFEST)
        assert elsewhere.requests == []


def test_the_bytes_of_a_manifest_come_with_their_type(registry: Registry, app: FakePackage) -> None:
    registry.put_manifest("v1", manifest(), OCI_MANIFEST)
    found = registry.content(app.tags["v1"])
    assert (found.content, found.media_type) == (manifest(), OCI_MANIFEST)


def test_a_push_that_is_not_allowed_is_refused_before_the_tag_moves(
    github: FakeGitHub, app: FakePackage
) -> None:
    image = app.push_image(tags=("v1",))
    token = person(github, scopes=("read:packages",))
    with registry_of(github, token=token) as registry, pytest.raises(Refused):
        registry.put_manifest("v1", manifest(), OCI_MANIFEST)
    assert app.tags == {"v1": image}
