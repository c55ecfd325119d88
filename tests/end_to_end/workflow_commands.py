"""What the runner executes of what an action prints.

Decides, as the runner does, which lines of stdout and stderr are commands: a line that starts with
`::` after blanks, or holds `##[` anywhere, and names a command that exists (actions/runner,
ActionCommand.cs). It does not carry any of them out; tests look at what is left.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

NAMES = frozenset(
    "add-mask add-matcher add-path debug echo endgroup error group notice remove-matcher "
    "save-state set-env set-output stop-commands warning".split()
)

_MODERN = re.compile(r"\s*::(?P<name>[^\s:]+)(?: (?P<properties>.*?))?::(?P<data>.*)")
_OLD = re.compile(r"##\[(?P<name>[^\s\]]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)")
_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command that the runner would execute, unescaped."""

    name: str
    data: str
    properties: Mapping[str, str]

    @property
    def title(self) -> str:
        """The title of an annotation; empty where it has none."""
        return self.properties.get("title", "")


def commands_in(log: str) -> tuple[Command, ...]:
    """Every command in what was printed, in its order."""
    return tuple(found for line in re.split(r"[\r\n]+", log) if (found := command_of(line)))


def command_of(line: str) -> Command | None:
    """The command on a line, None where the runner shows the line as it is."""
    match = _MODERN.fullmatch(line) or _OLD.search(line)
    if match is None or match["name"].lower() not in NAMES:
        return None
    return Command(
        name=match["name"].lower(),
        data=_unescaped(match["data"], _DATA),
        properties=dict(_properties(match["properties"] or "")),
    )


def _properties(text: str) -> Iterator[tuple[str, str]]:
    for part in re.split("[,;]", text):
        name, equals, value = part.partition("=")
        if equals:
            yield name.strip(), _unescaped(value, _PROPERTY)


def _unescaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for written, meant in escapes:
        text = text.replace(written, meant)
    return text
