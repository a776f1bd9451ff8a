"""``backup``: the index and the records as one file, while the bot goes on."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from hashlib import file_digest
from importlib.metadata import version
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from retrieval.errors import YuanjuError
from retrieval.index import generations
from retrieval.sharing import refusal, share

CONTENTS = "contents.json"
DATABASE = "state.sqlite"
GENERATION = "generation"
FORMAT = 1
"""Changes when an older ``restore`` could not read what a newer ``backup`` writes."""


class BackupError(YuanjuError):
    """A backup that cannot be made or used. ``reason`` is a clause without a full stop."""

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f"Backup {file}: {reason}")


def backup(file: Path, *, index: Path, database: Path | None) -> Mapping[str, int]:
    """Write the newest generation in ``index`` and a copy of the SQLite database to a ``.tar.gz``.

    All of it appears at once, in place of an earlier file of this name, for nobody else to read. Gives the size in
    bytes of each part. Raises ``BackupError`` if there is nothing to back up, or it cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".yuanju-backup-", dir=file.parent) as place, ExitStack() as stack:
            parts = _generation(index, stack)
            if database is not None and database.exists():
                parts[DATABASE] = stack.enter_context(_copied(database, Path(place, DATABASE)).open("rb"))
            if not parts:
                raise BackupError(file, f"there is neither an index nor a database in {index}")
            written = Path(place, "backup.tar.gz")
            _write(written, parts)
            written.replace(file)
            return {name: _size(part) for name, part in parts.items()}
    except (OSError, sqlite3.Error) as error:
        reason = refusal(error) if isinstance(error, OSError) else str(error)
        raise BackupError(file, f"cannot be written: {reason}") from error


def _generation(index: Path, stack: ExitStack) -> dict[str, BufferedReader]:
    """Open the files of the newest whole generation; what is open can be read even when a newer one replaces it."""

    def opened(folder: Path) -> dict[str, BufferedReader]:
        generations.Generation(folder)
        return {f"{GENERATION}/{path.name}": stack.enter_context(path.open("rb")) for path in sorted(folder.iterdir())}

    return generations.newest(index, opened) or {}


def _copied(database: Path, copy: Path) -> Path:
    """Copy a database as it is at one moment, whoever writes to it meanwhile."""
    with (
        closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def _write(target: Path, parts: Mapping[str, BufferedReader]) -> None:
    contents = {
        "format": FORMAT,
        "yuanju": version("yuanju"),
        "created": datetime.now(UTC).isoformat(),
        "index_format": generations.FORMAT,
        "files": {name: {"bytes": _size(part), "sha256": _checksum(part)} for name, part in parts.items()},
    }
    text = json.dumps(contents, indent=1, ensure_ascii=False).encode()
    target.touch(mode=0o600)  # it holds what people have asked
    share(target)
    with target.open("wb") as raw:
        with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
            _add(archive, CONTENTS, io.BytesIO(text), len(text))  # first, so that one can look at it at once
            for name, part in parts.items():
                _add(archive, name, part, _size(part))
        raw.flush()
        os.fsync(raw.fileno())


def _add(archive: tarfile.TarFile, name: str, content: BinaryIO, size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(datetime.now(UTC).timestamp())
    archive.addfile(member, content)


def _size(part: BufferedReader) -> int:
    return os.fstat(part.fileno()).st_size


def _checksum(part: BufferedReader) -> str:
    digest = file_digest(part, "sha256").hexdigest()
    part.seek(0)
    return digest
