"""All that a run reaches the outside with, put together from its settings.

Decides which host gets which pace and that everything is let go of at the end. It does not decide
what a run does.
"""

import threading
from collections.abc import Callable, Iterator
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
from package_keeper.domain.errors import InputMistake, KeeperError, WrongInputs
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
def opened(
    places: Places, runner: Runner, cancelled: threading.Event, warn: Callable[[str], None]
) -> Iterator[Outside]:
    """The outside, for as long as the run lasts; manifests that were read are kept after it.

    Raises KeeperError where the workspace is not there, and WrongInputs where the manifest cache is
    no file. `warn` is told what answers leave out, and what can't be let go of at the end, which is
    no reason to lose what was done.
    """
    _require(places.workspace)
    clock = SystemClock(cancelled)
    patience = Patience(places.max_wait)

    def sender(host: str, limits: Limits) -> Sender:
        pacer = Pacer(host=host, limits=limits, clock=clock, patience=patience, cancelled=cancelled)
        return Sender(pacer)

    api = sender("GitHub", API)
    with ExitStack() as stack:
        end = _End(stack, warn)
        yield Outside(
            github=_github(places, api, warn, end),
            registries=_registries(places, sender("the registry", REGISTRY), runner, end),
            journal=_journal(places, runner, end),
            clock=clock,
            api_pacer=api.pacer,
        )


class _End:
    """Collects what is to be done at the end, each whatever became of the others."""

    def __init__(self, stack: ExitStack, warn: Callable[[str], None]) -> None:
        self._stack = stack
        self._warn = warn

    def needs(self, what: str, do: Callable[[], None]) -> None:
        """Do it at the end, before what was asked for earlier; `what` could not be done if so."""
        self._stack.callback(self._do, what, do)

    def _do(self, what: str, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # noqa: BLE001 - what was done before must be told all the same
            self._warn(f"{what} at the end of the run: {type(error).__name__}: {error}")


def _github(
    places: Places, sender: Sender, warn: Callable[[str], None], end: _End
) -> GitHubPackages:
    github = GitHubPackages(api_url=places.api_url, token=places.token, sender=sender, warn=warn)
    end.needs("the connections to GitHub could not be closed", github.close)
    return github


def _registries(places: Places, sender: Sender, runner: Runner, end: _End) -> Registries:
    host = RegistryHost(
        url=places.registry_url, token=places.token, sender=sender, mask=runner.mask
    )
    end.needs("the connections to the registry could not be closed", host.close)
    return Registries(host=host, cache=_cache(places.manifest_cache, places.workspace, runner, end))


def _journal(places: Places, runner: Runner, end: _End) -> JournalFile:
    journal = JournalFile(
        places.journal_file,
        workspace=places.workspace,
        # An error text that repeats the token may have been cut in the middle of it.
        redact=lambda line: without_tokens(runner.redact(line)),
    )
    end.needs("the journal could not be closed", journal.close)
    return journal


def _require(workspace: Path) -> None:
    """The runner always mounts it; what is left in a folder made here nobody would ever find."""
    if not workspace.is_dir():
        raise KeeperError(
            f"the workspace is not there: {workspace} is no directory.",
            hint="The journal belongs there. Outside of a workflow, let GITHUB_WORKSPACE name one.",
        )


def _cache(path: Path | None, workspace: Path, runner: Runner, end: _End) -> ManifestCache | None:
    if path is None:
        return None
    if not path.resolve().is_relative_to(workspace.resolve()):
        runner.warning("The manifest cache leads out of the workspace, through a link; not used.")
        return None
    if path.exists() and not path.is_file():  # a pipe would keep the run waiting for ever
        problem = "is a folder, not a file" if path.is_dir() else "is not a file"
        raise WrongInputs((InputMistake(name="manifest-cache", value=path.name, problem=problem),))
    cache = ManifestCache(path, warn=runner.warning)
    end.needs("the manifest cache could not be closed", cache.close)
    end.needs("the manifest cache could not be saved", cache.save)
    return cache


def hide_token(token: str, runner: Runner) -> None:
    """Keep the token, and the forms in which it is sent, out of all that is written.

    The runner masks it already; telling it again would be one more place where it is written.
    """
    for secret in (token, *derived_secrets(token)):
        runner.hide(secret)
