"""Exact scores from the cluster's: Lucene keeps a paragraph's length in one byte, the paragraphs keep it whole.

Lucene rounds lengths from 40 on down, by up to an eighth, so its scores are upper bounds of the exact ones. What each
term added to its score tells how often the term stands in the paragraph, and with the length the exact score follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from retrieval.engines.opensearch.layout import indexed
from retrieval.index import Recipe
from retrieval.keys import term_key
from retrieval.postings.formula import Formula
from retrieval.postings.postings import impacts, norms

ROUNDING = 1 + 2e-5
"""What sums of 32-bit numbers may lie above the true sum, as a factor."""

_FREE = 24  # lengths that Lucene's SmallFloat keeps beside those of four significant bits


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is counted over the whole collection.

    ``term_count`` is the number of terms of all paragraphs, ``empty_count`` how many paragraphs have none.
    """

    paragraph_count: int
    term_count: int
    empty_count: int
    frequencies: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """The terms of a question: each once, with how often the question has it, in the order in which they are summed."""

    terms: tuple[str, ...]
    repeated: tuple[int, ...]

    @classmethod
    def of(cls, terms: Iterable[str]) -> Asked:
        """Count the terms."""
        counts = Counter(terms)
        return cls(tuple(counts), tuple(counts.values()))

    def query(self, hidden: Collection[str]) -> dict[str, object]:
        """Return the query, in which each term has its number for a name; it leaves ``hidden`` folders out."""
        clauses = [
            {"term": {"terms": {"value": indexed(term), "boost": often, "_name": str(number)}}}
            for number, (term, often) in enumerate(zip(self.terms, self.repeated, strict=True))
        ]
        without = [{"terms": {"folders": sorted(hidden)}}] if hidden else []
        return {"bool": {"should": clauses, "must_not": without}}

    def stands(self) -> dict[str, object]:
        """Return an aggregation that counts, for each number of a term, the paragraphs with it among those searched."""
        filters = {str(number): {"term": {"terms": indexed(term)}} for number, term in enumerate(self.terms)}
        return {"filters": {"filters": filters}}


class Scores:
    """The exact scores of paragraphs for a question.

    ``weight`` is the factor that the cluster leaves out of its scores: 1 up to OpenSearch 2, k1 + 1 from 3 on.
    """

    def __init__(self, asked: Asked, statistics: Statistics, recipe: Recipe, *, weight: float) -> None:
        count = statistics.paragraph_count
        average = statistics.term_count / count if count else 0.0
        self._exact = Formula(recipe.k1, recipe.b, count, average)
        # Lucene counts the stand-in of an empty paragraph as a term.
        lucene = (statistics.term_count + statistics.empty_count) / count if count else 0.0
        self._lucene = replace(self._exact, average_length=lucene)
        self._asked = asked
        self._frequencies = [statistics.frequencies.get(term, 0) for term in asked.terms]
        self._order = sorted(
            range(len(asked.terms)), key=lambda number: (self._frequencies[number], term_key(asked.terms[number]))
        )
        self._weight = weight

    def of(self, lengths: Sequence[int], added: Sequence[Mapping[str, float]]) -> list[float]:
        """Return the scores of paragraphs, from their lengths and from what each term added to the cluster's score."""
        exact = norms(self._exact, np.array(lengths, dtype=np.int32))
        rounded = norms(self._lucene, np.array([rounded_length(length) for length in lengths], dtype=np.int32))
        scores = np.zeros(len(lengths), dtype=np.float32)
        for number in self._order:
            name, often = str(number), self._asked.repeated[number]
            parts = np.array([one.get(name, 0.0) for one in added], dtype=np.float64)
            idf = self._exact.idf(self._frequencies[number])
            share = np.minimum(parts * self._weight / (idf * often * (self._exact.k1 + 1)), 1 - 1e-7)
            times = np.where(parts > 0, np.maximum(np.rint(rounded * share / (1 - share)), 1), 0).astype(np.float32)
            gained = impacts(self._exact, np.float32(idf), times, exact)
            scores += gained * np.float32(often) if often > 1 else gained
        return [float(score) for score in scores]

    def bound(self, score: float) -> float:
        """Return what the exact score of a paragraph cannot exceed, from the cluster's."""
        return score * self._weight * ROUNDING


def rounded_length(length: int) -> int:
    """Return a length as Lucene's ``SmallFloat.byte4ToInt(intToByte4(length))`` does.

    >>> [rounded_length(length) for length in (39, 40, 41, 42, 1000)]
    [39, 40, 40, 42, 984]
    """
    if length < _FREE:
        return length
    beyond = length - _FREE
    shift = max(0, beyond.bit_length() - 4)
    return _FREE + (beyond >> shift << shift)
