"""Every way in which a request to the API can end is a refusal, a lost answer or a value."""

import json
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.clients import ACME, APP, api_of, asked, person
from fake_github import FakeGitHub, FakePackage, FakeVersion, Fault, FaultKind
from package_keeper.adapters.github import GitHubPackages
from package_keeper.adapters.github.ask import read
from package_keeper.domain.answers import AnswerLost, Refusal, Refused
from package_keeper.domain.model import PackageType
from package_keeper.pacing.exchange import NotSent

GOOD = {
    "id": 7,
    "name": f"sha256:{'0' * 64}",
    "created_at": "2025-01-01T00:00:00Z",
    "updated_at": "2025-01-01T00:00:00Z",
    "metadata": {"package_type": "container", "container": {"tags": []}},
}


@pytest.fixture
def version(app: FakePackage) -> FakeVersion:
    return app.add_version(f"sha256:{'0' * 64}")


def status(code: int, body: str | bytes | Mapping[str, object], **headers: str) -> Fault:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(kind=FaultKind.STATUS, status=code, body=body, headers=names, times=None)


UNUSABLE = [
    Fault(kind=FaultKind.RESET, times=None),
    Fault(kind=FaultKind.LOST_ANSWER, times=None),
    Fault(kind=FaultKind.CUT, times=None, method="GET"),
    Fault(kind=FaultKind.TRUNCATED, times=None, method="GET"),
    status(500, {"message": "Server Error"}),
    status(502, "<html>Bad Gateway</html>"),
    status(503, b""),
    status(200, "<html>please log in</html>"),
    status(200, b'{"message"'),
    status(202, b""),
    status(403, "<html>blocked</html>"),
    status(404, "<html>no such page</html>"),
    status(404, b""),
    status(404, b'["not found"]'),
    status(404, b'"not found"'),
    status(200, b"{}", x_ratelimit_remaining="many", x_ratelimit_limit="many"),
]


@pytest.mark.parametrize("fault", UNUSABLE, ids=str)
def test_without_a_usable_answer_a_read_is_repeated_and_then_lost(
    github: FakeGitHub, version: FakeVersion, fault: Fault
) -> None:
    github.fail(fault)
    with api_of(github) as api:
        for ask in (lambda: api.package(APP), lambda: api.versions(APP)):
            github.forget_requests()
            with pytest.raises(AnswerLost):
                ask()
            assert len(github.requests) == 4


@pytest.mark.parametrize("fault", [f for f in UNUSABLE if f.method is None], ids=str)
def test_without_a_usable_answer_a_write_is_lost_and_never_repeated(
    github: FakeGitHub, version: FakeVersion, fault: Fault
) -> None:
    github.fail(fault)
    with api_of(github) as api, pytest.raises(AnswerLost) as caught:
        api.delete_version(APP, version.id)
    assert not isinstance(caught.value, NotSent)
    assert [request.method for request in github.requests] == ["DELETE"]


def test_a_lost_answer_names_the_request_where_github_did(
    github: FakeGitHub, version: FakeVersion
) -> None:
    github.fail(status(502, "<html>Bad Gateway</html>"))
    with api_of(github) as api, pytest.raises(AnswerLost) as caught:
        api.delete_version(APP, version.id)
    assert caught.value.reason == "GitHub answered 502"
    assert caught.value.request_id


def test_an_answer_that_takes_too_long_is_lost(github: FakeGitHub, version: FakeVersion) -> None:
    github.fail(Fault(kind=FaultKind.HANG, seconds=2.0))
    with api_of(github, timeout=1) as api, pytest.raises(AnswerLost, match="in time"):
        api.delete_version(APP, version.id)


def test_where_nobody_listens_nothing_was_sent(github: FakeGitHub) -> None:
    with api_of(github, url="http://127.0.0.1:9") as api, pytest.raises(NotSent) as caught:
        api.delete_version(APP, 1)
    assert caught.value.reason == "no connection to GitHub came about"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("where", ["{own}/users/acme", "http://127.0.0.1:9/", "//evil.example", ""])
def test_redirects_are_refusals_and_not_followed(
    github: FakeGitHub, version: FakeVersion, code: int, where: str
) -> None:
    location = where.format(own=github.api_url)
    github.fail(status(code, {"message": "Moved"}, Location=location))
    calls: list[Callable[[GitHubPackages], object]] = [
        lambda api: api.versions(APP),
        lambda api: api.delete_version(APP, version.id),
    ]
    with api_of(github) as api:
        for call in calls:
            with pytest.raises(Refused, match="not followed") as caught:
                call(api)
            assert caught.value.refusal is Refusal.INVALID
    assert asked(github) == [
        "GET /orgs/acme/packages/container/app/versions",
        f"DELETE /orgs/acme/packages/container/app/versions/{version.id}",
    ]


def test_a_refusal_for_a_limit_is_one_even_when_a_proxy_words_it(
    github: FakeGitHub, version: FakeVersion
) -> None:
    kind = FaultKind.STATUS
    github.fail(Fault(kind=kind, status=429, body="<html>slow down</html>"))
    github.fail(Fault(kind=kind, status=403, body="<html>x</html>", headers={"Retry-After": "1"}))
    with api_of(github) as api:
        api.delete_version(APP, version.id)
    assert [request.status for request in github.requests] == [429, 403, 204]


@pytest.mark.parametrize(
    ("code", "message", "refusal"),
    [
        (401, "Bad credentials", Refusal.BAD_CREDENTIALS),
        (403, "Must have admin rights to Repository.", Refusal.ROLE),
        (403, "You need at least read:packages scope to list packages.", Refusal.SCOPE),
        (404, "Package not found.", Refusal.NOT_FOUND),
        (400, "You cannot delete the last tagged version of a package.", Refusal.LAST_VERSION),
        (422, "Invalid request.", Refusal.INVALID),
    ],
)
def test_refusals_keep_what_github_said(
    github: FakeGitHub, version: FakeVersion, code: int, message: str, refusal: Refusal
) -> None:
    github.fail(status(code, {"message": message, "status": str(code)}))
    with api_of(github) as api, pytest.raises(Refused) as caught:
        api.delete_version(APP, version.id)
    assert caught.value.refusal is refusal
    assert caught.value.answer.message == message
    assert caught.value.answer.request_id


def test_single_sign_on_is_told_with_its_address(github: FakeGitHub) -> None:
    github.add_organization("corp", sso=True)
    github.add_package("corp", "container", "app")
    with api_of(github) as api:
        owner = api.owner("corp")
        with pytest.raises(Refused) as caught:
            api.packages(owner, PackageType.CONTAINER)
    assert caught.value.refusal is Refusal.SINGLE_SIGN_ON
    assert caught.value.answer.sso_url is not None


BAD_ROWS: list[object] = [
    None,
    "row",
    {},
    *({name: value for name, value in GOOD.items() if name != gone} for gone in GOOD),
    GOOD | {"id": "7"},
    GOOD | {"id": None},
    GOOD | {"id": True},
    GOOD | {"name": ""},
    GOOD | {"name": 5},
    GOOD | {"created_at": "yesterday"},
    GOOD | {"updated_at": 5},
    GOOD | {"metadata": "none"},
    GOOD | {"metadata": {"container": None}},
    GOOD | {"metadata": {"container": {"tags": None}}},
    GOOD | {"metadata": {"container": {"tags": "latest"}}},
    GOOD | {"metadata": {"container": {"tags": [None]}}},
]


@pytest.mark.parametrize("row", BAD_ROWS, ids=repr)
def test_a_row_that_can_not_be_read_makes_the_answer_a_lost_one(
    github: FakeGitHub, version: FakeVersion, row: object
) -> None:
    github.fail(status(200, json.dumps([GOOD, row]).encode()))
    with api_of(github) as api, pytest.raises(AnswerLost):
        api.versions(APP)


@pytest.mark.parametrize("text", ["2025-01-01T00:00:00", "2025-01-01T02:00:00+02:00"])
def test_times_are_in_utc_however_they_are_written(
    github: FakeGitHub, version: FakeVersion, text: str
) -> None:
    github.fail(status(200, GOOD | {"created_at": text}))
    with api_of(github) as api:
        assert api.version(APP, 7).created_at.isoformat() == "2025-01-01T00:00:00+00:00"


def test_a_package_of_somebody_else_in_a_list_is_left_out(github: FakeGitHub) -> None:
    rows = b'[{"name": "app", "owner": {"login": "other"}}, {"name": "tool", "owner": null}]'
    github.fail(status(200, rows))
    with api_of(github) as api:
        listed = api.packages(ACME, PackageType.CONTAINER)
    assert [package.ref.name for package in listed] == ["tool"]


def test_a_netrc_file_does_not_replace_the_token(
    github: FakeGitHub, version: FakeVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    token = person(github)
    with api_of(github, token) as api:
        api.package(APP)
    assert github.requests[0].headers["authorization"] == f"token {token}"


def test_no_error_shows_the_token(github: FakeGitHub, version: FakeVersion) -> None:
    token = person(github)
    for fault in (*UNUSABLE, status(301, b"", Location="https://evil.example/")):
        github.heal()
        github.fail(fault)
        with api_of(github, token) as api, pytest.raises((AnswerLost, Refused)) as caught:
            api.versions(APP)
        assert token not in "".join(traceback.format_exception(caught.value))


@given(
    verb=st.sampled_from(["GET", "DELETE"]),
    code=st.integers(200, 599),
    headers=st.dictionaries(st.sampled_from(["retry-after", "location", "link"]), st.text()),
    body=st.one_of(
        st.text(), st.sampled_from(["[]", "{}", "null", '{"message": 5}', "[" * 10_000])
    ),
)
def test_no_answer_makes_it_fail_in_another_way(
    verb: str, code: int, headers: dict[str, str], body: str
) -> None:
    try:
        exchange = read(verb, code, headers, body)
    except (Refused, AnswerLost):
        return
    assert 200 <= exchange.answer.status < 300
