"""The index on disk: generations in a folder, each whole and never changed once it is there.

A generation is a folder ``generation-000007`` with the postings (NumPy arrays, memory-mapped), the documents (SQLite,
opened read-only) and ``generation.json``, which names every file with its size and checksum. It is built under
another name and renamed when all of it is on disk, so a process that dies while building leaves no half generation,
and a question that is being answered goes on reading the generation it began with. The newest whole one counts.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.bm25 import Postings, PostingsBM25
from retrieval.errors import IndexFolderError
from retrieval.records import Document, Paragraph, Source
from retrieval.tokens import Tokenizer

FORMAT = 1
"""Changes whenever older code could not read what newer code writes, or the other way round."""

KEPT_GENERATIONS = 2
"""How many generations stay: the one in use, and the one before it in case the new one is damaged."""

_SCHEMA = """
CREATE TABLE documents (
    path TEXT PRIMARY KEY, start INTEGER, paragraph_count INTEGER NOT NULL,
    title TEXT NOT NULL, author TEXT, date TEXT, url TEXT, categories TEXT NOT NULL
);
CREATE TABLE paragraphs (
    path TEXT NOT NULL, place INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
    section TEXT NOT NULL, page INTEGER, PRIMARY KEY (path, place)
) WITHOUT ROWID;
CREATE TABLE manifest (json TEXT NOT NULL);
"""
_DOCUMENT_COLUMNS = "path, start, paragraph_count, title, author, date, url, categories"
_PARAGRAPH_COLUMNS = "path, place, number, text, section, page"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the terms of an index were made with; an index of another recipe is built anew."""

    terms: int
    k1: float
    b: float


def bag(document: Document, paragraph: Paragraph, tokenizer: Tokenizer) -> list[str]:
    """Give the terms under which a paragraph is found: its own, its headings' and its document's title's.

    People name the topic in the question, and the paragraph that answers often doesn't.
    """
    topic = " ".join((document.source.title, *paragraph.section))
    return tokenizer.terms(paragraph.text) + tokenizer.terms(topic)


class Index:
    """One generation, opened: its postings and its documents. Close it when no question reads from it any more."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        """Open the generation in ``folder``.

        Raises ``IndexFolderError`` if it is damaged or of another format or recipe.
        """
        self.folder = folder
        description = _description(folder)
        if description.get("format") != FORMAT or description.get("recipe") != _plain(recipe):
            raise IndexFolderError(folder, "was made by another version or with other settings")
        for name, file in description["files"].items():
            if not (folder / name).is_file() or (folder / name).stat().st_size != file["bytes"]:
                raise IndexFolderError(folder, f"{name} is missing or cut short")
        arrays = {field.name: _mapped(folder / f"{field.name}.npy") for field in fields(Postings)}
        impacts = _mapped(folder / "impacts.npy")
        self.bm25 = PostingsBM25(postings=Postings(**arrays), impacts=impacts, k1=recipe.k1, b=recipe.b)
        self._database = sqlite3.connect(
            f"{(folder / 'documents.sqlite').as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    @property
    def manifest(self) -> str:
        """What the builder wrote down about where the documents came from."""
        row = self._database.execute("SELECT json FROM manifest").fetchone()
        return str(row[0])

    def paragraph(self, position: int) -> tuple[Source, Paragraph]:
        """Give the paragraph at a position of the collection, with its source."""
        document = self._database.execute(
            f"SELECT {_DOCUMENT_COLUMNS} FROM documents WHERE start <= ? ORDER BY start DESC LIMIT 1",  # noqa: S608
            (position,),
        ).fetchone()
        path, start, _, title, author, date, url, categories = document
        number, text, section, page = self._database.execute(
            "SELECT number, text, section, page FROM paragraphs WHERE path = ? AND place = ?",
            (path, position - start),
        ).fetchone()
        source = Source(path, title, author, date, url, tuple(json.loads(categories)))
        return source, Paragraph(number, text, tuple(json.loads(section)), page)

    def documents(self) -> list[tuple[str, int, int]]:
        """Give ``(path, position of the first paragraph, paragraph count)`` of each document, in order."""
        return self._database.execute("SELECT path, start, paragraph_count FROM documents ORDER BY start").fetchall()

    def damage(self) -> list[str]:
        """Read every file of the generation and name those that are not as they were written."""
        files = _description(self.folder)["files"]
        return [name for name, file in files.items() if _checksum(self.folder / name) != file["sha256"]]

    def close(self) -> None:
        """Let go of the database; the arrays are let go with the object."""
        self._database.close()


class Builder:
    """Builds the next generation: the documents of the last one, less those removed or replaced, and those put.

    Nothing that is open changes; ``publish`` makes the generation the newest, ``discard`` leaves no trace.
    """

    def __init__(self, folder: Path, recipe: Recipe, tokenizer: Tokenizer, base: Index | None) -> None:
        self._folder = folder
        self._recipe = recipe
        self._tokenizer = tokenizer
        self._base = base
        self._removed: set[str] = set()
        self._put: list[tuple[str, int]] = []
        self._bags: list[list[str]] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _sweep(folder)
            self._workplace = Path(tempfile.mkdtemp(prefix="building-", dir=folder))
        except OSError as error:
            raise _unwritable(folder, error) from error
        self._database = sqlite3.connect(self._workplace / "documents.sqlite", check_same_thread=False)
        self._database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)

    def put(self, document: Document) -> None:
        """Add a document, in place of an earlier one with its path."""
        source = document.source
        self.remove(source.path)
        self._put.append((source.path, len(document.paragraphs)))
        self._database.execute(
            f"INSERT INTO documents ({_DOCUMENT_COLUMNS}) VALUES (?, NULL, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (source.path, len(document.paragraphs), source.title, source.author, source.date, source.url,
             _compact(source.categories)),
        )  # fmt: skip
        for place, paragraph in enumerate(document.paragraphs):
            self._database.execute(
                f"INSERT INTO paragraphs ({_PARAGRAPH_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    source.path,
                    place,
                    paragraph.number,
                    paragraph.text,
                    _compact(paragraph.section),
                    paragraph.page,
                ),
            )
            self._bags.append(bag(document, paragraph, self._tokenizer))

    def remove(self, path: str) -> None:
        """Leave out the document with this path, if there is one."""
        self._removed.add(path)

    def publish(self, manifest: str) -> Path:
        """Write everything to disk and make it the newest generation; gives its folder.

        Raises ``IndexFolderError`` if the disk takes no more; the generations that are there stay as they are.
        """
        try:
            self._copy_kept_documents()
            postings = self._merged_postings()
            self._database.execute("INSERT INTO manifest VALUES (?)", (manifest,))
            self._database.commit()
            self._database.close()
            for field in fields(Postings):
                np.save(self._workplace / f"{field.name}.npy", getattr(postings, field.name))
            model = PostingsBM25(postings=postings, k1=self._recipe.k1, b=self._recipe.b)
            np.save(self._workplace / "impacts.npy", model.impacts)
            _describe(self._workplace, self._recipe)
            return self._rename()
        except (OSError, sqlite3.Error) as error:
            raise _unwritable(self._folder, error) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Remove what was built and not published."""
        self._database.close()
        shutil.rmtree(self._workplace, ignore_errors=True)

    def _copy_kept_documents(self) -> None:
        if self._base is not None:
            self._database.commit()
            database = str(self._base.folder / "documents.sqlite")
            self._database.execute("ATTACH ? AS base", (database,))
            self._database.execute("CREATE TEMP TABLE removed (path TEXT PRIMARY KEY)")
            self._database.executemany("INSERT INTO removed VALUES (?)", ((path,) for path in self._removed))
            for table, columns in (("documents", _DOCUMENT_COLUMNS), ("paragraphs", _PARAGRAPH_COLUMNS)):
                self._database.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM base.{table} "  # noqa: S608
                    "WHERE path NOT IN (SELECT path FROM removed)"
                )
        rows = self._database.execute("SELECT path, paragraph_count FROM documents ORDER BY path").fetchall()
        starts = np.cumsum([0, *(count for _, count in rows)])
        self._database.executemany(
            "UPDATE documents SET start = ? WHERE path = ?",
            ((int(start), path) for start, (path, _) in zip(starts, rows, strict=False)),
        )
        self._database.execute("CREATE UNIQUE INDEX documents_by_start ON documents (start)")
        self._starts = {path: int(start) for start, (path, _) in zip(starts, rows, strict=False)}
        self._paragraph_count = int(starts[-1])

    def _merged_postings(self) -> Postings:
        parts = [(Postings.of(self._bags), self._positions(self._put, set()))]
        if self._base is not None:
            before = [(path, count) for path, _, count in self._base.documents()]
            parts.append((self._base.bm25.postings, self._positions(before, self._removed)))
        return Postings.merge(parts, self._paragraph_count)

    def _positions(self, documents: Sequence[tuple[str, int]], left_out: set[str]) -> Any:
        """Give the new positions of the paragraphs of some documents, one after the other; -1: left out."""
        pieces = [
            np.full(count, -1) if path in left_out else np.arange(self._starts[path], self._starts[path] + count)
            for path, count in documents
        ]
        return np.concatenate([np.empty(0, dtype=np.int32), *pieces]).astype(np.int32)

    def _rename(self) -> Path:
        number = 1 + max((_number(folder) for folder in _generations(self._folder)), default=0)
        while True:
            target = self._folder / f"generation-{number:06}"
            try:
                self._workplace.rename(target)
            except OSError:
                if not target.exists():
                    raise
                number += 1  # another process published this number first
            else:
                break
        _sync(self._folder)
        for old in list(_generations(self._folder))[KEPT_GENERATIONS:]:
            shutil.rmtree(old, ignore_errors=True)
        return target


def newest(folder: Path, recipe: Recipe) -> Index | None:
    """Open the newest whole generation in a folder; ``None`` when there is none that this code can use."""
    for generation in _generations(folder):
        try:
            return Index(generation, recipe)
        except (IndexFolderError, ValueError, sqlite3.Error, OSError) as error:
            _logger.warning("%s is passed over: %s", generation, error)
    return None


def _generations(folder: Path) -> Iterator[Path]:
    """Give the generations in a folder, newest first."""
    if folder.is_dir():
        yield from sorted(folder.glob("generation-*"), key=_number, reverse=True)


def _number(generation: Path) -> int:
    digits = generation.name.removeprefix("generation-")
    return int(digits) if digits.isdecimal() else 0


def _sweep(folder: Path) -> None:
    """Remove what builders left that were killed; one that still works touches its folder more often than hourly."""
    for leftover in folder.glob("building-*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > 3600:
                shutil.rmtree(leftover, ignore_errors=True)


def _mapped(path: Path) -> Any:
    # A plain array over the map: every slice of a np.memmap object would cost a slow Python call.
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return np.asarray(array)


def _describe(folder: Path, recipe: Recipe) -> None:
    """Write down every file of a generation, itself and all of them safely on disk."""
    files = {}
    for path in sorted(folder.iterdir()):
        files[path.name] = {"bytes": path.stat().st_size, "sha256": _checksum(path)}
        _sync(path)
    description = {"format": FORMAT, "recipe": _plain(recipe), "files": files}
    (folder / "generation.json").write_text(json.dumps(description, indent=1), encoding="utf-8")
    _sync(folder / "generation.json")
    _sync(folder)


def _description(folder: Path) -> dict[str, Any]:
    try:
        description = json.loads((folder / "generation.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IndexFolderError(folder, f"is not a whole index ({error})") from error
    if not isinstance(description, dict):
        raise IndexFolderError(folder, "is not a whole index")
    return description


def _plain(recipe: Recipe) -> dict[str, Any]:
    return {field.name: getattr(recipe, field.name) for field in fields(recipe)}


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _compact(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _unwritable(folder: Path, error: Exception) -> IndexFolderError:
    return IndexFolderError(
        folder, f"cannot be written ({error}); choose another with YUANJU_INDEX or --index, or make room"
    )
