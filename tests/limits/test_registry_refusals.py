"""What registries have been seen to answer, word for word, and what a run makes of it.

Whatever is not a clear "there is no such manifest" must never let anything be deleted that could be
needed. `versions-to-keep: 1` keeps one image whole and deletes another.
"""

from collections.abc import Mapping

import pytest

from end_to_end.runner import Job
from end_to_end.world import day, writes
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, LoggedRequest
from pacing.clocks import FakeClock

KEEP_ONE = {"versions-to-keep": "1"}
UNACCEPTED = "OCI {} found, but Accept header does not support OCI {}"


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "container", "app")
    for number in range(2):
        package.push_image(tags=(f"1.{number}.0",), created_at=day(number))
    return package


def errors(code: str, message: str) -> Mapping[str, object]:
    return {"errors": [{"code": code, "message": message}]}


def answer(
    status: int,
    body: Mapping[str, object] | str,
    *,
    path: str = "/manifests/",
    times: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Fault:
    return Fault(
        kind=FaultKind.STATUS,
        server="registry",
        path_contains=path,
        status=status,
        body=body,
        headers=headers or {},
        times=times,
    )


def manifest_reads(github: FakeGitHub) -> list[LoggedRequest]:
    return [r for r in github.requests if r.method == "GET" and "/manifests/" in r.path]


@pytest.mark.parametrize(
    "fault",
    [
        answer(404, errors("MANIFEST_UNKNOWN", UNACCEPTED.format("index", "indexes"))),
        answer(404, errors("MANIFEST_UNKNOWN", UNACCEPTED.format("manifest", "manifests"))),
        answer(404, errors("NAME_UNKNOWN", "name unknown")),
        answer(404, "<html>404</html>"),
        answer(403, errors("DENIED", "denied")),
        answer(403, "403 Forbidden"),
        answer(401, errors("UNAUTHORIZED", "authentication required")),
        answer(403, errors("DENIED", "denied"), path="/token"),
        answer(502, "Bad Gateway"),
        answer(500, ""),
        answer(
            303, "", headers={"Location": "https://github.com/-/v2/packages/container/package/x"}
        ),
    ],
    ids=[
        "index unaccepted",
        "manifest unaccepted",
        "name unknown",
        "html",
        "denied",
        "forbidden",
        "unauthorized",
        "no token",
        "502",
        "500",
        "303",
    ],
)
def test_what_can_not_be_read_lets_nothing_be_deleted(
    github: FakeGitHub, job: Job, package: FakePackage, fault: Fault
) -> None:
    """Some of these are 404s, and none of them says that a manifest is gone."""
    github.fail(fault)
    finished = job.run(KEEP_ONE)
    assert finished.code in (1, 4)
    assert finished.outcome == "failed"
    assert writes(github) == []
    assert finished.annotations("error")


def test_a_repository_that_redirects_is_not_followed(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    elsewhere = f"{github.api_url}/elsewhere"
    github.fail(answer(307, "", headers={"Location": elsewhere}))
    job.run(KEEP_ONE)
    assert not [r for r in github.requests if r.path == "/elsewhere"]


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("retry-after: 1.16676ms, allowed: 44000/minute", 0.0),
        ("retry-after: 880.092µs, allowed: 44000/minute", 0.0),
        ("retry-after: 333.939671ms", 0.3),
        ("retry-after: 1m5.3s, allowed: 44000/minute", 65.3),
    ],
)
def test_the_wait_that_a_registry_asks_for_in_its_text_is_kept(
    github: FakeGitHub, job: Job, clock: FakeClock, package: FakePackage, text: str, least: float
) -> None:
    github.fail(answer(429, errors("TOOMANYREQUESTS", text), times=2))
    finished = job.run(KEEP_ONE)
    assert (finished.code, finished.outcome) == (0, "done")
    assert package.pullable("1.1.0") == []
    assert len(package.versions) == 5
    assert least <= clock.slept < 3 * least + 5  # the second refusal in a row doubles the wait


@pytest.mark.parametrize("path", ["/manifests/", "/token"])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_registry_that_fails_now_and_then_is_asked_again(
    github: FakeGitHub, job: Job, package: FakePackage, status: int, path: str
) -> None:
    github.fail(answer(status, "Bad Gateway", path=path, times=2))
    finished = job.run(KEEP_ONE)
    assert (finished.code, finished.outcome) == (0, "done")
    assert package.pullable("1.1.0") == []
    assert len(package.versions) == 5


def test_a_limit_of_the_registry_that_lasts_leaves_the_run_incomplete(
    github: FakeGitHub, job: Job, package: FakePackage
) -> None:
    text = "retry-after: 20m0s, allowed: 44000/minute"
    github.fail(answer(429, errors("TOOMANYREQUESTS", text)))
    finished = job.run(KEEP_ONE)
    assert (finished.code, finished.outcome) == (0, "incomplete")
    assert writes(github) == []
    assert "max-wait" in finished.annotations("warning")[0]


def test_no_manifest_is_read_twice(github: FakeGitHub, job: Job, package: FakePackage) -> None:
    """Each reading counts as a download; the first is refused for want of a registry token."""
    assert job.run(KEEP_ONE).outcome == "done"
    read = [r.path for r in manifest_reads(github) if r.status == 200]
    assert len(read) == len(set(read)) == 10
