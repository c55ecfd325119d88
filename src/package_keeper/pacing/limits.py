"""The limits that a host sets, as numbers.

Decides what a read and a write cost and how much may be spent in a minute. The numbers for the API
are those of "Rate limits for the REST API" in GitHub's documentation: 900 points a minute, a read
1, a write 5, at most 100 requests at once. Those for the registry are in its own refusals
("allowed: 44000/minute" for reads, "allowed: 2000/minute" for uploads).
"""

from dataclasses import dataclass

from package_keeper.pacing.exchange import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one host allows.

    `minute` and `margin` are in seconds; the margin is how long after the turn of the minute spent
    points are taken to count still. `at_once` is how many requests may be open. `slowest` is the
    fewest points per minute that refusals may bring the rate down to.
    """

    points_per_minute: int = 900
    read: int = 1
    write: int = 5
    at_once: int = 48
    margin: float = 0.5
    slowest: int = 60
    minute: float = 60.0

    def cost(self, kind: Kind) -> int:
        """The points of a request."""
        return self.read if kind is Kind.READ else self.write


API = Limits()
"""48 at once: what GitHub allows, 100, is shared by all jobs that run with the same token."""

REGISTRY = Limits(points_per_minute=44_000, read=1, write=22, at_once=64, slowest=2_000)
"""64 at once: more gained nothing when measured, since Python is busy with the answers then."""
