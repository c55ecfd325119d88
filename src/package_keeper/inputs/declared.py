"""The table of all inputs: name, default, how it is read and what it accepts.

Decides what `action.yml` declares; a test holds the two together. A new input is one entry here,
one there and one field of `Settings`. It does not decide which inputs fit together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from package_keeper.domain.limits import IfEmpty, MaxDeletions
from package_keeper.domain.model import PackageType
from package_keeper.domain.patterns import Pattern
from package_keeper.inputs import addresses, durations, files, lists, values

_T_co = TypeVar("_T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(Generic[_T_co]):
    """One input: `default` is the text that blank stands for; empty where blank means not given.

    `action_default` is what `action.yml` has instead where it is an expression. `show` makes the
    text for the summary.
    """

    name: str
    read: Callable[[str], _T_co]
    accepted: str
    default: str = ""
    action_default: str | None = None
    show: Callable[[str], str] = str

    @property
    def declared_default(self) -> str:
        """The default as it stands in `action.yml`."""
        return self.default if self.action_default is None else self.action_default


def _show_items(text: str) -> str:
    return ", ".join(lists.read_items(text))


_BOOLEAN = "true or false"
_PATTERNS = "globs such as v1.*, or /regular expressions/, one per line or separated by commas"
_URL = "an address that starts with http:// or https://"

TOKEN: Input[str] = Input(
    name="token",
    read=values.read_token,
    accepted="a token in printable ASCII without spaces",
    action_default="${{ github.token }}",
)
OWNER: Input[str] = Input(
    name="owner", read=values.read_login, accepted="the login of a user or an organization"
)
PACKAGE_NAME: Input[tuple[str, ...]] = Input(
    name="package-name",
    read=lists.read_items,
    accepted="names or globs, one per line or separated by commas; !name excludes",
    show=_show_items,
)
PACKAGE_TYPE: Input[PackageType] = Input(
    name="package-type",
    read=values.one_of(PackageType),
    accepted=values.values_of(PackageType),
    default="container",
)
VERSIONS_TO_KEEP: Input[int] = Input(
    name="versions-to-keep", read=values.read_whole_number, accepted="a whole number from 0"
)
KEEP: Input[tuple[Pattern, ...]] = Input(
    name="keep", read=lists.read_patterns, accepted=_PATTERNS, show=_show_items
)
DELETE: Input[tuple[Pattern, ...]] = Input(
    name="delete", read=lists.read_patterns, accepted=_PATTERNS, show=_show_items
)
OLDER_THAN: Input[timedelta] = Input(
    name="older-than",
    read=durations.read_duration,
    accepted=durations.ACCEPTED,
    show=durations.explain_duration,
)
DELETE_UNTAGGED: Input[bool] = Input(
    name="delete-untagged", read=values.read_boolean, accepted=_BOOLEAN
)
DELETE_IDS: Input[tuple[int, ...]] = Input(
    name="delete-ids",
    read=lists.read_ids,
    accepted="ids of versions, one per line or separated by commas",
    show=_show_items,
)
UNTAG: Input[bool] = Input(
    name="untag", read=values.read_boolean, accepted=_BOOLEAN, default="false"
)
RESTORE_IDS: Input[tuple[int, ...]] = Input(
    name="restore-ids",
    read=lists.read_ids,
    accepted="ids of deleted versions, one per line or separated by commas",
    show=_show_items,
)
RESTORE: Input[tuple[Pattern, ...]] = Input(
    name="restore", read=lists.read_patterns, accepted=_PATTERNS, show=_show_items
)
RESTORE_FROM: Input[str] = Input(
    name="restore-from", read=values.read_text, accepted=files.ACCEPTED
)
RESTORE_PACKAGE: Input[bool] = Input(
    name="restore-package", read=values.read_boolean, accepted=_BOOLEAN, default="false"
)
DELETED_SINCE: Input[datetime | timedelta] = Input(
    name="deleted-since", read=durations.read_moment, accepted=durations.MOMENT_ACCEPTED
)
REPAIR: Input[bool] = Input(
    name="repair", read=values.read_boolean, accepted=_BOOLEAN, default="false"
)
DRY_RUN: Input[bool] = Input(
    name="dry-run", read=values.read_boolean, accepted=_BOOLEAN, default="false"
)
MAX_DELETIONS: Input[MaxDeletions] = Input(
    name="max-deletions",
    read=values.read_max_deletions,
    accepted="a whole number such as 25, or a share such as 10%",
)
IF_EMPTY: Input[IfEmpty] = Input(
    name="if-empty",
    read=values.one_of(IfEmpty),
    accepted=values.values_of(IfEmpty),
    default="keep-newest",
)
JOURNAL_FILE: Input[str] = Input(
    name="journal-file",
    read=values.read_text,
    accepted=files.ACCEPTED,
    default="package-keeper-journal.jsonl",
)
MANIFEST_CACHE: Input[str] = Input(
    name="manifest-cache", read=values.read_text, accepted=files.ACCEPTED
)
MAX_WAIT: Input[timedelta] = Input(
    name="max-wait",
    read=durations.read_duration,
    accepted=durations.ACCEPTED,
    default="15m",
    show=durations.explain_duration,
)
API_URL: Input[str] = Input(
    name="api-url",
    read=addresses.read_api_url,
    accepted=_URL,
    action_default="${{ github.api_url }}",
)
REGISTRY_URL: Input[str] = Input(
    name="registry-url", read=addresses.read_registry_url, accepted=_URL
)

INPUTS: tuple[Input[object], ...] = (
    TOKEN,
    OWNER,
    PACKAGE_NAME,
    PACKAGE_TYPE,
    VERSIONS_TO_KEEP,
    KEEP,
    DELETE,
    OLDER_THAN,
    DELETE_UNTAGGED,
    DELETE_IDS,
    UNTAG,
    RESTORE_IDS,
    RESTORE,
    RESTORE_FROM,
    RESTORE_PACKAGE,
    DELETED_SINCE,
    REPAIR,
    DRY_RUN,
    MAX_DELETIONS,
    IF_EMPTY,
    JOURNAL_FILE,
    MANIFEST_CACHE,
    MAX_WAIT,
    API_URL,
    REGISTRY_URL,
)
"""In the order in which they are explained and in which their mistakes are reported."""
