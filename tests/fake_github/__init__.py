"""A GitHub that refuses what GitHub refuses: packages API and registry over HTTP, with state.

It serves tests, the demonstration and measurements; it is no part of the product. Use it as

    with FakeGitHub() as github:
        github.add_organization("acme")
        package = github.add_package("acme", "container", "app")
        package.push_image(tags=("1.0.0",))
"""

from __future__ import annotations

from fake_github.behaviour import Behaviour
from fake_github.exchange import Call, LoggedRequest
from fake_github.fake import FakeGitHub
from fake_github.faults import Fault, FaultKind
from fake_github.limits import Limits
from fake_github.packages import FakePackage
from fake_github.tokens import Token
from fake_github.versions import FakeVersion

__all__ = [
    "Behaviour",
    "Call",
    "FakeGitHub",
    "FakePackage",
    "FakeVersion",
    "Fault",
    "FaultKind",
    "Limits",
    "LoggedRequest",
    "Token",
]
