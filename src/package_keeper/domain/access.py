"""What a token is, what it may do, and what to tell the person whose token may not.

Decides the kind of a token by its prefix and which scopes an operation needs; the table is that of
GitHub's "About permissions for GitHub Packages". A token's length and alphabet say nothing: GitHub
changed both before. It does not decide which requests are sent.
"""

from collections.abc import Collection
from enum import Enum
from typing import assert_never

from package_keeper.domain.answers import Refusal, Refused
from package_keeper.domain.errors import AccessDenied, KeeperError, RequestFailed
from package_keeper.domain.model import Package, PackageRef, PackageType


class TokenKind(Enum):
    """The kinds of tokens that GitHub Packages treats differently."""

    CLASSIC = "classic personal access token or OAuth token"
    INSTALLATION = "GITHUB_TOKEN or app installation token"
    APP_USER = "app user token"
    FINE_GRAINED = "fine-grained personal access token"
    UNKNOWN = "token of an unknown kind"


_PREFIXES = (
    ("github_pat_", TokenKind.FINE_GRAINED),
    ("ghp_", TokenKind.CLASSIC),
    ("gho_", TokenKind.CLASSIC),
    ("ghs_", TokenKind.INSTALLATION),
    ("ghu_", TokenKind.APP_USER),
)


def kind_of(token: str) -> TokenKind:
    """The kind of a token by its prefix; old tokens of Enterprise Server have none."""
    return next((kind for prefix, kind in _PREFIXES if token.startswith(prefix)), TokenKind.UNKNOWN)


class Operation(Enum):
    """What is to be done, as far as access is concerned, with the scopes that it takes."""

    READ = "read"
    DELETE = "delete"
    RESTORE = "restore"
    UNTAG = "untag"

    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes of a classic token that the operation needs."""
        match self:
            case Operation.READ:
                return ("read:packages",)
            case Operation.DELETE:
                return ("read:packages", "delete:packages")
            case Operation.RESTORE:
                return ("read:packages", "write:packages")
            case Operation.UNTAG:
                return ("read:packages", "write:packages", "delete:packages")
        assert_never(self)


_IMPLIED = {"read:packages": ("write:packages",)}
"""`write:packages` reads too, and GitHub leaves out of its lists what another scope implies."""


def missing_scopes(granted: Collection[str] | None, operation: Operation) -> tuple[str, ...]:
    """The scopes that are missing; none where GitHub does not say which ones are granted.

    `delete:packages` is seen to list and read as well, so it is taken for reading.
    """
    if granted is None:
        return ()
    reads = "read:packages" in operation.scopes and "delete:packages" in granted
    return tuple(
        scope
        for scope in operation.scopes
        if scope not in granted
        and not any(wider in granted for wider in _IMPLIED.get(scope, ()))
        and not (reads and scope == "read:packages")
    )


def refuse_fine_grained(token: str) -> None:
    """Raise AccessDenied for the kind of token that GitHub Packages does not support."""
    if kind_of(token) is TokenKind.FINE_GRAINED:
        raise AccessDenied(
            "the token is a fine-grained personal access token, which GitHub Packages does not "
            "support.",
            hint="Use the workflow's GITHUB_TOKEN with `permissions: packages: write`, or a "
            "classic token with the scopes read:packages and delete:packages.",
        )


def check_scopes(
    granted: Collection[str] | None,
    operation: Operation,
    ref: PackageRef,
    *,
    on_enterprise_server: bool = False,
) -> tuple[str, ...]:
    """Warnings about scopes that may be missing; raises AccessDenied for those that are.

    `repo` is asked for only in registries scoped to repositories, and only as a warning: GitHub's
    pages do not agree on whether it is needed. On Enterprise Server that is all but the container
    registry.
    """
    missing = missing_scopes(granted, operation)
    if missing:
        has = ", ".join(sorted(granted or ())) or "none"
        raise AccessDenied(
            f"{ref}: to {operation.value} versions the token needs the scope"
            f"{'' if len(missing) == 1 else 's'} {' and '.join(missing)}; it has: {has}.",
            hint="Add the scope to the classic token at https://github.com/settings/tokens.",
        )
    if granted is None or "repo" in granted:
        return ()
    if ref.type is PackageType.MAVEN:
        return (f"{ref}: Maven packages belong to a repository, so the token may need `repo`",)
    if on_enterprise_server and ref.type is not PackageType.CONTAINER:
        which = "on Enterprise Server such packages belong to a repository"
        return (f"{ref}: {which}, so the token may need `repo`",)
    return ()


def _repo_too(ref: PackageRef | None) -> str:
    """Where the scope `repo` may be what is missing; the refusal itself does not say so."""
    if ref is None or ref.type is PackageType.CONTAINER:
        return ""
    where = "" if ref.type is PackageType.MAVEN else "on Enterprise Server "
    return f" A classic token may {where}need the scope repo as well."


def advice_for(token: str, operation: Operation, ref: PackageRef | None = None) -> str:
    """What to do when this kind of token is not let in."""
    package = f" of {ref.name}" if ref else ""
    match kind_of(token):
        case TokenKind.INSTALLATION:
            return (
                "Set `permissions: packages: write` in the workflow, and on GitHub open the package"
                f"{package}: Package settings → Manage Actions access → add this repository with "
                "the role Admin. Or use a classic token with the scopes "
                f"{' and '.join(operation.scopes)}.{_repo_too(ref)}"
            )
        case TokenKind.CLASSIC | TokenKind.UNKNOWN:
            return (
                f"The token needs the scopes {' and '.join(operation.scopes)} "
                "(https://github.com/settings/tokens), and its user the role Admin on the package"
                f"{package}: Package settings → Manage access.{_repo_too(ref)}"
            )
        case TokenKind.APP_USER:
            return (
                "GitHub does not promise that app tokens reach packages; use GITHUB_TOKEN or a "
                f"classic token with the scopes {' and '.join(operation.scopes)}.{_repo_too(ref)}"
            )
        case TokenKind.FINE_GRAINED:
            return "GitHub Packages does not support fine-grained tokens; use a classic token."
    assert_never(kind_of(token))


_TOKENS = "https://github.com/settings/tokens"
_ADDRESSES = (
    "The organization only lets certain addresses in: use a runner whose address is on its IP "
    "allow list."
)
_INVALID = (
    "The token is not valid, has expired or is not for this server: see the inputs token and "
    "api-url."
)


def advice_on(
    refused: Refused, token: str, operation: Operation, ref: PackageRef | None = None
) -> str:
    """What to do about what keeps the token out; empty where a refusal is no matter of access."""
    url = refused.answer.sso_url
    if refused.refusal is Refusal.SINGLE_SIGN_ON or (refused.refusal is Refusal.NOT_FOUND and url):
        return f"Authorize the token for single sign-on: {url or _TOKENS}"
    match refused.refusal:
        case Refusal.IP_ALLOW_LIST:
            return _ADDRESSES
        case Refusal.BAD_CREDENTIALS:
            return _INVALID
        case Refusal.SCOPE | Refusal.ROLE | Refusal.NOT_FOUND:
            return advice_for(token, operation, ref)
        case Refusal.RATE_LIMITED | Refusal.LAST_VERSION | Refusal.TOO_MANY_DOWNLOADS:
            return ""
        case Refusal.INVALID:
            return ""
    assert_never(refused.refusal)


def denial(
    refused: Refused, what: str, token: str, operation: Operation, ref: PackageRef | None = None
) -> KeeperError:
    """The error that tells why `what` was refused, and what to do about it."""
    message = f"{what}: GitHub answered {refused.answer.said}."
    hint = advice_on(refused, token, operation, ref)
    kind = AccessDenied if hint else RequestFailed
    return kind(message, hint=hint, request_id=refused.answer.request_id)


def not_found(package: Package | PackageRef, refused: Refused, token: str) -> KeeperError:
    """The error for a package that GitHub answers 404 for: absent and hidden look the same."""
    ref = package.ref if isinstance(package, Package) else package
    what = f"{ref} was not found, or the token may not see it"
    return denial(refused, what, token, Operation.READ, ref)
