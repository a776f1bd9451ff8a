"""Where files lie that are not, or no longer, among the documents: beside the index, until records are forgotten."""

from __future__ import annotations

import contextlib
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
        for file in folder.glob("*"):
            if file.stat().st_ctime < limit:  # when it was moved there
                file.unlink(missing_ok=True)


def write(place: Path, content: bytes | None) -> None:
    """Put the content there in one step; ``None`` leaves no file."""
    if content is None:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.part")
    try:
        half.write_bytes(content)
        half.replace(place)
    finally:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)


def reason_of(error: OSError | YuanjuError) -> str:
    """Return why something failed, for people."""
    return shortened((error.strerror if isinstance(error, OSError) else None) or str(error), _REASON_LIMIT)
