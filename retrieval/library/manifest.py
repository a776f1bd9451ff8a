"""What is known of the files that an index holds: enough to tell which have changed, and what was in each."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from retrieval.index.notes import Notes
from retrieval.language.lexicon import Lexicon
from retrieval.records import Document


class Summary(NamedTuple):
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
    """A file of the manifest: its state, how much came of it, and what, a line of text each.

    They are read when they are asked for: of a hundred thousand files, only a few are.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, state: State, documents: Sequence[Summary], failures: Sequence[str]) -> Self:
        """Return the entry of a file in which these documents were, and why others could not be had."""
        counts = f"{len(documents)} {sum(one.paragraph_count for one in documents)} {len(failures)}"
        return cls(f"{state}\n{counts}\n{json.dumps([documents, failures], ensure_ascii=False)}")

    def in_state(self, state: State) -> Entry:
        """Return the entry of the file in another state, of which the same came."""
        _, *outcome = self.text.split("\n", 1)
        return Entry("\n".join((str(state), *outcome)))

    @property
    def size(self) -> int:
        """The file's size in bytes."""
        return int(self.text.partition(" ")[0])

    @property
    def sha256(self) -> str:
        """The checksum of its content."""
        return self._line(0).rpartition(" ")[2]

    @property
    def document_count(self) -> int:
        """How many documents were in it."""
        return self._count(0)

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs there were in these."""
        return self._count(1)

    @property
    def failure_count(self) -> int:
        """How many others could not be had."""
        return self._count(2)

    @property
    def documents(self) -> tuple[Summary, ...]:
        """The documents that were in it."""
        return tuple(Summary._make((*others, tuple(remarks))) for *others, remarks in json.loads(self._line(2))[0])

    @property
    def failures(self) -> tuple[str, ...]:
        """Why others could not be had: ``path: reason``."""
        return tuple(json.loads(self._line(2))[1])

    def _count(self, number: int) -> int:
        return int(self._line(1).split(" ")[number])

    def _line(self, number: int) -> str:
        return self.text.split("\n", 2)[number]


NOTHING = Entry.of(State(0, 0, ""), (), ())
"""Of a file of which nothing is known."""
NO_DOCUMENT = "\n0 "
"""Stands in the text of an entry that has no document."""
_ONE_DOCUMENT = "\n1 "


def document_count(entries: Iterable[str]) -> int:
    """Return how many documents are in entries, of which nearly all have one."""
    return sum(1 if _ONE_DOCUMENT in text else Entry(text).document_count for text in entries)


class Count(NamedTuple):
    """How many files there are, and documents in them."""

    files: int = 0
    documents: int = 0

    def changed(self, before: Collection[str], now: Collection[str]) -> Count:
        """Return the count with some entries in place of others."""
        documents = self.documents + document_count(now) - document_count(before)
        return Count(self.files + len(now) - len(before), documents)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that an index holds, and the readers and the words that they were read and cut with.

    ``entries`` are those of the files at some places, ``count`` is of all.

    It is kept as notes of the index: the text of each file's entry under its path, and under the empty key the
    readers and, behind a tab, the count, in a line, and the lexicon. Of a hundred thousand files few need be read.
    """

    readers: str
    lexicon: Lexicon
    entries: Mapping[str, str]
    count: Count

    @classmethod
    def whole(cls, notes: Notes) -> Self:
        """Read a manifest's notes; where there are none, no file is known."""
        entries = {**notes.all}
        entries.pop("", None)
        readers, lexicon, _ = _heading(notes.all)
        return cls(readers, lexicon, entries, Count().changed((), entries.values()))

    @classmethod
    def at(cls, places: Collection[str], notes: Notes) -> Self:
        """Read what a manifest's notes tell of the files at some places; an older version has not counted them."""
        readers, lexicon, count = _heading(notes.between("", "\0"))
        return cls(readers, lexicon, entries_at(places, notes), count)


def entries_at(places: Collection[str], notes: Notes) -> dict[str, str]:
    """Return the entries of the files that are one of these places or lie in one."""
    entries: dict[str, str] = {}
    for place in places:
        entries |= notes.between(place, f"{place}\0") | notes.between(f"{place}/", f"{place}0")  # which follows /
    return entries


def lexicon_of(notes: Notes) -> Lexicon:
    """Return the words that the texts of an index were cut with."""
    return _heading(notes.all)[1]


def _heading(notes: Mapping[str, str]) -> tuple[str, Lexicon, Count]:
    first, _, lexicon = notes.get("", "").partition("\n")
    readers, _, counts = first.partition("\t")
    return readers, Lexicon.parse(lexicon) if lexicon else Lexicon(), Count(*map(int, counts.split()))


def notes_of(changed: Mapping[str, str | None], lexicon: Lexicon, readers: str, count: Count) -> dict[str, str]:
    """Return the notes that make a manifest of an earlier one, with some entries changed or gone."""
    heading = f"{readers}\t{count.files} {count.documents}\n{lexicon}"
    return {path: entry or "" for path, entry in changed.items()} | {"": heading}
