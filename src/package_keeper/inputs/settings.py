"""All that a run is told: the inputs, read, checked against each other, with nothing left to guess.

Decides what is among a run's settings and which of them are worth showing. It does not decide what
they mean for a version; the rules do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from package_keeper.domain.errors import WrongInputs
from package_keeper.domain.limits import IfEmpty, MaxDeletions
from package_keeper.domain.model import PackageType
from package_keeper.domain.shorthand import ShortInputs
from package_keeper.inputs import declared
from package_keeper.inputs.context import RunnerContext, read_context
from package_keeper.inputs.contradictions import Asked, record_contradictions
from package_keeper.inputs.declared import INPUTS, Input
from package_keeper.inputs.files import workspace_file
from package_keeper.inputs.names import NameSelection
from package_keeper.inputs.reading import Reading
from package_keeper.inputs.restoring import RestoreInputs
from package_keeper.inputs.target import Target, read_target, usual_texts
from package_keeper.inputs.values import Unreadable

_LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the run is to do, for whom and where.

    `is_named` says that the packages were named, and not left to be the repository's own. Files are
    absolute paths in `workspace`, proven by their text alone. Addresses have no slash at
    their end; `registry_url` is empty where the package type has no use for one and none is known.
    `summary_settings` are pairs of an input's name and its value, fit to be shown, of the inputs
    that differ from their defaults; the token is never among them.
    """

    token: str = field(repr=False)
    owner: str
    names: NameSelection
    is_named: bool
    package_type: PackageType
    short: ShortInputs
    untag: bool
    restore: RestoreInputs
    dry_run: bool
    max_deletions: MaxDeletions | None
    if_empty: IfEmpty
    journal_file: Path
    manifest_cache: Path | None
    max_wait: timedelta
    api_url: str
    registry_url: str
    workspace: Path
    summary_settings: tuple[tuple[str, str], ...]


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in the action's environment; raises WrongInputs with every mistake in it."""
    context = read_context(environ)
    reading = Reading(environ)
    if not reading.text(declared.TOKEN):
        reading.refuse(declared.TOKEN, "is missing; ${{ github.token }} is the usual one")
    target = read_target(reading, context)
    asked = Asked(
        short=_short(reading),
        untag=reading.required(declared.UNTAG),
        restore=_restore(reading, context.workspace),
        names=target.names,
        package_type=target.package_type,
        journal_file=_file(reading, declared.JOURNAL_FILE, context.workspace),
        manifest_cache=_file(reading, declared.MANIFEST_CACHE, context.workspace),
    )
    record_contradictions(reading, asked)
    settings = _settings(reading, context, target, asked)
    if settings is None:
        raise WrongInputs(reading.mistakes)
    return settings


def _short(reading: Reading) -> ShortInputs:
    return ShortInputs(
        versions_to_keep=reading.optional(declared.VERSIONS_TO_KEEP),
        keep=reading.optional(declared.KEEP) or (),
        delete=reading.optional(declared.DELETE) or (),
        older_than=reading.optional(declared.OLDER_THAN),
        delete_untagged=reading.optional(declared.DELETE_UNTAGGED),
        delete_ids=reading.optional(declared.DELETE_IDS) or (),
    )


def _restore(reading: Reading, workspace: Path) -> RestoreInputs:
    return RestoreInputs(
        ids=reading.optional(declared.RESTORE_IDS) or (),
        patterns=reading.optional(declared.RESTORE) or (),
        since=reading.optional(declared.DELETED_SINCE),
        journal=_file(reading, declared.RESTORE_FROM, workspace),
        whole_package=reading.required(declared.RESTORE_PACKAGE),
        repair=reading.required(declared.REPAIR),
    )


def _file(reading: Reading, entry: Input[str], workspace: Path) -> Path | None:
    text = reading.optional(entry)
    if text is None:
        return None
    return reading.attempt(entry, text, lambda given: workspace_file(given, workspace))


def _settings(
    reading: Reading, context: RunnerContext, target: Target, asked: Asked
) -> Settings | None:
    """The settings; None where what can't be guessed is a mistake, which then is recorded."""
    token = reading.optional(declared.TOKEN)
    dry_run = reading.required(declared.DRY_RUN)
    max_deletions = reading.optional(declared.MAX_DELETIONS)
    if_empty = reading.required(declared.IF_EMPTY)
    max_wait = reading.required(declared.MAX_WAIT)
    if token is None or target.names is None or target.package_type is None:
        return None
    if asked.journal_file is None or reading.mistakes:
        return None
    return Settings(
        token=token,
        owner=target.owner,
        names=target.names,
        is_named=bool(reading.text(declared.PACKAGE_NAME)),
        package_type=target.package_type,
        short=asked.short,
        untag=asked.untag,
        restore=asked.restore,
        dry_run=dry_run,
        max_deletions=max_deletions,
        if_empty=if_empty,
        journal_file=asked.journal_file,
        manifest_cache=asked.manifest_cache,
        max_wait=max_wait,
        api_url=target.api_url,
        registry_url=target.registry_url,
        workspace=context.workspace,
        summary_settings=_differences(reading, context),
    )


def _differences(reading: Reading, context: RunnerContext) -> tuple[tuple[str, str], ...]:
    """The inputs that differ from their defaults; to be asked only where there is no mistake."""
    usual = usual_texts(context)
    return tuple(
        (entry.name, reading.display.show(entry.show(text), limit=_LONGEST_SHOWN))
        for entry in INPUTS
        if entry.name != declared.TOKEN.name
        if (text := reading.text(entry))
        if _differs(entry, text, usual.get(entry.name, entry.default))
    )


def _differs(entry: Input[object], text: str, default: str) -> bool:
    """Whether the two mean something else; a runner that tells nonsense is no default."""
    try:
        return text != default and (not default or entry.read(text) != entry.read(default))
    except Unreadable:
        return True
