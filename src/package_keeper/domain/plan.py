"""The plan: one decision with its reason for every version of a package.

Decides the shape of a plan, not what is in it. The words of a reason are made here, once, so that
log, summary, journal and plan file say the same.
"""

from dataclasses import dataclass
from enum import Enum

from package_keeper.domain.model import Package, Version


class Verdict(Enum):
    """What a plan wants of a version."""

    KEEP = "keep"
    DELETE = "delete"
    RESTORE = "restore"
    UNTAG = "untag"


class Ground(Enum):
    """The kind of reason behind a decision, for counting and grouping."""

    RULE = "rule"
    NOT_SELECTED = "not selected"
    NEEDED = "needed"
    PART = "part"
    LAST = "last"
    DOUBT = "doubt"
    NOT_READABLE = "not readable"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens to one version, and why, in words a person understands.

    `source` groups decisions: the text of the rule, or the label of the image that is the cause.
    `after` are the ids of the versions that must be gone before this one may go: deleting a part
    while something that needs it stays would break that image. `parents` are the names of the
    versions it belonged to, for whoever wants to put it back. `tags_off` are the tags to take off
    where the verdict is untag. `is_stand_in` is true for what is left over from taking a tag off,
    and is never to come back.
    """

    version: Version
    verdict: Verdict
    ground: Ground
    reason: str
    source: str = ""
    after: tuple[int, ...] = ()
    parents: tuple[str, ...] = ()
    tags_off: tuple[str, ...] = ()
    is_image: bool = True
    is_stand_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every active version's decision: deletions first, in the order to carry them out.

    `would_empty` says that the rules select everything that counts; `deletes_package` that the
    whole package goes, by one request, and `restores_package` that it comes back by one, with
    versions that are not known before. `restoring` says that it is not about deleting, even where
    nothing is to be done. `missing_ids` were asked for and are not active versions.
    """

    package: Package
    decisions: tuple[Decision, ...]
    warnings: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    would_empty: bool = False
    deletes_package: bool = False
    restores_package: bool = False
    restoring: bool = False
    missing_ids: tuple[int, ...] = ()
    manifests_read: int = 0

    @property
    def deletions(self) -> tuple[Decision, ...]:
        """The versions to delete, parents before children, subjects before referrers."""
        return tuple(d for d in self.decisions if d.verdict is Verdict.DELETE)

    @property
    def untags(self) -> tuple[Decision, ...]:
        """The versions that stay and lose tags."""
        return tuple(d for d in self.decisions if d.verdict is Verdict.UNTAG)

    @property
    def restorations(self) -> tuple[Decision, ...]:
        """The deleted versions that are to come back, parts before what they belong to."""
        return tuple(d for d in self.decisions if d.verdict is Verdict.RESTORE)

    @property
    def changes(self) -> tuple[Decision, ...]:
        """Everything that is to be changed."""
        return (*self.deletions, *self.untags, *self.restorations)

    @property
    def is_to_change(self) -> bool:
        """Whether anything is to be changed, known versions or not."""
        return bool(self.changes) or self.deletes_package or self.restores_package

    @property
    def kept(self) -> tuple[Decision, ...]:
        """The versions that stay as they are."""
        return tuple(d for d in self.decisions if d.verdict is Verdict.KEEP)

    @property
    def staying(self) -> tuple[Decision, ...]:
        """The versions that stay, those that lose tags included."""
        return tuple(d for d in self.decisions if d.verdict is not Verdict.DELETE)
