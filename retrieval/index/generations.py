"""Generations on disk: folders that are whole or not there, never changed, each new one taking the place of the last.

A generation is a folder ``generation-000007`` with flat files of numbers and of text, and ``generation.json``, which
names every file with its size and checksums. It is built under another name and renamed when all of it is safely on
disk, so a process that dies while building leaves no half generation, and a question that is being answered goes on
reading the generation it began with. The newest whole one counts. What a generation has in common with the last one is
the same files, under both names.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TypeVar
from zlib import crc32

from retrieval.errors import ForeignIndexError, IndexFolderError
from retrieval.sharing import refusal, share

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 7
"""Changes whenever older code could not read what newer code writes, or the other way round."""
KEPT = 2
"""How many generations stay: the one in use, and the one before it in case the new one is damaged."""

_DESCRIPTION = "generation.json"
_EDGE = 1 << 16
"""Bytes at either end of a file whose checksum is tested whenever it is opened, however large it is."""
_READ_WHOLE = 1 << 22
"""Bytes up to which all of a generation is tested whenever it is opened."""
_AT_ONCE = 1 << 22
"""Bytes up to which a file's pages are all mapped when it is opened, and not each when it is first read."""
_ABANDONED = 3600
"""Seconds after which what a builder has left is taken for abandoned; one that works writes more often."""

Opened = TypeVar("Opened")


class Generation:
    """A generation on disk, tested and ready to be read. ``facts`` are what its builder wrote down about it."""

    def __init__(self, folder: Path) -> None:
        """Test the generation in ``folder``, in a time that does not depend on its size.

        Raises ``IndexFolderError`` if it is of another format, unfinished or damaged.
        """
        self.folder = folder
        try:
            description = json.loads((folder / _DESCRIPTION).read_bytes())
        except (OSError, ValueError) as error:
            raise IndexFolderError(folder, f"is not a whole index ({error})") from error
        if not isinstance(description, dict) or not isinstance(description.get("format"), int):
            raise IndexFolderError(folder, "is not an index")
        if description["format"] != FORMAT:
            raise ForeignIndexError(folder, format_found=description["format"], format_known=FORMAT)
        self.facts: dict[str, Any] = description["facts"]
        self.files: dict[str, dict[str, Any]] = description["files"]
        self._mapped: dict[str, mmap.mmap | bytes] = {}
        whole = sum(file["bytes"] for file in self.files.values()) <= _READ_WHOLE
        for name, file in self.files.items():
            if (reason := _fault(folder / name, file, whole=whole)) is not None:
                raise IndexFolderError(folder, f"{name} {reason}")

    def numbers(self, name: str, code: str) -> memoryview:
        """Map a file of numbers into memory; ``code`` is their type, as ``struct`` names it."""
        return memoryview(self.content(name)).cast(code)  # type: ignore[call-overload,no-any-return]

    def content(self, name: str) -> mmap.mmap | bytes:
        """Map a file into memory; it stays there when a newer generation has taken the place of this one."""
        if name not in self._mapped:
            self._mapped[name] = self._map(name)
        return self._mapped[name]

    def _map(self, name: str) -> mmap.mmap | bytes:
        with (self.folder / name).open("rb") as file:
            size = self.files[name]["bytes"]
            if not size:  # an empty file cannot be mapped
                return b""
            if size <= _AT_ONCE and hasattr(mmap, "MAP_POPULATE"):
                return mmap.mmap(file.fileno(), 0, mmap.MAP_SHARED | mmap.MAP_POPULATE, mmap.PROT_READ)
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def damage(self, *, untested: bool = False) -> list[str]:
        """Read every file and name those that are not as they were written.

        With ``untested``, only files are read that were not when an earlier generation was: that takes as long as they
        are, not as the index is.
        """
        read = {name: file for name, file in self.files.items() if not (untested and file.get("tested"))}
        damaged = [name for name, file in read.items() if _fault(self.folder / name, file, whole=True)]
        for name in read.keys() - set(damaged):
            read[name]["tested"] = True
        return damaged


class Workplace:
    """A folder in which the next generation is built, beside the others; nobody reads it before it is published."""

    def __init__(self, folder: Path) -> None:
        """Make a workplace in ``folder``, which is made as well; sweeps out what dead builders have left.

        Raises ``IndexFolderError`` if that is not possible.
        """
        import tempfile  # what only reads a generation does not need it

        self._parent = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            share(folder)
            _sweep(folder)
            self.folder = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
            self.scratch = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
            share(self.folder)
        except OSError as error:
            raise unwritable(folder, error) from error
        self._files: dict[str, _Written] = {}
        self._linked: dict[str, dict[str, Any]] = {}

    def link(self, generation: Generation, name: str) -> None:
        """Take over a file of a generation as it is, without copying it where the file system can do that."""
        try:
            os.link(generation.folder / name, self.folder / name)
        except OSError:
            self.append(name, memoryview(generation.content(name)))
        else:
            self._linked[name] = generation.files[name]

    def append(self, name: str, content: bytes | memoryview | NDArray[Any]) -> None:
        """Write to the end of a file, in the machine's byte order; an array has to lie in one piece."""
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = _Written(self.folder / name)
        file.write(memoryview(content) if isinstance(content, bytes | memoryview) else content.data)

    def publish(self, facts: Mapping[str, Any]) -> Generation:
        """Bring everything safely to disk and make it the newest generation."""
        from concurrent.futures import ThreadPoolExecutor

        # All at once, since a file system brings many files to disk in about the time that one takes.
        with ThreadPoolExecutor(len(self._files)) as threads:
            files = dict(zip(self._files, threads.map(_Written.finish, self._files.values()), strict=True))
        description = {"format": FORMAT, "facts": dict(facts), "files": files | self._linked}
        path = self.folder / _DESCRIPTION
        path.write_text(json.dumps(description, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
        _sync(path)
        _sync(self.folder)
        return Generation(take_in(self.folder, self._parent))

    def discard(self) -> None:
        """Remove what was built and not published, and the generations that are older than those kept."""
        import shutil

        for file in self._files.values():
            file.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.scratch, ignore_errors=True)
        _sweep(self._parent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()


def take_in(built: Path, folder: Path) -> Path:
    """Make a folder that holds all of a generation, safely on disk, the newest in ``folder``; gives its new name."""
    number = 1 + max((_number(generation) for generation in _generations(folder)), default=0)
    while True:
        target = folder / f"generation-{number:06}"
        try:
            built.rename(target)
        except OSError:
            if not target.exists():
                raise
            number += 1  # another process published this number first
        else:
            break
    _sync(folder)
    return target


def latest(folder: Path) -> str:
    """Return the name of the newest generation in a folder, whole or not; empty where there is none."""
    return next((generation.name for generation in _generations(folder)), "")


def newest(folder: Path, opened: Callable[[Path], Opened]) -> Opened | None:
    """Open the newest generation in a folder that can be opened; ``None`` when there is none."""
    tried: set[Path] = set()
    # While one process opens, others may publish new generations and remove old ones: then look again.
    while fresh := [generation for generation in _generations(folder) if generation not in tried]:
        for generation in fresh:
            tried.add(generation)
            try:
                return opened(generation)
            except ForeignIndexError as error:
                # As after every upgrade: a new one is made, and nobody need worry. That of a newer version is unusual.
                _log("WARNING" if error.newer else "INFO", generation, error)
            except (IndexFolderError, OSError, LookupError, TypeError, ValueError) as error:
                _log("WARNING", generation, error)
    return None


def _log(level: str, generation: Path, error: Exception) -> None:
    import logging  # to load it takes longer than to open an index

    logging.getLogger(__name__).log(logging.getLevelNamesMapping()[level], "%s is passed over: %s", generation, error)


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """What is known of a generation without opening it: number, bytes on disk, when it was made (since 1970)."""

    number: int
    bytes: int
    time: float


def generation_info(folder: Path) -> GenerationInfo | None:
    """Return what is known of the newest generation; ``None`` where there is none."""
    for generation in _generations(folder):
        with contextlib.suppress(OSError):  # removed meanwhile
            files = [path.stat() for path in generation.iterdir()]
            return GenerationInfo(_number(generation), sum(file.st_size for file in files), generation.stat().st_mtime)
    return None


def unwritable(folder: Path, error: OSError) -> IndexFolderError:
    """Return the error of a folder that takes no index."""
    return IndexFolderError(
        folder, f"cannot be written ({refusal(error)}); choose another with YUANJU_INDEX or --index, or make room"
    )


def _generations(folder: Path) -> Iterator[Path]:
    """Return the generations in a folder, newest first."""
    if folder.is_dir():
        yield from sorted(folder.glob("generation-*"), key=_number, reverse=True)


def _number(generation: Path) -> int:
    digits = generation.name.removeprefix("generation-")
    return int(digits) if digits.isdecimal() else 0


def _sweep(folder: Path) -> None:
    """Remove the generations that are older than those kept, and what dead builders have left."""
    import shutil

    for old in list(_generations(folder))[KEPT:]:
        # Its description first: what is left if this is interrupted is then no generation.
        with contextlib.suppress(OSError):
            (old / _DESCRIPTION).unlink()
        shutil.rmtree(old, ignore_errors=True)
    for leftover in folder.glob("building-*"):
        with contextlib.suppress(OSError):
            newest_change = max(path.stat().st_mtime for path in (leftover, *leftover.iterdir()))
            if time.time() - newest_change > _ABANDONED:
                shutil.rmtree(leftover, ignore_errors=True)


def _fault(path: Path, file: Mapping[str, Any], *, whole: bool) -> str | None:
    """Return what is wrong with a file, if anything."""
    try:
        if path.stat().st_size != file["bytes"]:
            return "is cut short"
        if (_checksum(path) != file["checksum"]) if whole else (_edges(path) != file["edges"]):
            return "is damaged"
    except OSError:
        return "is missing"
    return None


class _Written:
    """A file that is being written; its checksum is that of what was meant to be written, not of what the disk took."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("wb")
        self._bytes = self._checksum = 0

    def write(self, content: memoryview) -> None:
        self._bytes += content.nbytes
        self._checksum = crc32(content, self._checksum)
        self._file.write(content)

    def finish(self) -> dict[str, Any]:
        """Bring the file safely to disk and describe it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self.close()
        return {"bytes": self._bytes, "checksum": self._checksum, "edges": _edges(self._path)}

    def close(self) -> None:
        self._file.close()


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = crc32(block, checksum)
    return checksum


def _edges(path: Path) -> int:
    with path.open("rb") as file:
        checksum = crc32(file.read(_EDGE))
        file.seek(max(path.stat().st_size - _EDGE, 0))
        return crc32(file.read(_EDGE), checksum)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
