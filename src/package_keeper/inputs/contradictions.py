"""Inputs that are fine by themselves and don't fit together.

Decides what can't be carried out as a whole, or would be without effect. Nothing is said about
inputs that are mistakes already: what they were meant to be is not known.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from package_keeper.domain.model import DIGEST, PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.shorthand import ShortInputs
from package_keeper.inputs import declared, values
from package_keeper.inputs.lists import each
from package_keeper.inputs.names import NameSelection
from package_keeper.inputs.reading import Reading
from package_keeper.inputs.restoring import RestoreInputs
from package_keeper.inputs.values import unreadable

_TAG_GLOB = re.compile(r"[A-Za-z0-9_.*?\[\]!-]+")
_LONGEST_TAG = 128
_DIGEST_GLOB = re.compile(r"sha256:[0-9a-f*?\[\]!-]+")

_SELECTING = (
    declared.VERSIONS_TO_KEEP,
    declared.DELETE,
    declared.DELETE_UNTAGGED,
    declared.DELETE_IDS,
)
WAYS_TO_ASK = (
    "versions-to-keep (how many of the newest stay), delete (patterns of what may go), "
    "delete-untagged: true, or delete-ids; to bring something back by restore-ids, restore, "
    "restore-from, restore-package or repair"
)
_VERSIONS = (declared.RESTORE_IDS, declared.RESTORE, declared.RESTORE_FROM)
_ALONE = (declared.RESTORE_PACKAGE, declared.REPAIR)
_RESTORING = (*_VERSIONS, *_ALONE)
_ONLY_FOR_DELETING = (
    declared.VERSIONS_TO_KEEP,
    declared.KEEP,
    declared.DELETE,
    declared.OLDER_THAN,
    declared.DELETE_UNTAGGED,
    declared.DELETE_IDS,
    declared.UNTAG,
    declared.MAX_DELETIONS,
    declared.IF_EMPTY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was read so far; None also stands for what is a mistake already."""

    short: ShortInputs
    untag: bool
    restore: RestoreInputs
    names: NameSelection | None
    package_type: PackageType | None
    journal_file: Path | None
    manifest_cache: Path | None


def record_contradictions(reading: Reading, asked: Asked) -> None:
    """Record every contradiction as a mistake of the input that is to be changed."""
    if asked.restore.is_asked and not reading.is_wrong(*_RESTORING):
        record_restoring(reading, asked)
    elif not reading.is_wrong(*_RESTORING):
        _selection(reading, asked.short)
        _narrows_nothing(reading)
    _ids_of_several(reading, asked)
    _untagging(reading, asked)
    if asked.package_type is not None:
        _without_effect(reading, asked.short, asked.package_type)
        _impossible_patterns(reading, asked, asked.package_type)
    _same_file(reading, asked)


def _selection(reading: Reading, short: ShortInputs) -> None:
    """Something must be asked for, unless what is wrong may have been the asking."""
    if short.selects or reading.has_unknown or reading.is_wrong(*_SELECTING):
        return
    if reading.text(declared.OLDER_THAN):
        problem = f"only narrows what may go, and nothing is to go. Ask for it by {WAYS_TO_ASK}"
        reading.refuse(declared.OLDER_THAN, problem)
    elif reading.text(declared.KEEP):
        number = any(pattern.text.isdecimal() for pattern in short.keep)
        named = " It holds names of tags or versions, not how many stay." if number else ""
        problem = f"only protects, and nothing is to go.{named} Ask for it by {WAYS_TO_ASK}"
        reading.refuse(declared.KEEP, problem)
    else:
        reading.refuse(declared.VERSIONS_TO_KEEP, f"nothing is asked for. Ask by {WAYS_TO_ASK}")


def _narrows_nothing(reading: Reading) -> None:
    if reading.text(declared.DELETED_SINCE) and not reading.is_wrong(declared.DELETED_SINCE):
        problem = "only narrows restore, which is not given"
        reading.refuse(declared.DELETED_SINCE, problem)


def record_restoring(reading: Reading, asked: Asked) -> None:
    """Restoring is one thing at a time, and never together with deleting."""
    for entry in _ONLY_FOR_DELETING:
        text = reading.text(entry)
        if text and text != entry.default and text not in values.FALSE:
            problem = "is about deleting, and this step restores: these are two steps"
            reading.refuse(entry, problem)
    ways = [entry.name for entry in _ALONE if reading.text(entry) in values.TRUE]
    others = [entry.name for entry in _VERSIONS if reading.text(entry)]
    if ways and len(ways) + len(others) > 1:
        problem = f"can't go together with {', '.join([*ways, *others][1:])}"
        reading.refuse(_ALONE[0] if ways[0] == _ALONE[0].name else _ALONE[1], problem)
    if not asked.restore.patterns:
        _narrows_nothing(reading)
    _restoring_of(reading, asked)


def _restoring_of(reading: Reading, asked: Asked) -> None:
    names, restore = asked.names, asked.restore
    if restore.ids and names is not None and not names.is_one:
        problem = "needs exactly one package: ids belong to one, and package-name names more"
        reading.refuse(declared.RESTORE_IDS, problem)
    if restore.whole_package and names is not None and names.needs_listing:
        problem = "needs exact names: deleted packages are in no listing"
        reading.refuse(declared.RESTORE_PACKAGE, problem)
    if restore.repair and asked.package_type not in (PackageType.CONTAINER, None):
        problem = f"has no effect on {asked.package_type.value}: only containers have parts"
        reading.refuse(declared.REPAIR, problem)


def _ids_of_several(reading: Reading, asked: Asked) -> None:
    if asked.short.delete_ids and asked.names is not None and not asked.names.is_one:
        problem = "needs exactly one package: ids belong to one, and package-name names more"
        reading.refuse(declared.DELETE_IDS, problem)


def _untagging(reading: Reading, asked: Asked) -> None:
    if not asked.untag:
        return
    if asked.package_type not in (PackageType.CONTAINER, None):
        problem = f"has no effect on {asked.package_type.value}: only containers can lose a tag"
        reading.refuse(declared.UNTAG, problem, value="true")
    elif not asked.short.delete and not reading.is_wrong(declared.DELETE):
        problem = "needs delete: a tag is taken off only where a pattern there says that it may go"
        reading.refuse(declared.UNTAG, problem, value="true")


def _without_effect(reading: Reading, short: ShortInputs, package_type: PackageType) -> None:
    if short.delete_untagged and not package_type.has_tags:
        problem = f"does not fit {package_type.value}, whose versions have no tags to be without"
        reading.refuse(declared.DELETE_UNTAGGED, problem, value="true")
    if reading.text(declared.MANIFEST_CACHE) and package_type is not PackageType.CONTAINER:
        problem = f"has no effect on {package_type.value}: only containers have manifests to keep"
        value = reading.text(declared.MANIFEST_CACHE)
        reading.refuse(declared.MANIFEST_CACHE, problem, value=value)


def _impossible_patterns(reading: Reading, asked: Asked, package_type: PackageType) -> None:
    """Patterns no tag can match; elsewhere versions are named freely."""
    if not package_type.has_tags:
        return
    for entry, patterns in (
        (declared.KEEP, asked.short.keep),
        (declared.DELETE, asked.short.delete),
        (declared.RESTORE, asked.restore.patterns),
    ):
        reading.attempt(entry, patterns, lambda given: each(given, _possible))


def _possible(pattern: Pattern) -> Pattern:
    problem = None if pattern.is_regex else _why_impossible(pattern)
    if problem:
        raise unreadable(pattern.text, problem)
    return pattern


def _why_impossible(glob: Pattern) -> str | None:
    """Why a glob matches neither tag nor digest; tags by the OCI distribution specification."""
    if glob.means_digest:
        grammar = DIGEST if glob.is_literal else _DIGEST_GLOB
        if not grammar.fullmatch(glob.text):
            return "can't match a digest, which is sha256: and 64 hexadecimal digits"
    elif not _TAG_GLOB.fullmatch(glob.text):
        return "holds characters that no tag has; a regular expression is written as /.../"
    elif glob.text.startswith(("-", ".")):
        return "can't match a tag, which starts with a letter, a digit or '_'"
    elif glob.is_literal and len(glob.text) > _LONGEST_TAG:
        return f"can't match a tag, which has at most {_LONGEST_TAG} characters"
    return None


def _same_file(reading: Reading, asked: Asked) -> None:
    """Journal and cache would overwrite one another."""
    value = reading.text(declared.MANIFEST_CACHE)
    if asked.manifest_cache is None:
        return
    for name, other in (
        (declared.JOURNAL_FILE.name, asked.journal_file),
        (declared.RESTORE_FROM.name, asked.restore.journal),
    ):
        if asked.manifest_cache == other:
            reading.refuse(declared.MANIFEST_CACHE, f"is the {name} as well", value=value)
