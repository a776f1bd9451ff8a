"""Building the next generation: documents → counted terms and texts → merged postings, in bounded memory.

What is put comes into a segment behind those that are there, together with the last of these as long as all of it is
little to write. Later, a segment is merged with those behind it as soon as they are an eighth of it, or an eighth of it
is deleted: so each is many times as large as the next, there are few, and what is deleted takes little room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.generations import Generation, Workplace, unwritable
from retrieval.index.index import Index, Recipe
from retrieval.index.notes import format_notes, standing
from retrieval.index.remains import Remains, balance
from retrieval.index.segmenting import ALONE, Segmentation
from retrieval.index.segments import MARKS, Size, noted
from retrieval.index.texts_writer import TextsWriter
from retrieval.language import Bags, Tokenizer
from retrieval.language.sounds import prepare
from retrieval.postings.layout import CODES
from retrieval.postings.merging import merge
from retrieval.postings.postings import fitted
from retrieval.postings.runs import Counts, PostingsRun, Run
from retrieval.records import Document

RUN_TERMS = 6_000_000
"""Terms in memory before they go to disk as a run."""
LITTLE = 100_000
"""Terms up to which a segment is written anew with every change rather than followed by another: a megabyte or two."""
SHARE = 8
"""A segment is merged with those behind it when so many times what is in them is as much as in it."""


class Builder:
    """Builds the next generation: the documents of the last one, less those removed or replaced, and those put.

    Nothing that is open changes; ``publish`` makes the generation the newest, ``discard`` leaves no trace.
    ``run_terms`` are the terms in memory before they go to disk, ``little`` the terms up to which a segment is written
    anew with every change; from ``alone`` characters on, other ``processes`` segment.
    """

    def __init__(
        self,
        folder: Path,
        recipe: Recipe,
        tokenizer: Tokenizer,
        base: Index | None,
        *,
        run_terms: int = RUN_TERMS,
        alone: int = ALONE,
        processes: int | None = None,
        little: int = LITTLE,
    ) -> None:
        self._run_terms = run_terms
        self._little = little
        self._folder = folder
        self._recipe = recipe
        self._tokenizer = tokenizer
        self._base = base
        self._removed: set[str] = set()
        self._workplace = Workplace(folder)
        self._texts = TextsWriter(self._workplace)
        self._counts = Counts()
        self._runs: list[Run] = []
        self._segmentation = Segmentation(tokenizer, topic_weight=recipe.topic_weight, alone=alone, processes=processes)

    def put(self, document: Document) -> None:
        """Add a document, in place of an earlier one with its path.

        Raises ``IndexFolderError`` if the disk takes no more.
        """
        try:
            self._removed.add(document.source.path)
            self._texts.put(document)
            for segmented in self._segmentation.put(document):
                self._count(segmented)
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def remove(self, path: str) -> None:
        """Leave out the document with this path, if there is one in the last generation."""
        self._removed.add(path)

    def publish(self, notes: Mapping[str, str], *, merge: int | None = None) -> Path:
        """Write everything to disk and make it the newest generation; gives its folder. Then ``discard``, as always.

        ``notes`` are added to those of the last generation, or take their place; an empty one takes one back. The
        segments from the one of the number ``merge`` on become one. Raises ``IndexFolderError`` if the disk takes no
        more; the generations that are there stay as they are.
        """
        try:
            for segmented in self._segmentation.finish():
                self._count(segmented)
            prepare(self._tokenizer.cache_folder, self._tokenizer.dictionary)  # so that no question waits for sounds
            return self._written(notes, merge).folder
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def discard(self) -> None:
        """Remove what was built and is needed no more; that takes longer than to open what was published."""
        self._segmentation.close()
        self._texts.close()
        self._workplace.discard()

    def _count(self, segmented: Bags) -> None:
        self._counts.add_numbered(segmented.vocabulary, segmented.numbers, segmented.lengths)
        if len(self._counts) >= self._run_terms:
            self._runs.append(self._counts.run().stored(self._workplace.scratch / f"run-{len(self._runs)}"))

    def _written(self, notes: Mapping[str, str], merge: int | None) -> Generation:
        if len(self._counts) or not self._runs:
            self._runs.append(self._counts.run())
        removed = self._removed | self._texts.paths
        remains = [Remains(segment, removed) for segment in (self._base.segments if self._base else ())]
        first = self._first([one.size for one in remains]) if merge is None else merge
        kept, merged = remains[:first], remains[first:]
        for one in kept:
            one.keep(self._workplace)
        sizes = [*(one.size for one in kept), self._segment(first, merged)]
        self._withdraw(first, kept, merged)
        self._note(first, merged, notes)
        return self._workplace.publish({"recipe": asdict(self._recipe), "segments": [asdict(size) for size in sizes]})

    def _first(self, sizes: Sequence[Size]) -> int:
        """Return the number of the first segment that is written anew: of the last ones, as many as are little."""
        terms = int(self._counts.lengths().sum(dtype=np.int64))
        for number in range(len(sizes) - 1, -1, -1):
            terms += sizes[number].terms
            if terms > self._little:
                return number + 1
        return 0

    def _segment(self, number: int, merged: Sequence[Remains]) -> Size:
        """Write the postings and texts of what was put, and of what is left of others, as the segment of a number."""
        texts = [(one.segment.texts, one.documents) for one in merged]
        put, *moved = self._texts.write(self._workplace, f"{number}.", texts)
        postings = [one.segment.search.postings for one in merged]
        lengths = np.zeros(sum(int((positions >= 0).sum()) for positions in (put, *moved)), dtype=np.int32)
        _place(lengths, put, self._counts.lengths())
        for positions, other in zip(moved, postings, strict=True):
            _place(lengths, positions, other.lengths)
        runs: list[tuple[Run, NDArray[np.int32]]] = [(run, put) for run in self._runs]
        runs += zip(map(PostingsRun, postings), moved, strict=True)
        formula = fitted(lengths, k1=self._recipe.k1, b=self._recipe.b)
        for name in (*CODES, *MARKS):
            self._workplace.append(f"{number}.{name}", b"")
        for name, part in merge(runs, lengths, formula):
            self._workplace.append(f"{number}.{name}", part)
        return Size(len(lengths), int(lengths.sum(dtype=np.int64)), 0, formula.average_length)

    def _withdraw(self, number: int, kept: Sequence[Remains], merged: Sequence[Remains]) -> None:
        """Write what the segment takes off the frequencies: what the update deletes, and those merged have deleted.

        What was deleted in those that are merged is in nobody's postings any more.
        """
        before = [one.segment.withdrawn for one in merged]
        keys, counts = balance(
            [*before, *(one.withdrawn() for one in kept)], [one.withdrawn_before() for one in merged]
        )
        self._workplace.append(f"{number}.withdrawn_keys", keys)
        self._workplace.append(f"{number}.withdrawn_counts", counts.astype(np.uint32))

    def _note(self, number: int, merged: Sequence[Remains], notes: Mapping[str, str]) -> None:
        all_notes = noted(one.segment for one in merged) | dict(notes)
        text = format_notes(all_notes if number else standing(all_notes))
        self._workplace.append(f"{number}.manifest", text.encode())


def due(sizes: Sequence[Size]) -> int | None:
    """Return the number of the first segment that it pays to merge with those behind it, if there is one."""
    for number, size in enumerate(sizes):
        behind = [other.terms for other in sizes[number + 1 :]]
        if (behind and SHARE * sum(behind) >= size.terms) or (
            size.deleted_terms and SHARE * size.deleted_terms >= size.terms
        ):
            return number
    return None


def _place(lengths: NDArray[np.int32], positions: NDArray[np.int32], own: NDArray[np.int32]) -> None:
    there = positions >= 0
    lengths[positions[there]] = own[there]
