"""`python -m fake_github`: the fake as a process of its own, until it is interrupted.

The first line on standard output is JSON: `api_url`, `registry_url`, `tokens` (name to secret).
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from fake_github.fake import FakeGitHub
from fake_github.seeding import seed


def main() -> int:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m fake_github", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the API; the registry's is next")
    parser.add_argument("--state", type=Path, help="a JSON file with owners, tokens and packages")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds added to every answer")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with FakeGitHub(latency=options.latency, port=options.port) as github:
        state = json.loads(options.state.read_text(encoding="utf-8")) if options.state else {}
        tokens = seed(github, state)
        urls = {"api_url": github.api_url, "registry_url": github.registry_url, "tokens": tokens}
        sys.stdout.write(json.dumps(urls) + "\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
