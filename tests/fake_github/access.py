"""What a token may do to a package or an owner, and the exact words of the refusals.

The order of the checks is GitHub's: token, scope (even before existence), organization (single
sign-on, allow list), existence as far as the token may see, role.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal

from fake_github.exchange import Refusal, api_error
from fake_github.tokens import Token
from fake_github.world import Owner, World

if TYPE_CHECKING:
    from fake_github.packages import FakePackage

Action = Literal["read", "delete", "restore"]

INTEGRATION = "Resource not accessible by integration"
FINE_GRAINED = "Resource not accessible by personal access token"
NO_PACKAGE = "Package not found."
NO_VERSION = "Package version not found."

_SCOPES = {
    "read": ("read:packages",),
    "delete": ("delete:packages", "read:packages"),
    "restore": ("read:packages", "write:packages"),
}


class Role(IntEnum):
    """The roles on a package, each including those before it."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


def role_of(token: Token, package: FakePackage) -> Role:
    """The role of the token on the package; a public package can be read by everybody."""
    floor = Role.READ if package.visibility == "public" else Role.NONE
    return max(floor, _granted(token, package))


def _granted(token: Token, package: FakePackage) -> Role:
    if token.integration:
        return _granted_to_repository(token, package)
    if token.kind not in ("classic", "oauth"):
        return Role.NONE
    granted = package.roles.get(token.login.lower())
    if granted is not None:
        return Role[granted.upper()]
    if package.owner.kind == "Organization":
        return Role[package.owner.base_role.upper()]
    return Role.ADMIN if package.owner.login.lower() == token.login.lower() else Role.NONE


def _granted_to_repository(token: Token, package: FakePackage) -> Role:
    """`packages: none|read|write` caps what the repository has on the package."""
    if token.repository.split("/")[0].lower() != package.owner.login.lower():
        return Role.NONE
    if token.permission == "none":
        return Role.NONE
    linked = (package.repository or "").lower() == token.repository.lower()
    found = Role.WRITE if linked else Role.NONE
    granted = package.roles.get(token.repository.lower())
    if granted is not None:
        found = Role[granted.upper()]
    if (package.package_type, package.name) in token.admin_of:
        found = Role.ADMIN
    return min(found, Role.READ) if token.permission == "read" else found


def check_token(token: Token) -> None:
    """Refuse what no endpoint of packages accepts."""
    if token.kind == "unknown":
        raise api_error(401, "Bad credentials")
    if token.kind == "anonymous":
        raise api_error(401, "Requires authentication")


def check_scope(world: World, token: Token, action: Action, what: str, docs: str) -> None:
    """Refuse a token that lacks a scope; `what` completes the sentence (`delete a package`)."""
    if token.kind == "fine-grained":
        raise api_error(403, FINE_GRAINED, docs=docs)
    if token.kind == "app" and not token.works:
        raise api_error(404, NO_PACKAGE, docs=docs)
    if token.integration or all(token.has(scope) for scope in _SCOPES[action]):
        return
    if action == "delete" and world.behaviour.missing_delete_scope == 404:
        raise api_error(404, NO_PACKAGE, docs=docs)
    scopes = " and ".join(_SCOPES[action])
    plural = "s" if " and " in scopes else ""
    raise api_error(403, f"You need at least {scopes} scope{plural} to {what}.", docs=docs)


def sso_state(token: Token, owner: Owner) -> str:
    """How the organization's single sign-on meets this token; apps are always authorised."""
    authorized = owner.login.lower() in (login.lower() for login in token.sso_authorized)
    return "off" if token.integration or authorized else owner.sso


def check_organization(token: Token, owner: Owner, docs: str) -> None:
    """Refuse what the organization's single sign-on or allow list refuses."""
    sso = sso_state(token, owner)
    if sso == "hidden":
        raise api_error(404, NO_PACKAGE, docs=docs)
    if sso == "required":
        kind = "OAuth token" if token.kind == "oauth" else "Personal Access token"
        url = f"https://github.com/orgs/{owner.login}/sso?authorization_request=A4XZ7"
        raise api_error(
            403,
            "Resource protected by organization SAML enforcement. "
            f"You must grant your {kind} access to this organization.",
            docs="https://docs.github.com/articles/authenticating-to-a-github-organization-with-saml-single-sign-on/",
            headers={"X-GitHub-SSO": f"required; url={url}"},
        )
    if owner.ip_allow_list:
        raise api_error(
            403,
            "Although you appear to have the correct authorization credentials, the "
            f"`{owner.login}` organization has an IP allow list enabled, and your IP address is "
            "not permitted to access this resource.",
            docs=docs,
        )


def check_role(world: World, token: Token, package: FakePackage, docs: str) -> None:
    """Refuse deleting and restoring to all but package admins."""
    if role_of(token, package) >= Role.ADMIN:
        return
    raise missing_role(world, token, docs)


def missing_role(world: World, token: Token, docs: str) -> Refusal:
    """Reports differ: 403 for integrations, and 404 although reading works."""
    default = 403 if token.integration else 404
    status = world.behaviour.missing_role or default
    if status == 404:
        return api_error(404, NO_PACKAGE, docs=docs)
    text = INTEGRATION if token.integration else "Must have admin rights to Package."
    return api_error(403, text, docs=docs)
