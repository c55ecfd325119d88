"""Who may do what: token kinds, scopes, roles, single sign-on, allow lists, in GitHub's words."""

import re

import pytest

from fake_github import Behaviour, FakeGitHub, FakePackage, Token
from fake_github.contract import ApiClient
from fake_github.scene import ALL, APP, asking, message, names

INTEGRATION = (403, "Resource not accessible by integration")
NO_PACKAGE = (404, "Package not found.")


@pytest.fixture
def app(app: FakePackage) -> FakePackage:
    for name in ("sha256:1", "sha256:2"):
        app.add_version(name, tags=(name[-1],))
    return app


def classic(*scopes: str, login: str = "octocat", sso: tuple[str, ...] = ()) -> Token:
    return Token.classic(login=login, scopes=scopes, sso_authorized=sso)


def version_path(app: FakePackage) -> str:
    return f"{APP}/versions/{app.versions[0].id}"


def test_secrets_look_like_their_kinds(github: FakeGitHub) -> None:
    add = github.add_token
    assert re.fullmatch(r"ghp_[A-Za-z0-9]{36}", add(classic()))
    assert re.fullmatch(r"gho_[A-Za-z0-9]{36}", add(Token.oauth(login="octocat")))
    assert re.fullmatch(r"github_pat_\w{22}_\w{59}", add(Token.fine_grained(login="octocat")))
    actions = add(Token.actions(repository="acme/app"))
    assert re.fullmatch(r"ghs_\d+_[A-Za-z0-9._-]+", actions)
    assert actions.count(".") == 2
    assert 500 < len(actions) < 540


def test_secrets_differ(github: FakeGitHub) -> None:
    tokens = [Token.actions(repository="acme/app"), classic(), classic(), Token.app(repository="a")]
    assert len({github.add_token(token) for token in tokens}) == 4


def test_no_token_and_a_wrong_token(github: FakeGitHub) -> None:
    with ApiClient(github, None) as api:
        assert message(api.get(APP)) == (401, "Requires authentication")
        assert api.get("/users/acme").status_code == 200
    with ApiClient(github, "ghp_wrong") as api:
        assert message(api.get(APP)) == (401, "Bad credentials")
        assert message(api.get("/nowhere")) == (401, "Bad credentials")


@pytest.mark.parametrize(
    ("method", "suffix", "scopes", "text"),
    [
        ("get", "", (), "read:packages scope to get a package."),
        ("get", "/versions", ("repo",), "read:packages scope to get a package's versions."),
        ("get", "/versions/1", (), "read:packages scope to get a package version."),
        (
            "delete",
            "/versions/1",
            ("write:packages",),
            "delete:packages and read:packages scopes to delete a package version.",
        ),
        (
            "delete",
            "",
            ("delete:packages",),
            "delete:packages and read:packages scopes to delete a package.",
        ),
        (
            "post",
            "/versions/1/restore",
            ("delete:packages", "read:packages"),
            "read:packages and write:packages scopes to restore a package version.",
        ),
        (
            "post",
            "/restore",
            ("read:packages",),
            "read:packages and write:packages scopes to restore a package.",
        ),
    ],
)
def test_a_missing_scope_is_named_before_existence_is_looked_at(
    github: FakeGitHub, method: str, suffix: str, scopes: tuple[str, ...], text: str
) -> None:
    with asking(github, classic(*scopes)) as api:
        refused = (403, f"You need at least {text}")
        assert message(getattr(api, method)(f"{APP}{suffix}")) == refused
        nowhere = "/orgs/acme/packages/container/nope"
        assert message(getattr(api, method)(f"{nowhere}{suffix}")) == refused


def test_listing_packages_needs_a_scope(github: FakeGitHub) -> None:
    with asking(github, classic()) as api:
        for path in ("/orgs/acme/packages", "/user/packages", "/users/octocat/packages"):
            text = "You need at least read:packages scope to list packages."
            assert message(api.get(path, package_type="npm")) == (403, text)


def test_a_missing_delete_scope_may_look_like_absence(github: FakeGitHub, app: FakePackage) -> None:
    github.behaviour = Behaviour(missing_delete_scope=404)
    with asking(github, classic("write:packages")) as api:
        assert message(api.delete(version_path(app))) == NO_PACKAGE
        assert api.get(version_path(app)).status_code == 200
    assert len(app.versions) == 2


def test_write_implies_read_but_not_delete(github: FakeGitHub, app: FakePackage) -> None:
    with asking(github, classic("write:packages")) as api:
        assert len(names(api.get(f"{APP}/versions"))) == 2
        assert api.delete(version_path(app)).status_code == 403
    with asking(github, classic("write:packages", "delete:packages")) as api:
        path = version_path(app)
        assert api.delete(path).status_code == 204
        assert api.post(f"{path}/restore").status_code == 204


@pytest.mark.parametrize(
    ("token", "header"),
    [
        (classic("read:packages", "write:packages", "repo"), "repo, write:packages"),
        (classic("read:packages", "delete:packages"), "delete:packages, read:packages"),
        (classic(), ""),
        (Token.oauth(login="octocat", scopes=("read:packages",)), "read:packages"),
        (Token.actions(repository="acme/app"), None),
        (Token.fine_grained(login="octocat"), None),
        (Token.app(repository="acme/app"), None),
    ],
)
def test_the_scopes_are_told_without_implied_ones(
    github: FakeGitHub, token: Token, header: str | None
) -> None:
    with asking(github, token) as api:
        assert api.get("/users/acme").headers.get("X-OAuth-Scopes") == header


def test_maven_may_need_the_repo_scope(github: FakeGitHub) -> None:
    github.add_package("acme", "maven", "com.example.lib")
    path = "/orgs/acme/packages/maven/com.example.lib"
    with asking(github, classic("read:packages")) as api:
        assert api.get(path).status_code == 200
        github.behaviour = Behaviour(maven_needs_repo=True)
        assert message(api.get(path)) == NO_PACKAGE
    with asking(github, classic("read:packages", "repo")) as api:
        assert api.get(path).status_code == 200


def test_a_private_package_one_may_not_see_is_not_found(github: FakeGitHub) -> None:
    github.add_user("stranger")
    github.add_package("octocat", "container", "secret", visibility="private").add_version("a")
    github.add_package("octocat", "container", "open").add_version("a")
    with asking(github, classic(*ALL, login="stranger")) as api:
        path = "/users/octocat/packages/container"
        for request in (api.get, api.delete):
            assert message(request(f"{path}/secret")) == NO_PACKAGE
        assert message(api.get(f"{path}/secret/versions")) == NO_PACKAGE
        assert len(names(api.get(f"{path}/open/versions"))) == 1
        assert names(api.get("/users/octocat/packages", package_type="container")) == ["open"]


def test_only_package_admins_delete_and_restore(github: FakeGitHub, app: FakePackage) -> None:
    app.grant("Octocat", "write")
    with asking(github) as api:
        path = version_path(app)
        assert message(api.delete(path)) == NO_PACKAGE
        assert message(api.delete(APP)) == NO_PACKAGE
        assert message(api.post(f"{path}/restore")) == NO_PACKAGE
        assert api.get(path).status_code == 200
        github.behaviour = Behaviour(missing_role=403)
        assert message(api.delete(path))[0] == 403
        app.grant("octocat", "admin")
        assert api.delete(path).status_code == 204
        app.grant("octocat", "read")
        assert api.post(f"{path}/restore").status_code == 403


def test_members_have_what_the_organization_gives_them() -> None:
    with FakeGitHub() as github:
        github.add_organization("acme", base_role="none")
        github.add_user("octocat")
        hidden = github.add_package("acme", "npm", "hidden", visibility="private")
        with asking(github) as api:
            path = "/orgs/acme/packages/npm/hidden"
            assert message(api.get(path)) == NO_PACKAGE
            hidden.grant("octocat", "read")
            assert api.get(path).status_code == 200


def test_a_workflow_deletes_what_its_repository_administers(
    github: FakeGitHub, app: FakePackage
) -> None:
    token = Token.actions(repository="acme/app", admin_of=(("container", "app"),))
    with asking(github, token) as api:
        path = version_path(app)
        assert api.delete(path).status_code == 204
        assert api.post(f"{path}/restore").status_code == 204
        assert len(names(api.get("/users/acme/packages/container/app/versions"))) == 2


@pytest.mark.parametrize(
    "token",
    [
        Token.actions(repository="acme/app"),
        Token.actions(repository="acme/other", admin_of=(("npm", "app"),)),
        Token.actions(repository="acme/app", admin_of=(("container", "app"),), permission="read"),
        Token.actions(repository="acme/app", admin_of=(("container", "app"),), permission="none"),
    ],
)
def test_a_workflow_without_admin_role_or_permission_reads_only(
    github: FakeGitHub, app: FakePackage, token: Token
) -> None:
    with asking(github, token) as api:
        assert api.get(version_path(app)).status_code == 200
        assert message(api.delete(version_path(app))) == INTEGRATION
        github.behaviour = Behaviour(missing_role=404)
        assert message(api.delete(version_path(app))) == NO_PACKAGE
    assert len(app.versions) == 2


def test_a_workflow_sees_private_packages_of_its_repository_only(github: FakeGitHub) -> None:
    for name, repository in (("mine", "acme/app"), ("theirs", "acme/other")):
        github.add_package("acme", "npm", name, visibility="private", repository=repository)
    with asking(github, Token.actions(repository="acme/app")) as api:
        assert names(api.get("/orgs/acme/packages", package_type="npm")) == ["mine"]
        assert message(api.get("/orgs/acme/packages/npm/theirs")) == NO_PACKAGE
    with asking(github, Token.actions(repository="acme/app", permission="none")) as api:
        assert message(api.get("/orgs/acme/packages/npm/mine")) == NO_PACKAGE
    with asking(github, Token.actions(repository="octocat/app")) as api:
        assert message(api.get("/orgs/acme/packages/npm/mine")) == NO_PACKAGE


def test_a_workflow_cannot_list_an_organizations_containers(github: FakeGitHub) -> None:
    with asking(github, Token.actions(repository="acme/app")) as api:
        refused = api.get("/orgs/acme/packages", package_type="container")
        assert message(refused) == (400, "Invalid argument.")
        assert refused.json()["documentation_url"].endswith("#list-packages-for-an-organization")
        assert api.get("/orgs/acme/packages", package_type="npm").status_code == 200
        assert api.get("/users/octocat/packages", package_type="container").status_code == 200


def test_a_workflow_is_no_user(github: FakeGitHub) -> None:
    with asking(github, Token.actions(repository="acme/app")) as api:
        assert message(api.get("/user")) == INTEGRATION
        assert api.get("/user/packages/container/app").status_code == 404


def test_fine_grained_tokens_are_refused(github: FakeGitHub, app: FakePackage) -> None:
    with asking(github, Token.fine_grained(login="octocat")) as api:
        for kind in ("container", "npm"):
            refused = api.get("/orgs/acme/packages", package_type=kind)
            assert message(refused) == (400, "Invalid argument.")
        refused = api.delete(version_path(app))
        assert message(refused) == (403, "Resource not accessible by personal access token")
        assert api.get("/user").json()["login"] == "octocat"


def test_another_apps_token_may_work_or_not(github: FakeGitHub, app: FakePackage) -> None:
    app.grant("acme/app", "admin")
    with asking(github, Token.app(repository="acme/app")) as api:
        assert message(api.get(APP)) == NO_PACKAGE
    with asking(github, Token.app(repository="acme/app", works=True)) as api:
        assert api.delete(version_path(app)).status_code == 204


def test_single_sign_on_refuses_with_the_address_to_open() -> None:
    with FakeGitHub() as github:
        github.add_organization("acme", sso=True)
        github.add_user("octocat")
        package = github.add_package("acme", "container", "app", repository="acme/app")
        package.add_version("sha256:1")
        with asking(github) as api:
            refused = api.get(f"{APP}/versions")
            status, text = message(refused)
            assert status == 403
            assert text == (
                "Resource protected by organization SAML enforcement. You must grant your "
                "Personal Access token access to this organization."
            )
            expected = r"required; url=https://github\.com/orgs/acme/sso\?authorization_request=\w+"
            assert re.fullmatch(expected, refused.headers["X-GitHub-SSO"])
        with asking(github, classic(*ALL, sso=("ACME",))) as api:
            assert api.get(f"{APP}/versions").status_code == 200
        with asking(github, Token.actions(repository="acme/app")) as api:
            assert api.get(f"{APP}/versions").status_code == 200
        with asking(github, Token.oauth(login="octocat", scopes=ALL)) as api:
            assert "your OAuth token" in message(api.get(APP))[1]


def test_single_sign_on_may_leave_rows_out() -> None:
    with FakeGitHub() as github:
        owner = github.add_organization("acme", sso="partial")
        github.add_user("octocat")
        package = github.add_package("acme", "container", "app")
        for number in range(4):
            package.add_version(f"sha256:{number}")
        with asking(github) as api:
            partial = api.get(f"{APP}/versions")
            assert len(names(partial)) == 2
            assert partial.headers["X-GitHub-SSO"] == f"partial-results; organizations={owner.id}"
        with asking(github, classic(*ALL, sso=("acme",))) as api:
            whole = api.get(f"{APP}/versions")
            assert len(names(whole)) == 4
            assert "X-GitHub-SSO" not in whole.headers


def test_single_sign_on_may_say_nothing() -> None:
    with FakeGitHub() as github:
        github.add_organization("acme", sso="hidden")
        github.add_user("octocat")
        github.add_package("acme", "container", "app")
        with asking(github) as api:
            refused = api.get(APP)
            assert message(refused) == NO_PACKAGE
            assert "X-GitHub-SSO" not in refused.headers


def test_an_allow_list_refuses_everybody_from_here() -> None:
    with FakeGitHub() as github:
        github.add_organization("acme", ip_allow_list=True)
        github.add_user("octocat")
        github.add_package("acme", "container", "app", repository="acme/app")
        for token in (classic(*ALL), Token.actions(repository="acme/app")):
            with asking(github, token) as api:
                status, text = message(api.get(APP))
                assert status == 403
                assert text == (
                    "Although you appear to have the correct authorization credentials, the "
                    "`acme` organization has an IP allow list enabled, and your IP address is not "
                    "permitted to access this resource."
                )
