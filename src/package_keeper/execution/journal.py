"""The journal: what a run is about to change, on disk before it is asked for, and what came of it.

Decides what stands in a line. A line is JSON; a header opens each run, and each action has a line
`"outcome": "started"` before its request and one with its outcome after, so that a killed process
leaves a journal which names all that it may have done. A package that is deleted or restored as a
whole has lines of its own, without a version. It does not decide where the lines go.
"""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from package_keeper.domain.errors import NotJournalled
from package_keeper.domain.journal import (
    FORMAT_VERSION,
    HEADER,
    STAND_IN,
    STARTED,
    TAGS_OFF,
    WHOLE_PACKAGE,
)
from package_keeper.domain.model import Package, PackageRef, Version
from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision, Ground, Verdict


class Lines(Protocol):
    """Where lines go; they are on disk when `append` returns."""

    def append(self, *lines: str) -> None:
        """Write lines, without their line breaks, to the end."""
        ...


@dataclass(slots=True, kw_only=True)
class Journal:
    """Writes entries; safe to share between threads.

    `failure` is why the first line that could not be written was not. What was done by then is done
    and told, so only what announces a change raises NotJournalled, from then on always.
    """

    lines: Lines
    now: Callable[[], datetime]
    header: dict[str, str]
    failure: NotJournalled | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: bool = False
    _unsettled: dict[tuple[PackageRef, int], Decision] = field(default_factory=dict)

    def started(self, package: Package, *decisions: Decision) -> None:
        """Say what is about to be asked for; raises NotJournalled where that can't be said."""
        started = {"outcome": STARTED, "request-id": None}
        self._announce(*(self._entry(package, decision) | started for decision in decisions))
        for decision in decisions:
            self._unsettled[package.ref, decision.version.id] = decision

    def ended(self, package: Package, decision: Decision, result: Result) -> None:
        """Say what became of it."""
        self.all_ended(package, [(decision, result)])

    def all_ended(self, package: Package, ends: Iterable[tuple[Decision, Result]]) -> None:
        """Say what became of several, all at once."""
        told = list(ends)
        self._tell(*(self._end(package, decision, result) for decision, result in told))
        for decision, _ in told:
            self._unsettled.pop((package.ref, decision.version.id), None)

    def _end(self, package: Package, decision: Decision, result: Result) -> dict[str, object]:
        outcome = {"outcome": result.outcome.value, "request-id": result.request_id}
        about = self._entry(package, decision) | _tags_off(decision, result.tags_off)
        return about | outcome | {"detail": result.detail}

    def unsettled(self, ref: PackageRef) -> tuple[Decision, ...]:
        """What was started in this package and has not ended: it may have been done."""
        return tuple(d for (of, _), d in tuple(self._unsettled.items()) if of == ref)

    def package_started(self, ref: PackageRef, verdict: Verdict) -> None:
        """Say that a package is about to be changed as a whole; raises NotJournalled."""
        self._announce(self._whole(ref, verdict) | {"outcome": STARTED})

    def package_ended(self, ref: PackageRef, verdict: Verdict, outcome: Outcome) -> None:
        """Say what became of it."""
        self._tell(self._whole(ref, verdict) | {"outcome": outcome.value})

    def _whole(self, ref: PackageRef, verdict: Verdict) -> dict[str, object]:
        return {
            **self._about(ref),
            WHOLE_PACKAGE: True,
            "id": None,
            "action": verdict.value,
        }

    def _about(self, ref: PackageRef) -> dict[str, object]:
        return {
            "time": _text(self.now()),
            "owner": ref.owner.login,
            "type": ref.type.value,
            "package": ref.name,
        }

    def _entry(self, package: Package, decision: Decision) -> dict[str, object]:
        version: Version = decision.version
        return {
            **self._about(package.ref),
            "id": version.id,
            "name": version.name,
            "tags": list(version.tags),
            "parents": list(decision.parents),
            "action": decision.verdict.value,
            "reason": decision.reason,
            **_tags_off(decision, decision.tags_off),
            **({STAND_IN: True} if decision.is_stand_in else {}),
        }

    def _announce(self, *entries: dict[str, object]) -> None:
        if self.failure is None:
            self._tell(*entries)
        if self.failure is not None:
            raise self.failure

    def _tell(self, *entries: dict[str, object]) -> None:
        try:
            self._write(entries)
        except Exception as error:  # noqa: BLE001 - whatever it is, what was done must be told
            self.failure = self.failure or NotJournalled(error)

    def _write(self, entries: Iterable[dict[str, object]]) -> None:
        with self._lock:
            if not self._opened:
                opening = {HEADER: FORMAT_VERSION, "time": _text(self.now())}
                self.lines.append(json.dumps(opening | self.header))
                self._opened = True
            self.lines.append(*(json.dumps(entry) for entry in entries))


def _tags_off(decision: Decision, tags: tuple[str, ...]) -> dict[str, object]:
    """The tags, where an image is to lose any; what stands in for one of them has none to lose."""
    if not decision.tags_off or decision.ground is Ground.PART:
        return {}
    return {TAGS_OFF: list(tags)}


def _text(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
