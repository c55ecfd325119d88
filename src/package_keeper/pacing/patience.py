"""How long a run is willing to wait for rate limits in all (`max-wait`).

Decides when a demanded wait is too long. Only waits that a host demanded count; keeping to the
documented rate in between is the work itself and not a wait.
"""

import threading
from datetime import timedelta

from package_keeper.domain.errors import WaitedTooLong


class Patience:
    """Shared by everything that waits in a run, from any thread."""

    def __init__(self, max_wait: timedelta) -> None:
        self._max_wait = max_wait.total_seconds()
        self._waited = 0.0
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """The seconds that the run may still wait."""
        with self._lock:
            return max(self._max_wait - self._waited, 0.0)

    def spend(self, seconds: float, *, host: str, reason: str) -> None:
        """Agree to a wait, or raise WaitedTooLong at once where it would exceed the whole."""
        with self._lock:
            if self._waited + seconds <= self._max_wait:
                self._waited += seconds
                return
            waited = self._waited
        spent = f", {in_words(waited)} of it already spent" if waited >= 1 else ""
        raise WaitedTooLong(
            f"{host} asks to wait {in_words(seconds)}: {reason}. "
            f"max-wait allows {in_words(self._max_wait)} in all{spent}.",
            hint="What is not done yet is left for the next run, or raise max-wait.",
        )


_A_SECOND = 0.9995
"""What is shorter than this rounds to less than 1,000 ms."""


def in_words(seconds: float) -> str:
    """A wait as a person says it: `1 hour 5 min`, `12 min`, `30 s`, `1.2 ms`."""
    if 0 < seconds < _A_SECOND:
        return f"{seconds * 1000:.3g} ms"
    whole = int(seconds + 0.5)
    if whole < 120:
        return f"{whole} s"
    hours, minutes = divmod((whole + 30) // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} hour{'' if hours == 1 else 's'}" + (f" {minutes} min" if minutes else "")
