"""What a refusal for a rate limit asks for: how long to wait, and why.

Decides the order in which the several ways of asking are believed, which is the one of "Rate
limits for the REST API" in GitHub's documentation: `Retry-After`, then the reset time of a budget
that is used up, then nothing (a minute, longer each time). The container registry asks in its text
instead (`retry-after: 1.16676ms`). It does not decide whether to wait.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from package_keeper.domain.answers import Answer

A_MINUTE = 60.0

_MICRO = {"us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6}  # the micro sign, and the Greek letter
_SECONDS = {"ns": 1e-9, **_MICRO, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(_SECONDS)})", re.IGNORECASE)
_TEXT = re.compile(rf"retry-after:\s*((?:{_PART.pattern})+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A wait that was asked for: `seconds` None where the refusal named no time.

    `hourly` says that the budget of the hour is used up, which no slowing down would help.
    """

    seconds: float | None
    reason: str
    hourly: bool = False


def what_is_asked(answer: Answer, now: datetime) -> Asked:
    """What this refusal asks for; `now` is used where the answer does not say its own time."""
    headers = answer.headers
    used_up = headers.get("x-ratelimit-remaining") == "0"
    after = _retry_after(headers, now)
    if after is not None:
        return Asked(seconds=after, reason=_reason(headers, hourly=used_up), hourly=used_up)
    reset = seconds_to_reset(headers, now) if used_up else None
    if reset is not None:
        return Asked(seconds=reset, reason=_reason(headers, hourly=True), hourly=True)
    text = _TEXT.search(answer.message)
    seconds = duration(text[1]) if text else None
    return Asked(seconds=seconds, reason=_reason(headers, hourly=False))


def seconds_to_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until the budget of the hour is renewed, by the server's own clock if it says it."""
    reset = number(headers.get("x-ratelimit-reset"))
    if reset is None:
        return None
    return max(reset - (_date(headers.get("date")) or now).timestamp(), 0.0)


def duration(text: str) -> float:
    """Seconds of a Go duration such as `1m30s` or `880.092µs`."""
    return sum(float(amount) * _SECONDS[unit.lower()] for amount, unit in _PART.findall(text))


def number(text: str | None) -> float | None:
    """The number, or None where there is none: every header is optional."""
    if text is None or not re.fullmatch(r"\s*\d{1,15}(\.\d+)?\s*", text):
        return None
    return float(text)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    text = headers.get("retry-after")
    seconds = number(text)
    if seconds is not None:
        return seconds
    date = _date(text)
    return max((date - now).total_seconds(), 0.0) if date else None


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _reason(headers: Mapping[str, str], *, hourly: bool) -> str:
    if not hourly:
        return "too many requests in a short time"
    limit = number(headers.get("x-ratelimit-limit"))
    allowed = f" of {limit:,.0f} requests" if limit else ""
    return f"the hourly budget{allowed} is used up"
