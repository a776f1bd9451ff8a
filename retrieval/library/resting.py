"""Telling files that are whole from those that somebody is still writing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

from retrieval.reading import File

_RECENT_SECONDS = 3600
"""How near a file's time of change may be to now, before or after, for it to be looked at twice.

Much more than ``seconds`` since the clock of a file server may differ from this machine's.
"""


async def resting(folder: Path, files: Iterable[File], *, seconds: float) -> tuple[list[File], list[str]]:
    """Give the files that have not changed when they are looked at again after ``seconds``, and the others' paths.

    Files that were last changed long ago are taken as they are, so this waits only where something is new.
    """
    files = list(files)
    recent = [file for file in files if seconds and abs(time.time() - file.mtime_ns / 1e9) < _RECENT_SECONDS]
    if recent:
        await asyncio.sleep(seconds)
    growing = await asyncio.to_thread(lambda: {str(file.path) for file in recent if not _unchanged(folder, file)})
    return [file for file in files if str(file.path) not in growing], sorted(growing)


def _unchanged(folder: Path, file: File) -> bool:
    try:
        status = (folder / file.path).stat()
    except FileNotFoundError:
        return False  # renamed or deleted meanwhile
    except OSError:
        return True  # reading it will say why
    return (status.st_size, status.st_mtime_ns) == (file.size, file.mtime_ns)
