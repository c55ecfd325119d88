"""Reading the inputs of one run, collecting every mistake on the way.

Decides how a mistake is worded from what a reader says, and that nothing secret gets into it. It
does not decide what is a mistake; the readers of values, names and addresses do.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from package_keeper.domain.errors import InputMistake
from package_keeper.inputs.declared import INPUTS, TOKEN, Input
from package_keeper.inputs.display import Display
from package_keeper.inputs.suggestions import RUNNERS_OWN, about_unknown
from package_keeper.inputs.values import Problem, Unreadable

_PREFIX = "INPUT_"
_LONGEST_PROBLEM = 300

_T = TypeVar("_T")
_R = TypeVar("_R")


class Reading:
    """The inputs as the runner passes them: `INPUT_` and the name in upper case, hyphens kept.

    Blank means not given. A value that can't be read is recorded as a mistake, and reading goes
    on with the default, so that all mistakes are found in one run.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._texts = {
            entry.name: environ.get(f"{_PREFIX}{entry.name.upper()}", "").strip()
            for entry in INPUTS
        }
        self.display = Display(token=self._texts[TOKEN.name])
        self._mistakes: list[InputMistake] = []
        self._wrong: set[str] = set()
        self._record_unknown(environ)
        self._record_pasted_tokens()

    @property
    def mistakes(self) -> tuple[InputMistake, ...]:
        """All mistakes so far: unknown inputs first, then in the order of the table."""
        order = {entry.name: position for position, entry in enumerate(INPUTS)}
        return tuple(sorted(self._mistakes, key=lambda mistake: order.get(mistake.name, -1)))

    def is_wrong(self, *entries: Input[object]) -> bool:
        """Whether one of these inputs could not be read, so that nothing follows from it."""
        return any(entry.name in self._wrong for entry in entries)

    def text(self, entry: Input[object]) -> str:
        """The input as it was written, without the space around it."""
        return self._texts[entry.name]

    def optional(self, entry: Input[_T], *, fallback: str = "") -> _T | None:
        """The value; None where it is not given, has no default, or is a mistake."""
        text = self._texts[entry.name] or entry.default or fallback
        return self.attempt(entry, text, entry.read) if text else None

    def required(self, entry: Input[_T]) -> _T:
        """The value, or that of the default, which the entry must have."""
        value = self.optional(entry)
        return entry.read(entry.default) if value is None else value

    def attempt(self, entry: Input[object], source: _R, read: Callable[[_R], _T]) -> _T | None:
        """What `read` makes of the source; None, and mistakes of this input, where it can't."""
        if self.is_wrong(entry):
            return None
        try:
            return read(source)
        except Unreadable as error:
            for problem in error.problems:
                self._record(entry, problem)
            return None

    def refuse(self, entry: Input[object], problem: str, *, value: str | None = None) -> None:
        """Record a mistake that more than the input's own text shows."""
        self._add(
            InputMistake(
                name=entry.name,
                value=None if value is None else self.display.show(value),
                problem=self.display.show(problem, limit=_LONGEST_PROBLEM),
            )
        )

    def _record(self, entry: Input[object], problem: Problem) -> None:
        secret = entry.name == TOKEN.name
        self._add(
            InputMistake(
                name=entry.name,
                value=None if secret else self.display.show(problem.value),
                problem=self.display.show(problem.text, limit=_LONGEST_PROBLEM),
                accepted=entry.accepted,
            )
        )

    def _add(self, mistake: InputMistake) -> None:
        self._wrong.add(mistake.name)
        self._mistakes.append(mistake)

    def _record_unknown(self, environ: Mapping[str, str]) -> None:
        """Record inputs that do not exist; their values may be anything, so none is shown."""
        known = {f"{_PREFIX}{entry.name.upper()}" for entry in INPUTS}
        known |= {f"{_PREFIX}{name.upper()}" for name in RUNNERS_OWN}
        for key in sorted(key for key in environ if key.startswith(_PREFIX) and key not in known):
            name = key.removeprefix(_PREFIX).lower()
            problem = about_unknown(name, (entry.name for entry in INPUTS))
            shown = self.display.show(name)
            self._add(InputMistake(name=shown, value=None, problem=problem))

    @property
    def has_unknown(self) -> bool:
        """Whether inputs were given that do not exist, so that what was asked for is open."""
        return not self._wrong <= {entry.name for entry in INPUTS}

    def _record_pasted_tokens(self) -> None:
        """Record tokens in other inputs, from where they would get into requests and records."""
        for entry in INPUTS:
            text = self._texts[entry.name]
            if entry.name != TOKEN.name and self.display.reveals(text):
                self.refuse(
                    entry, "holds a token; it belongs into the input token only", value=text
                )
