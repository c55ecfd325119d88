"""Which of the planned actions may start now.

Decides the rules of starting: a version only after all that must be done before, the first write of
a package alone until one was allowed, none after the third denial, none after a stop. What can't
start any more, or is to be left after all, gets its outcome here. It sends nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from package_keeper.domain.outcome import Outcome, Result
from package_keeper.domain.plan import Decision

MOST_DENIALS = 3
_ALLOWED = (Outcome.DELETED, Outcome.RESTORED)
_DONE = (*_ALLOWED, Outcome.ALREADY_GONE)


@dataclass(slots=True)
class ActionSchedule:
    """The state of one package's actions, for one thread; only `stop` is for any.

    `record` is told what becomes of those that are never started.
    """

    decisions: Sequence[Decision]
    workers: int
    record: Callable[[Result], None]
    results: dict[int, Result] = field(default_factory=dict)
    stopped: str = ""
    _begun: set[int] = field(default_factory=set)
    _running: int = 0
    _first_is_allowed: bool = False
    _denials: int = 0
    _why: Mapping[int, str] = field(default_factory=dict)
    _put_off: bool = False
    _places: dict[int, int] = field(init=False)
    _waiting: dict[int, int] = field(init=False)
    _followers: dict[int, list[int]] = field(init=False)
    _ready: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._followers = {}
        self._places = {d.version.id: place for place, d in enumerate(self.decisions)}
        self._waiting = {place: len(d.after) for place, d in enumerate(self.decisions)}
        for place, decision in enumerate(self.decisions):
            for above in decision.after:
                self._followers.setdefault(above, []).append(place)
        self._ready = [place for place, count in self._waiting.items() if count == 0]

    def take_startable(self) -> list[Decision]:
        """The next ones to start, in the order of the plan; they count as running from now on."""
        if self.stopped:
            return []
        room = (self.workers if self._first_is_allowed else 1) - self._running
        chosen = [heappop(self._ready) for _ in range(min(max(room, 0), len(self._ready)))]
        self._running += len(chosen)
        self._begun.update(chosen)
        return [self.decisions[place] for place in chosen]

    def ended(self, decision: Decision, result: Result | None) -> None:
        """Take in what became of one that was started; None where it is to be started again."""
        self._running -= 1
        if result is None:
            place = self._places[decision.version.id]
            self._begun.discard(place)
            heappush(self._ready, place)
            self.withhold(self._why)
            self._put_off = True
            return
        for staying in self._settle(result):
            self._leave(staying)
        if result.outcome in _ALLOWED:
            self._first_is_allowed = True
        if result.outcome is Outcome.DENIED:
            self._denials += 1
            if self._denials >= MOST_DENIALS:
                self.stop(f"stopped after {MOST_DENIALS} denials")

    def take_put_off(self) -> bool:
        """Whether something was given back since this was asked last."""
        put_off, self._put_off = self._put_off, False
        return put_off

    def withhold(self, why: Mapping[int, str]) -> None:
        """Leave these versions, by id, as they are; one that is started, if it is given back."""
        if not why:
            return
        self._why = {**self._why, **why}
        for place in sorted(self._places[i] for i in why.keys() & self._places.keys()):
            version = self.decisions[place].version
            if place not in self._begun:
                detail = why[version.id]
                self._leave(Result(version=version, outcome=Outcome.CHANGED, detail=detail))
        self._ready = [place for place in self._ready if self._is_open(place)]
        heapify(self._ready)

    def _is_open(self, place: int) -> bool:
        return self.decisions[place].version.id not in self.results

    def stop(self, why: str) -> None:
        """Start nothing more; the first reason stands."""
        self.stopped = self.stopped or why

    def close(self) -> tuple[Result, ...]:
        """Every action's result, in the order of the plan."""
        for decision in self.decisions:
            if decision.version.id not in self.results:
                detail = self.stopped or "what needs it was not attempted"
                outcome = Outcome.NOT_ATTEMPTED
                self._leave(Result(version=decision.version, outcome=outcome, detail=detail))
        return tuple(self.results[decision.version.id] for decision in self.decisions)

    def _leave(self, result: Result) -> None:
        """Tell the result of one that was never started, and of what stays with it."""
        pending = [result]
        while pending:
            current = pending.pop()
            if current.version.id not in self.results:
                self.record(current)
                pending += self._settle(current)

    def _settle(self, result: Result) -> list[Result]:
        """Keep a result, which may let others start; returned is what stays because of it."""
        self.results[result.version.id] = result
        detail = f"needed by {result.version.label}, which stays"
        staying: list[Result] = []
        for place in self._followers.get(result.version.id, ()):
            if result.outcome in _DONE:
                self._waiting[place] -= 1
                if self._waiting[place] == 0 and self._is_open(place):
                    heappush(self._ready, place)
            elif result.outcome is not Outcome.NOT_ATTEMPTED:
                follower = self.decisions[place].version
                staying.append(Result(version=follower, outcome=Outcome.RETAINED, detail=detail))
        return staying
