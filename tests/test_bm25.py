"""The fast path scores as rank-bm25 would: a plain subclass of its ``BM25`` with the same idf is the oracle."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rank_bm25 import BM25

from retrieval.bm25 import Postings, PostingsBM25


class PlainBM25(BM25):  # type: ignore[misc]
    """rank-bm25's own ``_initialize``, and the textbook formula in plain Python over every paragraph."""

    def __init__(self, corpus: Sequence[Sequence[str]], *, k1: float, b: float) -> None:
        self.k1, self.b = k1, b
        super().__init__(corpus)

    def _calc_idf(self, nd: dict[str, int]) -> None:
        for term, n in nd.items():
            self.idf[term] = math.log(1 + (self.corpus_size - n + 0.5) / (n + 0.5))

    def get_scores(self, query: Sequence[str]) -> NDArray[np.float64]:
        scores = np.zeros(self.corpus_size)
        for position, frequencies in enumerate(self.doc_freqs):
            norm = 1 - self.b + self.b * self.doc_len[position] / self.avgdl
            for term in query:
                f = frequencies.get(term, 0)
                if f:
                    scores[position] += self.idf[term] * f * (self.k1 + 1) / (f + self.k1 * norm)
        return scores


terms = st.sampled_from(list("智能终端目标甲乙"))
corpora = st.lists(st.lists(terms, max_size=12), min_size=1, max_size=12).filter(any)
queries = st.lists(st.sampled_from([*"智能终端目标甲乙", "无"]), max_size=8)


@given(corpora, queries, st.floats(0, 3), st.floats(0, 1))
def test_scores_equal_the_oracle(corpus: list[list[str]], query: list[str], k1: float, b: float) -> None:
    expected = PlainBM25(corpus, k1=k1, b=b).get_scores(query)
    np.testing.assert_allclose(PostingsBM25(corpus, k1=k1, b=b).get_scores(query), expected, rtol=1e-5)


@given(corpora, queries, st.integers(1, 12))
def test_search_takes_the_best_in_order_and_ties_by_position(
    corpus: list[list[str]], query: list[str], limit: int
) -> None:
    model = PostingsBM25(corpus)
    scores = model.get_scores(query)
    expected = sorted(((-score, position) for position, score in enumerate(scores) if score > 0))[:limit]
    assert model.search(query, limit=limit) == [(position, pytest.approx(-score)) for score, position in expected]


@given(corpora, st.data())
def test_merged_postings_equal_those_of_the_whole(corpus: list[list[str]], data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.integers(-1, 1), min_size=len(corpus), max_size=len(corpus)))
    kept = [paragraph for paragraph, part in zip(corpus, parts, strict=True) if part >= 0]
    pieces = []
    for part in (0, 1):
        # Each part also holds, at the end, the paragraphs that are left out.
        members = [i for i, owner in enumerate(parts) if owner == part] + [i for i, o in enumerate(parts) if o < 0]
        new = [sum(owner >= 0 for owner in parts[:i]) if parts[i] >= 0 else -1 for i in members]
        pieces.append((Postings.of([corpus[i] for i in members]), np.array(new, dtype=np.int32)))
    merged, whole = Postings.merge(pieces, len(kept)), Postings.of(kept)
    for name in ("keys", "starts", "paragraphs", "frequencies", "lengths"):
        np.testing.assert_array_equal(getattr(merged, name), getattr(whole, name))


def test_an_empty_corpus_scores_nothing() -> None:
    model = PostingsBM25([])
    assert model.search(["智能"], limit=3) == []
    assert model.get_scores(["智能"]).shape == (0,)


def test_a_term_in_every_paragraph_never_counts_against_one() -> None:
    model = PostingsBM25([["目标"], ["目标", "智能"]])
    assert [position for position, _ in model.search(["目标"], limit=2)] == [0, 1]


def test_rank_bm25s_own_methods_work_on_it() -> None:
    model = PostingsBM25([["甲"], ["乙", "乙"], ["乙"]])
    assert model.get_top_n(["甲"], ["一", "二", "三"], n=1) == ["一"]
    assert model.get_batch_scores(["乙"], [1, 0]) == [pytest.approx(model.get_scores(["乙"])[1]), 0.0]


def test_a_repeated_query_term_counts_as_often() -> None:
    model = PostingsBM25([["甲"], ["乙"]])
    np.testing.assert_allclose(model.get_scores(["甲", "甲"]), 2 * model.get_scores(["甲"]))
