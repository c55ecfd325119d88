"""A clock for tests that passes only when somebody sleeps."""

import threading
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


class FakeClock:
    """Sleeping moves the time on at once, for everybody; `slept` is how long in all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seconds = 0.0
        self.slept = 0.0

    def monotonic(self) -> float:
        with self._lock:
            return self._seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._seconds += max(seconds, 0.0)
            self.slept += max(seconds, 0.0)

    def pass_to(self, time: float) -> None:
        """Let the time be at least this."""
        with self._lock:
            self._seconds = max(self._seconds, time)
