"""Runs of the program's middle on packages in memory, and what they leave behind."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from domain.packages import NOW
from fakes.github import GitHubInMemory
from package_keeper.domain.limits import IfEmpty, Limits, MaxDeletions
from package_keeper.domain.model import PackageType
from package_keeper.domain.plan import Plan
from package_keeper.domain.planning import Question
from package_keeper.domain.report import RunReport
from package_keeper.domain.rules import Rule
from package_keeper.execution.journal import Journal
from package_keeper.inputs.names import NameSelection
from package_keeper.run.all_packages import Run, Target
from package_keeper.run.means import Asked, Means

TOKEN = "ghp_made_up"


class LinesInMemory:
    """Where a journal's lines go; `before` is called before each and may raise."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.before: Callable[[str], None] = lambda _: None

    def append(self, *lines: str) -> None:
        for line in lines:
            self.before(line)
            self.lines.append(line)

    @property
    def entries(self) -> list[dict[str, object]]:
        """The lines, read."""
        return [json.loads(line) for line in self.lines]

    @property
    def actions(self) -> list[tuple[object, object]]:
        """Id and outcome of each line about an action."""
        return [(e["id"], e["outcome"]) for e in self.entries if "id" in e]


class ShownInMemory:
    """What a run showed; `before` is called before each time and may raise."""

    def __init__(self) -> None:
        self.groups: list[str] = []
        self.plans: list[Plan] = []
        self.progressed: list[tuple[int, int]] = []
        self.before: Callable[[str], None] = lambda _: None

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        self.groups.append(title)
        yield

    def plan(self, plan: Plan) -> None:
        self.before("plan")
        self.plans.append(plan)

    def progress(self, done: int, planned: int) -> None:
        self.before("progress")
        self.progressed.append((done, planned))


@dataclass(slots=True)
class Stage:
    """Everything that a run touches, and how it is asked for."""

    github: GitHubInMemory
    lines: LinesInMemory = field(default_factory=LinesInMemory)
    shown: ShownInMemory = field(default_factory=ShownInMemory)
    token: str = TOKEN
    workers: int = 4
    affordable: int | None = None
    is_cancelled: Callable[[], bool] = lambda: False
    now: datetime = NOW
    paused: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(10**6)))
    _lock: Lock = field(default_factory=Lock)

    @property
    def journal(self) -> Journal:
        return Journal(lines=self.lines, now=lambda: self.now, header={"program": "test"})

    @property
    def means(self) -> Means:
        return Means(
            github=self.github,
            registries=self.github,
            journal=self.journal,
            shown=self.shown,
            token=self.token,
            is_cancelled=self.is_cancelled,
            affordable=lambda: self.affordable,
            unique=self.unique,
            pause=self.paused.append,
            elapsed=lambda: self.elapsed,
        )

    def unique(self) -> str:
        with self._lock:
            return f"unique {next(self._numbers)}"

    def asked(
        self,
        rules: Sequence[Rule],
        *,
        dry_run: bool = False,
        untag: bool = False,
        if_empty: IfEmpty = IfEmpty.KEEP_NEWEST,
        max_deletions: MaxDeletions | None = None,
    ) -> Asked:
        question = Question(rules=tuple(rules), now=self.now, if_empty=if_empty, untag=untag)
        limits = Limits(max_deletions=max_deletions, if_empty=if_empty)
        return Asked(question=question, limits=limits, dry_run=dry_run, workers=self.workers)

    def run(
        self,
        asked: Asked,
        *names: str,
        package_type: PackageType = PackageType.CONTAINER,
        selection: NameSelection | None = None,
    ) -> RunReport:
        """A whole run; of the package `app` where no names are given."""
        chosen = selection or NameSelection(exact=names or ("app",))
        target = Target(owner="acme", package_type=package_type, names=chosen)
        running = Run(target, asked, self.means)
        running.carry_out()
        return running.report()
