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

    Both are kept as text and read when they are asked for: of a hundred thousand files, only a few are.
    """

    __slots__ = ("_known", "outcome", "state")

    def __init__(self, state: str, outcome: str) -> None:
        self.state = state
        self.outcome = outcome
        self._known: tuple[tuple[Summary, ...], tuple[str, ...]] | None = None

    @classmethod
    def of(cls, state: State, documents: Sequence[Summary], failures: Sequence[str]) -> Self:
        """Return the entry of a file in which these documents were, and why others could not be had."""
        records = [
            (one.path, one.format, one.encoding, one.paragraph_count, one.character_count, one.remarks)
            for one in documents
        ]
        return cls(str(state), json.dumps([records, failures], ensure_ascii=False))

    def is_of(self, size: int, mtime_ns: int) -> bool:
        """Return whether the file had this size when it was read, and had last been changed then."""
        return self.state.startswith(f"{size} {mtime_ns} ")

    @property
    def size(self) -> int:
        """The file's size in bytes."""
        return int(self.state.partition(" ")[0])

    @property
    def sha256(self) -> str:
        """The checksum of its content."""
        return self.state.rpartition(" ")[2]

    @property
    def documents(self) -> tuple[Summary, ...]:
        """The documents that were in it."""
        return self._came()[0]

    @property
    def failures(self) -> tuple[str, ...]:
        """Why others could not be had: ``path: reason``."""
        return self._came()[1]

    def _came(self) -> tuple[tuple[Summary, ...], tuple[str, ...]]:
        if self._known is None:
            documents, failures = json.loads(self.outcome)
            summaries = (Summary(one[0], one[1], one[2], one[3], one[4], tuple(one[5])) for one in documents)
            self._known = tuple(summaries), tuple(failures)
        return self._known


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that an index holds, by path, and the words that their texts were cut with.

    As text: the readers and the lexicon in JSON, then each file's path, state and outcome, all with a zero between
    them, which stands in no path and in no JSON.
    """

    lexicon: Lexicon
    entries: Mapping[str, Entry]

    def format(self, readers: list[Any]) -> str:
        """Return the manifest as text."""
        paths = sorted(self.entries)
        records = [""] * (3 * len(paths))
        records[0::3] = paths
        records[1::3] = [self.entries[path].state for path in paths]
        records[2::3] = [self.entries[path].outcome for path in paths]
        return "\0".join([json.dumps(readers), str(self.lexicon), *records])

    @classmethod
    def parse(cls, text: str, readers: list[Any] | None = None) -> Self:
        """Read a manifest's text; of other ``readers``, nothing is known of what these would make of the files."""
        made_by, lexicon, *fields = text.split("\0")
        known = zip(fields[0::3], map(Entry, fields[1::3], fields[2::3]), strict=True)
        entries = dict(known) if readers is None or made_by == json.dumps(readers) else {}
        return cls(Lexicon.parse(lexicon), entries)
