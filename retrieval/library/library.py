"""A folder of documents kept in step with its index: only what changed is read again, all of it appears at once."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path

from retrieval import reading
from retrieval.engines.protocol import Engine, Update
from retrieval.errors import DocumentsFolderError, OvertakenError
from retrieval.index.notes import Notes
from retrieval.language import Tokenizer
from retrieval.language.lexicon import Lexicon
from retrieval.library.difference import compare, holds, rest, same, with_same
from retrieval.library.manifest import Count, Entry, Manifest, State, Summary, notes_of
from retrieval.library.report import FileReport, Files, Report, Status
from retrieval.reading import Limits
from retrieval.reading.images.recognition import is_installed
from retrieval.reading.readers import Readers

READERS_VERSION = 6
"""Changes whenever the readers would make other paragraphs of the same file, so that all files are read again."""

EVERYWHERE = ("",)
"""The place at which all files lie."""

_logger = logging.getLogger(__name__)

Progress = Callable[[int, int, str, int], None]
"""Told, before each file is read: how many are done, how many there are to read, its path, paragraphs read so far."""


class Library:
    """Brings an engine's collection in step with a folder of documents.

    With a ``tokenizer``, which must be the engine's, the folder's ``userdict.txt`` and ``stopwords.txt`` count;
    ``limits`` bound what reading may take. ``readers`` are made each time, with these limits.
    """

    def __init__(
        self,
        folder: Path,
        engine: Engine,
        tokenizer: Tokenizer | None = None,
        *,
        limits: Limits | None = None,
        readers: Callable[..., Readers] = Readers,
    ) -> None:
        self._folder = folder
        self._limits = limits or Limits()
        self._readers = readers
        self._engine = engine
        self._tokenizer = tokenizer

    async def refresh(
        self,
        places: Collection[str] = EVERYWHERE,
        *,
        progress: Progress = lambda *_: None,
        rest_seconds: float = 0,
        brief: bool = False,
    ) -> Report:
        """Read what is new or has changed, forget what is gone, and make the result visible in one step.

        Files are looked at that lie at these ``places``, files and folders by relative path, and the report tells of
        them, with ``brief`` only where there is something to say; all files, where what has changed there matters to
        all. A file that cannot be read is reported and stops no other. One that is still being written when it is
        looked at again after ``rest_seconds`` stays as it was, ``growing``. Raises ``DocumentsFolderError`` when the
        folder cannot be listed or nothing in it can be read, and ``IndexFolderError`` or ``EngineError`` when the index
        cannot be written.
        """
        shown = _Shown(progress)
        places = EVERYWHERE if "" in places else places
        async with self._readers(limits=self._limits, page_read=shown.page) as readers:
            while True:
                try:
                    return await self._refreshed(places, readers, shown, rest_seconds, brief=brief)
                except OvertakenError as error:  # there may be nothing left to do
                    _logger.info("looking again: %s", error)

    async def _refreshed(
        self, places: Collection[str], readers: Readers, shown: _Shown, rest_seconds: float, *, brief: bool
    ) -> Report:
        listing, before, places = await self._listed(places)
        declarations = reading.declared(self._folder)
        readers_note = json.dumps([READERS_VERSION, str(listing.declarations), str(self._limits), is_installed()])
        known, count = (before.entries, before.count) if before.readers == readers_note else ({}, Count())
        lexicon = Lexicon.read(self._folder) if self._tokenizer else Lexicon()
        touched = set(await self._engine.holding(lexicon.changed(before.lexicon))) if count.files else set[str]()
        found = await asyncio.to_thread(compare, listing, known, places=places, touched=touched)
        stands = count.files > 0 and lexicon == before.lexicon
        file_count = count.files + found.growth
        if places != EVERYWHERE and not (stands and 0 < file_count <= self._limits.file_count):
            return await self._refreshed(EVERYWHERE, readers, shown, rest_seconds, brief=brief)
        if not file_count:
            skipped = f" ({len(listing.skipped)} files were passed over)" if listing.skipped else ""
            raise DocumentsFolderError(
                self._folder,
                f"holds no document{skipped}; put some there, or choose another with YUANJU_DOCUMENTS",
            )
        if self._tokenizer:
            self._tokenizer.adopt(lexicon.words, lexicon.stop)
        entries = dict(known)
        if found.stale and rest_seconds and places == EVERYWHERE:
            readers.start()
        stale, growing = await _rested(self._folder, found.stale, seconds=rest_seconds)
        changed = bool(stale or found.gone) or not stands
        if changed:
            async with self._engine.update(afresh=not count.files) as update:
                for path in found.gone:
                    await _remove(update, Entry(entries.pop(path)))
                wanted = [(file, _content(known.get(file.relative), touched)) for file in stale]
                shown.begin(len(stale))
                async with aclosing(readers.read_all(self._folder, wanted, declarations=declarations)) as readings:
                    for file in stale:
                        shown.file(file.relative)
                        entry = await _put(update, file, known.get(file.relative), await anext(readings))
                        entries[file.relative] = entry.text
                        shown.done += 1
                        shown.paragraph_count += entry.paragraph_count
                changes = {path: entries.get(path) for path in (*found.gone, *(file.relative for file in stale))}
                count = count.changed(
                    [known[path] for path in changes if path in known], [text for text in changes.values() if text]
                )
                if not count.documents:
                    raise self._unreadable(entries)
                shown.file("")
                await update.commit(notes_of(changes, lexicon, readers_note, count))
        statuses: dict[str, Status] = {}
        statuses |= dict.fromkeys(found.gone, "removed")
        statuses |= dict.fromkeys(growing, "growing")
        statuses |= {file.relative: _status(known.get(file.relative), entries[file.relative]) for file in stale}
        return await asyncio.to_thread(
            _report, entries, statuses, listing, brief=brief, changed=changed, document_count=count.documents
        )

    async def _listed(self, places: Collection[str]) -> tuple[reading.Listing, Manifest, Collection[str]]:
        """Return what lies at some places, what is known of all files, and the places with what belongs to them."""
        find = partial(reading.find, self._folder, limits=self._limits)
        # Whatever goes over all files is done in a thread, since somebody may be waiting for an answer.
        if places == EVERYWHERE:
            listing, notes = await asyncio.gather(asyncio.to_thread(find), self._engine.manifest())
            return listing, await asyncio.to_thread(Manifest.whole, Notes() if notes is None else notes), places
        notes = await self._engine.manifest()
        if notes is None:
            return await asyncio.to_thread(find), Manifest.whole(Notes()), EVERYWHERE
        places = await asyncio.to_thread(with_same, places, notes)
        return await asyncio.to_thread(find, places=places), Manifest.at(places, notes), places

    def _unreadable(self, entries: Mapping[str, str]) -> DocumentsFolderError:
        """Return the error of a folder in which there is nothing in any file."""
        reasons = "; ".join(failure for entry in map(Entry, entries.values()) for failure in entry.failures[:1])
        reasons = reasons or "its files are still being written"
        return DocumentsFolderError(self._folder, f"holds nothing that can be read: {reasons}")


class _Shown:
    """How far reading is, as it is shown."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.begin(0)

    def begin(self, total: int) -> None:
        self.total = total
        self.done = self.paragraph_count = 0

    def file(self, path: str) -> None:
        self._progress(self.done, self.total, path, self.paragraph_count)

    def page(self, path: str, page: int, page_count: int) -> None:
        self.file(f"{path} {page}/{page_count}")


async def _put(update: Update, file: reading.File, before: str | None, read: reading.Reading) -> Entry:
    """Put what came of a file into the update, unless its content is what it was; return its entry."""
    state = State(file.size, file.mtime_ns, read.sha256)
    if before and not (read.documents or read.failures):
        return Entry(before).in_state(state)
    if before:
        await _remove(update, Entry(before))
    for document in read.documents:
        await update.put(document)
    return Entry.of(state, [Summary.of(document) for document in read.documents], list(map(str, read.failures)))


async def _remove(update: Update, entry: Entry) -> None:
    for document in entry.documents:
        await update.remove(document.path)


def _content(before: str | None, touched: Collection[str]) -> str:
    """Return the checksum with which a file need not be read, as it only looks changed."""
    return "" if before is None or holds(before, touched) else Entry(before).sha256


def _status(before: str | None, now: str) -> Status:
    if not Entry(now).document_count:
        return "unreadable"
    if before is None:
        return "added"
    return "unchanged" if Entry(before).sha256 == Entry(now).sha256 else "changed"


def _report(
    entries: Mapping[str, str],
    statuses: Mapping[str, Status],
    listing: reading.Listing,
    *,
    brief: bool,
    changed: bool,
    document_count: int,
) -> Report:
    """Report on the files that were looked at, which have entries; ``statuses`` tell what has happened to some."""
    others = [
        FileReport(path, status, *((text,) if (text := entries.get(path)) else ())) for path, status in statuses.items()
    ]
    for one in listing.skipped:
        nothing = Entry.of(State(0, 0, ""), (), (f"{one.path}: {one.reason}",))
        others.append(FileReport(str(one.path), "skipped", nothing.text))
    as_before = {**entries}
    for path in statuses:
        as_before.pop(path, None)
    files = Files(as_before, others)
    return Report(files.news() if brief else files, changed, files.counts(), document_count)


async def _rested(
    folder: Path, files: Sequence[reading.File], *, seconds: float
) -> tuple[list[reading.File], list[str]]:
    """Return the files that have not changed when they are looked at again after a rest, and the others' paths."""
    rests = {file: length for file in files if seconds and (length := rest(file, seconds=seconds))}
    if rests:
        await asyncio.sleep(max(rests.values()))
    growing = await asyncio.to_thread(lambda: {file.relative for file in rests if not same(folder, file)})
    return [file for file in files if file.relative not in growing], sorted(growing)
