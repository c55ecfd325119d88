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
    """Lines at the end of a file; they are on their way to disk when `append` returns.

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

    def append(self, *lines: str) -> None:
        """Write lines; raises OSError where it can't be, and then nothing may be changed."""
        with self._lock:
            if self._closed:
                raise OSError("the journal is closed")
            if self._descriptor is None:
                self._descriptor = self._open()
            elif self._torn:
                _end_line(self._descriptor)
            self._torn = True
            text = "".join(f"{self._redact(line)}\n" for line in lines)
            _write_all(self._descriptor, text.encode())
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
        check_journal(self.path, workspace=self._workspace)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        _end_line(descriptor)  # a run was killed in the middle of one
        return descriptor


def check_journal(path: Path, *, workspace: Path) -> None:
    """Raise OSError where it is plain that no journal can be written there; nothing is opened.

    The folders that are missing are made with the first line.
    """
    _check_place(path, workspace)
    there = next(place for place in (path, *path.parents) if os.path.lexists(place))
    if there != path and not there.is_dir():
        raise OSError(f"{there.name} is not a folder")
    if not os.access(there, os.R_OK | os.W_OK):
        raise OSError("this process may not write there")


def read_journal(path: Path, *, workspace: Path) -> str:
    """The whole text of a journal in the workspace; raises OSError or UnicodeDecodeError."""
    _check_place(path, workspace)
    return path.read_text(encoding="utf-8-sig")  # editors may have left a mark at its beginning


def _check_place(path: Path, workspace: Path) -> None:
    """Raise OSError for what is no file in the workspace, or no place for one.

    A pipe is not opened to find out: that would wait for ever.
    """
    if not path.resolve().is_relative_to(workspace.resolve()):
        raise OutsideWorkspace(f"{path.name} leads out of the workspace")
    if path.is_symlink() and not path.exists():
        raise OSError("it is a link that leads nowhere")
    if path.is_dir():
        raise OSError("it is a folder, not a file")
    if path.exists() and not path.is_file():
        raise OSError("it is not a file")


def _write_all(descriptor: int, content: bytes) -> None:
    """Write to the last byte: a disk that gets full takes the first ones without an error."""
    while content:
        content = content[os.write(descriptor, content) :]


def _end_line(descriptor: int) -> None:
    """Let what is written next begin on a line of its own."""
    size = os.fstat(descriptor).st_size
    if size > 0 and os.pread(descriptor, 1, size - 1) != b"\n":
        _write_all(descriptor, b"\n")
