"""The formula in plain float64 over a synthetic collection, by which the results of every engine are judged."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from benchmarks.collection import VOCABULARY, Collection
from benchmarks.contestants import K1, B

TOLERANCE = 1e-5
"""Scores that differ by no larger a share are one: float32 tells no more, and of equal paragraphs any may come."""


class Oracle:
    """Scores any paragraph for any question. The collection is read once, and what was counted is kept beside it."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        path = collection.folder / f"frequencies-{collection.count}.npy"
        if collection.made or not path.exists():
            frequencies = np.zeros(VOCABULARY, dtype=np.int64)
            for owners, terms in collection.blocks():
                distinct = np.unique(owners.astype(np.int64) * VOCABULARY + terms)
                frequencies += np.bincount(distinct % VOCABULARY, minlength=VOCABULARY)
            np.save(path, frequencies)
        self._frequencies = np.load(path)
        self._average = float(collection.lengths.mean())

    def score(self, question: Sequence[str], position: int) -> float:
        """Return the score of a paragraph; a term that the question repeats counts as often."""
        count, terms = self.collection.count, self.collection.terms(position)
        norm = K1 * (1 - B + B * len(terms) / self._average)
        total = 0.0
        for term in (int(name[1:]) for name in question):
            often, holding = int((terms == term).sum()), int(self._frequencies[term])
            total += math.log1p((count - holding + 0.5) / (holding + 0.5)) * often * (K1 + 1) / (often + norm)
        return total

    def agreement(self, question: Sequence[str], best: Sequence[int], reference: Sequence[int]) -> float:
        """Return the share of ``best`` that score as highly, place by place, as the ``reference``."""
        wanted = sorted((self.score(question, position) for position in reference), reverse=True)
        found = sorted((self.score(question, position) for position in set(best)), reverse=True)
        as_high = sum(one >= other * (1 - TOLERANCE) for one, other in zip(found, wanted, strict=False))
        return as_high / len(wanted) if wanted else 1.0
