"""What is known of the files that an index holds: enough to tell which have changed, and what was in each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from retrieval.language.lexicon import Lexicon
from retrieval.records import Document


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


class State(NamedTuple):
    """The state in which a file was read: its size in bytes, when it was last changed, the SHA-256 of its content."""

    size: int
    mtime_ns: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.size} {self.mtime_ns} {self.sha256}"


class Entry:
    """A file of the manifest: its state, and what came of it.

    Both are kept as text, a line each, and read when they are asked for: of a hundred thousand files, only a few are.
    """

    __slots__ = ("_known", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: tuple[tuple[Summary, ...], tuple[str, ...]] | None = None

    @classmethod
    def of(cls, state: State, documents: Sequence[Summary], failures: Sequence[str]) -> Self:
        """Return the entry of a file in which these documents were, and why others could not be had."""
        records = [
            (one.path, one.format, one.encoding, one.paragraph_count, one.character_count, one.remarks)
            for one in documents
        ]
        return cls(f"{state}\n{json.dumps([records, failures], ensure_ascii=False)}")

    def in_state(self, state: State) -> Entry:
        """Return the entry of the file in another state, of which the same came."""
        return Entry(f"{state}\n{self._outcome}")

    @property
    def size(self) -> int:
        """The file's size in bytes."""
        return int(self.text.partition(" ")[0])

    @property
    def sha256(self) -> str:
        """The checksum of its content."""
        return self.text.partition("\n")[0].rpartition(" ")[2]

    @property
    def documents(self) -> tuple[Summary, ...]:
        """The documents that were in it."""
        return self._came()[0]

    @property
    def failures(self) -> tuple[str, ...]:
        """Why others could not be had: ``path: reason``."""
        return self._came()[1]

    @property
    def _outcome(self) -> str:
        return self.text.partition("\n")[2]

    def _came(self) -> tuple[tuple[Summary, ...], tuple[str, ...]]:
        if self._known is None:
            documents, failures = json.loads(self._outcome)
            summaries = (Summary(one[0], one[1], one[2], one[3], one[4], tuple(one[5])) for one in documents)
            self._known = tuple(summaries), tuple(failures)
        return self._known


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that an index holds, by path, and the words that their texts were cut with.

    It is kept as notes of the index: of each file under its path, and one that begins with the readers, in a line, and
    goes on with the lexicon, under the empty key.
    """

    lexicon: Lexicon
    entries: Mapping[str, Entry]

    @classmethod
    def parse(cls, notes: Mapping[str, str], readers: list[Any] | None = None) -> Self:
        """Read a manifest's notes; of other ``readers``, nothing is known of what these would make of the files."""
        if readers is not None and notes[""].partition("\n")[0] != json.dumps(readers):
            return cls(lexicon_of(notes), {})
        entries = dict(zip(notes, map(Entry, notes.values()), strict=True))
        del entries[""]
        return cls(lexicon_of(notes), entries)


def lexicon_of(notes: Mapping[str, str]) -> Lexicon:
    """Return the words that the texts of an index were cut with."""
    return Lexicon.parse(notes[""].partition("\n")[2])


def notes_of(changed: Mapping[str, Entry | None], lexicon: Lexicon, readers: list[Any]) -> dict[str, str]:
    """Return the notes that make a manifest of an earlier one, with some entries changed or gone."""
    notes = {path: "" if entry is None else entry.text for path, entry in changed.items()}
    return notes | {"": f"{json.dumps(readers)}\n{lexicon}"}
