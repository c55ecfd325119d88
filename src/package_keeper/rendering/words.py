"""Numbers, times and lists in plain English.

Decides how counts, dates and durations are written. It does not decide which of them are shown.
"""

from datetime import datetime, timedelta


def number(count: int) -> str:
    """The number with a comma between thousands."""
    return f"{count:,}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """The number with its noun, such as `1 version` or `2,000 versions`."""
    return f"{number(count)} {noun if count == 1 else plural or f'{noun}s'}"


def was_or_were(count: int) -> str:
    """The verb that agrees with a count, in the past."""
    return "was" if count == 1 else "were"


def begun(text: str) -> str:
    """The text with a capital letter at its start, for a cell or a title."""
    return f"{text[:1].upper()}{text[1:]}"


def about(duration: timedelta) -> str:
    """A rough duration for people who wait: `about 3 min`, `about 2 h 5 min`."""
    minutes = round(duration.total_seconds() / 60)
    if minutes < 1:
        return "less than 1 min"
    hours, minutes = divmod(minutes, 60)
    parts = (f"{number(hours)} h" if hours else "", f"{minutes} min" if minutes else "")
    return f"about {' '.join(part for part in parts if part)}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day(moment: datetime) -> str:
    """The date as people write it: `22 December 2025`."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
