"""The journal's file in the workspace.

Decides that lines are appended and never replaced, that each is handed to the system before the
request it announces, that no secret is in one, whoever repeated it, and that no link leads out of
the workspace. The file is made when the first line is written, so that a run without changes leaves
none. It does not decide what a line says.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path


class OutsideWorkspace(OSError):
    """The path leads out of the workspace, through a link."""


class JournalFile:
    """Lines at the end of a file; each is on its way to disk when `append` returns.

    `redact` takes the secrets out of a text.
    """

    def __init__(self, path: Path, *, workspace: Path, redact: Callable[[str], str]) -> None:
        self.path = path
        self._workspace = workspace
        self._redact = redact
        self._descriptor: int | None = None
        self._written = self._closed = self._torn = False
        self._lock = threading.Lock()

    @property
    def is_written(self) -> bool:
        """Whether this run wrote anything."""
        return self._written

    def append(self, line: str) -> None:
        """Write one line; raises OSError where it can't be, and then nothing may be changed."""
        with self._lock:
            if self._closed:
                raise OSError("the journal is closed")
            if self._descriptor is None:
                self._descriptor = self._open()
            elif self._torn:
                _end_line(self._descriptor)
            self._torn = True
            _write_all(self._descriptor, f"{self._redact(line)}\n".encode())
            os.fsync(self._descriptor)
            self._written, self._torn = True, False

    def close(self) -> None:
        """Let go of the file; nothing can be written any more."""
        with self._lock:
            self._closed = True
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _open(self) -> int:
        if not self.path.resolve().is_relative_to(self._workspace.resolve()):
            raise OutsideWorkspace(f"{self.path.name} leads out of the workspace")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        _end_line(descriptor)  # a run was killed in the middle of one
        return descriptor


def read_journal(path: Path, *, workspace: Path) -> str:
    """The whole text of a journal in the workspace; raises OSError or UnicodeDecodeError."""
    if not path.resolve().is_relative_to(workspace.resolve()):
        raise OutsideWorkspace(f"{path.name} leads out of the workspace")
    if path.exists() and not path.is_file():
        raise OSError("it is not a file")  # reading a pipe would wait for ever
    return path.read_text(encoding="utf-8")


def _write_all(descriptor: int, content: bytes) -> None:
    """Write to the last byte: a disk that gets full takes the first ones without an error."""
    while content:
        content = content[os.write(descriptor, content) :]


def _end_line(descriptor: int) -> None:
    """Let what is written next begin on a line of its own."""
    size = os.fstat(descriptor).st_size
    if size > 0 and os.pread(descriptor, 1, size - 1) != b"\n":
        _write_all(descriptor, b"\n")
