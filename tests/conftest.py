"""What every test gets: no way out of the machine, and a clear word where a program is missing.

Decides which addresses a test may reach, what becomes of a test whose programs are missing, and
which tests stay together. It holds no fixtures of any one subject; these are beside the tests that
use them.
"""

import os
import socket
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from real_tools import TOOLS, require, told_once

# A shared machine may stall any test for longer than hypothesis' 200 ms. The examples are the same
# in every run, so that a change is judged by what it changes; "thorough" looks for new ones.
hypothesis.settings.register_profile(
    "package-keeper",
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "thorough",
    parent=hypothesis.settings.get_profile("package-keeper"),
    derandomize=False,
    max_examples=5000,
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "package-keeper"))

LOOPBACK = "127.0.0.1"

# Tests that share something costly, such as the image, or that would slow one another down: one
# process runs all of a group. (The marker `xdist_group` does nothing with pytest 9.2, which keeps
# the ids of tests where pytest-xdist 3.8 does not look for them.)
TOGETHER = (
    "tests/container/",
    "tests/demo/",
    "tests/real_images/",
    "tests/repository/test_wheel.py",
)


def pytest_configure() -> None:
    """Put the programs that `tools/install-real-tools` unpacked where tests find them."""
    os.environ["PATH"] = f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}"


class Together(LoadScopeScheduling):  # type: ignore[misc] # which has no types
    """Hands out tests one by one, but those of a group to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for group in TOGETHER if nodeid.startswith(group)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Use it whatever `--dist` says."""
    return Together(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold a test to the programs its marker names: `real_tools("skopeo", "crane")`.

    Where one is missing the test is skipped with what to install, but in CI it fails.
    """
    for kind in ("real_tools", "container"):
        for marker in item.iter_markers(kind):
            require(*marker.args)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every address but 127.0.0.1, and every name, in this process."""

    def guarded(name: str) -> Callable[..., Any]:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *args: Any) -> Any:
            address = args[-1]
            if self.family != socket.AF_UNIX:
                _refuse_unless_local(address[0])
            return original(self, *args)

        return call

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(name))
    resolve = socket.getaddrinfo

    def resolve_local(host: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_unless_local(host)
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_local)


def _refuse_unless_local(host: object) -> None:
    text = host.decode() if isinstance(host, bytes) else host
    if text not in (None, LOOPBACK):
        message = f"a test tried to reach {text!r}; only {LOOPBACK} is allowed"
        raise OSError(message)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests measured, such as the size of the image, and why tests were skipped."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid}: {name} = {value}")
    reasons = [report.longrepr[2] for report in terminalreporter.getreports("skipped")]
    for line in told_once(reason.removeprefix("Skipped: ") for reason in reasons):
        terminalreporter.write_line(line)
