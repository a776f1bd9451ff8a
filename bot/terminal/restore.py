"""``restore``: puts a backup in the place of what is there, after it has proved to be whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from bot.memory import schema
from bot.terminal.backup import CONTENTS, DATABASE, FORMAT, GENERATION, BackupError
from retrieval.errors import ForeignIndexError, IndexFolderError
from retrieval.index import generations
from retrieval.sharing import refusal, share

_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it: ``created`` says from when the backup is, the others what was restored."""

    created: datetime
    index: bool
    database: bool


def restore(file: Path, *, index: Path, database: Path | None, force: bool) -> Restored:
    """Put a backup's index and database in place, each in one step, once all of it has been tested.

    The caller sees to it that nobody else changes the index. ``database`` is ``None`` where records are not in SQLite.
    An index of another version is left out, since it is made anew from the documents. Raises ``BackupError`` for a
    backup that is damaged, foreign or of a newer version, and, without ``force``, where what is there is newer.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="restoring-", dir=index) as place:
            folder = Path(place)
            contents = _extracted(file, folder)
            created = datetime.fromisoformat(contents["created"])
            since = max((_changed(path) for path in _present(index, database)), default=_LONG_AGO)
            if since > created and not force:
                reason = f"it is from {created:%F %T} UTC, but {index} was written to at {since:%F %T} UTC"
                raise BackupError(file, f"{reason}; use --force to go back to the backup all the same")
            copy, generation = folder / DATABASE, folder / GENERATION
            if has_records := copy.exists() and database is not None:
                _test_database(file, copy)
            if has_index := _usable(file, generation):
                for path in generation.iterdir():
                    _sync(path)
            if has_records and database is not None:
                _put_database(copy, database)
            if has_index:
                generations.take_in(generation, index)
            return Restored(created, has_index, has_records)
    except (OSError, EOFError, tarfile.TarError, sqlite3.Error, LookupError, TypeError, ValueError) as error:
        reason = refusal(error) if isinstance(error, OSError) else str(error)
        raise BackupError(file, f"cannot be restored: {reason}") from error


def _extracted(file: Path, folder: Path) -> dict[str, Any]:
    """Take out what a backup may hold, and test it against its checksums; gives its table of contents."""
    with tarfile.open(file, mode="r:gz") as archive:
        for member in archive:
            parts = Path(member.name).parts
            if not member.isfile() or not (parts in {(CONTENTS,), (DATABASE,)} or parts[:-1] == (GENERATION,)):
                raise BackupError(file, f"holds {member.name}, so it is not a backup of Yuanju's")
            _extract(archive, member, folder)
    if not (folder / CONTENTS).exists():
        raise BackupError(file, f"holds no {CONTENTS}, so it is not a backup of Yuanju's")
    contents: dict[str, Any] = json.loads((folder / CONTENTS).read_bytes())
    if contents["format"] > FORMAT:
        raise BackupError(file, f"was made by a newer Yuanju ({contents['yuanju']}); install that version")
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {CONTENTS}
    if there != set(contents["files"]):
        raise BackupError(file, "is not whole")
    for name, told in contents["files"].items():
        with (folder / name).open("rb") as part:
            if file_digest(part, "sha256").hexdigest() != told["sha256"]:
                raise BackupError(file, f"is damaged: {name} is not as it was written")
    return contents


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a file whose name has been tested; tarfile's own filters came with later Pythons."""
    place = folder / member.name
    place.parent.mkdir(exist_ok=True)
    content = archive.extractfile(member)
    assert content is not None  # noqa: S101 - it is a file
    with content, place.open("xb") as file:
        shutil.copyfileobj(content, file)
    os.utime(place, (member.mtime, member.mtime))


def _present(index: Path, database: Path | None) -> Iterator[Path]:
    """Return the files that tell when what would be replaced was last written to."""
    yield from index.glob("generation-*/generation.json")
    if database is not None:
        yield from (path for path in (database, database.with_name(f"{database.name}-wal")) if path.exists())


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _test_database(file: Path, copy: Path) -> None:
    known = 1 + len(schema.UPGRADES)
    with closing(sqlite3.connect(copy)) as connection:
        (verdict,) = connection.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise BackupError(file, f"its database is damaged: {verdict}")
        (found,) = connection.execute("SELECT number FROM schema_version").fetchone()
    if found > known:
        reason = f"its database was written by a newer Yuanju (version {found}; this one knows {known})"
        raise BackupError(file, f"{reason}; install that version")


def _usable(file: Path, folder: Path) -> bool:
    """Return whether there is an index that this version can use. Raises ``BackupError`` for a damaged one."""
    if not folder.exists():
        return False
    try:
        damaged = generations.Generation(folder).damage()
    except ForeignIndexError:
        return False
    except IndexFolderError as error:
        raise BackupError(file, f"its index {error.reason}") from error
    if damaged:
        raise BackupError(file, f"its index is damaged: {', '.join(damaged)}")
    return True


def _put_database(copy: Path, database: Path) -> None:
    """Bring a database to the state of its copy in one transaction, whatever its journal holds."""
    database.parent.mkdir(parents=True, exist_ok=True)
    database.touch(mode=0o600)
    share(database)
    with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(database, timeout=10)) as target:
        source.backup(target)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
