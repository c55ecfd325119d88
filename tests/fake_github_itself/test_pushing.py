"""Pushing, over HTTP and in the process: what becomes a version, what is left of former ones."""

import base64
import datetime as dt
import json
from typing import Any

import pytest
import requests

from fake_github import Behaviour, FakeGitHub, FakePackage, Token
from fake_github.manifests import (
    DOCKER_MANIFEST,
    OCI_EMPTY,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    digest_of,
)
from fake_github.pushing import BUNDLE
from fake_github.scene import ALL
from fake_github.world import RoleName

DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
EMPTY = digest_of(b"{}")


class Pusher:
    """A small client that pushes, as the registry's own specification describes."""

    def __init__(self, github: FakeGitHub, token: Token, repository: str = "acme/app") -> None:
        secret = github.add_token(token)
        bearer = base64.b64encode(secret.encode()).decode()
        self.url = github.registry_url
        self.path = f"{self.url}/v2/{repository}"
        self.headers = {"Authorization": f"Bearer {bearer}"}

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else f"{self.path}{path}"
        headers = {**self.headers, **options.pop("headers", {})}
        return requests.request(method, url, headers=headers, timeout=5, **options)

    def blob(self, content: bytes) -> requests.Response:
        return self.send("POST", f"/blobs/uploads/?digest={digest_of(content)}", data=content)

    def manifest(self, document: object, reference: str, kind: str = OCI_MANIFEST) -> Any:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = {"Content-Type": kind}
        return self.send("PUT", f"/manifests/{reference}", data=content, headers=headers)


@pytest.fixture
def pusher(github: FakeGitHub) -> Pusher:
    return Pusher(github, Token.classic(login="octocat", scopes=ALL))


def small(note: str) -> dict[str, Any]:
    """A manifest of an empty config and a note that makes it unique."""
    return {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": OCI_EMPTY, "digest": EMPTY, "size": 2},
        "layers": [],
        "annotations": {"note": note},
    }


def test_new_content_is_a_new_version_and_known_content_gains_a_tag(
    app: FakePackage, pusher: Pusher
) -> None:
    pusher.blob(b"{}")
    created = pusher.manifest(small("a"), "v1")
    assert created.status_code == 201
    digest = created.headers["docker-content-digest"]
    assert digest == digest_of(json.dumps(small("a")).encode())
    assert "OCI-Subject" not in created.headers
    assert pusher.manifest(small("a"), "latest").status_code == 201
    (version,) = app.versions
    assert (version.name, version.tags) == (digest, ("v1", "latest"))
    assert pusher.manifest(small("b"), "latest").status_code == 201
    assert len(app.versions) == 2
    assert version.tags == ("v1",)
    assert app.versions[1].tags == ("latest",)


def test_pushing_by_digest_makes_an_untagged_version(app: FakePackage, pusher: Pusher) -> None:
    pusher.blob(b"{}")
    digest = digest_of(json.dumps(small("a")).encode())
    assert pusher.manifest(small("a"), digest).status_code == 201
    assert app.tags == {}
    wrong = pusher.manifest(small("b"), digest)
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "DIGEST_INVALID")
    assert len(app.versions) == 1


def test_pushing_again_what_was_deleted_makes_a_new_version(
    app: FakePackage, pusher: Pusher
) -> None:
    pusher.blob(b"{}")
    pusher.manifest(small("a"), "v1")
    (former,) = app.versions
    app.delete_version(former)
    pusher.manifest(small("a"), "v1")
    (version,) = app.versions
    assert version.id > former.id
    assert app.deleted == [former]


@pytest.mark.parametrize(
    ("content", "reference", "code"),
    [
        (b"not json", "v1", "MANIFEST_INVALID"),
        (b"[]", "v1", "MANIFEST_INVALID"),
        (b'{"layers": [{}]}', "v1", "MANIFEST_INVALID"),
        (json.dumps(small("a")).encode(), "-v1", "TAG_INVALID"),
        (json.dumps(small("a")).encode(), "v" * 129, "TAG_INVALID"),
    ],
)
def test_what_is_no_manifest_or_no_tag_is_refused(
    app: FakePackage, pusher: Pusher, content: bytes, reference: str, code: str
) -> None:
    pusher.blob(b"{}")
    refused = pusher.manifest(content, reference)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, code)
    assert app.versions == []


def test_the_parts_come_before_the_whole(
    github: FakeGitHub, app: FakePackage, pusher: Pusher
) -> None:
    child = app.push_image(platforms=("linux/amd64",), attestations=False)
    entry = {"mediaType": OCI_MANIFEST, "size": 1}
    present = {"schemaVersion": 2, "manifests": [{**entry, "digest": child}]}
    absent = {"schemaVersion": 2, "manifests": [{**entry, "digest": digest_of(b"no")}]}
    assert pusher.manifest(small("a"), "v1").status_code == 400
    assert pusher.manifest(absent, "v1", OCI_INDEX).status_code == 400
    assert pusher.manifest(present, "v1", OCI_INDEX).status_code == 201
    github.behaviour = Behaviour(blobs_checked=False)
    assert pusher.manifest(absent, "v1", OCI_INDEX).status_code == 201
    assert app.pullable("v1") == [digest_of(b"no")]


def test_a_subject_may_be_anything(app: FakePackage, pusher: Pusher) -> None:
    pusher.blob(b"{}")
    subject = {"mediaType": OCI_MANIFEST, "digest": digest_of(b"later"), "size": 1}
    assert pusher.manifest({**small("a"), "subject": subject}, "v1").status_code == 201


def test_a_blob_may_come_in_parts(app: FakePackage, pusher: Pusher) -> None:
    begun = pusher.send("POST", "/blobs/uploads/")
    assert begun.status_code == 202
    location = f"{pusher.url}{begun.headers['Location']}"
    part = pusher.send("PATCH", location, data=b"hel", headers={"Content-Range": "0-2"})
    assert (part.status_code, part.headers["Range"]) == (202, "0-2")
    gap = pusher.send("PATCH", location, data=b"x", headers={"Content-Range": "9-9"})
    assert gap.status_code == 416
    pusher.send("PATCH", location, data=b"l", headers={"Content-Range": "3-3"})
    wrong = pusher.send("PUT", f"{location}?digest={EMPTY}", data=b"o")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "DIGEST_INVALID")
    done = pusher.send("PUT", f"{location}?digest={digest_of(b'hello')}", data=b"o")
    assert done.status_code == 201
    assert pusher.send("GET", f"/blobs/{digest_of(b'hello')}").content == b"hello"
    assert pusher.send("PATCH", location, data=b"").status_code == 404


def test_what_cannot_be_written_at_all(pusher: Pusher) -> None:
    for method, path in (("PATCH", "/manifests/v1"), ("PUT", "/tags/list"), ("POST", "/blobs/x")):
        assert pusher.send(method, path).status_code == 405


def test_an_upload_can_be_given_up(app: FakePackage, pusher: Pusher) -> None:
    location = f"{pusher.url}{pusher.send('POST', '/blobs/uploads/').headers['Location']}"
    assert pusher.send("DELETE", location).status_code == 204
    assert pusher.send("PUT", f"{location}?digest={EMPTY}", data=b"{}").status_code == 404


def test_a_large_blob_fits(app: FakePackage, pusher: Pusher) -> None:
    content = bytes(3_000_000)
    assert pusher.blob(content).status_code == 201
    assert len(pusher.send("GET", f"/blobs/{digest_of(content)}").content) == 3_000_000


def test_a_blob_is_taken_over_from_where_it_may_be_read(
    github: FakeGitHub, app: FakePackage, pusher: Pusher
) -> None:
    other = github.add_package("octocat", "container", "other")
    layer = other.push_image(platforms=("linux/amd64",), attestations=False)
    digest = other.manifests[layer].document["layers"][0]["digest"]
    path = f"/blobs/uploads/?mount={digest}"
    assert pusher.send("POST", f"{path}&from=octocat/nope").status_code == 202
    assert pusher.send("POST", path).status_code == 202
    assert pusher.send("POST", f"{path}&from=octocat/other").status_code == 201
    assert pusher.send("HEAD", f"/blobs/{digest}").status_code == 200


def test_the_first_push_makes_a_private_package(github: FakeGitHub) -> None:
    token = Token.actions(repository="acme/new")
    pusher = Pusher(github, token, "acme/team/new")
    pusher.blob(b"{}")
    assert pusher.manifest(small("a"), "v1").status_code == 201
    package = github.world.package("acme", "container", "team/new")
    assert package is not None
    assert (package.visibility, package.repository) == ("private", "acme/new")
    assert package.roles == {"acme/new": "admin"}


@pytest.mark.parametrize(
    ("token", "repository", "text"),
    [
        (
            Token.classic(login="octocat", scopes=("read:packages",)),
            "acme/app",
            "permission_denied: write_package",
        ),
        (
            Token.actions(repository="acme/other"),
            "acme/app",
            "installation not allowed to Write organization package",
        ),
        (
            Token.actions(repository="acme/app", permission="read"),
            "acme/new",
            "installation not allowed to Create organization package",
        ),
        (
            Token.actions(repository="octocat/app"),
            "acme/new",
            "installation not allowed to Create organization package",
        ),
        (
            Token.classic(login="octocat", scopes=ALL),
            "nobody/app",
            "permission_denied: write_package",
        ),
    ],
)
def test_who_may_not_push(github: FakeGitHub, token: Token, repository: str, text: str) -> None:
    refused = Pusher(github, token, repository).blob(b"{}")
    assert refused.status_code == 403
    assert refused.json()["errors"] == [{"code": "DENIED", "message": text}]


def test_new_packages_are_for_members_and_owners() -> None:
    with FakeGitHub() as github:
        roles: tuple[RoleName, ...] = ("none", "read", "write")
        for role in roles:
            github.add_organization(role, base_role=role)
        github.add_user("octocat")
        github.add_user("stranger")
        statuses = {
            login: Pusher(github, Token.classic(login="octocat", scopes=ALL), f"{login}/app")
            .blob(b"{}")
            .status_code
            for login in ("none", "read", "write", "octocat", "stranger")
        }
    assert statuses == {"none": 403, "read": 403, "write": 201, "octocat": 201, "stranger": 403}


def test_a_registry_token_without_push_is_refused_once_it_was_asked_for(
    github: FakeGitHub, app: FakePackage
) -> None:
    secret = github.add_token(Token.classic(login="octocat", scopes=("read:packages",)))
    url = f"{github.registry_url}/v2/acme/app/blobs/uploads/"
    for actions, status in (("pull", 401), ("pull,push", 403), ("push,pull", 403)):
        answer = requests.get(
            f"{github.registry_url}/token?scope=repository:acme/app:{actions}",
            auth=("x", secret),
            timeout=5,
        )
        headers = {"Authorization": f"Bearer {answer.json()['token']}"}
        assert requests.post(url, headers=headers, timeout=5).status_code == status


def test_an_image_is_pushed_as_buildx_does(app: FakePackage) -> None:
    digest = app.push_image(tags=("v1", "latest"), created_at=DAY)
    assert len(app.versions) == 5
    assert {version.created_at for version in app.versions} == {DAY}
    assert [version.name for version in app.versions if version.tags] == [digest]
    assert app.versions[-1].name == digest
    listed = app.manifests[digest].document["manifests"]
    platforms = [entry["platform"]["architecture"] for entry in listed]
    assert platforms == ["amd64", "arm64", "unknown", "unknown"]
    assert listed[2]["annotations"] == {
        "vnd.docker.reference.digest": listed[0]["digest"],
        "vnd.docker.reference.type": "attestation-manifest",
    }
    assert app.pullable("latest") == []


def test_one_platform_without_attestations_is_a_plain_manifest(app: FakePackage) -> None:
    digest = app.push_image(tags=("v1",), platforms=("linux/arm/v7",), attestations=False)
    assert [version.name for version in app.versions] == [digest]
    assert app.manifests[digest].media_type == OCI_MANIFEST


def test_content_follows_the_seed(app: FakePackage) -> None:
    one, same = (app.push_image(seed="x") for _ in range(2))
    other, third = (app.push_image() for _ in range(2))
    assert one == same
    assert len({one, other, third}) == 3
    assert len(app.versions) == 15


def test_children_can_be_shared(app: FakePackage) -> None:
    both = app.push_image(platforms=("linux/amd64", "linux/arm64"), attestations=False, seed="x")
    one = app.push_image(platforms=("linux/amd64",), attestations=True, seed="x")
    listed = [set(app.manifests[digest].children()) for digest in (both, one)]
    assert len(listed[0] & listed[1]) == 1


def test_pullable_finds_what_is_missing_at_any_depth(app: FakePackage) -> None:
    inner = app.push_image()
    entry = {"mediaType": OCI_INDEX, "digest": inner, "size": 1}
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry]}
    app.push_manifest(document, tags=("v1",))
    assert app.pullable("v1") == []
    child = app.manifests[inner].children()[1]
    app.delete_version(app.active[child])
    assert app.pullable("v1") == [child]
    assert app.pullable(inner) == [child]
    app.delete_version(app.active[inner])
    assert app.pullable("v1") == [inner]
    assert app.pullable("nope") == ["nope"]


def test_what_is_listed_twice_is_missing_once(app: FakePackage) -> None:
    entry = {"mediaType": OCI_MANIFEST, "digest": digest_of(b"gone"), "size": 1}
    app.push_manifest({"mediaType": OCI_INDEX, "manifests": [entry, entry]}, tags=("v1",))
    assert app.pullable("v1") == [digest_of(b"gone")]


def test_a_tag_can_be_pushed_where_it_is(app: FakePackage) -> None:
    digest = app.push_image(tags=("v1",), seed="x")
    app.push_image(tags=("v1",), seed="x")
    assert app.active[digest].tags == ("v1",)


def test_layers_in_an_index_are_no_manifests(app: FakePackage) -> None:
    layer = {"mediaType": OCI_LAYER, "digest": digest_of(b"layer"), "size": 5}
    cache = {"mediaType": "application/vnd.buildkit.cacheconfig.v0", "digest": EMPTY, "size": 2}
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [layer, cache]}
    digest = app.push_manifest(document, tags=("cache",))
    assert app.pullable("cache") == []
    assert app.manifests[digest].blobs() == (layer["digest"], EMPTY)


def test_the_media_type_may_be_told_or_read(app: FakePackage) -> None:
    told = app.push_manifest({"schemaVersion": 2}, DOCKER_MANIFEST)
    read = app.push_manifest(b'{"mediaType": "application/vnd.oci.image.index.v1+json"}')
    neither = app.push_manifest(b"{}")
    kinds = [app.manifests[digest].media_type for digest in (told, read, neither)]
    assert kinds == [DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST]
    assert neither == EMPTY


def test_a_version_without_a_name_gets_a_manifest_of_its_own(
    github: FakeGitHub, app: FakePackage
) -> None:
    one, two = app.add_version(tags=("a",), created_at=DAY), app.add_version(tags=("b",))
    assert one.name != two.name
    assert (one.created_at, app.pullable("a"), app.pullable("b")) == (DAY, [], [])
    npm = github.add_package("acme", "npm", "lib")
    assert npm.add_version().name != npm.add_version().name
    assert npm.manifests == {}


@pytest.mark.parametrize("style", ["sig", "att", "sbom"])
def test_referrers_of_the_second_generation_hang_on_a_tag(app: FakePackage, style: Any) -> None:
    subject = app.push_image(tags=("v1",))
    digest = app.attach(subject, style=style, created_at=DAY)
    assert app.tags[f"{subject.replace(':', '-')}.{style}"] == digest
    assert "subject" not in app.manifests[digest].document
    assert app.active[digest].created_at == DAY


def test_a_subject_alone_leaves_no_trace_in_the_tags(app: FakePackage) -> None:
    subject = app.push_image(tags=("v1",))
    digest = app.attach(subject, style="subject", artifact_type="application/spdx+json")
    document = app.manifests[digest].document
    assert document["subject"]["digest"] == subject
    assert document["artifactType"] == "application/spdx+json"
    assert set(app.tags) == {"v1"}


def test_the_fallback_tag_is_rewritten_and_strands_its_former_index(app: FakePackage) -> None:
    subject = app.push_image(tags=("v1",))
    tag = subject.replace(":", "-")
    first = app.attach(subject)
    former = app.tags[tag]
    second = app.attach(subject)
    assert app.tags[tag] != former
    assert app.active[former].tags == ()
    assert app.manifests[app.tags[tag]].children() == (first, second)
    assert app.manifests[first].document["artifactType"] == BUNDLE
    assert app.pullable(tag) == []


def test_a_referrer_may_lack_its_subject(app: FakePackage) -> None:
    gone = digest_of(b"gone")
    digest = app.attach(gone, style="subject")
    assert app.manifests[digest].document["subject"]["digest"] == gone
