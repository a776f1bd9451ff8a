"""Writing the texts of a generation: what was put and what is kept of the last one, in the order of their paths."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.index.generations import Workplace
from retrieval.index.texts import Texts
from retrieval.records import Document

Ends = NDArray[np.int64]


class TextsWriter:
    """Writes documents in the order in which they come; they are put into the order of their paths at the end."""

    def __init__(self, workplace: Workplace) -> None:
        self._path = workplace.scratch / "paragraph_texts"
        self._file = self._path.open("w+b")
        self._ends: list[int] = []
        self._end = 0
        self._documents: list[tuple[str, bytes, int]] = []

    def put(self, document: Document) -> None:
        """Write a document."""
        source = document.source
        for one in document.paragraphs:
            line = _line([one.number, one.text, one.section, one.page, *one.questions])
            self._file.write(line)
            self._end += len(line)
            self._ends.append(self._end)
        record = [source.path, source.title, source.author, source.date, source.url, source.categories]
        self._documents.append((source.path, _line([*record, *source.recognised]), len(self._ends)))

    def close(self) -> None:
        """Close the scratch file."""
        self._file.close()

    def write(
        self, workplace: Workplace, base: Texts | None, removed: set[str]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Write what was put and what is kept of ``base`` into the workplace, in order of path.

        Of documents that were put with the same path, the last one counts. Gives the new positions of the paragraphs
        that were put, and of those of ``base``; -1 for what is left out.
        """
        self._file.flush()
        scratch = np.memmap(self._path, dtype=np.uint8, mode="r") if self._end else np.empty(0, np.uint8)
        put = _Origin(
            texts=scratch,
            ends=np.array(self._ends, np.int64),
            documents=np.frombuffer(b"".join(record for _, record, _ in self._documents), np.uint8),
            document_ends=np.cumsum([len(record) for _, record, _ in self._documents], dtype=np.int64),
            lasts=np.array([last for _, _, last in self._documents], np.int64),
        )
        kept = _Origin.of(base)
        latest = {path: number for number, (path, _, _) in enumerate(self._documents)}
        paths = [] if base is None else base.paths()
        # Both are in order, so all that is kept between two changes is taken over at once.
        segments: list[tuple[_Origin, int, int]] = []
        reached = 0
        for path in sorted(removed | latest.keys()):
            place = bisect_left(paths, path, reached)
            _extend(segments, kept, reached, place)
            if path in latest:
                _extend(segments, put, latest[path], latest[path] + 1)
            reached = place + (place < len(paths) and paths[place] == path)
        _extend(segments, kept, reached, len(paths))
        writer = _Merged(workplace)
        for origin, first, last in segments:
            own = paths[first:last] if origin is kept else [path for path, _, _ in self._documents[first:last]]
            writer.copy(origin, first, last, own)
        return put.positions, kept.positions


def _extend(segments: list[tuple[_Origin, int, int]], origin: _Origin, first: int, last: int) -> None:
    """Add documents to the last segment, if they lie behind it in the same place, or as one of their own."""
    if segments and segments[-1][0] is origin and segments[-1][2] == first:
        segments[-1] = (origin, segments[-1][1], last)
    elif last > first:
        segments.append((origin, first, last))


class _Origin:
    """Documents in one place, and the positions that their paragraphs will have."""

    def __init__(
        self, texts: NDArray[np.uint8], ends: Ends, documents: NDArray[np.uint8], document_ends: Ends, lasts: Ends
    ) -> None:
        self.texts, self.documents = texts, documents
        self.starts, self.document_starts, self.firsts = (
            np.append(np.int64(0), some) for some in (ends, document_ends, lasts)
        )
        self.positions = np.full(len(ends), -1, dtype=np.int32)

    @classmethod
    def of(cls, base: Texts | None) -> _Origin:
        """Take the documents of a generation."""
        if base is None:
            nothing = np.empty(0, np.int64)
            return cls(np.empty(0, np.uint8), nothing, np.empty(0, np.uint8), nothing, nothing)
        texts, documents = (np.frombuffer(content, np.uint8) for content in (base.paragraphs, base.documents))
        paragraph_ends, document_ends, lasts = map(
            np.asarray, (base.paragraph_ends, base.document_ends, base.last_paragraphs)
        )
        return cls(texts, paragraph_ends, documents, document_ends, lasts)


class _Merged:
    """The files of the new generation."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace
        self._count = 0
        for name in (
            "paragraph_texts",
            "paragraph_ends",
            "document_texts",
            "document_ends",
            "last_paragraphs",
            "paths",
        ):
            workplace.append(name, b"")
        self._ends = {"paragraph": 0, "document": 0}

    def copy(self, origin: _Origin, first: int, last: int, paths: Sequence[str]) -> None:
        """Take over the documents ``first:last``, which have these paths."""
        begin, end = int(origin.firsts[first]), int(origin.firsts[last])
        self._copy("paragraph", origin.texts, origin.starts[begin : end + 1])
        self._copy("document", origin.documents, origin.document_starts[first : last + 1])
        self._workplace.append("last_paragraphs", origin.firsts[first + 1 : last + 1] - begin + self._count)
        self._workplace.append("paths", "".join(f"{path}\0" for path in paths).encode())
        origin.positions[begin:end] = np.arange(self._count, self._count + end - begin, dtype=np.int32)
        self._count += end - begin

    def _copy(self, kind: str, content: NDArray[np.uint8], bounds: Ends) -> None:
        start, stop = int(bounds[0]), int(bounds[-1])
        for block in range(start, stop, 1 << 22):
            self._workplace.append(f"{kind}_texts", content[block : min(block + (1 << 22), stop)])
        self._workplace.append(f"{kind}_ends", bounds[1:] - start + self._ends[kind])
        self._ends[kind] += stop - start


def _line(record: Sequence[Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
