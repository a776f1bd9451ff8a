"""The paragraphs and documents of a segment, as they are quoted: each a line of JSON at a known place.

Nothing has to be read to open them, and those of a document that has not changed are copied to the next generation as
they lie.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

from retrieval.index.generations import Generation
from retrieval.records import Paragraph, Source

_decoder = json.JSONDecoder()


class Texts:
    """What stands in the paragraphs of a segment, by position, and in which documents they are.

    ``deleted`` are the bits, by number, of the documents that have been deleted since; ``None`` where none has.
    """

    def __init__(self, generation: Generation, prefix: str) -> None:
        self.paragraphs = generation.content(f"{prefix}paragraph_texts")
        self.paragraph_ends = generation.numbers(f"{prefix}paragraph_ends", "q")
        self.documents = generation.content(f"{prefix}document_texts")
        self.document_ends = generation.numbers(f"{prefix}document_ends", "q")
        self.last_paragraphs = generation.numbers(f"{prefix}last_paragraphs", "q")
        self.deleted = bytes(generation.content(f"{prefix}deleted")) or None
        self._paths = generation.content(f"{prefix}paths")

    def paths(self) -> list[str]:
        """Return the paths of the documents, in order, with those that have been deleted."""
        joined = bytes(self._paths).decode()
        return joined.split("\0")[:-1]

    def place(self, path: str) -> int | None:
        """Return the number of the document with this path; ``None`` where there is none, or it has been deleted."""
        place = bisect_left(range(len(self.document_ends)), path, key=self.path)
        if place == len(self.document_ends) or self.path(place) != path or self._is_deleted(place):
            return None
        return place

    def outside(self, folders: frozenset[str]) -> bytes:
        """Return the paragraphs of the documents that neither lie in one of these folders nor are one of them.

        They are bits by position, the lowest of a byte first.
        """
        import numpy as np  # whoever sees everything has no need to load it here

        within = tuple(f"{folder}/" for folder in folders)
        seen, first = np.ones(len(self.paragraph_ends), np.bool_), 0
        for path, last in zip(self.paths(), self.last_paragraphs.tolist(), strict=True):
            if path in folders or path.startswith(within):
                seen[first:last] = False
            first = last
        return np.packbits(seen, bitorder="little").tobytes()

    def document(self, position: int) -> int:
        """Return the number of the document that a paragraph belongs to."""
        return bisect_right(self.last_paragraphs, position)

    def path(self, document: int) -> str:
        """Return the path of a document by its number."""
        record = _record(self.documents, self.document_ends, document)
        path: str = _read(record, 1)  # the first of a list
        return path

    def source(self, document: int) -> Source:
        """Return what is cited of a document."""
        record = _record(self.documents, self.document_ends, document)
        path, title, author, date, url, categories, *recognised = _read(record)
        return Source(path, title, author, date, url, tuple(categories), tuple(recognised))

    def paragraph(self, position: int) -> Paragraph:
        """Return a paragraph."""
        number, text, section, page, *questions = _read(_record(self.paragraphs, self.paragraph_ends, position))
        return Paragraph(number, text, tuple(section), page, tuple(questions))

    def topics(self) -> Iterator[tuple[str, Iterator[str]]]:
        """Return each document's path, and one after the other its title and its headings, questions and texts."""
        first = 0
        for document, last in enumerate(self.last_paragraphs.tolist()):
            if not self._is_deleted(document):
                source = self.source(document)
                yield source.path, self._strings(source.title, first, last)
            first = last

    def _is_deleted(self, document: int) -> bool:
        return self.deleted is not None and bool(self.deleted[document >> 3] >> (document & 7) & 1)

    def _strings(self, title: str, first: int, last: int) -> Iterator[str]:
        yield title
        for position in range(first, last):
            paragraph = self.paragraph(position)
            yield from paragraph.section
            yield from paragraph.questions
            yield paragraph.text


def _read(record: bytes, start: int = 0) -> Any:
    return _decoder.raw_decode(record.decode("utf-8", "surrogatepass"), start)[0]


def _record(content: Any, ends: memoryview, number: int) -> bytes:
    start = ends[number - 1] if number else 0
    return bytes(content[start : ends[number]])
