"""rank-bm25's model over postings arrays: the same scores, found through the question's terms alone.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with the idf that Lucene and
OpenSearch use, ln(1 + (N - n + 0.5)/(n + 0.5)), which is never negative and so holds in small collections too.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25

K1 = 0.9
"""How soon the repetitions of a term stop to count: low, since a paragraph is short."""
B = 0.5
"""How much a paragraph's length is held against its terms."""


def term_key(term: str) -> int:
    """Give the 64 bits by which the index knows a term; numbers can be searched on disk as they lie."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def idf(paragraph_count: int, frequency: NDArray[np.int64]) -> NDArray[np.float64]:
    """How much a term tells that stands in ``frequency`` of the paragraphs: ln(1 + (N - n + 0.5)/(n + 0.5))."""
    return np.log1p((paragraph_count - frequency + 0.5) / (frequency + 0.5))


@dataclass(frozen=True, slots=True)
class Postings:
    """Which paragraphs hold which terms, and how often.

    ``keys`` are the terms' keys, rising. The postings of term ``t`` are the slice ``starts[t]:starts[t + 1]`` of
    ``paragraphs`` (positions in the collection, rising) and of ``frequencies``. ``lengths[p]`` is the number of terms
    of paragraph ``p``.
    """

    keys: NDArray[np.uint64]
    starts: NDArray[np.int64]
    paragraphs: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, corpus: Iterable[Iterable[str]]) -> Postings:
        """Build the postings of a corpus: the terms of each paragraph, in any order, as often as they occur."""
        paragraphs: dict[str, array[int]] = {}
        frequencies: dict[str, array[int]] = {}
        lengths = array("i")
        for position, terms in enumerate(corpus):
            counts = Counter(terms)
            lengths.append(counts.total())
            for term, frequency in counts.items():
                paragraphs.setdefault(term, array("i")).append(position)
                frequencies.setdefault(term, array("i")).append(frequency)
        by_key = sorted((term_key(term), term) for term in paragraphs)
        sizes = [len(paragraphs[term]) for _, term in by_key]
        return cls(
            keys=np.array([key for key, _ in by_key], dtype=np.uint64),
            starts=np.cumsum([0, *sizes], dtype=np.int64),
            paragraphs=_joined(paragraphs[term] for _, term in by_key),
            frequencies=_joined(frequencies[term] for _, term in by_key),
            lengths=np.array(lengths, dtype=np.int32),
        )

    @classmethod
    def merge(cls, parts: Sequence[tuple[Postings, NDArray[np.int32]]], paragraph_count: int) -> Postings:
        """Join postings into those of one collection of ``paragraph_count`` paragraphs.

        Each part comes with its paragraphs' positions in the new collection, -1 for one that is left out; every new
        position must be taken once. What comes out is what ``of`` would build of the whole, without its texts.
        """
        keys, paragraphs, frequencies = [], [], []
        lengths = np.zeros(paragraph_count, dtype=np.int32)
        for part, positions in parts:
            moved = positions[part.paragraphs]
            kept = moved >= 0
            keys.append(np.repeat(part.keys, np.diff(part.starts))[kept])
            paragraphs.append(moved[kept])
            frequencies.append(part.frequencies[kept])
            lengths[positions[positions >= 0]] = part.lengths[positions >= 0]
        key, paragraph = np.concatenate(keys), np.concatenate(paragraphs)
        order = np.lexsort((paragraph, key))
        distinct, first = np.unique(key[order], return_index=True)
        return cls(
            keys=distinct,
            starts=np.append(first, len(key)).astype(np.int64),
            paragraphs=paragraph[order],
            frequencies=np.concatenate(frequencies)[order],
            lengths=lengths,
        )

    def of_term(self, term: str) -> slice:
        """Give the slice of a term's postings, empty for a term that occurs nowhere."""
        key = np.uint64(term_key(term))
        place = int(np.searchsorted(self.keys, key))
        if place == len(self.keys) or self.keys[place] != key:
            return slice(0, 0)
        return slice(int(self.starts[place]), int(self.starts[place + 1]))


def _joined(arrays: Iterable[array[int]]) -> NDArray[np.int32]:
    joined = array("i")
    for part in arrays:
        joined.extend(part)
    return np.array(joined, dtype=np.int32)


class PostingsBM25(BM25):  # type: ignore[misc]  # rank-bm25 carries no types
    """A ``rank_bm25.BM25`` that looks only at the paragraphs which share a term with the question.

    Takes a ``corpus`` (and ``tokenizer``) as every class of rank-bm25 does, or the ``postings`` of one, with their
    ``impacts`` where a model of the same ``k1`` and ``b`` has computed them before. An empty corpus is allowed and scores nothing. ``corpus_size``, ``avgdl``, ``doc_len`` are as in rank-bm25.
    """

    def __init__(
        self,
        corpus: Sequence[Any] = (),
        tokenizer: Callable[[Any], list[str]] | None = None,
        *,
        postings: Postings | None = None,
        impacts: NDArray[np.float32] | None = None,
        k1: float = K1,
        b: float = B,
    ) -> None:
        self.k1 = k1
        self.b = b
        self._given_postings = postings
        self._given_impacts = impacts
        super().__init__(corpus, tokenizer)

    def _initialize(self, corpus: Iterable[Iterable[str]]) -> NDArray[np.int64]:
        self.postings = self._given_postings or Postings.of(corpus)
        lengths = self.doc_len = self.postings.lengths
        self.corpus_size = len(lengths)
        self.avgdl = float(lengths.mean()) if self.corpus_size else 0.0
        return np.diff(self.postings.starts)

    def _calc_idf(self, nd: NDArray[np.int64]) -> None:
        """Join idf, saturation and length into one impact for each posting, so that a question only has to add."""
        if self._given_impacts is not None:
            self.impacts = self._given_impacts
            return
        postings = self.postings
        frequency = postings.frequencies.astype(np.float64)
        norm = 1 - self.b + self.b * postings.lengths / (self.avgdl or 1.0)
        saturated = frequency * (self.k1 + 1) / (frequency + self.k1 * norm[postings.paragraphs])
        weights = idf(self.corpus_size, nd)
        self.impacts = (np.repeat(weights, nd) * saturated).astype(np.float32)

    def get_scores(self, query: Iterable[str]) -> NDArray[np.float32]:
        """Give the score of every paragraph; a term that the question repeats counts as often."""
        scores = np.zeros(self.corpus_size, dtype=np.float32)
        for term, count in Counter(query).items():
            place = self.postings.of_term(term)
            # The paragraphs of one term are distinct, so nothing is lost by adding to an indexed selection.
            scores[self.postings.paragraphs[place]] += count * self.impacts[place]
        return scores

    def get_batch_scores(self, query: Iterable[str], doc_ids: Sequence[int]) -> list[float]:
        """Give the scores of some paragraphs, by position."""
        return [float(score) for score in self.get_scores(query)[np.asarray(doc_ids, dtype=np.intp)]]

    def search(self, query: Iterable[str], *, limit: int) -> list[tuple[int, float]]:
        """Give the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none scored 0."""
        scores = self.get_scores(query)
        found = np.flatnonzero(scores > 0)
        if len(found) > limit:
            bound = np.partition(scores[found], len(found) - limit)[len(found) - limit]
            found = found[scores[found] >= bound]
        order = np.argsort(-scores[found], kind="stable")[:limit]
        return [(int(position), float(scores[position])) for position in found[order]]

    def frequency(self, term: str) -> int:
        """Give the number of paragraphs that hold a term."""
        place = self.postings.of_term(term)
        return int(place.stop - place.start)
