"""The fake as a process of its own, seeded from a file."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from fake_github import FakeGitHub
from fake_github.seeding import seed

STATE: dict[str, Any] = {
    "organizations": ["acme"],
    "users": ["octocat"],
    "now": "2026-01-31T00:00:00Z",
    "tokens": {
        "mine": {"kind": "classic", "login": "octocat", "scopes": ["read:packages"]},
        "workflow": {
            "kind": "actions",
            "repository": "acme/app",
            "admin_of": [["container", "app"]],
            "permission": "write",
        },
    },
    "packages": [
        {
            "owner": "acme",
            "type": "container",
            "name": "app",
            "repository": "acme/app",
            "versions": [
                {
                    "image": {"platforms": ["linux/amd64"], "seed": "x"},
                    "tags": ["1.0.0"],
                    "created_at": "2025-01-01T00:00:00Z",
                    "attach": ["sig", "subject-with-fallback-tag"],
                },
                {"name": "sha256:1", "downloads": 3},
                {"tags": ["plain"]},
            ],
        },
        {"owner": "octocat", "type": "npm", "name": "lib", "versions": [{"name": "1.0.0"}]},
    ],
}


def test_a_document_becomes_the_state() -> None:
    with FakeGitHub() as github:
        tokens = seed(github, STATE)
        assert tokens["mine"].startswith("ghp_")
        assert github.world.tokens[tokens["workflow"]].admin_of == (("container", "app"),)
        assert github.now.isoformat() == "2026-01-31T00:00:00+00:00"
        app = github.world.package("acme", "container", "app")
        assert app is not None
        assert (app.pullable("1.0.0"), app.pullable("plain")) == ([], [])
        assert app.active["sha256:1"].downloads == 3
        assert len(app.tags) == 4
        assert app.active[app.tags["1.0.0"]].created_at.year == 2025
        with pytest.raises(TypeError):
            seed(github, {"tokens": {"wrong": {"kind": "classic", "scope": "read:packages"}}})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_tells_where_it_is_and_ends_when_told(
    tmp_path: Path, number: signal.Signals
) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps(STATE))
    command = [sys.executable, "-m", "fake_github", "--state", str(state), "--latency", "0.01"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        headers = {"Authorization": f"Bearer {told['tokens']['workflow']}"}
        url = f"{told['api_url']}/orgs/acme/packages/container/app/versions"
        assert len(requests.get(url, headers=headers, timeout=5).json()) == 8
        assert requests.get(f"{told['registry_url']}/v2/", timeout=5).status_code == 401
        process.send_signal(number)
        assert process.communicate(timeout=10) == ("", "")
        assert process.returncode == 0


def two_free_ports() -> int:
    """The first of two neighbouring ports that nobody listens on."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            with suppress(OSError), socket.create_server(("127.0.0.1", port + 1)):
                return port


def test_the_ports_can_be_chosen() -> None:
    port = two_free_ports()
    with FakeGitHub(port=port) as github:
        assert github.api_url == f"http://127.0.0.1:{port}"
        assert github.registry_url == f"http://127.0.0.1:{port + 1}"
        with pytest.raises(OSError, match="in use"):
            FakeGitHub(port=port).start()
