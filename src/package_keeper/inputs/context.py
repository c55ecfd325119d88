"""What the runner says about itself and about the workflow.

Decides what is taken where the runner says nothing, as outside of a workflow. It does not decide
what is done with it, and reads nothing but the environment it is given.

Source: GitHub's documentation of the default environment variables.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from package_keeper.inputs.addresses import GITHUB_SERVER, api_url_of

_WORKSPACE = "/github/workspace"
"""Where the runner mounts the workspace in a container action."""

PUBLISHED = "package-keeper/package-keeper@v1"
"""This action where it is published, for steps to paste where the runner does not name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerContext:
    """The runner's word, unchecked; empty or None where it says nothing.

    `repository` is `owner/name`, or empty where it is not of that form. The addresses have no slash
    at their end. `action` is what a workflow has after `uses:`.
    """

    server_url: str
    api_url: str
    repository: str
    workspace: Path
    run_id: str
    run_attempt: str
    action: str

    @property
    def repository_owner(self) -> str:
        """The login of the repository's owner."""
        return self.repository.partition("/")[0]

    @property
    def repository_name(self) -> str:
        """The repository's name without its owner."""
        return self.repository.partition("/")[2]

    @property
    def run_url(self) -> str | None:
        """The page of this attempt of this run."""
        if not (self.repository and self.run_id):
            return None
        page = f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"
        return f"{page}/attempts/{self.run_attempt}" if self.run_attempt else page


def read_context(environ: Mapping[str, str]) -> RunnerContext:
    """The context that the environment tells; never fails."""

    def said(name: str) -> str:
        return environ.get(name, "").strip()

    server_url = said("GITHUB_SERVER_URL").rstrip("/") or GITHUB_SERVER
    repository = said("GITHUB_REPOSITORY")
    return RunnerContext(
        server_url=server_url,
        api_url=said("GITHUB_API_URL").rstrip("/") or api_url_of(server_url),
        repository=repository if re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII) else "",
        workspace=Path(said("GITHUB_WORKSPACE") or _WORKSPACE),
        run_id=_number(said("GITHUB_RUN_ID")),
        run_attempt=_number(said("GITHUB_RUN_ATTEMPT")),
        action=_action(said("GITHUB_ACTION_REPOSITORY"), said("GITHUB_ACTION_REF")),
    )


def _action(repository: str, ref: str) -> str:
    """This action as the workflow names it; a step that uses a path has no name of it."""
    return f"{repository}@{ref}" if repository and ref else PUBLISHED


def _number(text: str) -> str:
    return text if re.fullmatch(r"[0-9]{1,20}", text) else ""
