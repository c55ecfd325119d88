"""The registry is entered with one token a package, which goes nowhere else."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.clients import answered, asked, person, registry_of, unknown
from fake_github import Behaviour, FakeGitHub, FakePackage, Token
from pacing.clocks import FakeClock
from pacing.hosts import run_all, sender
from package_keeper.adapters.registry import Registry
from package_keeper.adapters.registry_host import RegistryHost
from package_keeper.domain.answers import Refusal, Refused

ABSENT = f"sha256:{'0' * 64}"


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
