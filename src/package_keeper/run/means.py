"""What every package of a run is worked on with: the question, the limits and the outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from package_keeper.domain.account import NOTHING, Account
from package_keeper.domain.limits import Limits
from package_keeper.domain.patterns import Pattern
from package_keeper.domain.planning import Question
from package_keeper.execution.journal import Journal
from package_keeper.run.ports import GitHub, Registries, Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRestore:
    """What is to be brought back instead of deleted; `journal` is about any of the packages.

    `notices` are what there is to say of that journal.
    """

    ids: tuple[int, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    since: datetime | None = None
    journal: Account = NOTHING
    notices: tuple[str, ...] = ()
    whole_package: bool = False
    repair: bool = False

    @property
    def is_by_journal(self) -> bool:
        """Whether a journal alone says what is to come back."""
        return bool(self.journal.all) and not (self.ids or self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of every package of a run; `workers` is how many requests go out at once.

    Where `restore` is given, nothing is deleted and the question's rules are not looked at.
    """

    question: Question
    limits: Limits
    dry_run: bool
    workers: int
    restore: ToRestore | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a run reaches the outside with.

    `token` is only looked at to give advice. `affordable` is how many requests may still be spent
    in this run, None where that is not known or more than enough. `unique` gives a text never used
    before, `pause` sleeps for so many seconds, and `elapsed` are seconds that never go back.
    `on_enterprise_server` is whether GitHub is one that somebody else runs.
    """

    github: GitHub
    registries: Registries
    journal: Journal
    shown: Shown
    token: str
    is_cancelled: Callable[[], bool]
    affordable: Callable[[], int | None]
    unique: Callable[[], str]
    pause: Callable[[float], None]
    elapsed: Callable[[], float]
    on_enterprise_server: bool = False
