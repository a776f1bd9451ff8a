"""Listing the documents folder: what can be read, and what is passed over and why."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from retrieval.errors import DocumentsFolderError
from retrieval.reading.formats import FORMATS, is_readable, may_mislead, refusal
from retrieval.reading.limits import Limits
from retrieval.reading.signatures import HEAD_BYTES, suffix_of

DECLARATIONS_NAME = "documents.toml"

_HALF_WRITTEN = re.compile(
    r"\.(?:part|partial|filepart|crdownload|download|tmp|temp|swp|!ut|opdownload)$", re.IGNORECASE
)
_TEMPORARY = re.compile(r"~\$|~.*\.tmp$|#.*#$|.*~$")
_LITTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "icon\r"})

_PLAIN = frozenset(suffix[1:] for one in FORMATS if one.name != "picture" for suffix in one.suffixes)
"""Suffixes of which nothing but a file's name, if that is ASCII, need be known to read it."""

UNREACHED = ("the folder cannot be listed", "cannot be opened")
"""Begin the reasons why a file or folder was passed over that is there, and may be reached another time."""


class File(NamedTuple):
    """A file that can be read: its path relative to the folder, its size in bytes and when it was last changed."""

    relative: str
    size: int
    mtime_ns: int

    @property
    def path(self) -> PurePosixPath:
        """The relative path; made when it is asked for, since a folder may hold a hundred thousand files."""
        return PurePosixPath(self.relative)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was passed over, and why (a clause without a full stop)."""

    path: PurePosixPath
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a documents folder holds, each part sorted by path.

    ``declarations`` is the folder's ``documents.toml``, where it has one: when that changes, every document may.
    """

    files: tuple[File, ...]
    skipped: tuple[Skipped, ...]
    declarations: File | None = None


def find(folder: Path, *, limits: Limits = Limits()) -> Listing:  # noqa: B008 - frozen
    """The files in the folder and its sub-folders that can be read.

    Hidden and temporary files are no documents and pass without a word; anything else that is passed over is in
    ``skipped``. Links are followed to files within the folder, never out of it.
    Raises ``DocumentsFolderError`` when the folder is missing, is no folder, may not be listed or holds too many files.
    """
    try:
        root = folder.resolve(strict=True)
        with os.scandir(root):
            pass
    except FileNotFoundError:
        raise DocumentsFolderError(
            folder, "does not exist; set YUANJU_DOCUMENTS to your documents, or try the sample: yuanju sample"
        ) from None
    except NotADirectoryError:
        raise DocumentsFolderError(
            folder, "is not a folder; set YUANJU_DOCUMENTS to the folder that holds your documents"
        ) from None
    except PermissionError:
        raise DocumentsFolderError(
            folder, "may not be listed; give the user that runs Yuanju the right to read it"
        ) from None
    except (OSError, RuntimeError) as error:
        raise DocumentsFolderError(folder, f"cannot be opened ({error}); check the path") from None
    return _Search(folder, root, limits).run()


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or something that a program keeps for itself."""
    if name[0] in ".~#" or name[-1] == "~":
        return name[0] == "." or _TEMPORARY.match(name) is not None
    return name.lower() in _LITTER


def is_document_name(name: str) -> bool:
    """Whether a file of this name would be read, or says how others are to be read."""
    if is_litter(name) or _HALF_WRITTEN.search(name):
        return False
    suffix = _suffix(name)
    return name == DECLARATIONS_NAME or is_readable(suffix) or may_mislead(suffix)


class _Search:
    """One walk through the folder, without recursion: trees of any depth are walked."""

    def __init__(self, folder: Path, root: Path, limits: Limits) -> None:
        self.folder, self.root, self.limits = folder, root, limits
        self.files: list[File] = []
        self.skipped: list[Skipped] = []
        self.declarations: File | None = None
        self.pending = [""]

    def run(self) -> Listing:
        while self.pending:
            place = self.pending.pop()
            try:
                with os.scandir(self.root / place) as entries:
                    for entry in self._others(entries, f"{place}/" if place else ""):
                        self._visit(entry, place)
            except OSError as error:
                self.skipped.append(Skipped(PurePosixPath(place), f"{UNREACHED[0]}: {error.strerror}"))
        # In the order of the paths' parts: no name holds a zero, which comes before all that it may hold.
        files = tuple(sorted(self.files, key=lambda file: file.relative.replace("/", "\0")))
        skipped = tuple(sorted(self.skipped, key=lambda one: one.path.parts))
        return Listing(files, skipped, self.declarations)

    def _others(self, entries: Iterable[os.DirEntry[str]], prefix: str) -> Iterator[os.DirEntry[str]]:
        """Take the plain files, of which a folder may hold a hundred thousand, and return whatever else is there."""
        take, room = self.files.append, self.limits.file_count
        for entry in entries:
            name = entry.name
            if (
                name.rpartition(".")[2] in _PLAIN
                and name[0] not in ".~"
                and name.isascii()
                and entry.is_file(follow_symlinks=False)
                and len(self.files) < room
            ):
                try:
                    status = entry.stat()
                except OSError:
                    yield entry
                else:
                    take(File(prefix + name, status.st_size, status.st_mtime_ns))
            else:
                yield entry

    def _visit(self, entry: os.DirEntry[str], place: str) -> None:
        if is_litter(entry.name):
            return
        path = f"{place}/{entry.name}" if place else entry.name
        try:
            reason = self._take(entry, path)
        except OSError as error:
            reason = f"{UNREACHED[1]}: {error.strerror}"
        if reason:
            printable = PurePosixPath(path.encode("utf-8", "backslashreplace").decode())
            self.skipped.append(Skipped(printable, reason))

    def _take(self, entry: os.DirEntry[str], path: str) -> str | None:
        """Takes the entry into the listing, or says why not."""
        if not _is_text(entry.name):
            return "its name is not UTF-8; rename it"
        if entry.is_symlink() and (reason := self._astray(entry)):
            return reason
        if entry.is_dir():
            self.pending.append(path)
            return None
        return self._take_file(entry, path)

    def _take_file(self, entry: os.DirEntry[str], path: str) -> str | None:
        status = entry.stat()
        if not stat.S_ISREG(status.st_mode):
            return "is not a regular file"
        file = File(path, status.st_size, status.st_mtime_ns)
        if path == DECLARATIONS_NAME:
            self.declarations = file
            return None
        suffix = _suffix(entry.name)
        reason = _refusal(suffix)
        if reason is not None and not (may_mislead(suffix) and _misleads(entry.path, suffix)):
            return reason
        if len(self.files) >= self.limits.file_count:
            reason = f"holds more than {self.limits.file_count:,} documents; divide it, or raise the limit file_count"
            raise DocumentsFolderError(self.folder, reason)
        self.files.append(file)
        return None

    def _astray(self, entry: os.DirEntry[str]) -> str | None:
        """Why a link is not followed, if it is not."""
        try:
            target = Path(entry.path).resolve(strict=True)
        except (OSError, RuntimeError):
            return "is a link to nothing"
        if not target.is_relative_to(self.root):
            return "is a link out of the folder"
        return "is a link to a folder that is read in its own place" if target.is_dir() else None


def _suffix(name: str) -> str:
    """Return what ``PurePath.suffix`` does, in small letters; many times as fast."""
    stem, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix}".lower() if stem and suffix else ""


def _is_text(name: str) -> bool:
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache
def _refusal(suffix: str) -> str | None:
    """Why files with this suffix are not read, if they are not."""
    if _HALF_WRITTEN.search(suffix):
        return "looks half-written; it is read when it has its final name"
    return refusal(suffix)


def _misleads(path: str, suffix: str) -> bool:
    """Whether the file is by its content of a format that can be read, whatever its suffix says."""
    with open(path, "rb", opener=open_at_once) as file:
        return is_readable(suffix_of(file.read(HEAD_BYTES), suffix))


def open_at_once(place: str, flags: int) -> int:
    """Open without waiting for a writer, should the place have become a pipe."""
    return os.open(place, flags | getattr(os, "O_NONBLOCK", 0))
