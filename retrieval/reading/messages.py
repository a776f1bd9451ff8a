"""What passes between the process that asks and those that read: batches of files one way, readings the other.

A reading comes as JSON and not as a pickle, which could make whoever opens it do anything: the process that wrote it
has parsed other people's files.
"""

from __future__ import annotations

import json
import pickle
import struct
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import IO, Any, NamedTuple

from retrieval.errors import UnreadableDocument
from retrieval.reading.declarations import Declarations
from retrieval.reading.document import Reading
from retrieval.reading.limits import Limits
from retrieval.records import Document, Paragraph, Source

_LENGTH = struct.Struct(">Q")
_SOURCE = tuple(field.name for field in fields(Source))


class Job(NamedTuple):
    """A file to read: the one at ``path`` in the batch's folder, or these ``data`` under that name.

    A file whose content still has the SHA-256 ``known`` is not read.
    """

    path: str
    data: bytes | None = None
    known: str = ""


class Batch(NamedTuple):
    """Files to read one after the other, and by what rules; what is recognised in pictures is kept in a folder."""

    folder: Path
    jobs: tuple[Job, ...]
    declarations: Declarations | None
    limits: Limits
    recognised: Path | None = None


class Reply(NamedTuple):
    """What a reading process says: it has read a file, or so many pages of one.

    ``worn`` tells that the process holds more memory than it should begin another file with.
    """

    reading: Reading | None = None
    worn: bool = False
    page: int = 0
    page_count: int = 0


def send(stream: IO[bytes], message: bytes) -> None:
    """Write one message. Raises ``OSError`` where nobody reads any more."""
    stream.write(_LENGTH.pack(len(message)) + message)
    stream.flush()


def receive(stream: IO[bytes], *, at_most: int = 1 << 62) -> bytes | None:
    """Return the next message; ``None`` where there is none any more, or it claims to be longer than ``at_most``."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > at_most:
        return None
    message = stream.read(length)
    return message if len(message) == length else None


def pack_batch(batch: Batch) -> bytes:
    """Return the batch as bytes."""
    return pickle.dumps(batch, protocol=pickle.HIGHEST_PROTOCOL)


def unpack_batch(message: bytes) -> Batch:
    """Return the batch that these bytes are; only for what the process that asks has written."""
    batch = pickle.loads(message)  # noqa: S301 - from the parent process, which is trusted
    assert isinstance(batch, Batch)  # noqa: S101
    return batch


def pack_reply(reply: Reply) -> bytes:
    """Return the reply as bytes."""
    read = None
    if reply.reading is not None:
        documents, failures, sha256 = reply.reading
        read = [list(map(_packed, documents)), [[error.path, error.reason] for error in failures], sha256]
    message = [read, reply.worn, reply.page, reply.page_count]
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def unpack_reply(message: bytes) -> Reply:
    """Return the reply that these bytes are. Raises ``ValueError`` where they are none."""
    try:
        read, worn, page, page_count = json.loads(message.decode("utf-8", "surrogatepass"))
        reading = None
        if read is not None:
            documents, failures, sha256 = read
            reading = Reading(
                tuple(map(_unpacked, documents)), tuple(UnreadableDocument(*failure) for failure in failures), sha256
            )
        return Reply(reading, bool(worn), int(page), int(page_count))
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"no reply: {error}") from error


def _packed(document: Document) -> list[Any]:
    """Return the document as lists: paragraphs by their section and questions, which most share with the next."""
    runs = []
    for (section, questions), paragraphs in groupby(document.paragraphs, key=lambda one: (one.section, one.questions)):
        texts, pages = zip(*((paragraph.text, paragraph.page) for paragraph in paragraphs), strict=True)
        runs.append([section, questions, texts, pages if any(pages) else None])
    source = [getattr(document.source, name) for name in _SOURCE]
    return [source, runs, document.format, document.encoding, document.remarks]


def _unpacked(lists: list[Any]) -> Document:
    source, runs, format_, encoding, remarks = lists
    values: dict[str, Any] = dict(zip(_SOURCE, source, strict=True))
    paragraphs: list[Paragraph] = []
    for names, wordings, texts, pages in runs:
        section, questions, first = tuple(names), tuple(wordings), len(paragraphs) + 1
        each = enumerate(zip(texts, pages or [None] * len(texts), strict=True), first)
        paragraphs.extend(Paragraph(number, text, section, page, questions) for number, (text, page) in each)
    lists_of = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Document(Source(**values | lists_of), tuple(paragraphs), format_, encoding, tuple(remarks))
