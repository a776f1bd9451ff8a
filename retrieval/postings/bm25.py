"""rank-bm25's model over postings: the definition of every score, and what the compiled search is tested against.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), with the idf that Lucene and
OpenSearch use, ln(1 + (N - n + 0.5)/(n + 0.5)), which is never negative and so holds in small collections too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25

from retrieval.postings.formula import K1, B
from retrieval.postings.merging import merge
from retrieval.postings.postings import Floats, Postings, fitted, flags, impacts, norms
from retrieval.postings.runs import Counts


class PostingsBM25(BM25):  # type: ignore[misc]  # rank-bm25 carries no types
    """A ``rank_bm25.BM25`` that looks only at the paragraphs which hold a term of the question.

    Takes a ``corpus`` (and ``tokenizer``) as every class of rank-bm25 does, or ``postings``, whose formula then counts.
    An empty corpus is allowed and scores nothing. ``corpus_size``, ``avgdl``, ``doc_len`` are as in rank-bm25. It can
    be used by several threads at once.
    """

    def __init__(
        self,
        corpus: Sequence[Any] = (),
        tokenizer: Callable[[Any], list[str]] | None = None,
        *,
        postings: Postings | None = None,
        k1: float = K1,
        b: float = B,
    ) -> None:
        self.k1, self.b = (postings.formula.k1, postings.formula.b) if postings else (k1, b)
        self._given = postings
        super().__init__(corpus, tokenizer)

    def _initialize(self, corpus: Iterable[Iterable[str]]) -> NDArray[np.uint32]:
        self.postings = self._given or _built(corpus, self.k1, self.b)
        self.doc_len = self.postings.lengths
        self.corpus_size = len(self.doc_len)
        self.avgdl = self.postings.formula.average_length
        return self.postings.counts

    def _calc_idf(self, nd: NDArray[np.uint32]) -> None:
        """Nothing is left to calculate for rank-bm25: the idf of a term follows from its count."""

    def get_scores(self, query: Iterable[str], *, frequencies: Mapping[str, int] | None = None) -> Floats:
        """Return the score of every paragraph; a term that the question repeats counts as often.

        Scores are sums of float32, the rarest term first: the order decides the last bit. ``frequencies`` tell in how
        many paragraphs of the collection each term stands, where the postings are a part of one.
        """
        postings = self.postings
        repeated = Counter(query)
        places = dict(zip(repeated, postings.places(list(repeated)).tolist(), strict=True))
        found = [
            (frequencies[term] if frequencies else int(postings.counts[place]), place, repeated[term])
            for term, place in places.items()
            if place >= 0
        ]
        scores = np.zeros(self.corpus_size, dtype=np.float32)
        for count, place, often in sorted(found):
            positions, stands = postings.all_of(place)
            weight = np.float32(postings.formula.idf(count))
            norm = norms(postings.formula, postings.lengths[positions])
            added = impacts(postings.formula, weight, stands.astype(np.float32), norm)
            scores[positions] += added * np.float32(often)  # a list holds a paragraph once
        return scores

    def get_batch_scores(self, query: Iterable[str], doc_ids: Sequence[int]) -> list[float]:
        """Return the scores of some paragraphs, by position."""
        return [float(score) for score in self.get_scores(query)[np.asarray(doc_ids, dtype=np.intp)]]

    def search(
        self,
        query: Iterable[str],
        *,
        limit: int,
        among: bytes | None = None,
        frequencies: Mapping[str, int] | None = None,
    ) -> list[tuple[int, float]]:
        """Return the best ``limit`` paragraphs as ``(position, score)``: best first, ties by position, none with 0.

        ``among`` are bits of the paragraphs that count, by position; ``frequencies`` are as in ``get_scores``.
        """
        scores = self.get_scores(query, frequencies=frequencies)
        if among is not None:
            scores[~flags(among, self.corpus_size)] = 0
        positions = np.flatnonzero(scores)
        if len(positions) > limit > 0:
            positions = positions[scores[positions] >= np.partition(scores[positions], -limit)[-limit]]
        best = positions[np.argsort(-scores[positions], kind="stable")][: max(limit, 0)]
        return list(zip(best.tolist(), scores[best].tolist(), strict=True))


def _built(corpus: Iterable[Iterable[str]], k1: float, b: float) -> Postings:
    counts = Counts()
    for terms in corpus:
        counts.add(terms)
    lengths = counts.lengths()
    formula = fitted(lengths, k1=k1, b=b)
    positions = np.arange(len(lengths), dtype=np.int32)
    return Postings.of_parts(merge([(counts.run(), positions)], lengths, formula), formula)
