"""The GitHub Actions runner: its log, annotations, masks, outputs and job summary.

Decides how text reaches the runner without being taken for a command, and that no secret that is
known leaves through here. Outside of Actions the same calls print plain text. It does not decide
what is said. actions-toolkit prints and raises from its core; here only its parts that make
commands and file entries are used, so that a failure to write can be told from everything else,
and so that its HTTP client is not loaded.
"""

import os
import re
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from actions_toolkit.command import Command
from actions_toolkit.file_command import prepare_key_value_message

SUMMARY_LIMIT = 1024 * 1024
"""Bytes of a step's summary; the runner drops a larger one whole."""

SHORTEST_SECRET = 5
"""Characters; masking less would blacken the log without hiding anything."""

_COMMAND = re.compile(r"^([\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*)::")
"""Blanks, and what some readers take for blanks, before what would begin a command."""

_CUT = "\n\n…\n\nThe summary was cut here: it was larger than GitHub shows.\n"


class Runner:
    """Writes to the runner, or to a terminal; from any thread.

    `environ` is the environment and `out` where the runner reads, stdout.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ, out: TextIO | None = None) -> None:
        self._environ = environ
        self._out = sys.stdout if out is None else out
        self._lock = threading.Lock()
        self._secrets: tuple[str, ...] = ()
        self._unwritable: set[Path] = set()
        self.in_actions = environ.get("GITHUB_ACTIONS") == "true"

    def mask(self, secret: str) -> None:
        """Hide a secret that the runner does not know, here and in what others write."""
        for text in self.hide(secret):
            if self.in_actions:
                self._write(str(Command("add-mask", {}, text)))

    def hide(self, secret: str) -> tuple[str, ...]:
        """Hide a secret, each line of it, in all that is written here; returns what is new."""
        lines = (line.strip() for line in secret.splitlines())
        secrets = dict.fromkeys(text for text in lines if len(text) >= SHORTEST_SECRET)
        new = tuple(text for text in secrets if text not in self._secrets)
        # The longest first, so that no part of one is left beside another.
        self._secrets = tuple(sorted((*self._secrets, *new), key=len, reverse=True))
        return new

    def redact(self, text: str) -> str:
        """The text with every known secret replaced by `***`."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def line(self, text: str) -> None:
        """One or more lines of the log, none of which can be a command."""
        self._write("\n".join(inert(part) for part in _lines(self.redact(text))))

    def group(self, title: str) -> None:
        """Begin a part of the log that folds."""
        self._command("group", {}, " ".join(_lines(title)), plain=title)

    def end_group(self) -> None:
        """End the part that folds."""
        if self.in_actions:
            self._command("endgroup", {}, "", plain="")

    def notice(self, text: str, *, title: str = "") -> None:
        """An annotation that informs."""
        self._annotate("notice", text, title)

    def warning(self, text: str, *, title: str = "") -> None:
        """An annotation that warns."""
        self._annotate("warning", text, title)

    def error(self, text: str, *, title: str = "") -> None:
        """An annotation for a failure."""
        self._annotate("error", text, title)

    def output(self, name: str, value: str) -> None:
        """Set an output of the step; where that can't be written, one warning is for all."""
        path = self._environ.get("GITHUB_OUTPUT", "")
        if not path:
            if self.in_actions:  # a runner from before the file existed
                self._command("set-output", {"name": name}, value, plain="")
            return
        entry = prepare_key_value_message(name, self.redact(value)) + "\n"
        self._append(Path(path), entry, what="the outputs")

    def summary(self, markdown: str) -> None:
        """Add to the job summary, cut at a line where the runner would drop the whole."""
        path = self._environ.get("GITHUB_STEP_SUMMARY", "")
        if not path:
            return
        file = Path(path)
        text = fitting(self.redact(markdown), SUMMARY_LIMIT - _size(file))
        self._append(file, text, what="the summary")

    def _annotate(self, level: str, text: str, title: str) -> None:
        plain = f"{level}: {title + ': ' if title else ''}{text}"
        properties = {"title": " ".join(_lines(self.redact(title)))} if title else {}
        self._command(level, properties, text, plain=plain)

    def _command(self, name: str, properties: Mapping[str, str], text: str, *, plain: str) -> None:
        if self.in_actions:
            self._write(str(Command(name, dict(properties), self.redact(text))))
        else:
            self.line(plain)

    def _append(self, file: Path, text: str, *, what: str) -> None:
        try:
            with file.open("a", encoding="utf-8", errors="replace", newline="") as stream:
                stream.write(text)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            if file not in self._unwritable:
                self.warning(f"Could not write {what}: {reason}.")
            self._unwritable.add(file)

    def _write(self, text: str) -> None:
        encoding = self._out.encoding or "utf-8"
        shown = text.encode(encoding, errors="backslashreplace").decode(encoding)
        with self._lock:
            try:
                self._out.write(shown + "\n")
                self._out.flush()
            except (OSError, ValueError):
                # Nobody reads the log any more; what is being done goes on, and is in the journal.
                return


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def inert(line: str) -> str:
    """The line in a form that the runner does not execute.

    It takes for a command what starts with `::` after blanks, and `##[` anywhere; a backslash in
    between shows a reader what was there.
    """
    return _COMMAND.sub(r"\1\\::", line.replace("##[", "##\\["))


def fitting(markdown: str, limit: int) -> str:
    """The text, or the whole lines of it that fit into so many bytes with a word about the cut."""
    content = markdown.encode("utf-8", errors="replace")
    if len(content) <= limit:
        return markdown
    room = limit - len(_CUT.encode())
    if room <= 0:
        return ""
    whole_lines = content[:room].rpartition(b"\n")[0]
    return whole_lines.decode("utf-8", errors="ignore") + _CUT


def _lines(text: str) -> list[str]:
    """Split where any reader might: the runner splits at CR and LF."""
    return re.split(r"\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", text)
