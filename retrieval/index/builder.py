"""Building the next generation: documents → counted terms and texts → merged postings, in bounded memory."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.index.generations import Generation, Workplace, unwritable
from retrieval.index.index import Index, Recipe
from retrieval.index.segmenting import ALONE, Segmentation
from retrieval.index.texts_writer import TextsWriter
from retrieval.language import Bags, Tokenizer
from retrieval.language.sounds import sounds
from retrieval.postings.layout import CODES
from retrieval.postings.merging import merge
from retrieval.postings.postings import fitted
from retrieval.postings.runs import Counts, PostingsRun, Run
from retrieval.records import Document

RUN_TERMS = 6_000_000
"""Terms in memory before they go to disk as a run."""


class Builder:
    """Builds the next generation: the documents of the last one, less those removed or replaced, and those put.

    Nothing that is open changes; ``publish`` makes the generation the newest, ``discard`` leaves no trace.
    ``run_terms`` are the terms in memory before they go to disk, ``alone`` the characters up to which no other process
    helps to segment.
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
    ) -> None:
        self._run_terms = run_terms
        self._folder = folder
        self._recipe = recipe
        self._tokenizer = tokenizer
        self._base = base
        self._removed: set[str] = set()
        self._workplace = Workplace(folder)
        self._texts = TextsWriter(self._workplace)
        self._counts = Counts()
        self._runs: list[Run] = []
        self._segmentation = Segmentation(tokenizer, topic_weight=recipe.topic_weight, alone=alone)

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

    def publish(self, manifest: str) -> Path:
        """Write everything to disk and make it the newest generation; gives its folder. Then ``discard``, as always.

        Raises ``IndexFolderError`` if the disk takes no more; the generations that are there stay as they are.
        """
        try:
            for segmented in self._segmentation.finish():
                self._count(segmented)
            sounds(self._tokenizer.cache_folder, self._tokenizer.dictionary)  # so that no question waits for them
            return self._written(manifest).folder
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

    def _written(self, manifest: str) -> Generation:
        workplace = self._workplace
        if len(self._counts) or not self._runs:
            self._runs.append(self._counts.run())
        put, kept = self._texts.write(workplace, None if self._base is None else self._base.texts, self._removed)
        lengths = np.zeros(int((put >= 0).sum() + (kept >= 0).sum()), dtype=np.int32)
        _place(lengths, put, self._counts.lengths())
        runs = [(run, put) for run in self._runs]
        if self._base is not None:
            postings = self._base.search.postings
            _place(lengths, kept, postings.lengths)
            runs.append((PostingsRun(postings), kept))
        formula = fitted(lengths, k1=self._recipe.k1, b=self._recipe.b)
        for name in CODES:
            workplace.append(name, b"")
        for name, part in merge(runs, lengths, formula):
            workplace.append(name, part)
        workplace.append("manifest", manifest.encode())
        return workplace.publish({"recipe": asdict(self._recipe), "average_length": formula.average_length})


def _place(lengths: NDArray[np.int32], positions: NDArray[np.int32], own: NDArray[np.int32]) -> None:
    there = positions >= 0
    lengths[positions[there]] = own[there]
