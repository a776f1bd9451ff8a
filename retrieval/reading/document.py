"""Reading one file: bytes to documents, through the reader of its format."""

from __future__ import annotations

import importlib
import os
import stat
import warnings
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from retrieval import extras
from retrieval.errors import DocumentsFolderError, UnreadableDocument
from retrieval.reading.declarations import Declaration, Declarations, declared
from retrieval.reading.finding import open_at_once
from retrieval.reading.formats import ARCHIVE_SUFFIX, format_of, refusal
from retrieval.reading.limits import Limits, Unpacking, ran_out, too_large, too_much_memory
from retrieval.reading.signatures import suffix_of
from retrieval.records import Document, Source

if TYPE_CHECKING:
    from retrieval.reading.content import Content, Raw
    from retrieval.reading.images.recognition import Recognition


class Reading(NamedTuple):
    """What one file yielded: its documents, and the failures of those that could not be read.

    ``sha256`` is that of the file's content, where somebody has asked for it.
    """

    documents: tuple[Document, ...]
    failures: tuple[UnreadableDocument, ...] = ()
    sha256: str = ""


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
    return read_data(str(name), load(folder, name, limits), limits=limits, declarations=declarations)


def read_data(
    path: str, data: bytes, *, limits: Limits, declarations: Declarations, recognition: Recognition | None = None
) -> Reading:
    """The documents in the content of a file; ``path`` says its format and identifies it. Raises as ``read``.

    ``recognition`` recognises the text in pictures, with a new one by default.
    """
    return _Reader(declarations, limits, Unpacking(limits, len(data)), recognition).read(path, data)


def load(folder: Path, path: PurePosixPath, limits: Limits) -> bytes:
    """The bytes of the file, when it is a regular one in the folder, of bounded size, that nobody is writing.

    Raises ``UnreadableDocument`` otherwise.
    """
    try:
        place = (folder / path).resolve(strict=True)
        if not place.is_relative_to(folder.resolve(strict=True)):
            raise UnreadableDocument(str(path), "lies outside the documents folder")
        with open(place, "rb", opener=open_at_once) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableDocument(str(path), "is not a regular file")
            if before.st_size > limits.file_bytes:
                raise UnreadableDocument(str(path), too_large(before.st_size, "file_bytes", limits.file_bytes))
            data = file.read(before.st_size + 1)  # all of it is set aside at once, so no more than that
            after = os.fstat(file.fileno())
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableDocument(str(path), f"cannot be opened: {reason}") from error
    if len(data) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise UnreadableDocument(str(path), "was changed while it was read; it is read again next time")
    return data


class _Reader:
    """Reads what one file holds, and what the archives in it hold."""

    def __init__(
        self, declarations: Declarations, limits: Limits, unpacking: Unpacking, recognition: Recognition | None
    ) -> None:
        self.declarations, self.limits = declarations, limits
        self.unpacking, self.recognition = unpacking, recognition

    def read(self, path: str, data: bytes, depth: int = 0) -> Reading:
        """The documents in these bytes; ``depth`` counts the archives around them."""
        named = PurePosixPath(path).suffix.lower()
        suffix = named
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                suffix = suffix_of(data, named)
                if suffix == ARCHIVE_SUFFIX:
                    return self._archive(path, data, depth)
                return Reading((self._document(path, data, suffix, named),))
        except UnreadableDocument as error:
            if suffix == named or error.path != path:
                raise
            raise UnreadableDocument(path, f"{_differs(suffix, named)}; {error.reason}") from error
        except ModuleNotFoundError as error:
            need = f"{suffix} files need the package {error.name}"
            raise UnreadableDocument(path, f"{need}; install it with: {extras.command('office')}") from error
        except Exception as error:  # a parser may raise anything over a damaged file, and must not stop the others
            if ran_out(error):
                raise UnreadableDocument(path, too_much_memory(self.limits)) from error
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            raise UnreadableDocument(path, f"is no {suffix} file or is damaged ({reason})") from error

    def _archive(self, path: str, data: bytes, depth: int) -> Reading:
        from retrieval.reading.archives.zipped import members

        if depth >= self.limits.archive_depth:
            raise UnreadableDocument(path, f"is an archive within {depth} others (the limit archive_depth)")
        documents: list[Document] = []
        failures: list[UnreadableDocument] = []
        for inner, content in members(self._raw(path, data)):
            if isinstance(content, str):
                failures.append(UnreadableDocument(inner, content))
                continue
            try:
                reading = self.read(inner, content, depth + 1)
            except UnreadableDocument as error:
                failures.append(error)
            else:
                documents.extend(reading.documents)
                failures.extend(reading.failures)
        if not documents:
            first = f"; {failures[0]}" if failures else ""
            raise UnreadableDocument(path, f"holds no document that can be read{first}")
        return Reading(tuple(documents), tuple(failures))

    def _raw(self, path: str, data: bytes, declaration: Declaration | None = None) -> Raw:
        from retrieval.reading.content import Raw

        said = declaration or Declaration()
        return Raw(
            path=path,
            data=data,
            limits=self.limits,
            encoding=said.encoding,
            language=said.language,
            hidden=bool(said.hidden),
            unpacking=self.unpacking,
            recognition=self.recognition,
        )

    def _document(self, path: str, data: bytes, suffix: str, named: str) -> Document:
        if (refused := refusal(suffix)) is not None:
            raise UnreadableDocument(path, refused)
        if not data.strip(b"\0 \t\r\n"):
            raise UnreadableDocument(path, "is empty")
        format_ = format_of(suffix)
        assert format_ is not None  # noqa: S101 - others are refused
        declaration = self.declarations.of(path)
        raw = self._raw(path, data, declaration)
        content: Content = importlib.import_module(f"retrieval.reading.{format_.module}").read(raw)
        if suffix != named:
            remark = f"{_differs(suffix, named)}: read as that"
            content = replace(content, remarks=(remark, *content.remarks))
        return _assembled(raw, content, declaration)


def _differs(suffix: str, named: str) -> str:
    return f"its name ends in {named}, its content is {suffix[1:]}"


def _assembled(raw: Raw, content: Content, declaration: Declaration) -> Document:
    from retrieval.reading.bylines import byline
    from retrieval.reading.headings import headed
    from retrieval.reading.joining import collapse
    from retrieval.reading.lists import gather
    from retrieval.reading.naming import date_in, title_in
    from retrieval.reading.outline import number, stands_alone, title_of
    from retrieval.reading.pairs import paired
    from retrieval.reading.titles import telling_title

    said = content.metadata.over(byline(content.blocks))
    path = PurePosixPath(raw.path)
    blocks = list(gather(headed(paired(content.blocks))))
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
        recognised=content.recognised,
    )
    return Document(source, paragraphs, format=content.format, encoding=content.encoding, remarks=tuple(remarks))
