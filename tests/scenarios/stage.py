"""A GitHub with one container package, and the action run against it inside this process.

Decides how a test runs the action and looks at what it did: every run is that of a step on the
runner, over HTTP, and leaves the report from which the action wrote its summary. It does not decide
what is pushed, asked or expected.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from end_to_end.runner import Finished, Job
from fake_github import FakeGitHub, FakePackage, Token
from package_keeper.domain.report import PackageReport, RunReport
from package_keeper.domain.rules import Rule
from package_keeper.pacing import sending
from package_keeper.rendering.outputs import outputs

SCOPES = ("read:packages", "write:packages", "delete:packages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: what the step left, its report, and what the servers saw of it.

    `reads` are the digests whose manifests were asked for, in order; `writes` the paths of
    everything but reading.
    """

    finished: Finished
    report: RunReport
    reads: tuple[str, ...]
    writes: tuple[str, ...]

    @property
    def package(self) -> PackageReport:
        """The report on the one package."""
        [package] = self.report.packages
        return package


class Stage:
    """The package and its action."""

    def __init__(self, github: FakeGitHub, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
        self.github = github
        self.package: FakePackage = github.add_package("acme", "container", "app")
        self._job = job
        self._monkeypatch = monkeypatch
        self._reports: list[RunReport] = []
        monkeypatch.setattr("package_keeper.__main__.outputs", self._outputs)

    def run(
        self,
        inputs: Mapping[str, Any],
        *,
        rules: Sequence[Rule] = (),
        cancelled: Event | None = None,
    ) -> Run:
        """Run a step with these inputs, or, with `rules`, with these instead of the inputs'."""
        given = {name: _as_text(value) for name, value in inputs.items()}
        self.github.forget_requests()
        with self._monkeypatch.context() as patched:
            if rules:
                patched.setattr("package_keeper.__main__.rules_of", lambda _: tuple(rules))
                given.setdefault("delete-untagged", "true")
            finished = self._job.run(given, cancelled=cancelled)
        requests = self.github.requests
        return Run(
            finished=finished,
            report=self._reports.pop(),
            reads=tuple(
                request.path.rpartition("/")[2]
                for request in requests
                if request.method == "GET" and "/manifests/" in request.path
                if request.status != 401
            ),
            writes=tuple(r.path for r in requests if r.method not in ("GET", "HEAD")),
        )

    def _outputs(self, report: RunReport) -> tuple[tuple[str, str], ...]:
        """What the action's own `outputs` gives; the report it is asked for is remembered."""
        self._reports.append(report)
        return outputs(report)


@contextmanager
def staged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """An organization `acme` with a package `app`, and a token that may do everything there."""
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.005)
    with FakeGitHub() as github:
        github.add_organization("acme")
        github.add_user("octocat")
        token = github.add_token(Token.classic(login="octocat", scopes=SCOPES))
        job = Job(
            folder=folder,
            token=token,
            api_url=github.api_url,
            inputs={"registry-url": github.registry_url},
        )
        yield Stage(github, job, monkeypatch)


def _as_text(value: Any) -> str:
    """An input as a workflow's YAML turns into a variable."""
    return str(value).lower() if isinstance(value, bool) else str(value)
