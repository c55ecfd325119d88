"""Progress is shown now and then, with what is left."""

from datetime import UTC, datetime

from package_keeper.domain.plan import Plan
from package_keeper.rendering.display import INTERVAL, Display
from package_keeper.rendering.log import Log
from rendering.reports import package
from rendering.test_log import Lines


class Watch:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = datetime(2025, 1, 1, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.seconds


def test_progress_is_shown_when_the_interval_is_over_and_not_at_the_end() -> None:
    lines, watch = Lines(), Watch()
    display = Display(Log(lines), monotonic=watch, requests_left=lambda: 430)
    with display.group("octo-org/app"):
        display.plan(Plan(package=package(), decisions=()))
        display.progress(0, 540)
        watch.seconds += INTERVAL - 1
        display.progress(60, 540)
        watch.seconds += 46
        display.progress(120, 540)
        display.progress(121, 540)
        watch.seconds += INTERVAL
        display.progress(540, 540)
    assert lines.printed == [
        "[octo-org/app]",
        "0 of 0: the package has no active versions",
        "deleted 120 of 540 · about 4 min · 430 requests left this hour",
        "[end]",
    ]
