"""Vectors that were computed before, kept beside the index by the hash of their text; safe to lose at any time."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock

import numpy as np

from retrieval.meaning.encoder import Vector

logger = logging.getLogger(__name__)

MOST = 200_000
"""Vectors that are kept; a kilobyte each. Of more, the oldest go."""
_SPARE = 50
"""In so many ``put`` it is looked once whether there are too many."""


class Vectors:
    """The vectors of one model, which ``fingerprint`` tells from others; those of other models are dropped.

    Several threads and processes may use one folder at once. Where it cannot be written, nothing is kept.
    """

    def __init__(self, folder: Path, *, fingerprint: str, most: int = MOST) -> None:
        self._file = folder / f"{fingerprint[:16]}.sqlite"
        self._most = most
        self._lock = Lock()
        self._puts = 0
        self._connection = self._opened()

    def get(self, texts: Iterable[str]) -> dict[str, Vector]:
        """Return the vectors that are kept for these texts."""
        keys = {_key(text): text for text in texts}
        marks = ",".join("?" * len(keys))
        with self._lock:
            try:
                found = self._rows(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", tuple(keys))  # noqa: S608
            except sqlite3.Error as error:
                self._begin_again(error)
                found = []
        return {keys[key]: np.frombuffer(vector, dtype=np.float16) for key, vector in found}

    def put(self, vectors: Mapping[str, Vector]) -> None:
        """Keep vectors by their texts."""
        rows = [(_key(text), vector.tobytes()) for text, vector in vectors.items()]
        with self._lock:
            if self._connection is None or not rows:
                return
            try:
                with self._connection:
                    self._connection.executemany("INSERT OR IGNORE INTO vectors (key, vector) VALUES (?, ?)", rows)
                    if self._puts % _SPARE == 0:
                        self._connection.execute(
                            "DELETE FROM vectors WHERE number <= (SELECT max(number) FROM vectors) - ?", (self._most,)
                        )
                    self._puts += 1
            except sqlite3.Error as error:
                self._begin_again(error)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def _rows(self, statement: str, values: tuple[bytes, ...]) -> list[tuple[bytes, bytes]]:
        return [] if self._connection is None else self._connection.execute(statement, values).fetchall()

    def _opened(self) -> sqlite3.Connection | None:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for other in self._file.parent.glob("*.sqlite*"):
                if not other.name.startswith(self._file.name):
                    other.unlink(missing_ok=True)
            try:
                return _connected(self._file)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._remove()
                return _connected(self._file)
        except (OSError, sqlite3.Error) as error:
            logger.warning("Vectors are not kept in %s (%s): questions take longer", self._file.parent, error)
            return None

    def _begin_again(self, error: sqlite3.Error) -> None:
        """Throw away a file that is damaged, for a new one; leave one be that is only busy."""
        if self._connection is not None and not isinstance(error, sqlite3.OperationalError):
            self._connection.close()
            self._remove()
            self._connection = self._opened()

    def _remove(self) -> None:
        with suppress(OSError):
            for part in self._file.parent.glob(f"{self._file.name}*"):
                part.unlink(missing_ok=True)


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=0.1, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")  # what a fall of the machine loses is computed again
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (number INTEGER PRIMARY KEY, key BLOB UNIQUE, vector BLOB)"
        )
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
