"""What a token is, what it may do, and what to tell the person whose token may not.

Decides the kind of a token by its prefix and which scopes an operation needs; the table is that of
GitHub's "About permissions for GitHub Packages". A token's length and alphabet say nothing: GitHub
changed both before. It does not decide which requests are sent.
"""

from collections.abc import Collection
from enum import Enum
from typing import assert_never

from package_keeper.domain.answers import Answer, Refusal, Refused
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
    granted: Collection[str] | None, operation: Operation, ref: PackageRef
) -> tuple[str, ...]:
    """Warnings about scopes that may be missing; raises AccessDenied for those that are.

    `repo` is asked for only in registries scoped to repositories, and only as a warning: GitHub's
    pages do not agree on whether it is needed.
    """
    missing = missing_scopes(granted, operation)
    if missing:
        has = ", ".join(sorted(granted or ())) or "none"
        raise AccessDenied(
            f"{ref}: to {operation.value} versions the token needs the scope"
            f"{'' if len(missing) == 1 else 's'} {' and '.join(missing)}; it has: {has}.",
            hint="Add the scope to the classic token at https://github.com/settings/tokens.",
        )
    if granted is not None and ref.type is PackageType.MAVEN and "repo" not in granted:
        return (f"{ref}: Maven packages belong to a repository, so the token may need `repo`",)
    return ()


def advice_for(token: str, operation: Operation, ref: PackageRef | None = None) -> str:
    """What to do when this kind of token is not let in."""
    package = f" of {ref.name}" if ref else ""
    match kind_of(token):
        case TokenKind.INSTALLATION:
            return (
                "Set `permissions: packages: write` in the workflow, and on GitHub open the package"
                f"{package}: Package settings → Manage Actions access → add this repository with "
                "the role Admin. Or use a classic token with the scopes "
                f"{' and '.join(operation.scopes)}."
            )
        case TokenKind.CLASSIC | TokenKind.UNKNOWN:
            return (
                f"The token needs the scopes {' and '.join(operation.scopes)} "
                "(https://github.com/settings/tokens), and its user the role Admin on the package"
                f"{package}: Package settings → Manage access."
            )
        case TokenKind.APP_USER:
            return (
                "GitHub does not promise that app tokens reach packages; use GITHUB_TOKEN or a "
                f"classic token with the scopes {' and '.join(operation.scopes)}."
            )
        case TokenKind.FINE_GRAINED:
            return "GitHub Packages does not support fine-grained tokens; use a classic token."
    assert_never(kind_of(token))


def advice_on(answer: Answer, token: str, operation: Operation, ref: PackageRef) -> str:
    """What to do about a refusal: what the answer itself says of single sign-on goes first."""
    return _authorize(answer.sso_url) if answer.sso_url else advice_for(token, operation, ref)


def _authorize(url: str) -> str:
    return f"Authorize the token for single sign-on: {url}"


def denial(
    refused: Refused, what: str, token: str, operation: Operation, ref: PackageRef | None = None
) -> KeeperError:
    """The error that tells why `what` was refused, and what to do about it."""
    answer, request_id = refused.answer, refused.answer.request_id
    said = f"GitHub answered {answer.status}: {answer.message}" if answer.message else ""
    said = said or f"GitHub answered {answer.status}"
    match refused.refusal:
        case Refusal.SINGLE_SIGN_ON:
            hint = _authorize(answer.sso_url or "https://github.com/settings/tokens")
        case Refusal.IP_ALLOW_LIST:
            hint = "The organization only lets certain addresses in: use a runner of its own."
        case Refusal.BAD_CREDENTIALS:
            hint = (
                "The token is not valid, or not for this server: see the inputs token and api-url."
            )
        case Refusal.SCOPE | Refusal.ROLE | Refusal.NOT_FOUND:
            hint = advice_for(token, operation, ref)
        case Refusal.RATE_LIMITED | Refusal.LAST_VERSION | Refusal.TOO_MANY_DOWNLOADS:
            return RequestFailed(f"{what}: {said}.", request_id=request_id)
        case Refusal.INVALID:
            return RequestFailed(f"{what}: {said}.", request_id=request_id)
        case _:
            assert_never(refused.refusal)
    return AccessDenied(f"{what}: {said}.", hint=hint, request_id=request_id)


def not_found(package: Package | PackageRef, refused: Refused, token: str) -> KeeperError:
    """The error for a package that GitHub answers 404 for: absent and hidden look the same."""
    ref = package.ref if isinstance(package, Package) else package
    what = f"{ref} was not found, or the token may not see it"
    return denial(refused, what, token, Operation.READ, ref)
