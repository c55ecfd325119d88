"""A log and a job summary as a person sees them on GitHub, on a terminal.

Decides how commands to the runner and Markdown look as plain text; what both say is untouched.
Only as much Markdown is known as the action writes.
"""

import html
import re
import textwrap
from collections.abc import Iterable, Iterator

from end_to_end.workflow_commands import Command, command_of

WIDTH = 116
MOST_ALIKE = 5

_MARKS = {"error": "✖ Error", "warning": "⚠ Warning", "notice": "● Notice"}
_LINK = re.compile(r"\[((?:[^\]\\]|\\.)*)\]\([^)]*\)")
_TAG = re.compile(r"<!--.*?-->|</?[a-z]+>")


def log_lines(log: str) -> Iterator[str]:
    """The lines of a log: groups unfolded, annotations as their texts, masks applied."""
    masks: list[str] = []
    inside = False
    for line in log.splitlines():
        command = command_of(line)
        if command is None:
            text = "  " * inside + line
            for mask in masks:
                text = text.replace(mask, "***")
            yield text
        elif command.name == "add-mask":
            masks.append(command.data)
        else:
            inside = command.name == "group" or (inside and command.name != "endgroup")
            yield from _shown(command)


def _shown(command: Command) -> Iterator[str]:
    if command.name == "group":
        yield f"▾ {command.data}"
    elif command.name in _MARKS:
        yield f"{_MARKS[command.name]}: {command.title}"
        for line in command.data.split("\n"):
            yield from textwrap.wrap(
                line, WIDTH - 4, initial_indent="    ", subsequent_indent="    "
            )


def summary_lines(markdown: str) -> Iterator[str]:
    """The lines of a job summary: tables aligned, what is collapsed unfolded and indented."""
    table: list[list[str]] = []
    fenced = False
    for line in markdown.splitlines():
        if line.startswith("|"):
            table.append(_cells(line))
            continue
        yield from _aligned(table)
        table = []
        fenced ^= line.startswith("```")
        if fenced:
            yield "" if line.startswith("```") else f"    {line}"
        elif line not in ("<details>", "</details>", "```"):
            yield from textwrap.wrap(_plain(line.replace("<summary>", "▸ ")), WIDTH) or [""]
    yield from _aligned(table)


def _cells(line: str) -> list[str]:
    return [_plain(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def _aligned(table: list[list[str]]) -> Iterator[str]:
    if not table:
        return
    rows = [row for row in table if not re.fullmatch(r"[-: ]+", "".join(row))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        yield ("  " + "   ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
        if number == 0:
            yield ("  " + "   ".join("─" * width for width in widths))


def _plain(markdown: str) -> str:
    text = _LINK.sub(r"\1", _TAG.sub("", markdown))
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text.replace("`", ""))
    return html.unescape(re.sub(r"^#+ ", "", text))


def folded(lines: Iterable[str]) -> Iterator[str]:
    """The lines, with no more than a few of those that are about one version each."""
    alike = 0
    for line in lines:
        if line.startswith(("  delete ", "  restore ")):
            alike += 1
            if alike > MOST_ALIKE:
                continue
        elif alike > MOST_ALIKE:
            yield f"  … {alike - MOST_ALIKE} more lines like these"
            alike = 0
        yield line


def boxed(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Lines with a frame at their left side, cut at the width of a page."""
    yield f"┌─ {title} " + "─" * max(0, WIDTH - len(title) - 2)
    for line in lines:
        shown = line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
        yield f"│ {shown}".rstrip()
    yield "└" + "─" * (WIDTH + 1)
