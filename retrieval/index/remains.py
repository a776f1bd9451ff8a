"""What an update leaves of a segment: which of its documents are deleted, and what that takes off the frequencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retrieval.index.generations import Workplace
from retrieval.index.segments import MARKS, Segment, Size
from retrieval.postings.postings import flags

Withdrawn = tuple[NDArray[np.uint64], NDArray[np.int64]]
"""Terms' keys, rising, and how many paragraphs less hold each."""


class Remains:
    """A segment, with flags of the ``deleted`` documents and paragraphs: before the update, and by it."""

    def __init__(self, segment: Segment, removed: Iterable[str]) -> None:
        self.segment = segment
        texts = segment.texts
        documents = len(texts.document_ends)
        found = [place for place in map(texts.place, removed) if place is not None]
        self.documents = flags(texts.deleted, documents) if texts.deleted else np.zeros(documents, np.bool_)
        sizes = np.diff(np.asarray(texts.last_paragraphs), prepend=0)
        self._before = np.repeat(self.documents, sizes)
        self.documents[found] = True
        self.paragraphs = np.repeat(self.documents, sizes)
        self.changed = bool(found)

    @property
    def size(self) -> Size:
        """How much is in the segment now."""
        if not self.changed:
            return self.segment.size
        lengths = np.asarray(self.segment.search.postings.lengths)
        deleted, total = int(lengths[self.paragraphs].sum(dtype=np.int64)), int(lengths.sum(dtype=np.int64))
        paragraphs = len(lengths) - int(self.paragraphs.sum())
        return replace(self.segment.size, paragraphs=paragraphs, terms=total - deleted, deleted_terms=deleted)

    def withdrawn_before(self) -> Withdrawn:
        """Return the terms of the paragraphs that were deleted before the update."""
        return self.segment.search.postings.withdrawn(self._before)

    def withdrawn(self) -> Withdrawn:
        """Return the terms of the paragraphs that the update deletes."""
        return self.segment.search.postings.withdrawn(self.paragraphs & ~self._before)

    def keep(self, workplace: Workplace) -> None:
        """Take the segment over into a workplace, as the segment of the same number, and mark what is deleted."""
        marks = {f"{self.segment.number}.{name}" for name in MARKS} if self.changed else set[str]()
        for name in self.segment.files:
            if name not in marks:
                workplace.link(self.segment.generation, name)
        for name, bits in zip(MARKS, (self.documents, ~self.paragraphs), strict=True) if self.changed else ():
            workplace.append(f"{self.segment.number}.{name}", np.packbits(bits, bitorder="little").tobytes())


def balance(added: Sequence[Withdrawn], taken: Sequence[Withdrawn]) -> Withdrawn:
    """Return what some withdrawals come to, less others."""
    keys = np.concatenate([np.empty(0, np.uint64), *(keys for keys, _ in (*added, *taken))])
    counts = np.concatenate(
        [np.empty(0, np.int64), *(counts for _, counts in added), *(-counts for _, counts in taken)]
    )
    distinct, inverse = np.unique(keys, return_inverse=True)
    total = np.zeros(len(distinct), np.int64)
    np.add.at(total, inverse, counts)
    return distinct[total != 0], total[total != 0]
