"""Debian's docker-registry as a process on 127.0.0.1.

Decides how it is started and when it is there. It does not decide what is in it.
"""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

CONFIG = "config.yml"
"""Its configuration, in the folder that it serves."""

_CONFIG = """
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {data}}}, delete: {{enabled: true}}}}
http: {{addr: 127.0.0.1:{port}}}
"""


@contextmanager
def docker_registry(folder: Path) -> Iterator[str]:
    """Serve what is in the folder, empty at first, until the end of the block; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / CONFIG
    config.write_text(_CONFIG.format(data=folder / "data", port=port))
    command = ["docker-registry", "serve", str(config)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            yield url
        finally:
            server.kill()


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            requests.get(f"{url}/v2/", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("docker-registry does not answer")
