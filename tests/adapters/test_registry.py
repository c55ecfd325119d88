"""Manifests come back checked, absence is told from everything else, and nothing else is asked."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.clients import asked, person, registry_of
from fake_github import Behaviour, FakeGitHub, FakePackage, Fault, FaultKind, Token
from fake_github.manifests import OCI_EMPTY, OCI_MANIFEST, digest_of
from pacing.clocks import FakeClock
from pacing.hosts import run_all, sender
from package_keeper.adapters.registry import EMPTY_DIGEST, Registry
from package_keeper.adapters.registry_host import RegistryHost
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.inventory.ports import Manifests

ABSENT = f"sha256:{'0' * 64}"


@pytest.fixture
def registry(github: FakeGitHub, app: FakePackage) -> Iterator[Registry]:
    with registry_of(github) as registry:
        yield registry


def answered(status: int, body: str | bytes | dict[str, object], **headers: str) -> Fault:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(kind=FaultKind.STATUS, status=status, body=body, headers=names, times=None)


def unknown(code: str, message: str) -> dict[str, object]:
    return {"errors": [{"code": code, "message": message}]}


def test_it_is_what_the_inventory_needs(registry: Registry) -> None:
    ports: list[Manifests] = [registry]
    assert ports


def test_an_index_names_its_children(registry: Registry, app: FakePackage) -> None:
    digest = app.push_image(tags=("v1",), platforms=("linux/amd64", "linux/arm64"))
    index = registry.manifest(digest)
    assert index.digest == digest
    assert [child.platform for child in index.children][:2] == ["linux/amd64", "linux/arm64"]
    for child in index.children:
        assert registry.manifest(child.digest).digest == child.digest


def test_a_referrer_names_its_subject(registry: Registry, app: FakePackage) -> None:
    subject = app.push_image(tags=("v1",))
    referrer = app.attach(subject, artifact_type="application/spdx+json", style="subject")
    assert registry.manifest(referrer).subject == subject


def test_one_token_serves_all_manifests_of_a_package(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    digest = app.push_image(tags=("v1",))
    index = registry.manifest(digest)
    for child in index.children:
        registry.manifest(child.digest)
    tokens = [request for request in github.requests if request.path == "/token"]
    assert [token.query["scope"] for token in tokens] == ["repository:acme/app:pull"]
    assert len(github.requests) == 2 + 1 + len(index.children)


def test_a_second_package_needs_no_refusal_to_be_let_in(
    github: FakeGitHub, app: FakePackage
) -> None:
    other = github.add_package("acme", "container", "group/tool", visibility="private")
    digests = {"app": app.push_image(tags=("v1",)), "group/tool": other.push_image(tags=("v1",))}
    host = RegistryHost(
        url=github.registry_url,
        token=person(github),
        sender=sender(FakeClock()),
        mask=lambda _: None,
    )
    for name, digest in digests.items():
        assert Registry(host, owner="acme", name=name).manifest(digest).digest == digest
    host.close()
    assert [request.status for request in github.requests] == [401, 200, 200, 200, 200]


def test_threads_share_one_token(github: FakeGitHub, registry: Registry, app: FakePackage) -> None:
    digests = [app.push_image(tags=(f"v{number}",), seed=str(number)) for number in range(20)]
    github.latency = 0.02

    def reading(digest: str) -> None:
        assert registry.manifest(digest).digest == digest

    run_all([lambda digest=digest: reading(digest) for digest in digests])  # type: ignore[misc]
    assert asked(github).count("GET /token") == 1


def test_an_expired_token_is_replaced(github: FakeGitHub, app: FakePackage) -> None:
    github.behaviour = Behaviour(token_seconds=60)
    digest = app.push_image(tags=("v1",))
    with registry_of(github) as registry:
        registry.manifest(digest)
        body = unknown("UNAUTHORIZED", "token expired")
        realm = f'Bearer realm="{github.registry_url}/token",service="ghcr.io"'
        fault = answered(401, body, WWW_Authenticate=realm)
        github.fail(replace(fault, times=1))
        github.forget_requests()
        assert registry.manifest(digest).digest == digest
    path = f"/v2/acme/app/manifests/{digest}"
    assert asked(github) == [f"GET {path}", "GET /token", f"GET {path}"]


def test_a_token_that_is_refused_twice_is_a_refusal(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    digest = app.push_image(tags=("v1",))
    realm = f'Bearer realm="{github.registry_url}/token",service="ghcr.io"'
    fault = answered(401, unknown("UNAUTHORIZED", "no"), WWW_Authenticate=realm)
    github.fail(replace(fault, path_contains="/manifests/"))
    with pytest.raises(Refused) as caught:
        registry.manifest(digest)
    assert caught.value.refusal is Refusal.BAD_CREDENTIALS
    assert len(github.requests) == 3


def test_githubs_token_goes_to_the_registrys_own_host_only(
    github: FakeGitHub, app: FakePackage
) -> None:
    token = person(github)
    with FakeGitHub() as elsewhere, registry_of(github, token=token) as registry:
        realm = f'Bearer realm="{elsewhere.registry_url}/token",service="ghcr.io"'
        github.fail(answered(401, unknown("UNAUTHORIZED", "x"), WWW_Authenticate=realm))
        with pytest.raises(Refused, match="which is not done") as caught:
            registry.manifest(ABSENT)
        assert elsewhere.requests == []
    assert caught.value.refusal is Refusal.BAD_CREDENTIALS
    assert all("authorization" not in request.headers for request in github.requests)


def test_a_package_that_the_token_may_not_read_is_refused(github: FakeGitHub) -> None:
    github.add_package("acme", "container", "secret", visibility="private")
    token = github.add_token(Token.classic(login="octocat", scopes=()))
    with registry_of(github, "secret", token) as registry, pytest.raises(Refused) as caught:
        registry.manifest(ABSENT)
    assert caught.value.refusal is not Refusal.NOT_FOUND


def test_what_the_registry_does_not_have_is_not_found(registry: Registry) -> None:
    with pytest.raises(Refused, match="MANIFEST_UNKNOWN") as caught:
        registry.manifest(ABSENT)
    assert caught.value.refusal is Refusal.NOT_FOUND


@pytest.mark.parametrize(
    "body",
    [
        unknown("MANIFEST_UNKNOWN", "OCI index found, but Accept header does not support it"),
        unknown("NAME_UNKNOWN", "repository name not known to registry"),
        {"errors": []},
        {"errors": "MANIFEST"},
        {"message": "Not Found"},
        "<html>404</html>",
        b"",
        b"[" * 10_000,
    ],
    ids=repr,
)
def test_no_other_404_is_absence(
    github: FakeGitHub, registry: Registry, app: FakePackage, body: str | bytes | dict[str, object]
) -> None:
    github.fail(answered(404, body))
    with pytest.raises(AnswerLost, match="not as missing"):
        registry.manifest(ABSENT)
    with pytest.raises(AnswerLost, match="not as missing"):
        registry.exists(ABSENT)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=FaultKind.WRONG_CONTENT, times=None),
        Fault(kind=FaultKind.TRUNCATED, times=None),
        Fault(kind=FaultKind.CUT, times=None),
        Fault(kind=FaultKind.RESET, times=None),
        answered(200, "<html>please log in</html>"),
        answered(200, b""),
        answered(502, "<html>Bad Gateway</html>"),
    ],
    ids=str,
)
def test_content_that_is_not_what_the_digest_names_is_a_lost_answer(
    github: FakeGitHub, registry: Registry, app: FakePackage, fault: Fault
) -> None:
    digest = app.push_image(tags=("v1",))
    registry.manifest(digest)
    github.forget_requests()
    github.fail(fault)
    with pytest.raises(AnswerLost):
        registry.manifest(digest)
    assert len(github.requests) == 4


def test_an_answer_without_end_is_not_read_to_the_end(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    github.fail(answered(200, b"x" * (17 * 1024 * 1024)))
    with pytest.raises(AnswerLost, match="larger than"):
        registry.manifest(ABSENT)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(
    github: FakeGitHub, registry: Registry, app: FakePackage, status: int
) -> None:
    with FakeGitHub() as elsewhere:
        github.fail(answered(status, b"", Location=f"{elsewhere.registry_url}/v2/"))
        with pytest.raises(Refused, match=r"redirects to 127\.0\.0\.1") as caught:
            registry.manifest(ABSENT)
        assert elsewhere.requests == []
    assert caught.value.refusal is Refusal.INVALID


def test_a_refusal_in_the_words_of_the_registry_is_waited_out(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    digest = app.push_image(tags=("v1",))
    body = unknown("TOOMANYREQUESTS", "retry-after: 1.16676ms, allowed: 44000/minute")
    github.fail(Fault(kind=FaultKind.STATUS, status=429, body=body, times=3))
    assert registry.manifest(digest).digest == digest


@pytest.mark.parametrize("digest", ["", "latest", "sha256:abc", "sha512:" + "0" * 128, "../../x"])
def test_only_digests_that_can_be_checked_are_asked_for(
    github: FakeGitHub, registry: Registry, digest: str
) -> None:
    with pytest.raises(AnswerLost, match="no digest"):
        registry.manifest(digest)
    assert github.requests == []


def test_whether_something_exists_is_asked_without_reading_it(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    digest = app.push_image(tags=("v1",))
    assert registry.exists(digest)
    assert not registry.exists(ABSENT)
    assert {version.downloads for version in app.versions} == {0}
    assert {r.method for r in github.requests if digest in r.path} == {"HEAD"}


def test_an_answer_about_something_else_is_no_answer(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    github.fail(answered(200, b"", Docker_Content_Digest=ABSENT))
    with pytest.raises(AnswerLost, match="was meant"):
        registry.exists(app.push_image(tags=("v1",)))


def test_referrers_are_never_asked_for(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    subject = app.push_image(tags=("v1",))
    registry.manifest(app.attach(subject, artifact_type="x/y", style="subject-with-fallback-tag"))
    assert not any("referrers" in path for path in asked(github))


def test_every_derived_token_is_masked_before_it_is_used(
    github: FakeGitHub, app: FakePackage
) -> None:
    masked: list[str] = []
    github.on_request(
        lambda call: None if "/manifests/" not in call.path else seen.append(tuple(masked))
    )
    seen: list[tuple[str, ...]] = []
    with registry_of(github, mask=masked.append) as registry:
        registry.manifest(app.push_image(tags=("v1",)))
    used = github.requests[-1].headers["authorization"].removeprefix("Bearer ")
    assert used in seen[-1]


def test_a_netrc_file_does_not_replace_the_token(
    github: FakeGitHub, app: FakePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with registry_of(github) as registry:
        registry.manifest(app.push_image(tags=("v1",)))
    kinds = [request.headers.get("authorization", "").split(" ")[0] for request in github.requests]
    assert kinds == ["", "Basic", "Bearer"]


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


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_whether_something_exists_is_not_known_without_an_answer(
    github: FakeGitHub, registry: Registry, app: FakePackage, method: str
) -> None:
    body = unknown("DENIED", "denied")
    github.fail(Fault(kind=FaultKind.STATUS, status=403, body=body, method=method, times=None))
    with pytest.raises(Refused, match="403") as caught:
        registry.exists(ABSENT)
    assert caught.value.refusal is Refusal.ROLE


def test_a_push_that_is_not_allowed_is_refused_before_the_tag_moves(
    github: FakeGitHub, app: FakePackage
) -> None:
    image = app.push_image(tags=("v1",))
    token = person(github, scopes=("read:packages",))
    with registry_of(github, token=token) as registry, pytest.raises(Refused):
        registry.put_manifest("v1", manifest(), OCI_MANIFEST)
    assert app.tags == {"v1": image}
