"""Tokens: what each kind may do, and what its owner is told where it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.packages import package
from package_keeper.domain.access import (
    Operation,
    TokenKind,
    advice_for,
    advice_on,
    check_scopes,
    denial,
    kind_of,
    missing_scopes,
    not_found,
    refuse_fine_grained,
)
from package_keeper.domain.answers import Answer, Refused
from package_keeper.domain.errors import AccessDenied, RequestFailed
from package_keeper.domain.model import PackageType

REF = package().ref
READ, DELETE, RESTORE = Operation.READ, Operation.DELETE, Operation.RESTORE


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("ghp_abc", TokenKind.CLASSIC),
        ("gho_abc", TokenKind.CLASSIC),
        ("ghs_123_" + "a.b-c_" * 85, TokenKind.INSTALLATION),
        ("ghu_abc", TokenKind.APP_USER),
        ("github_pat_abc", TokenKind.FINE_GRAINED),
        ("0123456789abcdef0123456789abcdef01234567", TokenKind.UNKNOWN),
        ("", TokenKind.UNKNOWN),
        ("ghp", TokenKind.UNKNOWN),
    ],
)
def test_a_token_tells_its_kind_by_its_prefix_alone(token: str, kind: TokenKind) -> None:
    assert kind_of(token) is kind


@pytest.mark.parametrize(
    ("granted", "operation", "missing"),
    [
        (None, DELETE, ()),
        ([], READ, ("read:packages",)),
        ([], DELETE, ("read:packages", "delete:packages")),
        (["repo", "user"], DELETE, ("read:packages", "delete:packages")),
        (["read:packages"], READ, ()),
        (["read:packages"], DELETE, ("delete:packages",)),
        (["read:packages"], RESTORE, ("write:packages",)),
        (["read:packages", "delete:packages"], DELETE, ()),
        (["write:packages"], READ, ()),
        (["write:packages"], RESTORE, ()),
        (["write:packages"], DELETE, ("delete:packages",)),
        (["write:packages", "delete:packages"], DELETE, ()),
        (["delete:packages"], DELETE, ()),
        (["delete:packages"], RESTORE, ("write:packages",)),
        (["delete:packages", "repo", "write:packages"], RESTORE, ()),
    ],
)
def test_a_scope_counts_where_another_one_covers_it(
    granted: list[str] | None, operation: Operation, missing: tuple[str, ...]
) -> None:
    assert missing_scopes(granted, operation) == missing


def test_a_missing_scope_is_named_with_what_there_is_and_where_to_set_it() -> None:
    with pytest.raises(AccessDenied) as caught:
        check_scopes(["user", "read:packages"], DELETE, REF)
    assert caught.value.message == (
        "acme/app (container): to delete versions the token needs the scope delete:packages; "
        "it has: read:packages, user."
    )
    assert caught.value.hint == (
        "Add the scope to the classic token at https://github.com/settings/tokens."
    )


def test_several_missing_scopes_are_named_together() -> None:
    with pytest.raises(AccessDenied, match="the scopes read:packages and write:packages; it has: "):
        check_scopes([], RESTORE, REF)


@pytest.mark.parametrize(
    ("package_type", "granted", "warned"),
    [
        (PackageType.MAVEN, ["read:packages", "delete:packages"], True),
        (PackageType.MAVEN, ["read:packages", "delete:packages", "repo"], False),
        (PackageType.MAVEN, None, False),
        (PackageType.NPM, ["read:packages", "delete:packages"], False),
        (PackageType.CONTAINER, None, False),
    ],
)
def test_a_registry_of_repositories_may_need_repo_which_is_only_said(
    package_type: PackageType, granted: list[str] | None, *, warned: bool
) -> None:
    warnings = check_scopes(granted, DELETE, package(package_type).ref)
    assert [("`repo`" in warning) for warning in warnings] == ([True] if warned else [])


@pytest.mark.parametrize("package_type", PackageType)
def test_on_enterprise_server_all_but_containers_may_need_repo(package_type: PackageType) -> None:
    ref = package(package_type).ref
    scopes = ["read:packages", "delete:packages"]
    warnings = check_scopes(scopes, DELETE, ref, on_enterprise_server=True)
    assert len(warnings) == (0 if package_type is PackageType.CONTAINER else 1)
    assert all("may need `repo`" in warning for warning in warnings)
    assert check_scopes([*scopes, "repo"], DELETE, ref, on_enterprise_server=True) == ()
    assert check_scopes(None, DELETE, ref, on_enterprise_server=True) == ()


@pytest.mark.parametrize("token", ["ghp_1", "ghs_1", "ghu_1"])
def test_the_advice_names_repo_where_it_may_be_needed(token: str) -> None:
    said = {kind: advice_for(token, DELETE, package(kind).ref) for kind in PackageType}
    assert "repo as well" not in said[PackageType.CONTAINER] + advice_for(token, DELETE)
    assert said[PackageType.MAVEN].endswith("A classic token may need the scope repo as well.")
    assert said[PackageType.NPM].endswith("may on Enterprise Server need the scope repo as well.")


def test_a_fine_grained_token_is_refused_and_no_other() -> None:
    with pytest.raises(AccessDenied, match="fine-grained"):
        refuse_fine_grained("github_pat_1")
    for token in ("ghp_1", "gho_1", "ghs_1", "ghu_1", "1"):
        refuse_fine_grained(token)


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("ghs_1", ["permissions: packages: write", "Manage Actions access", "role Admin", "app"]),
        ("ghp_1", ["read:packages and delete:packages", "role Admin on the package of app"]),
        ("1", ["read:packages and delete:packages"]),
        ("ghu_1", ["does not promise", "GITHUB_TOKEN"]),
        ("github_pat_1", ["does not support fine-grained"]),
    ],
)
def test_the_advice_is_for_the_kind_of_token(token: str, said: list[str]) -> None:
    advice = advice_for(token, DELETE, REF)
    assert all(text in advice for text in said), advice
    assert "write:packages" not in advice


def test_without_a_package_the_advice_names_none() -> None:
    assert " of " not in advice_for("ghs_1", READ)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (
            Answer(status=403, headers={"x-github-sso": "required; url=https://github.com/sso"}),
            "https://github.com/sso",
        ),
        (Answer(status=403, message="SAML enforcement"), "https://github.com/settings/tokens"),
        (Answer(status=403, message="an IP allow list"), "IP allow list"),
        (Answer(status=401, message="Bad credentials"), "has expired or is not for this server"),
        (Answer(status=403, message="needs a scope"), "permissions: packages: write"),
        (Answer(status=403, message="no"), "permissions: packages: write"),
        (Answer(status=404, message="Not Found"), "permissions: packages: write"),
        (
            Answer(status=404, headers={"x-github-sso": "required; url=https://github.com/sso"}),
            "https://github.com/sso",
        ),
    ],
)
def test_what_kept_the_token_out_is_told_with_what_to_do(answer: Answer, hint: str) -> None:
    error = denial(Refused(answer), "reading", "ghs_1", READ, REF)
    assert isinstance(error, AccessDenied)
    assert error.message.startswith(f"reading: GitHub answered {answer.status}")
    assert answer.message in error.message
    assert hint in error.hint
    assert advice_on(Refused(answer), "ghs_1", READ, REF) == error.hint


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=429, message="slow down"),
        Answer(status=400, message="You cannot delete the last version"),
        Answer(status=400, message="more than 5000 downloads"),
        Answer(status=400, message="Invalid argument."),
        Answer(status=422),
    ],
)
def test_what_is_no_matter_of_access_is_not_told_as_one(answer: Answer) -> None:
    error = denial(Refused(answer), "deleting", "ghp_1", DELETE)
    assert isinstance(error, RequestFailed)
    assert f"GitHub answered {answer.status}" in error.message
    assert error.exit_code == 1


def test_a_package_that_is_not_found_may_as_well_be_hidden() -> None:
    refused = Refused(
        Answer(status=404, message="Package not found.", headers={"x-github-request-id": "A:1"})
    )
    for known in (package(), REF):
        error = not_found(known, refused, "ghp_1")
        assert "was not found, or the token may not see it" in error.message
        assert error.request_id == "A:1"
        assert error.exit_code == 4


@given(st.text(min_size=20, max_size=40), st.sampled_from(Operation), st.integers(400, 499))
def test_the_token_is_never_part_of_what_is_said(
    secret: str, operation: Operation, status: int
) -> None:
    refused = Refused(Answer(status=status, message="no"))
    for prefix in ("ghp_", "ghs_", "ghu_", "github_pat_", ""):
        error = denial(refused, "reading", prefix + secret, operation, REF)
        assert secret not in str(error)
