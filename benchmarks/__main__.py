"""`python -m benchmarks`: measure some cases and print a table of them, in Markdown.

Decides which cases there are and how a result reads.
"""

import argparse
import sys
from statistics import median

from benchmarks.measuring import Case, Measured, measure

SIZES = (100, 1_000, 10_000, 60_000)

PLANS = tuple(
    Case(
        name=f"plan {size:,}, every manifest read",
        package_type="container",
        versions=size,
        latency=0.05,
        inputs={"versions-to-keep": str(size // 10), "dry-run": "true"},
    )
    for size in SIZES
)
LISTINGS = tuple(
    Case(
        name=f"plan {size:,}, nothing to delete",
        package_type="container",
        versions=size,
        latency=0.05,
        inputs={"delete": "no-such-tag-*", "dry-run": "true"},
    )
    for size in SIZES
)
DELETIONS = tuple(
    Case(
        name=f"delete {count:,} of {count + 20:,}",
        package_type="npm",
        versions=count + 20,
        latency=0.2,
        inputs={"versions-to-keep": "20"},
    )
    for count in (175, 400, 1_000)
)
GROUPS = {"plan": PLANS, "list": LISTINGS, "delete": DELETIONS}

HEAD = (
    "Case",
    "Requests",
    "Busiest minute",
    "Refused",
    "At once",
    "Ideal",
    "First to last request",
    "Wall",
    "CPU",
    "Memory",
)


def main() -> int:
    """Measure what is asked for, and print a line for each case as soon as it is done."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", default=[*GROUPS], help=", ".join(GROUPS))
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="versions at the most")
    parser.add_argument("--repeat", type=int, default=1, help="show the median of so many runs")
    options = parser.parse_args()
    _say(_row(HEAD), _row(tuple("---" for _ in HEAD)))
    failed = 0
    for case in (case for group in options.groups for case in GROUPS[group]):
        if case.versions <= options.largest:
            runs = sorted((measure(case) for _ in range(options.repeat)), key=lambda m: m.wall)
            failed += any(run.code for run in runs)
            _say(_row(_cells(runs[len(runs) // 2], median(run.cpu for run in runs))))
    return 1 if failed else 0


def _cells(measured: Measured, cpu: float) -> tuple[str, ...]:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(measured.kinds.items()))
    failed = f" (exit code {measured.code})" if measured.code else ""
    return (
        measured.case.name + failed,
        kinds,
        f"{measured.busiest} points",
        str(measured.refused),
        str(measured.most_open),
        f"{measured.ideal:.1f} s",
        _against(measured.asking, measured.ideal),
        _against(measured.wall, measured.ideal),
        f"{cpu:.1f} s",
        f"{measured.memory / 1e6:.0f} MB",
    )


def _against(seconds: float, ideal: float) -> str:
    return f"{seconds:.1f} s ({seconds / ideal:.2f})"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
