"""What GitHub's answers mean, by their status, headers and text.

Decides which kind of refusal an answer is. GitHub uses 403 for four different things and 404 for
missing rights as well as for absence, so the order of the checks matters: rate limits by their
headers first, then the texts. It does not decide what to do about a refusal, and a 404 is never
taken for absence here. The texts are those GitHub has been seen to send; none is relied on where a
header or a status says the same.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer: `headers` with lower-case names, `message` as the body's message text."""

    status: int
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The status and the text to quote inside a sentence, whose end is the writer's."""
        return f"{self.status}: {self._text}" if self._text else str(self.status)

    @property
    def _text(self) -> str:
        return self.message.rstrip().removesuffix(".")

    @property
    def request_id(self) -> str | None:
        """GitHub's own id of the request."""
        return self.headers.get("x-github-request-id")

    @property
    def sso_url(self) -> str | None:
        """Where to authorize the token for single sign-on, from `X-GitHub-SSO: required; url=…`."""
        match = re.search(r"url=(https?://\S+)", self.headers.get("x-github-sso", ""))
        return match[1] if match else None


class Refusal(Enum):
    """The kinds of "no" that are treated differently."""

    RATE_LIMITED = "rate limited"
    BAD_CREDENTIALS = "bad credentials"
    SINGLE_SIGN_ON = "single sign-on"
    IP_ALLOW_LIST = "IP allow list"
    SCOPE = "missing scope"
    ROLE = "missing role"
    NOT_FOUND = "not found"
    LAST_VERSION = "last version"
    TOO_MANY_DOWNLOADS = "more than 5,000 downloads"
    INVALID = "not accepted"


class Refused(Exception):
    """GitHub or the registry said no; `answer` is what it said."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.said.replace(": ", " ", 1))
        self.answer = answer
        self.refusal = refusal_of(answer)


class AnswerLost(Exception):
    """No usable answer came (reset, timeout, 5xx, not JSON): it may or may not have been done."""

    def __init__(self, reason: str, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.request_id = answer.request_id if answer else None


_LIMIT_TEXTS = ("rate limit exceeded", "secondary rate limit", "abuse detection", "toomanyrequests")


def is_rate_limit(answer: Answer) -> bool:
    """Whether the answer asks for patience rather than saying no.

    Both the primary and the secondary limit come as 403 or 429, with or without headers.
    """
    if answer.status == 429:
        return True
    if answer.status != 403:
        return False
    if "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0":
        return True
    text = answer.message.lower()
    return any(known in text for known in _LIMIT_TEXTS)


def refusal_of(answer: Answer) -> Refusal:
    """The kind of refusal that this answer, which is not a success, is."""
    if is_rate_limit(answer):
        return Refusal.RATE_LIMITED
    match answer.status:
        case 401:
            return Refusal.BAD_CREDENTIALS
        case 403:
            return _kept_for_good(answer) or _forbidden(answer)
        case 404:
            return Refusal.NOT_FOUND
        case _:
            return _kept_for_good(answer) or Refusal.INVALID


def _forbidden(answer: Answer) -> Refusal:
    text = answer.message.lower()
    if "x-github-sso" in answer.headers or "saml enforcement" in text:
        return Refusal.SINGLE_SIGN_ON
    if "ip allow list" in text:
        return Refusal.IP_ALLOW_LIST
    if "scope" in text:
        return Refusal.SCOPE
    return Refusal.ROLE


def _kept_for_good(answer: Answer) -> Refusal | None:
    """What GitHub never deletes; seen with 400, and by others without word of the status."""
    text = answer.message.lower()
    if "5000 downloads" in text or "5,000 downloads" in text:
        return Refusal.TOO_MANY_DOWNLOADS
    if "delete the last" in text:
        return Refusal.LAST_VERSION
    return None
