"""What a person watching the log sees while a run goes on.

Decides how often progress is worth a line. It does not decide what lines look like; `log` does.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from package_keeper.domain.plan import Plan
from package_keeper.rendering.log import Log, progress_line

INTERVAL = 15.0
"""Seconds between two lines of progress."""


class Display:
    """Shows plans and progress in a log.

    `monotonic` are seconds that never go back; `requests_left` is the budget of the hour, None
    where it is not known.
    """

    def __init__(
        self,
        log: Log,
        *,
        monotonic: Callable[[], float],
        requests_left: Callable[[], int | None],
    ) -> None:
        self._log = log
        self._monotonic = monotonic
        self._requests_left = requests_left
        self._verb = "deleted"
        self._started = self._shown = monotonic()

    def group(self, title: str) -> AbstractContextManager[None]:
        """What is shown inside can be folded under the title."""
        return self._log.group(title)

    def plan(self, plan: Plan) -> None:
        """Show a plan, before anything of it is done."""
        self._log.plan(plan)
        self._verb = "restored" if plan.restoring else "deleted"
        self._started = self._shown = self._monotonic()

    def progress(self, done: int, planned: int) -> None:
        """Show how far the work is, now and then."""
        now = self._monotonic()
        if done in (0, planned) or now - self._shown < INTERVAL:
            return
        self._shown = now
        left = timedelta(seconds=(now - self._started) / done * (planned - done))
        line = progress_line(
            done, planned, verb=self._verb, left=left, requests_left=self._requests_left()
        )
        self._log.line(line)
