"""Manifests kept between runs, in one file.

Manifests never change, as their digest names their content; so what is kept is the content itself,
and it is checked against the digest whenever it is used: whoever can write the file can make it
useless but not false. Decides the form of the file, which entries stay when it grows too large
(those used last), and that a damaged file is a smaller file and never a failed run. It does not
decide when a manifest is asked for, nor does it know whether the registry has it still.

JSON Lines: a header, then `["sha256:…", "media type", "content"]` a line. Only the places of lines
are held in memory. The file is replaced whole, so that an interrupted run leaves the old one, and
what is beside it is left alone.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from secrets import token_hex
from tempfile import SpooledTemporaryFile
from typing import IO

from package_keeper.domain.manifests import Manifest, NotAManifest, parse_manifest
from package_keeper.domain.model import DIGEST

HEADER = b'{"package-keeper-manifests": 1}\n'

LARGEST = 64 * 1024 * 1024
"""Bytes of the file; some 30,000 manifests."""

_IN_MEMORY = 8 * 1024 * 1024
_START = b'["sha256:'

Place = tuple[IO[bytes], int, int]
"""A file, the offset of a line in it and the line's length."""


class ManifestCache:
    """The manifests in a file, and those added to them; from any thread.

    `warn` is told, in words, where the file could not be used. Nothing is written until `save`.
    """

    def __init__(self, path: Path, *, warn: Callable[[str], None], largest: int = LARGEST) -> None:
        self._path = path
        self._warn = warn
        self._largest = largest
        self._lock = threading.Lock()
        self._places: dict[str, Place] = {}
        self._used: dict[str, None] = {}
        self._added = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed in close
        self._added_bytes = 0
        self._false = 0
        self._old: IO[bytes] | None = None
        self._load()

    def __len__(self) -> int:
        return len(self._places)

    def get(self, digest: str) -> Manifest | None:
        """The manifest, if it is there and its content fits the digest."""
        with self._lock:
            place = self._places.get(digest)
            if place is None:
                return None
            manifest = _manifest(digest, _line(place))
            if manifest is None:
                self._false += 1
                del self._places[digest]
            else:
                self._used[digest] = None
            return manifest

    def put(self, digest: str, media_type: str, content: bytes) -> None:
        """Add what the registry sent; what is not text is left out."""
        with self._lock, suppress(UnicodeDecodeError, OSError):
            entry = [digest, media_type, content.decode()]
            line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
            if digest in self._used or self._added_bytes + len(line) > self._largest:
                return
            self._added.seek(self._added_bytes)
            self._added.write(line)
            self._places[digest] = (self._added, self._added_bytes, len(line))
            self._used[digest] = None
            self._added_bytes += len(line)

    def save(self) -> None:
        """Replace the file by what was used and added now, and as much of the rest as fits.

        What was found to be false on the way is told then, all at once.
        """
        with self._lock:
            if self._false:
                said = f"entries left out that are not what their digests name: {self._false:,}"
                self._warn(f"The manifest cache was damaged or altered; {said}.")
            elif not self._added_bytes:
                return
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with _replacing(self._path) as file:
                    file.writelines(self._lines_to_keep())
            except OSError as error:
                self._warn(f"The manifest cache could not be written: {_reason(error)}.")

    def close(self) -> None:
        """Let go of the files, without saving; nothing is found afterwards."""
        with self._lock:
            self._places.clear()
            self._added.close()
            if self._old is not None:
                self._old.close()

    def _load(self) -> None:
        try:
            self._old = self._path.open("rb")  # read from as long as the cache is in use
        except FileNotFoundError:
            return
        except OSError as error:
            self._warn(f"The manifest cache could not be read: {_reason(error)}.")
            return
        too_large = self._path.stat().st_size > 2 * self._largest
        if too_large or self._old.readline(len(HEADER)) != HEADER:
            self._warn("The manifest cache is not of this program's making; it is made anew.")
            return
        damaged = sum(not self._remember(self._old, line) for line in _lines(self._old))
        if damaged:
            self._warn(f"The manifest cache is damaged; entries left out: {damaged:,}.")

    def _remember(self, file: IO[bytes], line: tuple[int, bytes]) -> bool:
        offset, content = line
        digest = content[2:73].decode(errors="replace")
        whole = content.startswith(_START) and content.endswith(b"]\n")
        if not whole or not DIGEST.fullmatch(digest):
            return False
        self._places[digest] = (file, offset, len(content))
        return True

    def _lines_to_keep(self) -> Iterator[bytes]:
        """What was used now before what was not, up to the size that the file may have."""
        yield HEADER
        room = self._largest - len(HEADER)
        for digest in chain(self._used, (d for d in self._places if d not in self._used)):
            place = self._places.get(digest)
            if place is not None and place[2] <= room:
                room -= place[2]
                yield _line(place)


@contextmanager
def _replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of this one where nothing goes wrong.

    Its name is nobody's to guess and no link is followed, since a checkout may hold any.
    """
    partial = path.with_name(f"{path.name}.{token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(partial, flags, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        partial.replace(path)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    offset = file.tell()
    for line in file:
        yield offset, line
        offset += len(line)


def _line(place: Place) -> bytes:
    file, offset, length = place
    try:
        file.seek(offset)
        return file.read(length)
    except (OSError, ValueError):
        return b""


def _manifest(digest: str, line: bytes) -> Manifest | None:
    """The manifest on a line; None where it is not the one with this digest, whatever it is."""
    try:
        _, media_type, content = json.loads(line)
        return parse_manifest(digest, media_type, content.encode())
    except (ValueError, TypeError, AttributeError, RecursionError, NotAManifest):
        return None


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
