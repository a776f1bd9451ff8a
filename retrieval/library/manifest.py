"""What is known of the files that an index holds: enough to tell which have changed, and what was in each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from retrieval.library.lexicon import Lexicon
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


class Entry(NamedTuple):
    """A line of the manifest: the state in which a file was read, and what came of it."""

    size: int
    mtime_ns: int
    sha256: str
    documents: tuple[Summary, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that an index holds, by path, and the words that their texts were cut with.

    As text: a line for the readers, one for the lexicon, and one for each file, all JSON.
    """

    lexicon: Lexicon
    entries: Mapping[str, Entry]
    _lines: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def format(self, readers: list[Any], before: Manifest) -> str:
        """Give the manifest as text; the lines of entries that are ``before``'s are not made again."""
        for path, entry in sorted(self.entries.items()):
            known = before.entries.get(path) is entry
            self._lines[path] = (known and before._lines.get(path)) or _line(path, entry)
        words = json.dumps([self.lexicon.words, self.lexicon.stop], ensure_ascii=False)
        return "\n".join([json.dumps(readers), words, *self._lines.values()])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a manifest's text."""
        _, second, *lines = text.split("\n")
        words, stop = json.loads(second)
        lexicon = Lexicon(tuple((word, frequency) for word, frequency in words), tuple(stop))
        entries, by_path = {}, {}
        for line in lines:
            path, size, mtime_ns, sha256, documents, failures = json.loads(line)
            summaries = tuple(Summary(one[0], one[1], one[2], one[3], one[4], tuple(one[5])) for one in documents)
            entries[path] = Entry(size, mtime_ns, sha256, summaries, tuple(failures))
            by_path[path] = line
        return cls(lexicon, entries, by_path)


def _line(path: str, entry: Entry) -> str:
    documents = [
        (one.path, one.format, one.encoding, one.paragraph_count, one.character_count, one.remarks)
        for one in entry.documents
    ]
    record = (path, entry.size, entry.mtime_ns, entry.sha256, documents, entry.failures)
    return json.dumps(record, ensure_ascii=False)
