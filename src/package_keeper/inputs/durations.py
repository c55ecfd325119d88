"""Reading durations such as `12h`, `30 days` or `1d12h`.

Decides how long each unit is. It does not decide what is compared with a duration, nor what zero
means there.
"""

import re
from datetime import UTC, datetime, timedelta

from package_keeper.domain.shorthand import describe_age
from package_keeper.inputs.values import unreadable

ACCEPTED = (
    "a number and a unit (s, m, h, d, w, mo for 30 days, y for 365 days), such as 12h or 30 days"
)

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_SPELLINGS = {
    ("s", "sec", "secs", "second", "seconds"): 1,
    ("m", "min", "mins", "minute", "minutes"): _MINUTE,
    ("h", "hr", "hrs", "hour", "hours"): _HOUR,
    ("d", "day", "days"): _DAY,
    ("w", "wk", "wks", "week", "weeks"): 7 * _DAY,
    ("mo", "month", "months"): 30 * _DAY,
    ("y", "yr", "yrs", "year", "years"): 365 * _DAY,
}
_SECONDS = {unit: seconds for units, seconds in _SPELLINGS.items() for unit in units}

_PART = re.compile(r"\s*([0-9]+)\s*([A-Za-z]+)")

LONGEST = timedelta(days=365 * 1000)
"""Longer ones are slips of the pen, and a date that far back would not exist."""


def read_duration(text: str) -> timedelta:
    """The sum of all parts, each a number and a unit; at most `LONGEST`.

    One-letter units are lower case only: `M` could mean minutes to one and months to another.
    """
    if not re.fullmatch(r"(?:\s*[0-9]+\s*[A-Za-z]+)+", text):
        raise unreadable(text, _why_no_duration(text))
    seconds = 0
    seen: set[int] = set()
    for number, unit in _PART.findall(text):
        size = _size(text, unit)
        if size in seen:
            raise unreadable(text, f"gives {unit!r} twice")
        seen.add(size)
        seconds += _count(text, number) * size
    if seconds > LONGEST.total_seconds():
        raise unreadable(text, "is longer than 1,000 years")
    return timedelta(seconds=seconds)


MOMENT_ACCEPTED = "a duration such as 2h, or a time such as 2026-11-22 or 2026-11-22T14:30:00Z"


def read_moment(text: str) -> timedelta | datetime:
    """How long ago, or when: an ISO 8601 date or time, in UTC where it names no zone."""
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return read_duration(text)
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the first and the last days there are have not all zones
        raise unreadable(text, "is not a time") from None


def explain_duration(text: str) -> str:
    """The duration with how it was understood, such as `6m (6 minutes)`."""
    understood = describe_age(read_duration(text))
    return text if text == understood else f"{text} ({understood})"


def _size(text: str, unit: str) -> int:
    known = unit if len(unit) == 1 else unit.lower()
    if known in _SECONDS:
        return _SECONDS[known]
    if unit == "M":
        raise unreadable(text, "leaves open what M is: m is minutes, mo is months")
    raise unreadable(text, f"has the unknown unit {unit[:20]!r}")


def _count(text: str, number: str) -> int:
    digits = number.lstrip("0") or "0"
    if len(digits) > 12:  # more seconds than LONGEST has, and int() would take its time
        raise unreadable(text, "is longer than 1,000 years")
    return int(digits)


def _why_no_duration(text: str) -> str:
    if re.fullmatch(r"[0-9]+", text):
        return f"has no unit; {text[:20]}d would be days"
    if text.startswith("-"):
        return "is negative"
    if re.search(r"[0-9][.,][0-9]", text):
        return "is not in whole numbers; 1d12h is a day and a half"
    return "is not a duration"
