"""The token is in the requests, and nowhere else: raw, encoded, in part or in an error text."""

import base64
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

import pytest

from end_to_end.runner import Finished, Job
from end_to_end.world import day, left, numbered
from fake_github import FakeGitHub, FakePackage, Fault, FaultKind, Token

ALL = ("read:packages", "write:packages", "delete:packages")
TOKENS = (
    Token.classic(login="octocat", scopes=ALL),
    Token.actions(repository="acme/app", admin_of=(("container", "app"),)),
)
USERS = ("", ":", "x:", "x-access-token:", "octocat:", "token:", "oauth2:", "package-keeper:")


@pytest.fixture
def package(github: FakeGitHub) -> FakePackage:
    package = github.add_package("acme", "container", "app", repository="acme/app")
    for number in range(3):
        package.push_image(
            tags=(f"1.{number}.0",), platforms=("linux/amd64",), created_at=day(number)
        )
    return package


def forms(secret: str) -> Iterator[str]:
    """Every form in which a token travels, and a part of it long enough to be of use."""
    yield secret
    yield quote(secret, safe="")
    yield secret[-30:]
    yield secret[4:34]
    for user in USERS:
        encoded = base64.b64encode(f"{user}{secret}".encode()).decode()
        yield encoded[: len(encoded) - 4]
        yield encoded[12:44]
    yield secret.encode().hex()


def is_nowhere(secret: str, finished: Finished, job: Job) -> bool:
    """Whether none of its forms is in anything that the run printed or left."""
    texts = {"stdout": finished.stdout, "stderr": finished.stderr, "summary": finished.summary}
    texts |= dict(finished.outputs)
    files = [path for path in job.folder.rglob("*") if path.is_file()]
    texts |= {str(path): path.read_bytes().decode(errors="replace") for path in files}
    for form in forms(secret):
        assert [name for name, text in texts.items() if form in text] == []
    return True


def sent(secret: str) -> Iterator[str]:
    """The whole forms in which it arrives at a server."""
    yield secret
    yield quote(secret, safe="")
    for user in ("", "x-access-token:", "package-keeper:"):
        yield base64.b64encode(f"{user}{secret}".encode()).decode()


def echo(secret: str, **more: object) -> Fault:
    """An answer that repeats the token in every form, as a careless proxy might."""
    said = " ".join(["You sent:", *sent(secret)])
    return Fault(
        kind=FaultKind.STATUS,
        status=403,
        body={"message": said, "errors": [{"code": "DENIED", "message": said}]},
        headers={"X-GitHub-Request-Id": secret[:100]},
        times=None,
        **more,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.kind)
def test_of_a_run_that_goes_well(
    github: FakeGitHub, job: Job, package: FakePackage, token: Token
) -> None:
    secret = github.add_token(token)
    asked = {"versions-to-keep": "1", "token": secret, "manifest-cache": "manifests"}
    finished = job.run_process(asked)
    assert finished.code == 0, finished.log
    assert is_nowhere(secret, finished, job)
    registry = [c.data for c in finished.commands if c.name == "add-mask"]
    assert registry  # the registry's own token is not known to the runner, so it is masked
    unmasked = [line for line in finished.stdout.splitlines() if "::add-mask::" not in line]
    assert not [line for line in unmasked for mask in registry if mask in line]


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """All that anybody logs meanwhile, as it would be printed."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    logging.getLogger().addHandler(handler)
    try:
        yield text
    finally:
        logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.kind)
def test_with_debug_logging(
    github: FakeGitHub,
    job: Job,
    package: FakePackage,
    token: Token,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The libraries log every request, with its headers, to whoever listens."""
    secret = github.add_token(token)
    for logger in logging.root.manager.loggerDict.values():
        # import-linter, which another test runs, configures logging and with that silences these
        if isinstance(logger, logging.Logger):
            monkeypatch.setattr(logger, "disabled", False)
    for name in ("", "github", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)
    debug = replace(job, variables={"RUNNER_DEBUG": "1", "ACTIONS_STEP_DEBUG": "true"})
    with listening() as listened:
        finished = debug.run({"versions-to-keep": "1", "token": secret})
    assert finished.code == 0, finished.log
    assert is_nowhere(secret, finished, job)
    said = listened.getvalue()
    assert {record.name.partition(".")[0] for record in caplog.records} >= {"github", "urllib3"}
    assert "/orgs/acme/packages/container/app" in said
    assert "/v2/acme/app/manifests/" in said
    assert [form for form in forms(secret) if form in said] == []


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.kind)
@pytest.mark.parametrize(
    "where",
    [
        {"path_contains": "/users/"},
        {"path_contains": "/container/app?"},
        {"path_contains": "/versions?"},
        {"method": "DELETE"},
        {"server": "registry", "path_contains": "/token"},
        {"server": "registry", "path_contains": "/manifests/"},
    ],
    ids=["owner", "package", "versions", "deletion", "registry's token", "manifests"],
)
def test_of_a_server_that_repeats_it(
    github: FakeGitHub, job: Job, package: FakePackage, token: Token, where: dict[str, object]
) -> None:
    secret = github.add_token(token)
    github.fail(echo(secret, **where))
    finished = job.run({"versions-to-keep": "1", "token": secret})
    assert finished.code in (1, 4), finished.log
    assert is_nowhere(secret, finished, job)
    assert len(left(package)) == 9


def test_of_a_version_that_is_called_like_it(github: FakeGitHub, job: Job, token: str) -> None:
    """Somebody pasted it into a version once: what is public already is not repeated."""
    package = github.add_package("acme", "npm", "app")
    package.add_version(f"1.0.0-{token}", created_at=day(0))
    numbered(package, 3)
    finished = job.run({"package-type": "npm", "versions-to-keep": "1"})
    assert finished.code == 0, finished.log
    assert token not in finished.log + finished.summary


@pytest.mark.parametrize(
    "name",
    (
        "owner package-name keep delete older-than delete-ids journal-file manifest-cache "
        "api-url registry-url max-wait package-type if-empty restore restore-from"
    ).split(),
)
@pytest.mark.parametrize("around", ["{}", "v*, {}", "https://x:{}@ghcr.io", "\n{}\n"])
def test_of_an_input_it_was_pasted_into(
    github: FakeGitHub, job: Job, token: str, name: str, around: str
) -> None:
    finished = job.run({"versions-to-keep": "1", name: around.format(token)})
    assert finished.code == 2, finished.log
    assert github.requests == []
    assert is_nowhere(token, finished, job)


def test_of_a_name_it_was_pasted_into(github: FakeGitHub, job: Job, token: str) -> None:
    finished = job.run({"versions-to-keep": "1", token: "x", f"x_{token.lower()}": "y"})
    assert finished.code == 2, finished.log
    shown = (finished.log + finished.summary).lower()
    assert token.lower() not in shown


@pytest.mark.parametrize("secret", ["ghp_with space", "ghp_abc\nghp_def", "ghp_\u00e9t\u00e9"])
def test_of_a_token_that_can_be_none(github: FakeGitHub, job: Job, secret: str) -> None:
    finished = job.run({"versions-to-keep": "1", "token": secret})
    assert (finished.code, github.requests) == (2, [])
    parts = [part for part in secret.split() if len(part) > 5]
    assert not [part for part in parts if part in finished.log + finished.summary]


def test_it_is_sent_in_a_header_and_only_where_it_belongs(
    github: FakeGitHub, job: Job, package: FakePackage, token: str
) -> None:
    assert job.run({"versions-to-keep": "1"}).code == 0
    for request in github.requests:
        assert not [form for form in forms(token) if form in request.path]
        assert not [f for f in forms(token) for value in request.query.values() if f in value]
        headers = {name: value for name, value in request.headers.items() if token in value}
        assert set(headers) <= {"authorization"}
        if request.server == "registry":
            assert headers == {}
            scheme = request.headers.get("authorization", "Bearer x").partition(" ")[0]
            assert scheme == ("Basic" if request.path == "/token" else "Bearer")
