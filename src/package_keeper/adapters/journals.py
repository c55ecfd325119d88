"""The journals that the inputs name: the one to write, and the one to undo.

Decides when they are opened: before the first request, so that a wrong path is a wrong input. What
counts as a journal, and what follows from it, is decided elsewhere.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from package_keeper.adapters.journal_file import check_journal, read_journal
from package_keeper.inputs.declared import JOURNAL_FILE
from package_keeper.inputs.restoring import JournalScope, Meant, refused_journal
from package_keeper.inputs.settings import Settings
from package_keeper.run.means import ToRestore


def check_journal_file(settings: Settings) -> None:
    """Raise WrongInputs where it is plain that nothing could be written ahead of a request."""
    try:
        check_journal(settings.journal_file, workspace=settings.workspace)
    except OSError as error:
        reason = error.strerror or str(error)
        raise refused_journal(f"can't be written: {reason}", JOURNAL_FILE) from error


def to_restore(settings: Settings) -> tuple[ToRestore | None, Settings]:
    """What is to come back, and the settings with the packages that a journal names.

    Raises WrongInputs.
    """
    asked = settings.restore
    if not asked.is_asked:
        return None, settings
    restore = ToRestore(
        ids=asked.ids,
        patterns=asked.patterns,
        since=asked.deleted_since(datetime.now(UTC)),
        whole_package=asked.whole_package,
        repair=asked.repair,
    )
    if asked.journal is None:
        return restore, settings
    meant = _meant_of_journal(settings, asked.journal)
    restore = replace(restore, journal=meant.account, notices=meant.notices)
    return restore, replace(settings, names=meant.names)


def _meant_of_journal(settings: Settings, journal: Path) -> Meant:
    try:
        text = read_journal(journal, workspace=settings.workspace)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refused_journal(f"can't be read: {reason}") from error
    by_journal_alone = not (settings.restore.ids or settings.restore.patterns)
    scope = JournalScope(
        owner=settings.owner,
        package_type=settings.package_type,
        names=settings.names,
        takes_all=by_journal_alone and not settings.is_named,
    )
    return scope.meant_of(text)
