"""What is known of one package's run, while it goes on.

Decides that whatever ends the run finds in the report all that happened until then: it grows with
every step, one thread writes it, and any may ask for it. It does not decide what happens.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from package_keeper.domain.errors import KeeperError
from package_keeper.domain.outcome import Result
from package_keeper.domain.plan import Plan
from package_keeper.domain.report import PackageReport


class Record:
    """The growing report of one package."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._plan: Plan | None = None
        self._error: KeeperError | None = None
        self._warnings: tuple[str, ...] = ()
        self._begun = ""
        self._results: dict[int, Result] = {}
        self._listed: frozenset[int] | None = None
        self._lock = threading.Lock()

    def set_plan(self, plan: Plan) -> None:
        """The plan that was made."""
        with self._lock:
            self._plan = plan

    def set_listed(self, ids: frozenset[int]) -> None:
        """The ids of what was active when it was listed once more."""
        with self._lock:
            self._listed = ids

    def warn(self, warnings: Iterable[str]) -> None:
        """Warnings on top of the plan's own; each is told once."""
        with self._lock:
            self._warnings = tuple(dict.fromkeys((*self._warnings, *warnings)))

    @contextmanager
    def begun(self, said: str) -> Iterator[None]:
        """Something is under way whose end is told after it; until then this is a warning."""
        with self._lock:
            self._begun = said
        try:
            yield
        finally:
            with self._lock:
                self._begun = ""

    def failed(self, error: KeeperError) -> None:
        """What stopped the package."""
        with self._lock:
            self._error = error

    def add_result(self, result: Result) -> None:
        """What became of one version."""
        with self._lock:
            self._results[result.version.id] = result

    def add_results(self, results: Iterable[Result]) -> None:
        """What became of several versions."""
        for result in results:
            self.add_result(result)

    def unless_known(self, results: Iterable[Result]) -> None:
        """What is to be told of versions as long as nothing better is known of them."""
        with self._lock:
            for result in results:
                self._results.setdefault(result.version.id, result)

    @property
    def changed(self) -> bool:
        """Whether anything of the package was changed."""
        with self._lock:
            return any(result.is_change for result in self._results.values())

    def report(self) -> PackageReport:
        """The report as it is now, its results in the order of the plan."""
        with self._lock:
            decisions = self._plan.decisions if self._plan else ()
            places = {decision.version.id: place for place, decision in enumerate(decisions)}
            ordered = sorted(
                self._results.values(), key=lambda r: places.get(r.version.id, len(places))
            )
            return PackageReport(
                name=self._name,
                plan=self._plan,
                results=tuple(ordered),
                error=self._error,
                warnings=(*self._warnings, self._begun) if self._begun else self._warnings,
                listed=self._listed,
            )
