"""What was recognised in pictures, kept by their pixels, so that no page is recognised twice."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 20_000
"""Pages that are kept; a page takes some kilobytes."""


class Kept:
    """A folder with a file for each picture; of more than ``most``, those go first that were not used for longest."""

    def __init__(self, folder: Path, *, most: int = MOST) -> None:
        self._folder, self._most = folder, most

    def key(self, picture: NDArray[np.uint8]) -> str:
        """Return what identifies the picture, and by what it is recognised."""
        digest = hashlib.sha256(f"{_version()} {picture.shape}".encode())
        digest.update(picture.tobytes())
        return digest.hexdigest()

    def get(self, key: str) -> list[Any] | None:
        """Return what was kept for the key; ``None`` where nothing can be had."""
        place = self._folder / f"{key}.json"
        try:
            found = json.loads(place.read_text(encoding="utf-8"))
            os.utime(place)
        except (OSError, ValueError):
            return None
        return found if isinstance(found, list) else None

    def put(self, key: str, found: list[Any]) -> None:
        """Keep what was found in a picture, in one step. A disk that takes no more is nobody's misfortune."""
        place = self._folder / f"{key}.json"
        half = place.with_suffix(f".{os.getpid()}")
        try:
            _prepare(self._folder, self._most)
            half.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
            half.replace(place)
        except OSError:
            with suppress(OSError):
                half.unlink(missing_ok=True)


@cache
def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rapidocr")
    except PackageNotFoundError:
        return ""


@cache
def _prepare(folder: Path, most: int) -> None:
    """Make the folder, or room in it; once in the life of a process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.scandir(folder) as entries:
        files = [(entry.stat().st_mtime, entry.path) for entry in entries]
    for _, path in sorted(files)[: max(0, len(files) - most)]:
        Path(path).unlink(missing_ok=True)
