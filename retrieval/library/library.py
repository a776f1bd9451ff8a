"""A folder of documents kept in step with its index: only what changed is read again, all of it appears at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from retrieval import reading
from retrieval.engines.protocol import Engine, Update
from retrieval.errors import DocumentsFolderError, OvertakenError
from retrieval.language import Tokenizer, synonyms
from retrieval.language.lexicon import NAMES, Lexicon
from retrieval.library.manifest import Entry, Manifest, State, Summary, notes_of
from retrieval.library.report import FileReport, Report, Status
from retrieval.reading import Declarations, Limits
from retrieval.reading.images.recognition import is_installed
from retrieval.reading.process import PageRead
from retrieval.reading.readers import Readers

READERS_VERSION = 3
"""Changes whenever the readers would make other paragraphs of the same file, so that all files are read again."""

NO_DOCUMENTS = NAMES | {synonyms.FILE_NAME}
"""Files of the documents folder that say how to read and to ask the others."""

_REMOVED: Status = "removed"
_GROWING: Status = "growing"

_RECENT_SECONDS = 3600
"""How near a file's time of change may be to now, before or after, for it to be looked at twice.

Much more than files are given to rest, since the clock of a file server may differ from this machine's.
"""

_logger = logging.getLogger(__name__)

Progress = Callable[[int, int, str, int], None]
"""Told, before each file is read: how many are done, how many there are to read, its path, paragraphs read so far."""


class Library:
    """Brings an engine's collection in step with a folder of documents.

    With a ``tokenizer``, which must be the engine's, the folder's ``userdict.txt`` and ``stopwords.txt`` count;
    ``limits`` bound what reading may take. What is recognised in pictures is kept in the folder ``recognised``.
    """

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        tokenizer: Tokenizer | None = None,
        *,
        limits: Limits | None = None,
        recognised: Path | None = None,
    ) -> None:
        self._folder = folder
        self._limits = limits or Limits()
        self._recognised = recognised
        self._engine = engine
        self._tokenizer = tokenizer
        self._read: tuple[Mapping[str, str] | None, list[Any], Manifest] | None = None

    async def refresh(self, *, progress: Progress = lambda *_: None, rest_seconds: float = 0) -> Report:
        """Read what is new or has changed, forget what is gone, and make the result visible in one step.

        A file that cannot be read is reported and stops no other. One that is still being written when it is looked at
        again after ``rest_seconds`` stays as it was, ``growing``. Raises ``DocumentsFolderError`` when the folder
        cannot be listed or nothing in it can be read, and ``IndexFolderError`` or ``EngineError`` when the index cannot
        be written.
        """
        while True:
            try:
                return await self._refreshed(progress, rest_seconds)
            except OvertakenError as error:  # there may be nothing left to do
                _logger.info("looking again: %s", error)

    async def _refreshed(self, progress: Progress, rest_seconds: float) -> Report:
        listing = await asyncio.to_thread(reading.find, self._folder, limits=self._limits)
        # Whatever goes over all files is done in a thread, since somebody may be waiting for an answer.
        files = await asyncio.to_thread(_documents, listing)
        if not files:
            skipped = f" ({len(listing.skipped)} files were passed over)" if listing.skipped else ""
            raise DocumentsFolderError(
                self._folder,
                f"holds no document{skipped}; put some there, or choose another with YUANJU_DOCUMENTS",
            )
        declarations = reading.declared(self._folder)
        readers = [READERS_VERSION, str(listing.declarations), str(self._limits), is_installed()]
        before = await self._manifest(readers)
        lexicon = Lexicon.read(self._folder) if self._tokenizer else Lexicon()
        touched = set(await self._engine.holding(lexicon.changed(before.lexicon))) if before.entries else set()
        if self._tokenizer:
            self._tokenizer.adopt(lexicon.words, lexicon.stop)
        stale = await asyncio.to_thread(_stale, files, before, touched)
        stale, growing = await _resting(self._folder, stale, seconds=rest_seconds)
        gone = _gone(before, files, listing)
        entries = dict(before.entries)
        changes: dict[str, Status] = dict.fromkeys(gone, _REMOVED) | dict.fromkeys(growing, _GROWING)

        if stale or gone or lexicon != before.lexicon or not before.entries:
            async with self._engine.update(afresh=not before.entries) as update:
                for path in gone:
                    await _remove(update, entries.pop(path))
                done = paragraph_count = 0

                def page_read(path: str, page: int, page_count: int) -> None:
                    progress(done, len(stale), f"{path} {page}/{page_count}", paragraph_count)

                async with self._reading(stale, before, touched, declarations, page_read) as readings:
                    for done, file in enumerate(stale):
                        path = file.relative
                        progress(done, len(stale), path, paragraph_count)
                        entry = before.entries.get(path)
                        entries[path] = await _put(update, file, entry, await anext(readings))
                        changes[path] = _status(entry, entries[path])
                        paragraph_count += sum(one.paragraph_count for one in entries[path].documents)
                if not any(entry.documents for entry in entries.values()):
                    reasons = "; ".join(failure for entry in entries.values() for failure in entry.failures[:1])
                    reasons = reasons or "its files are still being written"
                    raise DocumentsFolderError(self._folder, f"holds nothing that can be read: {reasons}")
                progress(len(stale), len(stale), "", paragraph_count)
                changed_entries = {path: entries.get(path) for path in (*gone, *(file.relative for file in stale))}
                await update.commit(notes_of(changed_entries, lexicon, readers))
                self._read = await self._engine.manifest(), readers, Manifest(lexicon, entries)
            changed = True
        else:
            changed = False

        return Report(await asyncio.to_thread(_reports, entries, changes, listing), changed)

    async def _manifest(self, readers: list[Any]) -> Manifest:
        """Return what is known of the files, read from the notes only where these are others than the last time."""
        notes = await self._engine.manifest()
        if notes is None:
            return Manifest(Lexicon(), {})
        if self._read is None or self._read[0] is not notes or self._read[1] != readers:
            self._read = notes, readers, await asyncio.to_thread(Manifest.parse, notes, readers)
        return self._read[2]

    @asynccontextmanager
    async def _reading(
        self,
        files: list[reading.File],
        before: Manifest,
        touched: set[str],
        declarations: Declarations,
        page_read: PageRead,
    ) -> AsyncIterator[AsyncIterator[reading.Reading]]:
        """Return what comes of each file, from processes of their own; those that only look changed are not read."""
        known = (
            "" if entry is None or _holds(entry, touched) else entry.sha256
            for entry in (before.entries.get(file.relative) for file in files)
        )
        async with Readers(limits=self._limits, recognised=self._recognised, page_read=page_read) as readers:
            readings = readers.read_all(self._folder, zip(files, known, strict=True), declarations=declarations)
            async with aclosing(readings):
                yield readings


async def _put(update: Update, file: reading.File, before: Entry | None, read: reading.Reading) -> Entry:
    """Put what came of a file into the update, unless its content is what it was; return its line of the manifest."""
    state = State(file.size, file.mtime_ns, read.sha256)
    if before and not (read.documents or read.failures):
        return before.in_state(state)
    if before:
        await _remove(update, before)
    for document in read.documents:
        await update.put(document)
    return Entry.of(state, [Summary.of(document) for document in read.documents], list(map(str, read.failures)))


def _documents(listing: reading.Listing) -> dict[str, reading.File]:
    return {file.relative: file for file in listing.files if file.relative not in NO_DOCUMENTS}


def _stale(files: dict[str, reading.File], before: Manifest, touched: set[str]) -> list[reading.File]:
    """Return the files that are new or look changed, and those that hold one of the documents that were touched."""
    known, nothing = before.entries.get, Entry("")
    return [
        file
        for file in files.values()
        if not (entry := known(file[0], nothing)).text.startswith(f"{file[1]} {file[2]} ")
        or (touched and _holds(entry, touched))
    ]


def _gone(before: Manifest, files: dict[str, reading.File], listing: reading.Listing) -> list[str]:
    """Return the files that are no more; those that cannot be reached for the moment may well be there."""
    unreached = {one.path for one in listing.skipped if one.reason.startswith(reading.UNREACHED)}
    missing = sorted(before.entries.keys() - files.keys())
    if not unreached:
        return missing
    return [path for path in missing if unreached.isdisjoint((PurePosixPath(path), *PurePosixPath(path).parents))]


def _reports(entries: dict[str, Entry], changes: dict[str, Status], listing: reading.Listing) -> tuple[FileReport, ...]:
    """Report on every file, in order of path; ``changes`` tells what has happened to some."""
    reports = [
        FileReport(path, changes.get(path) or _unread(entry), entry.size, entry.documents, entry.failures)
        for path, entry in entries.items()
    ]
    reports += [FileReport(path, status) for path, status in changes.items() if path not in entries]
    reports += [
        FileReport(str(one.path), "skipped", failures=(f"{one.path}: {one.reason}",)) for one in listing.skipped
    ]
    return tuple(sorted(reports, key=lambda file: file.path))


def _holds(entry: Entry | None, paths: set[str]) -> bool:
    """Return whether one of the file's documents has one of these paths."""
    return entry is not None and any(document.path in paths for document in entry.documents)


async def _remove(update: Update, entry: Entry) -> None:
    for document in entry.documents:
        await update.remove(document.path)


def _unread(entry: Entry) -> Status:
    return "unchanged" if entry.documents else "unreadable"


def _status(before: Entry | None, now: Entry) -> Status:
    if not now.documents:
        return "unreadable"
    if before is None:
        return "added"
    return "unchanged" if before.sha256 == now.sha256 else "changed"


async def _resting(
    folder: Path, files: Iterable[reading.File], *, seconds: float
) -> tuple[list[reading.File], list[str]]:
    """Return the files that have not changed when they are looked at again after ``seconds``, and the others' paths.

    Files that were last changed long ago are taken as they are, so this waits only where something is new.
    """
    files = list(files)
    recent = [file for file in files if seconds and abs(time.time() - file.mtime_ns / 1e9) < _RECENT_SECONDS]
    if recent:
        await asyncio.sleep(seconds)
    growing = await asyncio.to_thread(lambda: {str(file.path) for file in recent if not _same(folder, file)})
    return [file for file in files if str(file.path) not in growing], sorted(growing)


def _same(folder: Path, file: reading.File) -> bool:
    try:
        status = (folder / file.path).stat()
    except FileNotFoundError:
        return False  # renamed or deleted meanwhile
    except OSError:
        return True  # reading it will say why
    return (status.st_size, status.st_mtime_ns) == (file.size, file.mtime_ns)
