"""Reading one file: bytes to documents, through the reader of its format."""

from __future__ import annotations

import importlib
import os
import stat
import warnings
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from retrieval.errors import DocumentsFolderError, UnreadableDocument
from retrieval.reading.declarations import Declaration, Declarations, declared
from retrieval.reading.formats import ARCHIVE_SUFFIX, format_of
from retrieval.reading.limits import Limits, too_large
from retrieval.records import Document, Source

if TYPE_CHECKING:
    from retrieval.reading.content import Content, Raw


class Reading(NamedTuple):
    """What one file yielded: its documents, and the failures of those in an archive that could not be read."""

    documents: tuple[Document, ...]
    failures: tuple[UnreadableDocument, ...] = ()


def read(
    folder: Path,
    path: PurePosixPath | str,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    declarations: Declarations | None = None,
) -> Reading:
    """The documents in the file at ``path``, relative to the folder: one, or for an archive any number above none.

    ``declarations`` is what ``declared(folder)`` gave; without it, it is read anew. Raises ``UnreadableDocument``, and
    nothing else, when the file yields no document.
    """
    name = PurePosixPath(path)
    if declarations is None:
        try:
            declarations = declared(folder)
        except DocumentsFolderError as error:
            raise UnreadableDocument(str(name), error.reason) from error
    data = _load(folder, name, limits)
    return _Reader(declarations).read(str(name), data, limits)


def _load(folder: Path, path: PurePosixPath, limits: Limits) -> bytes:
    """The bytes of the file, when it is a regular one in the folder, of bounded size, that nobody is writing."""
    try:
        place = (folder / path).resolve(strict=True)
        if not place.is_relative_to(folder.resolve(strict=True)):
            raise UnreadableDocument(str(path), "lies outside the documents folder")
        with open(place, "rb", opener=_open_at_once) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableDocument(str(path), "is not a regular file")
            if before.st_size > limits.file_bytes:
                raise UnreadableDocument(str(path), too_large(before.st_size, "file_bytes", limits.file_bytes))
            data = file.read(limits.file_bytes + 1)
            after = os.fstat(file.fileno())
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableDocument(str(path), f"cannot be opened: {reason}") from error
    if len(data) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise UnreadableDocument(str(path), "was changed while it was read; it is read again next time")
    return data


def _open_at_once(place: str, flags: int) -> int:
    """Opens without waiting for a writer, should the place have become a pipe."""
    return os.open(place, flags | getattr(os, "O_NONBLOCK", 0))


class _Reader:
    """Reads what one file holds, and what the archives in it hold."""

    def __init__(self, declarations: Declarations) -> None:
        self.declarations = declarations

    def read(self, path: str, data: bytes, limits: Limits, depth: int = 0) -> Reading:
        """The documents in these bytes; ``depth`` counts the archives around them."""
        suffix = PurePosixPath(path).suffix.lower()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if suffix == ARCHIVE_SUFFIX:
                    return self._archive(path, data, limits, depth)
                return Reading((self._document(path, data, limits),))
        except UnreadableDocument:
            raise
        except ModuleNotFoundError as error:
            need = f"{suffix} files need the package {error.name}"
            raise UnreadableDocument(path, f"{need}; install it with: pip install 'yuanju[office]'") from error
        except MemoryError as error:
            raise UnreadableDocument(path, "needs more memory than there is; divide it") from error
        except Exception as error:  # a parser may raise anything over a damaged file, and must not stop the others
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise UnreadableDocument(path, f"is no {suffix} file or is damaged ({reason})") from error

    def _archive(self, path: str, data: bytes, limits: Limits, depth: int) -> Reading:
        from retrieval.reading.archives.zipped import members

        if depth >= limits.archive_depth:
            raise UnreadableDocument(path, f"is an archive within {depth} others (the limit archive_depth)")
        documents: list[Document] = []
        failures: list[UnreadableDocument] = []
        for inner, content in members(path, data, limits):
            if isinstance(content, str):
                failures.append(UnreadableDocument(inner, content))
                continue
            try:
                reading = self.read(inner, content, limits, depth + 1)
            except UnreadableDocument as error:
                failures.append(error)
            else:
                documents.extend(reading.documents)
                failures.extend(reading.failures)
        if not documents:
            first = f"; {failures[0]}" if failures else ""
            raise UnreadableDocument(path, f"holds no document that can be read{first}")
        return Reading(tuple(documents), tuple(failures))

    def _document(self, path: str, data: bytes, limits: Limits) -> Document:
        from retrieval.reading.content import Raw

        format_ = format_of(PurePosixPath(path).suffix)
        if format_ is None:
            raise UnreadableDocument(path, f"{PurePosixPath(path).suffix or 'files without a suffix'} are not read")
        if not data.strip(b"\0 \t\r\n"):
            raise UnreadableDocument(path, "is empty")
        declaration = self.declarations.of(path)
        raw = Raw(path=path, data=data, limits=limits, encoding=declaration.encoding, language=declaration.language)
        content: Content = importlib.import_module(f"retrieval.reading.{format_.module}").read(raw)
        return _assembled(raw, content, declaration)


def _assembled(raw: Raw, content: Content, declaration: Declaration) -> Document:
    from retrieval.reading.bylines import byline
    from retrieval.reading.joining import collapse
    from retrieval.reading.lists import gather
    from retrieval.reading.naming import date_in, title_in
    from retrieval.reading.outline import number, stands_alone, title_of
    from retrieval.reading.pairs import paired
    from retrieval.reading.titles import telling_title

    said = content.metadata.over(byline(content.blocks))
    path = PurePosixPath(raw.path)
    blocks = list(gather(paired(content.blocks)))
    heading = title_of(blocks)
    title = collapse(declaration.title or said.title or heading or title_in(raw.path)) or path.name
    repeated = title if stands_alone(blocks, title) else None
    remarks = list(content.remarks)
    limit = raw.limits.paragraph_count
    paragraphs = tuple(islice(number(blocks, title=repeated), limit + 1))
    if len(paragraphs) > limit:
        paragraphs = paragraphs[:limit]
        remarks.append(f"has more than {limit:,} paragraphs (the limit paragraph_count): the rest was left out")
    if not paragraphs:  # a document of nothing but its title
        paragraphs = tuple(number(blocks[:1], title=None))
    if not paragraphs:
        raise UnreadableDocument(raw.path, "; ".join(["holds no text to read", *remarks]))
    source = Source(
        path=raw.path,
        title=telling_title(title, path),
        author=declaration.author or said.author,
        date=declaration.date or said.date or date_in(raw.path),
        url=declaration.url or said.url,
        categories=said.categories,
    )
    return Document(source, paragraphs, format=content.format, encoding=content.encoding, remarks=tuple(remarks))
