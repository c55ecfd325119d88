"""`python -m benchmarks.server`: a GitHub in a process of its own, so that it shares no lock.

Serves one package of many versions and, for every line on standard input, writes one line of JSON:
what it was asked since the line before. Decides how the package is made; nothing is measured here
but what arrived.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from fake_github import FakeGitHub, FakePackage, Limits, LoggedRequest, Token

FIRST = datetime(2023, 1, 1, tzinfo=UTC)
SCOPES = ("read:packages", "write:packages", "delete:packages")
PARTS = 5
"""Versions that one image is made of: an index, two platforms and their attestations."""


def main() -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("package_type", choices=("container", "npm"))
    parser.add_argument("versions", type=int)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds of every answer")
    parser.add_argument("--per-minute", type=int, default=900, help="points that are allowed")
    options = parser.parse_args()
    with FakeGitHub() as github:
        token = github.add_token(Token.classic(login="octocat", scopes=SCOPES))
        github.add_user("octocat")
        github.add_organization("acme")
        package = github.add_package("acme", options.package_type, "app")
        _fill(package, options.versions)
        github.limits = Limits(points_per_minute=options.per_minute)
        github.latency = options.latency
        _say({"api_url": github.api_url, "registry_url": github.registry_url, "token": token})
        for _ in sys.stdin:
            _say(_asked(github.requests) | {"left": len(package.versions)})
            github.forget_requests()
    return 0


def _fill(package: FakePackage, versions: int) -> None:
    """Images of five versions each, or as many versions with a name; the newest last."""
    if package.package_type != "container":
        for number in range(versions):
            created = FIRST + timedelta(minutes=number)
            package.add_version(f"1.{number}.0", created_at=created)
        return
    for number in range(versions // PARTS):
        created = FIRST + timedelta(minutes=number)
        package.push_image(tags=(f"1.{number}.0",), seed=str(number), created_at=created)


def _asked(requests: list[LoggedRequest]) -> dict[str, object]:
    let_in = [request for request in requests if request.server == "api"]
    return {
        "kinds": Counter(map(_kind, requests)),
        "busiest": _busiest(let_in),
        "refused": sum(request.status in (403, 429) for request in requests),
        "most_open": _most_open(requests),
        "deleting": _span([r for r in requests if r.method == "DELETE"]),
        "asking": _span(requests),
    }


def _kind(request: LoggedRequest) -> str:
    if request.server == "registry":
        return f"{request.method} manifest" if "/manifests/" in request.path else "token"
    if request.method == "GET" and request.path.endswith("/versions"):
        return "page"
    return "DELETE" if request.method == "DELETE" else "other"


def _busiest(requests: Iterable[LoggedRequest]) -> int:
    """The most points that arrived within any minute."""
    spent = [(r.time, 1 if r.method in ("GET", "HEAD") else 5) for r in requests]
    most = total = first = 0
    for time, points in spent:
        total += points
        while spent[first][0] <= time - 60:
            total -= spent[first][1]
            first += 1
        most = max(most, total)
    return most


def _most_open(requests: Iterable[LoggedRequest]) -> int:
    """The most requests that were open at the same time."""
    turns = sorted(turn for r in requests for turn in ((r.time, 1), (r.answered, -1)))
    most = under_way = 0
    for _, change in turns:
        under_way += change
        most = max(most, under_way)
    return most


def _span(requests: list[LoggedRequest]) -> float:
    """Seconds from the first arrival to the last answer."""
    if not requests:
        return 0.0
    return max(r.answered for r in requests) - min(r.time for r in requests)


def _say(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
