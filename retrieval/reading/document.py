"""Reading one file: bytes to documents, through the reader of its format."""

from __future__ import annotations

import importlib
import os
import stat
import warnings
from collections.abc import Iterable
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from retrieval.errors import UnreadableDocument
from retrieval.reading.formats import format_of
from retrieval.reading.limits import MEBIBYTE, Limits
from retrieval.records import Document, Source

if TYPE_CHECKING:
    from retrieval.reading.content import Content, Raw


class Reading(NamedTuple):
    """What one file yielded: its documents, and the failures of those in an archive that could not be read."""

    documents: tuple[Document, ...]
    failures: tuple[UnreadableDocument, ...] = ()


def read(folder: Path, path: PurePosixPath | str, *, limits: Limits = Limits()) -> Reading:  # noqa: B008 - frozen
    """The documents in the file at ``path``, relative to the folder: one, or for an archive any number above none.

    Raises ``UnreadableDocument``, and nothing else, when the file yields no document.
    """
    from retrieval.reading.content import Raw

    name = PurePosixPath(path)
    data = _load(folder, name, limits)
    return Reading((_document(Raw(path=str(name), data=data, limits=limits)),))


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


def too_large(size: int, limit_name: str, limit: int) -> str:
    """The reason of a document that is larger than a limit; sizes in bytes."""
    return f"is too large ({size / MEBIBYTE:,.0f} MiB; the limit {limit_name} is {limit / MEBIBYTE:,.0f} MiB)"


def _document(raw: Raw) -> Document:
    suffix = PurePosixPath(raw.path).suffix
    format_ = format_of(suffix)
    if format_ is None:
        raise UnreadableDocument(raw.path, f"{suffix or 'files without a suffix'} cannot be read")
    if not raw.data.strip(b"\0 \t\r\n"):
        raise UnreadableDocument(raw.path, "is empty")
    try:
        reader = importlib.import_module(f"retrieval.reading.{format_.module}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content: Content = reader.read(raw)
            return _assembled(raw, content)
    except UnreadableDocument:
        raise
    except ModuleNotFoundError as error:
        reason = f"{format_.name} needs the package {error.name}; install it with: pip install 'yuanju[office]'"
        raise UnreadableDocument(raw.path, reason) from error
    except MemoryError as error:
        raise UnreadableDocument(raw.path, "needs more memory than there is; divide it") from error
    except Exception as error:  # a parser may raise anything over a damaged file, and one file must not stop the others
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise UnreadableDocument(raw.path, f"is no {format_.name} file or is damaged ({reason})") from error


def _assembled(raw: Raw, content: Content) -> Document:
    from retrieval.reading.joining import collapse
    from retrieval.reading.outline import number

    first_heading = next((block.text for block in content.blocks if block.level is not None), None)
    path = PurePosixPath(raw.path)
    title = collapse(content.metadata.title or first_heading or path.stem) or path.name
    remarks = list(content.remarks)
    limit = raw.limits.paragraph_count
    paragraphs = tuple(islice(number(content.blocks, title=title), limit + 1))
    if len(paragraphs) > limit:
        paragraphs = paragraphs[:limit]
        remarks.append(f"has more than {limit:,} paragraphs (the limit paragraph_count): the rest was left out")
    if not paragraphs:
        raise UnreadableDocument(raw.path, _nothing(remarks))
    return Document(
        source=Source(
            path=raw.path,
            title=title,
            author=content.metadata.author,
            date=content.metadata.date,
            url=content.metadata.url,
            categories=content.metadata.categories,
        ),
        paragraphs=paragraphs,
        format=content.format,
        encoding=content.encoding,
        remarks=tuple(remarks),
    )


def _nothing(remarks: Iterable[str]) -> str:
    return "; ".join(["holds no text to read", *remarks])
