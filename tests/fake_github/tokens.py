"""The kinds of token, what each may do at most, and how its secret looks.

Does not know packages: whether a token reaches a package is decided in `access`.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Literal, assert_never

Kind = Literal["classic", "oauth", "actions", "app", "fine-grained", "anonymous", "unknown"]
Permission = Literal["none", "read", "write"]

_IMPLIED = {
    "write:packages": ("read:packages",),
    "repo": ("repo:status", "repo_deployment", "public_repo"),
    "admin:org": ("write:org", "read:org"),
    "write:org": ("read:org",),
    "user": ("read:user", "user:email"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token and what it was given; made by the class methods, one per kind."""

    kind: Kind
    login: str = ""
    scopes: tuple[str, ...] = ()
    sso_authorized: tuple[str, ...] = ()
    repository: str = ""
    admin_of: tuple[tuple[str, str], ...] = ()
    permission: Permission = "none"
    works: bool = True

    @classmethod
    def classic(
        cls, *, login: str, scopes: tuple[str, ...] = (), sso_authorized: tuple[str, ...] = ()
    ) -> Token:
        """A personal access token (`ghp_`); `sso_authorized` names organizations."""
        return cls(kind="classic", login=login, scopes=scopes, sso_authorized=sso_authorized)

    @classmethod
    def oauth(
        cls, *, login: str, scopes: tuple[str, ...] = (), sso_authorized: tuple[str, ...] = ()
    ) -> Token:
        """A token of an OAuth app (`gho_`), which has scopes like a classic one."""
        return cls(kind="oauth", login=login, scopes=scopes, sso_authorized=sso_authorized)

    @classmethod
    def actions(
        cls,
        *,
        repository: str,
        admin_of: tuple[tuple[str, str], ...] = (),
        permission: Permission = "write",
    ) -> Token:
        """A `GITHUB_TOKEN`; `admin_of`: the (type, name) its repository has the Admin role on."""
        return cls(kind="actions", repository=repository, admin_of=admin_of, permission=permission)

    @classmethod
    def app(
        cls, *, repository: str, permission: Permission = "write", works: bool = False
    ) -> Token:
        """An installation token of another app; whether packages answer it is contested."""
        return cls(kind="app", repository=repository, permission=permission, works=works)

    @classmethod
    def fine_grained(cls, *, login: str) -> Token:
        """A fine-grained personal access token, which GitHub Packages does not support."""
        return cls(kind="fine-grained", login=login)

    @property
    def integration(self) -> bool:
        """Whether no person stands behind the token."""
        return self.kind in ("actions", "app")

    @property
    def budget(self) -> str:
        """What shares one rate limit: a person over all tokens, or a repository."""
        return self.repository.lower() if self.integration else self.login.lower()

    def has(self, scope: str) -> bool:
        """Whether the scope was given, itself or by one that implies it."""
        return scope in self.scopes or any(scope in _IMPLIED.get(s, ()) for s in self.scopes)

    def scope_header(self) -> str | None:
        """`X-OAuth-Scopes`: normalised, implied ones dropped; None for kinds without scopes."""
        if self.kind not in ("classic", "oauth"):
            return None
        implied = {i for scope in self.scopes for i in _IMPLIED.get(scope, ())}
        return ", ".join(sorted(set(self.scopes) - implied))


ANONYMOUS = Token(kind="anonymous")
UNKNOWN = Token(kind="unknown")


def secret_of(token: Token, number: int) -> str:
    """A secret in the form of its kind; the same number gives the same secret.

    `ghs_` secrets are about 520 characters long and hold dots since April 2026.
    """
    match token.kind:
        case "classic":
            return "ghp_" + _letters(f"classic{number}", 36)
        case "oauth":
            return "gho_" + _letters(f"oauth{number}", 36)
        case "actions" | "app":
            parts = (_letters(f"{part}{number}", size) for part, size in _JWT)
            return f"ghs_{15368 + number}_" + ".".join(parts)
        case "fine-grained":
            return f"github_pat_{_letters(f'head{number}', 22)}_{_letters(f'tail{number}', 59)}"
        case "anonymous" | "unknown":
            raise ValueError(f"a token of kind {token.kind} has no secret")
        case _:
            assert_never(token.kind)


_JWT = (("header", 36), ("payload", 424), ("signature", 43))


def _letters(seed: str, size: int) -> str:
    raw = b"".join(hashlib.sha256(f"{seed}/{i}".encode()).digest() for i in range(size // 32 + 1))
    text = base64.b64encode(raw, altchars=b"ab").decode().replace("=", "")
    return text[:size]
