"""Segments: the parts of a generation, each with postings, texts and notes of its own, whose files never change.

The first holds most documents. What changes comes into small ones behind it, which are merged as they grow; a document
that is replaced or removed is only marked as deleted where it lies. Segment 1's files are named ``1.keys`` and so on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrieval.index.generations import Generation
from retrieval.index.notes import parse_notes
from retrieval.index.texts import Texts
from retrieval.postings.collection import Part
from retrieval.postings.formula import Formula
from retrieval.postings.layout import CODES
from retrieval.postings.search import PostingsSearch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MARKS = ("deleted", "live")
"""The files of a segment that may be others in the next generation: bits of documents and of paragraphs."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is in a segment: paragraphs and terms that have not been deleted, and terms that have.

    ``average_length`` is that of all its paragraphs, in terms: its bounds were made with it.
    """

    paragraphs: int
    terms: int
    deleted_terms: int
    average_length: float


def formula(sizes: Iterable[Size], *, k1: float, b: float) -> Formula:
    """Return the formula for all that has not been deleted."""
    sizes = tuple(sizes)
    paragraphs = sum(size.paragraphs for size in sizes)
    average = sum(size.terms for size in sizes) / paragraphs if paragraphs else 0.0
    return Formula(k1, b, paragraphs, average)


class Segment:
    """A segment of a generation, opened; ``collection`` is the formula of all segments."""

    def __init__(self, generation: Generation, number: int, size: Size, collection: Formula) -> None:
        self.number = number
        self.size = size
        self.generation = generation
        self._prefix = f"{number}."
        self.texts = Texts(generation, self._prefix)
        self.manifest = self._content("manifest")
        arrays = {name: self._numbers(name, code) for name, code in CODES.items()}
        own = Formula(collection.k1, collection.b, len(arrays["lengths"]), size.average_length)
        self.part = Part(
            search=PostingsSearch(arrays, own, collection),
            live=bytes(self._content("live")) or None,
            withdrawn_keys=self._numbers("withdrawn_keys", "Q"),
            withdrawn_counts=self._numbers("withdrawn_counts", "I"),
        )

    @property
    def withdrawn(self) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The terms that the segment takes off the frequencies, and how much."""
        import numpy as np  # what only answers has no need to load it here

        return np.asarray(self.part.withdrawn_keys), np.asarray(self.part.withdrawn_counts).astype(np.int64)

    @property
    def search(self) -> PostingsSearch:
        """The segment's postings."""
        return self.part.search

    def notes(self) -> dict[str, str]:
        """Return the notes that came with the segment; an empty one takes back what earlier segments have."""
        return parse_notes(bytes(self.manifest).decode())

    @property
    def files(self) -> list[str]:
        """The names of its files in the generation."""
        return [name for name in self.generation.files if name.startswith(self._prefix)]

    def _content(self, name: str) -> Any:
        return self.generation.content(f"{self._prefix}{name}")

    def _numbers(self, name: str, code: str) -> memoryview:
        return self.generation.numbers(f"{self._prefix}{name}", code)


def noted(segments: Iterable[Segment]) -> dict[str, str]:
    """Return what the notes of some segments come to, the later ones over the earlier; empty ones among them."""
    notes: dict[str, str] = {}
    for segment in segments:
        notes.update(segment.notes())
    return notes
