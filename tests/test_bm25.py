"""The fast path scores as rank-bm25 would: a plain subclass of its ``BM25`` with the same idf is the oracle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rank_bm25 import BM25

from retrieval.bm25 import PostingsBM25
from retrieval.postings.topk import Searcher


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


def best(scores: NDArray[np.float32], limit: int) -> list[tuple[int, float]]:
    order = sorted((-float(score), position) for position, score in enumerate(scores) if score > 0)[:limit]
    return [(position, -score) for score, position in order]


@given(corpora, queries, st.floats(0, 3), st.floats(0, 1))
def test_scores_equal_the_oracle(corpus: list[list[str]], query: list[str], k1: float, b: float) -> None:
    expected = PlainBM25(corpus, k1=k1, b=b).get_scores(query)
    np.testing.assert_allclose(PostingsBM25(corpus, k1=k1, b=b).get_scores(query), expected, rtol=1e-5)


@given(corpora, queries, st.integers(1, 12))
def test_search_takes_the_best_in_order_and_ties_by_position(
    corpus: list[list[str]], query: list[str], limit: int
) -> None:
    model = PostingsBM25(corpus)
    assert model.search(query, limit=limit) == best(model.get_scores(query), limit)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 600),
    vocabulary=st.integers(2, 400),
    query=st.lists(st.integers(0, 410), min_size=1, max_size=12),
    limit=st.integers(1, 30),
)
def test_pruning_leaves_out_none_of_the_best(
    seed: int, count: int, vocabulary: int, query: list[int], limit: int
) -> None:
    random = np.random.default_rng(seed)
    rates = 1 / np.arange(1, vocabulary + 1) ** random.uniform(0.3, 2)
    corpus = [
        [str(term) for term in random.choice(vocabulary, random.integers(0, 60), p=rates / rates.sum())]
        for _ in range(count)
    ]
    model = PostingsBM25(corpus)
    searcher = Searcher(model.postings, whole=0)
    asked = [str(term) for term in query]
    np.testing.assert_array_equal(searcher.scores(asked), model.get_scores(asked))
    assert searcher.search(asked, limit=limit) == best(model.get_scores(asked), limit)


def test_frequencies_that_fill_more_than_half_a_byte_are_exact() -> None:
    corpus = [["甲"] * often + ["乙"] * (often % 7) for often in (1, 14, 15, 16, 300, 2000, 0, 3)] + [["丙"] * 99]
    for query in (["甲"], ["乙", "甲", "丙"]):
        expected = PlainBM25(corpus, k1=1.2, b=0.75).get_scores(query)
        model = PostingsBM25(corpus, k1=1.2, b=0.75)
        np.testing.assert_allclose(model.get_scores(query), expected, rtol=1e-5)
        assert Searcher(model.postings, whole=0).search(query, limit=9) == best(model.get_scores(query), 9)


def test_threads_do_not_disturb_one_another() -> None:
    random = np.random.default_rng(5)
    corpus = [[str(term) for term in random.zipf(1.3, 40) % 500] for _ in range(2000)]
    searcher = Searcher(PostingsBM25(corpus).postings, whole=0)
    queries = [[str(term) for term in random.zipf(1.3, 6) % 500] for _ in range(200)]
    alone = [searcher.search(query, limit=5) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: searcher.search(query, limit=5), queries)) == alone


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
