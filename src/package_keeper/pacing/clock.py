"""What pacing needs of time, as a small protocol.

Decides nothing. `sleep` may return early (a cancelled run wakes its sleepers), so whoever sleeps
looks at the time again afterwards.
"""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time as a run sees it."""

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...

    def now(self) -> datetime:
        """The wall clock, aware and in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds, or earlier when the run is cancelled."""
        ...
