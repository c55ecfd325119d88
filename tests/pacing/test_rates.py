"""No minute holds more than the limit, nothing waits longer than it must, and nothing hangs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pacing.worlds import HourlyHost, Request, Simulation, StrictHost
from package_keeper.domain.answers import Answer
from package_keeper.pacing.exchange import Kind
from package_keeper.pacing.limits import API, Limits

# Fractions that add up exactly, so that the end of a minute is the same for everybody.
LATENCIES = st.integers(0, 100 * 1024).map(lambda number: number / 1024)
REQUESTS = st.lists(
    st.builds(Request, kind=st.sampled_from(Kind), way=LATENCIES, answering=LATENCIES), max_size=80
)


def writes(count: int, *, latency: float = 0.0) -> list[Request]:
    return [Request(way=latency / 2, answering=latency / 2)] * count


def reads(count: int) -> list[Request]:
    return [Request(kind=Kind.READ)] * count


@given(
    requests=REQUESTS,
    rate=st.integers(min_value=5, max_value=60),
    at_once=st.integers(min_value=1, max_value=12),
)
def test_no_minute_holds_more_than_the_limit_however_long_requests_are_under_way(
    requests: list[Request], rate: int, at_once: int
) -> None:
    simulation = Simulation(limits=Limits(points_per_minute=rate, at_once=at_once, margin=0.0))
    simulation.run(requests)
    assert simulation.most_in_a_minute() <= rate
    assert simulation.most_open <= at_once
    assert len(simulation.arrivals) == len(requests)


@given(latency=st.floats(min_value=0.0, max_value=5.0), count=st.integers(1, 700))
def test_the_allowed_rate_is_used(latency: float, count: int) -> None:
    simulation = Simulation(limits=Limits(at_once=1_000))
    simulation.run(writes(count, latency=latency))
    full_minutes = (count - 1) // 180
    assert simulation.now <= full_minutes * (60.5 + latency) + latency + 0.001


def test_a_burst_that_fits_the_minute_goes_out_at_once() -> None:
    simulation = Simulation(limits=API)
    simulation.run(reads(4) + writes(179))
    assert simulation.now == 0.0


def test_listing_costs_points_too() -> None:
    simulation = Simulation(limits=API)
    simulation.run(reads(4) + writes(180))
    assert simulation.now == pytest.approx(60.5)


def test_three_minutes_of_deletions_take_two_waits() -> None:
    simulation = Simulation(limits=API)
    simulation.run(writes(540))
    assert simulation.now == pytest.approx(121.0)
    assert simulation.most_in_a_minute() == 900


@pytest.mark.parametrize("retry_after", ["60", None], ids=["told how long", "told nothing"])
@pytest.mark.parametrize("allowed", [880, 450, 120])
def test_a_host_stricter_than_documented_is_found_out(
    allowed: int, retry_after: str | None
) -> None:
    host = StrictHost(points=allowed, retry_after=retry_after)
    simulation = Simulation(limits=API, host=host)
    simulation.run(writes(600, latency=0.2))
    assert len(simulation.arrivals) == 600
    assert simulation.refusals <= 3 * API.at_once
    fastest = 600 * 5 / allowed * 60
    assert simulation.now <= 2 * fastest + 300


def test_while_a_host_refuses_everything_one_request_at_a_time_tries_it() -> None:
    def shut(time: float, _kind: Kind) -> Answer:
        return Answer(status=429 if time < 1_000 else 204)

    simulation = Simulation(limits=API, host=shut)
    simulation.run(writes(100, latency=0.2))
    waits = 5  # of 1, 2, 4, 8 and 16 minutes
    assert simulation.refusals <= API.at_once + waits


def test_after_a_refusal_the_rate_comes_back() -> None:
    host = StrictHost(points=450)
    simulation = Simulation(limits=API, host=host)
    simulation.run(writes(200, latency=0.1))
    host.points = 900
    simulation.arrivals.clear()
    simulation.run(writes(4_000, latency=0.1))
    assert simulation.most_in_a_minute() == 900


def test_the_hourly_budget_is_used_to_the_last_request_and_not_beyond() -> None:
    host = HourlyHost(budget=1_000)
    simulation = Simulation(limits=API, host=host)
    simulation.run(writes(1_200, latency=0.3))
    assert simulation.refusals == 0
    in_first_hour = [a for a in simulation.arrivals if a.time < 3600]
    assert len(in_first_hour) == 1_000
    assert simulation.demanded > 3_000


def test_requests_that_cost_more_than_the_rate_are_sent_one_by_one() -> None:
    simulation = Simulation(limits=Limits(points_per_minute=3, margin=0.0))
    simulation.run(writes(3))
    assert [a.time for a in simulation.arrivals] == [0.0, 60.0, 120.0]
