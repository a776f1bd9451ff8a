"""A folder of documents kept in step with its index: only what changed is read again, all of it appears at once."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from retrieval import reading
from retrieval.engine import Engine, Update
from retrieval.errors import DocumentsFolderError, UnreadableDocument
from retrieval.reading import Declarations, Limits
from retrieval.records import Document

READERS_VERSION = 2
"""Changes whenever the readers would make other paragraphs of the same file, so that all files are read again."""

MEAGRE_BYTES, MEAGRE_CHARACTERS = 20_000, 200
"""A file of more bytes that gives fewer characters has most likely not been read as it was meant."""

Status = Literal["added", "changed", "unchanged", "removed", "unreadable", "skipped"]

_REMOVED: Status = "removed"

Progress = Callable[[int, int, str], None]
"""Told, before each file is read, how many files are done, how many there are to read, and the file's path."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a document was read, how much was in it, and what the operator should know of it."""

    path: str
    format: str
    encoding: str | None
    paragraph_count: int
    character_count: int
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Document) -> Summary:
        """Sum up a document."""
        return cls(
            path=document.source.path,
            format=document.format,
            encoding=document.encoding,
            paragraph_count=len(document.paragraphs),
            character_count=sum(len(paragraph.text) for paragraph in document.paragraphs),
            remarks=document.remarks,
        )


@dataclass(frozen=True, slots=True)
class FileReport:
    """What came of one file: its documents (an archive may hold several), and why others could not be had.

    ``failures`` hold ``path: reason``, for the file or for a document inside it. ``size`` is in bytes.
    """

    path: str
    status: Status
    size: int = 0
    documents: tuple[Summary, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a refresh, file by file in order of path; ``changed`` tells whether answers may differ now."""

    files: tuple[FileReport, ...]
    changed: bool

    @property
    def meagre(self) -> tuple[FileReport, ...]:
        """The files that gave suspiciously little text for their size: scans, pages that a script fills, wrong formats."""
        return tuple(
            file
            for file in self.files
            if file.documents
            and file.size > MEAGRE_BYTES
            and sum(document.character_count for document in file.documents) < MEAGRE_CHARACTERS
        )

    def count(self, *statuses: Status) -> int:
        """Count the files that have one of these statuses."""
        return sum(file.status in statuses for file in self.files)

    @property
    def document_count(self) -> int:
        """How many documents can be asked now."""
        return sum(len(file.documents) for file in self.files)

    @property
    def failures(self) -> tuple[str, ...]:
        """Every ``path: reason`` of what could not be read."""
        return tuple(failure for file in self.files for failure in file.failures)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of the manifest: the state in which a file was read, and what came of it."""

    size: int
    mtime_ns: int
    sha256: str
    documents: tuple[Summary, ...] = ()
    failures: tuple[str, ...] = ()


class Library:
    """Brings an engine's collection in step with a folder of documents."""

    def __init__(self, folder: Path, engine: Engine, *, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._folder = folder
        self._engine = engine
        self._limits = limits

    async def refresh(self, *, progress: Progress = lambda *_: None) -> Report:
        """Read what is new or has changed, forget what is gone, and make the result visible in one step.

        A file that cannot be read is reported and stops no other. Raises ``DocumentsFolderError`` when the folder
        cannot be listed or nothing in it can be read, and ``IndexFolderError`` when the index cannot be written.
        """
        listing = await asyncio.to_thread(reading.find, self._folder, limits=self._limits)
        if not listing.files:
            skipped = f" ({len(listing.skipped)} files were passed over)" if listing.skipped else ""
            raise DocumentsFolderError(
                self._folder,
                f"holds no document{skipped}; put some there, or choose another with YUANJU_DOCUMENTS",
            )
        declarations = reading.declared(self._folder)
        readers = [READERS_VERSION, str(listing.declarations), str(self._limits)]
        before = _parse(await self._engine.manifest(), readers)
        stale = [file for file in listing.files if not _unchanged(before.get(str(file.path)), file)]
        gone = sorted(before.keys() - {str(file.path) for file in listing.files})
        entries = {path: entry for path, entry in before.items() if path not in gone}
        statuses = {path: _status(entry, entry) for path, entry in entries.items()} | dict.fromkeys(gone, _REMOVED)

        if stale or gone:
            async with self._engine.update(afresh=not before) as update:
                for path in gone:
                    await _remove(update, before[path])
                for done, file in enumerate(stale):
                    path = str(file.path)
                    progress(done, len(stale), path)
                    entries[path] = await self._bring(update, file, declarations, before.get(path))
                    statuses[path] = _status(before.get(path), entries[path])
                if not any(entry.documents for entry in entries.values()):
                    reasons = "; ".join(failure for entry in entries.values() for failure in entry.failures[:1])
                    raise DocumentsFolderError(self._folder, f"holds nothing that can be read: {reasons}")
                await update.commit(_format(entries, readers))

        files = [
            FileReport(path, status, *_outcome(entries.get(path)))
            for path, status in statuses.items()
        ] + [FileReport(str(one.path), "skipped", failures=(f"{one.path}: {one.reason}",)) for one in listing.skipped]  # fmt: skip
        return Report(tuple(sorted(files, key=lambda file: file.path)), bool(stale or gone))

    async def _bring(
        self, update: Update, file: reading.File, declarations: Declarations, before: _Entry | None
    ) -> _Entry:
        """Read one file into the update, unless its content is what it was; gives its new line of the manifest."""
        digest = await asyncio.to_thread(_digest, self._folder / file.path)
        if before and digest and before.sha256 == digest:
            return replace(before, size=file.size, mtime_ns=file.mtime_ns)
        try:
            documents, failures = await asyncio.to_thread(
                reading.read, self._folder, file.path, limits=self._limits, declarations=declarations
            )
        except UnreadableDocument as error:
            documents, failures = (), (error,)
        if before:
            await _remove(update, before)
        for document in documents:
            await update.put(document)
        return _Entry(
            size=file.size,
            mtime_ns=file.mtime_ns,
            sha256=digest,
            documents=tuple(Summary.of(document) for document in documents),
            failures=tuple(str(failure) for failure in failures),
        )


async def _remove(update: Update, entry: _Entry) -> None:
    for document in entry.documents:
        await update.remove(document.path)


def _unchanged(entry: _Entry | None, file: reading.File) -> bool:
    return entry is not None and (entry.size, entry.mtime_ns) == (file.size, file.mtime_ns)


def _status(before: _Entry | None, now: _Entry) -> Status:
    if not now.documents:
        return "unreadable"
    if before is None:
        return "added"
    return "unchanged" if before.sha256 == now.sha256 else "changed"


def _outcome(entry: _Entry | None) -> tuple[int, tuple[Summary, ...], tuple[str, ...]]:
    return (entry.size, entry.documents, entry.failures) if entry else (0, (), ())


def _digest(path: Path) -> str:
    """Give the SHA-256 of a file, or nothing where it cannot be opened: reading it will say why."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _format(entries: Mapping[str, _Entry], readers: list[Any]) -> str:
    files = {path: asdict(entry) for path, entry in sorted(entries.items())}
    return json.dumps({"readers": readers, "files": files}, ensure_ascii=False)


def _parse(manifest: str | None, readers: list[Any]) -> dict[str, _Entry]:
    """Read a manifest; one of other readers says nothing about what these would make of the files."""
    known = json.loads(manifest) if manifest else {}
    if known.get("readers") != readers:
        return {}
    return {
        path: _Entry(
            entry["size"],
            entry["mtime_ns"],
            entry["sha256"],
            tuple(Summary(**{**summary, "remarks": tuple(summary["remarks"])}) for summary in entry["documents"]),
            tuple(entry["failures"]),
        )
        for path, entry in known["files"].items()
    }
