"""What the database gets a moment later: lines in a file, which outlives the process at once.

A transaction passes through another thread and takes milliseconds; a line takes microseconds. What was sent to
Telegram and is not noted when the process is killed is sent again by the next.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bot.locking import lock
from retrieval.sharing import share


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a journal, locked for as long as it is used."""

    path: Path
    file: IO[bytes]

    def entries(self) -> list[Any]:
        """Return what stands in it; a last line that was cut off is none."""
        self.file.seek(0)
        return [json.loads(line) for line in self.file.read().split(b"\n")[:-1]]

    def leave(self) -> None:
        """Leave it to the next process."""
        self.file.close()

    def remove(self) -> None:
        """Delete it: what stands in it is in the database."""
        self.path.unlink(missing_ok=True)
        self.file.close()


class Journal:
    """Writes entries, anything that JSON holds. One of several processes that use a folder has files of its own.

    ``name`` tells it from other journals in the folder. Raises ``OSError`` where the folder cannot be written.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._names = f"{name}-*.jsonl"
        self._part = self._new()

    def add(self, entry: Any) -> None:
        """Add an entry: when this returns it outlives the process, though not a loss of power."""
        self._part.file.write(json.dumps(entry).encode() + b"\n")

    def cut(self) -> Part:
        """Return what has been added so far, to be removed when it is in the database; what comes goes elsewhere."""
        before, self._part = self._part, self._new()
        return before

    def close(self, *, leave: bool = False) -> None:
        """Delete what is left, which is in the database; or leave it to the next process."""
        if leave:
            self._part.leave()
        else:
            self._part.remove()

    def left(self) -> Iterator[Part]:
        """Return what processes have left that were killed, the oldest first."""
        for path in sorted(self._folder.glob(self._names)):
            if path == self._part.path:
                continue
            with contextlib.suppress(FileNotFoundError, BlockingIOError):  # another process's
                yield Part(path, _locked(path))

    def _new(self) -> Part:
        path = self._folder / self._names.replace("*", f"{time.time_ns():020}-{secrets.token_hex(4)}")
        path.touch(mode=0o600)
        share(path)
        return Part(path, _locked(path))


def _locked(path: Path) -> IO[bytes]:
    file = path.open("r+b", buffering=0)
    if not lock(file.fileno()):
        file.close()
        raise BlockingIOError
    return file
