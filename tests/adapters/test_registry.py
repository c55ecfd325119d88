"""Manifests come back checked, absence is told from everything else, and nothing else is asked."""

import pytest

from adapters.clients import answered, asked, unknown
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind
from package_keeper.adapters.registry import Registry
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.inventory.ports import Manifests

ABSENT = f"sha256:{'0' * 64}"


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


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_whether_something_exists_is_not_known_without_an_answer(
    github: FakeGitHub, registry: Registry, app: FakePackage, method: str
) -> None:
    body = unknown("DENIED", "denied")
    github.fail(Fault(kind=FaultKind.STATUS, status=403, body=body, method=method, times=None))
    with pytest.raises(Refused, match="403") as caught:
        registry.exists(ABSENT)
    assert caught.value.refusal is Refusal.ROLE


def test_other_tags_are_looked_up_at_the_same_time(
    github: FakeGitHub, registry: Registry, app: FakePackage
) -> None:
    digests = [app.push_image(tags=(f"v{number}",)) for number in range(6)]
    github.latency = 0.2
    assert set(registry.digests_of_other_tags({"v0", "v5"})) == set(digests[1:5])
    heads = [request for request in github.requests if request.method == "HEAD"]
    assert len(heads) == 4
    assert max(head.time for head in heads) < min(head.answered for head in heads)


@pytest.mark.parametrize("tags", ["5", '"v1"', '{"v1": 1}', '["v1", 5]', '[["v1"]]', "true"])
def test_a_list_of_tags_that_is_none_is_no_answer(
    github: FakeGitHub, registry: Registry, app: FakePackage, tags: str
) -> None:
    app.push_image(tags=("v1",))
    body = f'{{"name": "acme/app", "tags": {tags}}}'.encode()
    github.fail(
        Fault(kind=FaultKind.STATUS, path_contains="/tags/list", status=200, body=body, times=None)
    )
    with pytest.raises(AnswerLost, match="list of tags"):
        registry.digests_of_other_tags(())
