"""A host and its clients as a simulation: no threads, no sockets, no waiting.

Requests are sent in order as soon as a schedule lets them, arrive after their first delay and are
answered after their second. The host looks at arrivals only, as GitHub does.
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from pacing.clocks import START
from package_keeper.domain.answers import Answer, is_rate_limit
from package_keeper.pacing.exchange import Kind
from package_keeper.pacing.limits import Limits
from package_keeper.pacing.schedule import Schedule, Send, WaitForAnswer

MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Arrival:
    """What a request cost and when it arrived."""

    time: float
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request and its delays in seconds: on the way, and until its answer is back."""

    kind: Kind = Kind.WRITE
    way: float = 0.0
    answering: float = 0.0


Host = Callable[[float, Kind], Answer]


def content(_time: float, _kind: Kind) -> Answer:
    """A host that refuses nothing and says nothing."""
    return Answer(status=204)


@dataclass(slots=True, kw_only=True)
class Simulation:
    """Sends requests to a host; refused ones are sent again."""

    limits: Limits
    host: Host = content
    now: float = 0.0
    arrivals: list[Arrival] = field(default_factory=list)
    refusals: int = 0
    most_open: int = 0
    demanded: float = 0.0

    def run(self, requests: Iterable[Request]) -> None:
        """Send everything and wait for the last answer."""
        schedule = Schedule(self.limits)
        waiting = list(requests)[::-1]
        under_way: list[tuple[float, int, float, Request, Answer]] = []
        number = 0
        for _ in range(MOST_STEPS):
            if not waiting:
                if not under_way:
                    return
                self._answer(schedule, under_way, waiting)
                continue
            step = schedule.next_step(self.now, waiting[-1].kind)
            if isinstance(step, Send):
                number += 1
                self._send(schedule, waiting.pop(), under_way, number)
            elif isinstance(step, WaitForAnswer):
                assert under_way, "waiting for an answer that nobody owes"
                self._answer(schedule, under_way, waiting)
            elif under_way and under_way[0][0] <= step.time:
                self._answer(schedule, under_way, waiting)
            else:
                assert step.time > self.now, "a wait that has already passed"
                self.demanded += step.time - self.now if step.asked else 0.0
                self.now = step.time
        raise AssertionError("it does not end")

    def _send(
        self,
        schedule: Schedule,
        request: Request,
        under_way: list[tuple[float, int, float, Request, Answer]],
        number: int,
    ) -> None:
        schedule.sent(request.kind)
        arrival = self.now + request.way
        answer = self.host(arrival, request.kind)
        if not is_rate_limit(answer):
            self.arrivals.append(Arrival(time=arrival, points=self.limits.cost(request.kind)))
        item = (arrival + request.answering, number, self.now, request, answer)
        heapq.heappush(under_way, item)
        self.most_open = max(self.most_open, len(under_way))

    def _answer(
        self,
        schedule: Schedule,
        under_way: list[tuple[float, int, float, Request, Answer]],
        waiting: list[Request],
    ) -> None:
        time, _, sent, request, answer = heapq.heappop(under_way)
        self.now = max(self.now, time)
        now = START + timedelta(seconds=self.now)
        schedule.answered(request.kind, at=self.now)
        if is_rate_limit(answer):
            self.refusals += 1
            schedule.refused(answer, sent=sent, at=self.now, now=now)
            waiting.append(request)
        else:
            schedule.observe(answer, request.kind, at=self.now, now=now)

    def most_in_a_minute(self) -> int:
        """The most points that arrived within any minute."""
        arrivals = sorted(self.arrivals)
        most = spent = first = 0
        for last in arrivals:
            spent += last.points
            while arrivals[first].time <= last.time - self.limits.minute:
                spent -= arrivals[first].points
                first += 1
            most = max(most, spent)
        return most


@dataclass(slots=True, kw_only=True)
class StrictHost:
    """Refuses what is over `points` in a minute, as GitHub does: with or without a time to wait."""

    points: int
    retry_after: str | None = "60"
    accepted: list[Arrival] = field(default_factory=list)

    def __call__(self, time: float, kind: Kind) -> Answer:
        cost = 1 if kind is Kind.READ else 5
        counted = [a.points for a in self.accepted if a.time > time - 60.0]
        if sum(counted) + cost > self.points:
            headers = {} if self.retry_after is None else {"retry-after": self.retry_after}
            text = "You have exceeded a secondary rate limit."
            return Answer(status=403, message=text, headers=headers)
        self.accepted.append(Arrival(time=time, points=cost))
        return Answer(status=204)


@dataclass(slots=True, kw_only=True)
class HourlyHost:
    """Counts requests against a budget that is renewed every hour, and says so in headers."""

    budget: int
    used: int = 0
    hour: int = 0
    first: int = 0

    def __call__(self, time: float, _kind: Kind) -> Answer:
        if int(time // 3600) != self.hour:
            self.hour, self.used = int(time // 3600), 0
        self.used += 1
        reset = START.timestamp() + (self.hour + 1) * 3600
        headers = {
            "x-ratelimit-limit": str(self.budget),
            "x-ratelimit-remaining": str(max(self.budget - self.used, 0)),
            "x-ratelimit-reset": f"{reset:.0f}",
        }
        if self.used > self.budget:
            text = "API rate limit exceeded for installation ID 1."
            return Answer(status=403, message=text, headers=headers)
        return Answer(status=204, headers=headers)
