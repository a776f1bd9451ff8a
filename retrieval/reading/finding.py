"""Listing the documents folder: what can be read, and what is passed over and why."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Self

from retrieval.errors import DocumentsFolderError
from retrieval.reading.formats import is_readable, may_mislead, refusal
from retrieval.reading.limits import Limits
from retrieval.reading.signatures import HEAD_BYTES, suffix_of

DECLARATIONS_NAME = "documents.toml"

_HALF_WRITTEN = re.compile(
    r"\.(?:part|partial|filepart|crdownload|download|tmp|temp|swp|!ut|opdownload)$", re.IGNORECASE
)
_TEMPORARY = re.compile(r"~\$|~.*\.tmp$|#.*#$|.*~$")
_LITTER = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "icon\r"})

UNREACHED = ("the folder cannot be listed", "cannot be opened")
"""Begin the reasons why a file or folder was passed over that is there, and may be reached another time."""


class File(NamedTuple):
    """A file that can be read: its path relative to the folder, its size in bytes and when it was last changed."""

    relative: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, relative: str, stamp: str) -> Self:
        """Return the file with a stamp, as ``Listing.stamps`` has it."""
        size, mtime_ns, _ = stamp.split(" ")
        return cls(relative, int(size), int(mtime_ns))

    @property
    def path(self) -> PurePosixPath:
        """The relative path."""
        return PurePosixPath(self.relative)


def plainly_listed(folder: str) -> Iterator[tuple[str, str | None]]:
    """Return what ``listed`` does, where that could not be compiled."""
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                ordinary = entry.is_file(follow_symlinks=False)
                yield entry.name, _stamp(entry.stat()) if ordinary else None
            except OSError:
                yield entry.name, None


try:
    from retrieval.reading._listing import listed as listed  # noqa: PLC0414 - by this name from here
except ImportError:
    listed = plainly_listed


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_size} {status.st_mtime_ns} "


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was passed over, and why (a clause without a full stop)."""

    path: PurePosixPath
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a documents folder holds: ``stamps`` by the files' relative paths, and what was ``skipped``.

    A stamp is a file's size and its time of change, with a space behind each; texts, since a folder may hold a hundred
    thousand files, and a collector of garbage would look at other objects again and again. ``declarations`` is the
    folder's ``documents.toml``, where it has one: when that changes, every document may.
    """

    stamps: Mapping[str, str]
    skipped: tuple[Skipped, ...]
    declarations: File | None = None

    @property
    def files(self) -> tuple[File, ...]:
        """The files, in the order of the paths' parts."""
        return tuple(File.of(path, self.stamps[path]) for path in sorted(self.stamps, key=by_parts))


def find(folder: Path, *, limits: Limits = Limits(), places: Iterable[str] = ("",)) -> Listing:  # noqa: B008 - frozen
    """The files in the folder and its sub-folders that can be read.

    They are looked for at ``places``, relative paths of files and folders, and always where declarations lie. Hidden
    and temporary files are no documents and pass without a word; anything else that is passed over is in ``skipped``.
    Links are followed to files within the folder, never out of it.
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
    return _Search(folder, root, limits).run(places)


def by_parts(path: str) -> str:
    """Return what orders paths by their parts: no name holds a zero, which comes before all that it may hold."""
    return path.replace("/", "\0")


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
        self.stamps: dict[str, str] = {}
        self.skipped: list[Skipped] = []
        self.declarations: File | None = None
        self.pending: list[str] = []

    def run(self, places: Iterable[str]) -> Listing:
        for place in dict.fromkeys((*places, DECLARATIONS_NAME)):
            self._begin(place)
        while self.pending:
            place = self.pending.pop()
            try:
                self._visit(listed(os.fspath(self.root / place)), f"{place}/" if place else "")
            except OSError as error:
                self.skipped.append(Skipped(PurePosixPath(place), f"{UNREACHED[0]}: {error.strerror}"))
        skipped = sorted(set(self.skipped), key=lambda one: one.path.parts)  # a place may lie in another
        return Listing(self.stamps, tuple(skipped), self.declarations)

    def _begin(self, place: str) -> None:
        """Come to a place as the walk from the root would, which goes through no hidden folder and no link to one."""
        if not place:
            self.pending.append(place)
        parts = place.split("/") if place else []
        for count, name in enumerate(parts, 1):
            entry = self.root.joinpath(*parts[:count])
            if is_litter(name):
                return
            if count == len(parts) or entry.is_symlink():
                if os.path.lexists(entry):
                    self._visit([(name, None)], "".join(f"{part}/" for part in parts[: count - 1]))
                return

    def _visit(self, entries: Iterable[tuple[str, str | None]], prefix: str) -> None:
        """Take what is in a folder into the listing, or note why not; there may be a hundred thousand files."""
        for name, known_stamp in entries:
            if is_litter(name):
                continue
            path, stamp, reason = prefix + name, known_stamp, None
            try:
                if not (name.isascii() or _is_text(name)):
                    reason = "its name is not UTF-8; rename it"
                elif stamp is None:
                    stamp, reason = self._look(path)
                if stamp and not reason:
                    reason = _refusal(name[name.rfind(".") :])
                    if not reason or _misleads(self.root / path):
                        self.stamps[path] = stamp
                        continue
                    if path == DECLARATIONS_NAME:
                        self.declarations = File.of(path, stamp)
                        continue
            except OSError as error:
                reason = f"{UNREACHED[1]}: {error.strerror}"
            if reason:
                printable = PurePosixPath(path.encode("utf-8", "backslashreplace").decode())
                self.skipped.append(Skipped(printable, reason))
        if len(self.stamps) > self.limits.file_count:
            reason = f"holds more than {self.limits.file_count:,} documents; divide it, or raise the limit file_count"
            raise DocumentsFolderError(self.folder, reason)

    def _look(self, path: str) -> tuple[str, str | None]:
        """Return the stamp of a file that may be reached by a link, or why there is none; folders are walked later."""
        place = self.root / path
        if place.is_symlink() and (reason := self._astray(place)):
            return "", reason
        if place.is_dir():
            self.pending.append(path)
            return "", None
        status = place.stat()
        return (_stamp(status), None) if stat.S_ISREG(status.st_mode) else ("", "is not a regular file")

    def _astray(self, entry: Path) -> str | None:
        """Why a link is not followed, if it is not."""
        try:
            target = entry.resolve(strict=True)
        except (OSError, RuntimeError):
            return "is a link to nothing"
        if not target.is_relative_to(self.root):
            return "is a link out of the folder"
        return "is a link to a folder that is read in its own place" if target.is_dir() else None


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache
def _refusal(ending: str) -> str | None:
    """Why files whose names end like this, from the last full stop on, are not read, if they are not."""
    if _HALF_WRITTEN.search(ending):
        return "looks half-written; it is read when it has its final name"
    return refusal(_suffix(f"a{ending}"))


def _misleads(path: Path) -> bool:
    """Whether the file is by its content of a format that can be read, though its suffix says another."""
    suffix = _suffix(path.name)
    if not may_mislead(suffix):
        return False
    with open(path, "rb", opener=open_at_once) as file:
        return is_readable(suffix_of(file.read(HEAD_BYTES), suffix))


def open_at_once(place: str, flags: int) -> int:
    """Open without waiting for a writer, should the place have become a pipe."""
    return os.open(place, flags | getattr(os, "O_NONBLOCK", 0))
