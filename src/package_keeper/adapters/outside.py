"""All that a run reaches the outside with, put together from its settings.

Decides which host gets which pace and that everything is let go of at the end. It does not decide
what a run does.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from package_keeper.adapters.clock import SystemClock
from package_keeper.adapters.github.client import GitHubPackages
from package_keeper.adapters.journal_file import JournalFile
from package_keeper.adapters.manifest_cache import ManifestCache
from package_keeper.adapters.registry import Registry
from package_keeper.adapters.registry_host import RegistryHost
from package_keeper.adapters.registry_token import derived_secrets
from package_keeper.adapters.runner import Runner
from package_keeper.domain.errors import KeeperError
from package_keeper.domain.model import PackageRef
from package_keeper.domain.tokens import without_tokens
from package_keeper.pacing.limits import API, REGISTRY, Limits
from package_keeper.pacing.pacer import Pacer
from package_keeper.pacing.patience import Patience
from package_keeper.pacing.sending import Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the outside is: addresses, files and the token that opens the addresses."""

    api_url: str
    registry_url: str
    token: str
    workspace: Path
    journal_file: Path
    manifest_cache: Path | None
    max_wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """The open connections and files of a run."""

    github: GitHubPackages
    registries: "Registries"
    journal: JournalFile
    clock: SystemClock
    api_pacer: Pacer


@dataclass(frozen=True, slots=True, kw_only=True)
class Registries:
    """The registry, package by package."""

    host: RegistryHost
    cache: ManifestCache | None

    def of(self, ref: PackageRef) -> Registry:
        """The registry's side of this package."""
        return Registry(self.host, owner=ref.owner.login, name=ref.name, cache=self.cache)


@contextmanager
def opened(places: Places, runner: Runner, cancelled: threading.Event) -> Iterator[Outside]:
    """The outside, for as long as the run lasts; manifests that were read are kept after it.

    Raises KeeperError where the workspace is not there.
    """
    _require(places.workspace)
    clock = SystemClock(cancelled)
    patience = Patience(places.max_wait)

    def sender(host: str, limits: Limits) -> Sender:
        pacer = Pacer(host=host, limits=limits, clock=clock, patience=patience, cancelled=cancelled)
        return Sender(pacer)

    api = sender("GitHub", API)
    with ExitStack() as stack:
        github = GitHubPackages(api_url=places.api_url, token=places.token, sender=api)
        stack.callback(github.close)
        host = RegistryHost(
            url=places.registry_url,
            token=places.token,
            sender=sender("the registry", REGISTRY),
            mask=runner.mask,
        )
        stack.callback(host.close)
        journal = JournalFile(
            places.journal_file,
            workspace=places.workspace,
            # An error text that repeats the token may have been cut in the middle of it.
            redact=lambda line: without_tokens(runner.redact(line)),
        )
        stack.callback(journal.close)
        cache = _cache(places.manifest_cache, places.workspace, runner, stack)
        yield Outside(
            github=github,
            registries=Registries(host=host, cache=cache),
            journal=journal,
            clock=clock,
            api_pacer=api.pacer,
        )


def _require(workspace: Path) -> None:
    """The runner always mounts it; what is left in a folder made here nobody would ever find."""
    if not workspace.is_dir():
        raise KeeperError(
            f"the workspace is not there: {workspace} is no directory.",
            hint="The journal belongs there. Outside of a workflow, let GITHUB_WORKSPACE name one.",
        )


def _cache(
    path: Path | None, workspace: Path, runner: Runner, stack: ExitStack
) -> ManifestCache | None:
    if path is None:
        return None
    if not path.resolve().is_relative_to(workspace.resolve()):
        runner.warning("The manifest cache leads out of the workspace, through a link; not used.")
        return None
    cache = ManifestCache(path, warn=runner.warning)
    stack.callback(cache.close)
    stack.callback(cache.save)
    return cache


def hide_token(token: str, runner: Runner) -> None:
    """Keep the token, and the forms in which it is sent, out of all that is written.

    The runner masks it already; telling it again would be one more place where it is written.
    """
    for secret in (token, *derived_secrets(token)):
        runner.hide(secret)
