"""Where files lie that are not, or no longer, among the documents: beside the index, until records are forgotten."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import time
from pathlib import Path

from bot.memory.audit import DAY_SECONDS
from bot.rendering.excerpts import shortened
from retrieval.errors import YuanjuError

_REASON_LIMIT = 300


def removed_folder(index: Path) -> Path:
    """Return the folder of the documents that were removed and can be brought back."""
    return index / "removed"


def uploads_folder(index: Path) -> Path:
    """Return the folder of the files that wait to be put among the documents."""
    return index / "uploads"


def clear(index: Path, *, days: float) -> None:
    """Delete what has been there for more than ``days`` days; it can be neither added nor brought back any more."""
    limit = time.time() - days * DAY_SECONDS
    for folder in (removed_folder(index), uploads_folder(index)):
        if folder.is_dir():
            make_private(folder)  # an earlier version has not
        for file in folder.glob("*"):
            if file.stat().st_ctime < limit:  # when it was moved there
                file.unlink(missing_ok=True)


def write(place: Path, content: bytes | None) -> None:
    """Put the content there in one step, which a loss of power does not undo; ``None`` leaves no file."""
    if content is None:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.part")
    try:
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(place)
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def move(source: Path, target: Path) -> None:
    """Move a file, whole at each moment; after a crash, which may leave it in both places, this can be begun again."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not is_same(source, target):
        try:
            source.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            copy(source, target)
        else:
            return
    source.unlink()


def copy(source: Path, target: Path) -> None:
    """Copy a file with its times, whole at each moment."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.part")
    shutil.copy2(source, half)
    half.replace(target)


def is_same(one: Path, other: Path) -> bool:
    """Whether both are there, and one is a copy of the other."""
    try:
        first, second = one.stat(), other.stat()
    except FileNotFoundError:
        return False
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def make_private(folder: Path) -> None:
    """Make a folder that nobody else on this machine can look into."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(stat.S_IRWXU)


def reason_of(error: OSError | YuanjuError) -> str:
    """Return why something failed, for people."""
    return shortened((error.strerror if isinstance(error, OSError) else None) or str(error), _REASON_LIMIT)
