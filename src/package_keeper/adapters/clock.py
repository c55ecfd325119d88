"""The real clock, whose sleepers wake when the run is cancelled."""

import threading
import time
from datetime import UTC, datetime


class SystemClock:
    """Implements pacing's Clock; `wake` is the event that cancels the run."""

    def __init__(self, wake: threading.Event) -> None:
        self._wake = wake

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds, or at once when the run is cancelled."""
        if seconds > 0:
            self._wake.wait(seconds)
