"""Writing the texts of a segment: what was put and what is kept of those it is merged with, in the order of paths."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.index.generations import Workplace
from retrieval.index.texts import Texts
from retrieval.records import Document

Ends = NDArray[np.int64]

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
        section: tuple[str, ...] | None = None
        below = ""
        for one in document.paragraphs:
            if one.section is not section:  # most have that of the one before
                section, below = one.section, _json(one.section)
            others = "".join(f",{_json(question)}" for question in one.questions)
            page = "null" if one.page is None else one.page
            line = _bytes(f"[{one.number},{_json(one.text)},{below},{page}{others}]")
            self._file.write(line)
            self._end += len(line)
            self._ends.append(self._end)
        record = [source.path, source.title, source.author, source.date, source.url, source.categories]
        self._documents.append((source.path, _bytes(_json([*record, *source.recognised])), len(self._ends)))

    def close(self) -> None:
        """Close the scratch file."""
        self._file.close()

    @property
    def paths(self) -> set[str]:
        """The paths of the documents that were put."""
        return {path for path, _, _ in self._documents}

    def write(
        self, workplace: Workplace, prefix: str, merged: Sequence[tuple[Texts, NDArray[np.bool_]]]
    ) -> list[NDArray[np.int32]]:
        """Write what was put and what is kept of ``merged`` into the workplace, in order of path.

        Of documents that were put with the same path, the last one counts. Each of ``merged`` comes with flags of the
        documents that are deleted. Gives the new positions of the paragraphs that were put, and of those of each of
        ``merged``; -1 for what is left out.
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
        latest = {path: number for number, (path, _, _) in enumerate(self._documents)}
        origins, documents = [put], [(path, 0, number) for path, number in latest.items()]
        for number, (texts, deleted) in enumerate(merged, 1):
            origins.append(_Origin.of(texts))
            gone = deleted.tolist()
            documents += [(path, number, place) for place, path in enumerate(texts.paths()) if not gone[place]]
        documents.sort()  # of parts that are in order, which takes little more time than to compare them
        writer = _Merged(workplace, prefix)
        for number, first, paths in _runs(documents):
            writer.copy(origins[number], first, first + len(paths), paths)
        return [origin.positions for origin in origins]


def _runs(documents: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, int, list[str]]]:
    """Return which of the documents lie one behind the other in one origin: its number, the first, and their paths."""
    paths: list[str] = []
    origin = first = -1
    for path, number, place in documents:
        if (number, place) != (origin, first + len(paths)):
            if paths:
                yield origin, first, paths
            origin, first, paths = number, place, []
        paths.append(path)
    if paths:
        yield origin, first, paths


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
    def of(cls, base: Texts) -> _Origin:
        """Take the documents of a segment."""
        texts, documents = (np.frombuffer(content, np.uint8) for content in (base.paragraphs, base.documents))
        paragraph_ends, document_ends, lasts = map(
            np.asarray, (base.paragraph_ends, base.document_ends, base.last_paragraphs)
        )
        return cls(texts, paragraph_ends, documents, document_ends, lasts)


class _Merged:
    """The files of the new segment."""

    def __init__(self, workplace: Workplace, prefix: str) -> None:
        self._workplace = workplace
        self._prefix = prefix
        self._count = 0
        for name in (
            "paragraph_texts",
            "paragraph_ends",
            "document_texts",
            "document_ends",
            "last_paragraphs",
            "paths",
        ):
            self._append(name, b"")
        self._ends = {"paragraph": 0, "document": 0}

    def copy(self, origin: _Origin, first: int, last: int, paths: Sequence[str]) -> None:
        """Take over the documents ``first:last``, which have these paths."""
        begin, end = int(origin.firsts[first]), int(origin.firsts[last])
        self._copy("paragraph", origin.texts, origin.starts[begin : end + 1])
        self._copy("document", origin.documents, origin.document_starts[first : last + 1])
        self._append("last_paragraphs", origin.firsts[first + 1 : last + 1] - begin + self._count)
        self._append("paths", "".join(f"{path}\0" for path in paths).encode())
        origin.positions[begin:end] = np.arange(self._count, self._count + end - begin, dtype=np.int32)
        self._count += end - begin

    def _copy(self, kind: str, content: NDArray[np.uint8], bounds: Ends) -> None:
        start, stop = int(bounds[0]), int(bounds[-1])
        for block in range(start, stop, 1 << 22):
            self._append(f"{kind}_texts", content[block : min(block + (1 << 22), stop)])
        self._append(f"{kind}_ends", bounds[1:] - start + self._ends[kind])
        self._ends[kind] += stop - start

    def _append(self, name: str, content: bytes | NDArray[Any]) -> None:
        self._workplace.append(f"{self._prefix}{name}", content)


def _bytes(line: str) -> bytes:
    return line.encode("utf-8", "surrogatepass") + b"\n"
