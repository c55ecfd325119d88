"""What answers say about the token: its scopes, and whether single sign-on hides something.

Decides how `X-OAuth-Scopes` and `X-GitHub-SSO` are read. It does not decide which scopes are
needed. Headers: "Scopes for OAuth apps" and "Authenticating to the REST API" in GitHub's
documentation.
"""

import re
import threading

from package_keeper.domain.answers import Answer
from package_keeper.domain.errors import AccessDenied


class TokenFacts:
    """Kept over all answers; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._scopes: tuple[str, ...] | None = None

    @property
    def scopes(self) -> tuple[str, ...] | None:
        """The token's scopes; None where no answer named any, as for tokens without scopes."""
        with self._lock:
            return self._scopes

    def observe(self, answer: Answer) -> None:
        """Take in an answer, be it a refusal or not."""
        header = answer.headers.get("x-oauth-scopes")
        if header is not None:
            scopes = tuple(scope.strip() for scope in header.split(",") if scope.strip())
            with self._lock:
                self._scopes = scopes


def require_whole_list(answer: Answer) -> None:
    """Raise AccessDenied where single sign-on left rows out: a partial list is not a list."""
    header = answer.headers.get("x-github-sso", "")
    if not header.startswith("partial-results"):
        return
    match = re.search(r"organizations=([0-9,\s]+)", header)
    ids = ", ".join(re.findall(r"\d+", match[1])) if match else "unnamed"
    raise AccessDenied(
        "GitHub left out what belongs to organizations for which this token is not authorized "
        f"for SAML single sign-on (ids of the organizations: {ids}), so the list is not whole.",
        hint='Authorize the token: GitHub, Settings, "Personal access tokens", "Configure SSO".',
        request_id=answer.request_id,
    )
