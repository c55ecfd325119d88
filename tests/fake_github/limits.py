"""GitHub's rate limits, enforced in real time: primary, secondary, and how many at once.

Decides whether a call is refused and what the limit headers say. Does not know what a call does.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from fake_github.exchange import Refusal, Reply, api_error, registry_error
from fake_github.tokens import Token

RATE_DOCS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api"
SECONDARY_DOCS = (
    "https://docs.github.com/free-pro-team@latest/rest/overview/"
    "rate-limits-for-the-rest-api#about-secondary-rate-limits"
)
_SHORT = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
_LONG = (
    f"{_SHORT} If you reach out to GitHub Support for help, please include the request ID "
    "{request_id}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is allowed; None switches a limit off.

    `primary_per_hour` None means the budget of the token's kind. `hour` and `minute` are in
    seconds, so that tests need not wait for real ones. `per_minute` windows slide, the strictest
    reading of the documentation. `retry_after` is how long a secondary refusal lasts (seconds,
    default: a minute); `headers` whether the `X-RateLimit-…` ones are sent; `enabled` is False on
    an Enterprise Server without limits.
    """

    enabled: bool = True
    primary_per_hour: int | None = None
    hour: float = 3600.0
    points_per_minute: int | None = 900
    minute: float = 60.0
    concurrent: int | None = 100
    status: Literal[403, 429] = 403
    retry_after_header: bool = True
    retry_after: float | None = None
    headers: bool = True
    long_text: bool = True
    registry_reads: int | None = 44_000
    registry_writes: int | None = 2_000

    @classmethod
    def none(cls) -> Limits:
        """No limit at all, with the headers still there, for tests that ask much."""
        return cls(
            primary_per_hour=10**9,
            points_per_minute=None,
            concurrent=None,
            registry_reads=None,
            registry_writes=None,
        )


@dataclass(slots=True)
class _Account:
    """What one person or repository has used."""

    window_end: float = 0.0
    used: int = 0
    points: int = 0
    spent: deque[tuple[float, int]] = field(default_factory=deque)
    open: int = 0
    blocked_until: float = 0.0


_PER_KIND = {"actions": 1000, "anonymous": 60}


class LimitKeeper:
    """Counts calls per account from their arrival on, and refuses what is too much."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._accounts: dict[str, _Account] = {}
        self._registry: dict[bool, deque[float]] = {True: deque(), False: deque()}

    def enter(self, token: Token, method: str, *, free: bool, request_id: str) -> None:
        """Count a call to the API, or refuse it; a call that entered must `leave`.

        `free` calls (`/rate_limit`) do not count to the primary limit.
        """
        account = self._account(token)
        account.open += 1
        if not self.limits.enabled:
            return
        try:
            self._secondary(account, method, request_id)
            self._primary(account, token, free=free)
        except Refusal:
            account.open -= 1
            raise

    def leave(self, token: Token) -> None:
        """The call was answered."""
        self._account(token).open -= 1

    def enter_registry(self, *, write: bool) -> None:
        """Count a call to the registry, or refuse it in the registry's own words."""
        allowed = self.limits.registry_writes if write else self.limits.registry_reads
        if allowed is None:
            return
        now, window = self._clock(), self._registry[write]
        while window and window[0] <= now - self.limits.minute:
            window.popleft()
        if len(window) >= allowed:
            wait = _go_duration(window[0] + self.limits.minute - now)
            raise registry_error(
                429, "TOOMANYREQUESTS", f"retry-after: {wait}, allowed: {allowed}/minute"
            )
        window.append(now)

    def headers(self, token: Token) -> dict[str, str]:
        """The `X-RateLimit-…` headers, as they stand for this account now."""
        if not (self.limits.headers and self.limits.enabled):
            return {}
        state = self.state(token)
        return {f"X-RateLimit-{name.title()}": str(value) for name, value in state.items()}

    def state(self, token: Token) -> dict[str, int | str]:
        """Limit, remaining, used, reset (epoch seconds) and resource of the primary limit."""
        account, allowed = self._account(token), self._allowed(token)
        self._turn(account)
        left = account.window_end - self._clock()
        return {
            "limit": allowed,
            "remaining": max(0, allowed - account.used),
            "reset": math.ceil(time.time() + left),
            "used": account.used,
            "resource": "core",
        }

    def _account(self, token: Token) -> _Account:
        return self._accounts.setdefault(token.budget or token.kind, _Account())

    def _allowed(self, token: Token) -> int:
        if self.limits.primary_per_hour is not None:
            return self.limits.primary_per_hour
        return _PER_KIND.get(token.kind, 5000)

    def _turn(self, account: _Account) -> None:
        now = self._clock()
        if now >= account.window_end:
            account.window_end = now + self.limits.hour
            account.used = 0

    def _primary(self, account: _Account, token: Token, *, free: bool) -> None:
        self._turn(account)
        if free:
            return
        account.used += 1
        if account.used > self._allowed(token):
            who = "installation ID 19416693" if token.integration else f"user ID {token.login}"
            raise api_error(
                self.limits.status, f"API rate limit exceeded for {who}.", docs=RATE_DOCS
            )

    def _secondary(self, account: _Account, method: str, request_id: str) -> None:
        now, allowed = self._clock(), self.limits.points_per_minute
        while account.spent and account.spent[0][0] <= now - self.limits.minute:
            account.points -= account.spent.popleft()[1]
        points = 1 if method in ("GET", "HEAD", "OPTIONS") else 5
        crowded = self.limits.concurrent is not None and account.open > self.limits.concurrent
        spent_up = allowed is not None and account.points + points > allowed
        blocked = now < account.blocked_until
        if (crowded or spent_up) and not blocked:
            wait = self.limits.retry_after
            account.blocked_until = now + (self.limits.minute if wait is None else wait)
        if blocked or crowded or spent_up:
            raise self._secondary_refusal(account.blocked_until - now, request_id)
        account.points += points
        account.spent.append((now, points))

    def _secondary_refusal(self, wait: float, request_id: str) -> Refusal:
        text = _LONG.format(request_id=request_id) if self.limits.long_text else _SHORT
        headers = {"Retry-After": str(math.ceil(wait))} if self.limits.retry_after_header else {}
        return api_error(self.limits.status, text, docs=SECONDARY_DOCS, headers=headers)


def _go_duration(seconds: float) -> str:
    """A duration as Go writes it: `880.092µs`, `1.2ms`, `10.3s`, `1m5.3s`."""
    for unit, size in (("µs", 1e-6), ("ms", 1e-3), ("s", 1.0)):
        if seconds < size * 1000 and (unit != "s" or seconds < 60):
            return f"{seconds / size:.6g}{unit}"
    return f"{int(seconds // 60)}m{seconds % 60:.6g}s"


def with_headers(reply: Reply, headers: dict[str, str]) -> Reply:
    """Add headers that every answer carries; those of the handler win."""
    reply.headers = {**headers, **reply.headers}
    return reply
