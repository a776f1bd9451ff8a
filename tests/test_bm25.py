"""The fast path scores as rank-bm25 would: a plain subclass of its ``BM25`` with the same idf is the oracle."""

from __future__ import annotations

import math
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rank_bm25 import BM25

from retrieval.errors import DamagedIndexError
from retrieval.postings.bm25 import PostingsBM25
from retrieval.postings.formula import Formula
from retrieval.postings.layout import CODES
from retrieval.postings.runs import plain_sort, sort
from retrieval.postings.search import COMPILED, PostingsSearch, View


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


def quickest(model: PostingsBM25) -> PostingsSearch:
    """The search that answers questions, over the same postings."""
    return PostingsSearch(model.postings.arrays, model.postings.formula)


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


@pytest.mark.slow
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
    asked = [str(term) for term in query]
    expected = best(model.get_scores(asked), limit)
    assert model.search(asked, limit=limit) == expected
    assert quickest(model).best(asked, limit=limit) == expected


def test_frequencies_that_fill_more_than_half_a_byte_are_exact() -> None:
    corpus = [["甲"] * often + ["乙"] * (often % 7) for often in (1, 14, 15, 16, 300, 2000, 0, 3)] + [["丙"] * 99]
    for query in (["甲"], ["乙", "甲", "丙"]):
        scores = PlainBM25(corpus, k1=1.2, b=0.75).get_scores(query)
        model = PostingsBM25(corpus, k1=1.2, b=0.75)
        np.testing.assert_allclose(model.get_scores(query), scores, rtol=1e-5)
        expected = best(model.get_scores(query), 9)
        assert quickest(model).best(query, limit=9) == expected


def bits(positions: Sequence[int], count: int) -> bytes:
    """Some of so many paragraphs, as a search takes them."""
    return np.packbits(np.isin(np.arange(count), positions), bitorder="little").tobytes()


@pytest.mark.attack
@given(data=st.data(), count=st.integers(1, 300), limit=st.integers(1, 30))
def test_a_view_shows_the_best_of_its_paragraphs_and_no_term_of_the_others(
    data: st.DataObject, count: int, limit: int
) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    corpus = [[str(term) for term in random.zipf(1.2, random.integers(0, 30)) % 60] for _ in range(count)]
    seen = np.flatnonzero(random.random(count) < data.draw(st.sampled_from([0, 0.01, 0.3, 0.9, 1]))).tolist()
    asked = [str(term) for term in data.draw(st.lists(st.integers(0, 62), min_size=1, max_size=8))]
    model = PostingsBM25(corpus)
    scores = model.get_scores(asked)
    expected = [(position, score) for position, score in best(scores, count) if position in seen][:limit]
    compiled = quickest(model)
    view = compiled.view(bits(seen, count))
    assert view.terms == model.postings.terms_in(view.paragraphs)
    assert compiled.best(asked, limit=limit, view=view) == expected
    assert model.search(asked, limit=limit, among=view.paragraphs) == expected
    for term in asked:
        everywhere = sum(term in paragraph for paragraph in corpus)
        counted = everywhere if any(term in corpus[position] for position in seen) else 0
        assert compiled.frequencies([term], view=view) == [counted]
        assert model.postings.frequency(term, among=view.terms) == counted


@pytest.fixture(scope="module")
def large() -> PostingsBM25:
    """Seventy thousand short paragraphs: more than what is searched at once, and other threads run meanwhile."""
    terms = (np.random.default_rng(8).zipf(1.2, (70_000, 12)) % 5000).astype(str).tolist()
    return PostingsBM25(terms, k1=1.2, b=0.75)


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 2)  # type: ignore[union-attr]
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=8), st.integers(0, 9), st.sampled_from([1, 10, 70, 100_000]))
def test_a_search_in_windows_leaves_out_none_of_the_best(
    large: PostingsBM25, rare: list[int], frequent: int, limit: int
) -> None:
    query = [str(term) for term in (*rare, frequent)]
    assert quickest(large).best(query, limit=limit) == best(large.get_scores(query), limit)


def test_a_question_of_more_frequent_terms_than_bounds_can_be_added_up_for() -> None:
    random = np.random.default_rng(3)
    model = PostingsBM25([[str(term) for term in range(400) if random.random() < 0.3] for _ in range(50)])
    query = [str(term) for term in range(400)]
    assert quickest(model).best(query, limit=7) == best(model.get_scores(query), 7)


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
@settings(max_examples=300)
@given(
    name=st.sampled_from(list(CODES)),
    places=st.lists(st.integers(0, 2**31), min_size=1, max_size=20),
    value=st.one_of(st.binary(min_size=8, max_size=8), st.sampled_from([b"\xff" * 8, bytes(8)])),
    query=st.lists(st.integers(0, 60), min_size=1, max_size=6),
)
def test_damaged_postings_are_an_error_or_another_answer(
    name: str, places: list[int], value: bytes, query: list[int]
) -> None:
    terms = np.random.default_rng(4).zipf(1.2, (300, 30)) % 60
    postings = PostingsBM25(terms.astype(str).tolist()).postings
    flat = postings.arrays[name].copy()
    for place in places if len(flat) else ():
        flat[place % len(flat)] = np.frombuffer(value, dtype=flat.dtype)[0]
    asked = [str(term) for term in query]
    alone = PostingsSearch({**postings.arrays, name: flat}, postings.formula)
    part = PostingsSearch({**postings.arrays, name: flat}, postings.formula, Formula(0.9, 0.5, 500, 40.0))
    for search, counts in ((alone, None), (part, dict.fromkeys(asked, 20))):
        with suppress(DamagedIndexError):
            view = search.view(bits(range(0, 300, 3), 300))
            for seen in (None, view):
                found = search.best(asked, limit=10, view=seen, frequencies=counts)
                assert len(found) <= 10
                assert all(0 <= position < 300 for position, _ in found)


@pytest.mark.attack
@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
def test_arrays_that_do_not_fit_together_are_not_searched() -> None:
    postings = PostingsBM25([["甲", "乙"], ["乙"]]).postings
    with pytest.raises(DamagedIndexError):
        PostingsSearch({**postings.arrays, "lengths": postings.lengths[:1]}, postings.formula)


_ANSWER = """
import sys
from pathlib import Path
from retrieval.index import Index  # all that is needed to open one
from retrieval.postings.formula import Formula
from retrieval.postings.layout import CODES
from retrieval.postings.search import PostingsSearch

folder, average_length = sys.argv[1:]
arrays = {name: memoryview(Path(folder, name).read_bytes()).cast(code) for name, code in CODES.items()}
found = PostingsSearch(arrays, Formula(0.9, 0.5, 3, float(average_length))).best(["甲"], limit=2)
print([position for position, _ in found], "numpy" in sys.modules)
"""


@pytest.mark.slow
@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
def test_an_index_is_opened_and_searched_without_numpy(tmp_path: Path) -> None:
    postings = PostingsBM25([["乙"], ["甲", "乙"], ["甲"]]).postings
    for name, array in postings.arrays.items():
        (tmp_path / name).write_bytes(array.tobytes())
    command = [sys.executable, "-c", _ANSWER, str(tmp_path), str(postings.formula.average_length)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "[2, 1] False\n"


def test_threads_do_not_disturb_one_another() -> None:
    random = np.random.default_rng(5)
    corpus = [[str(term) for term in random.zipf(1.3, 40) % 500] for _ in range(2000)]
    searcher = PostingsBM25(corpus)
    queries = [[str(term) for term in random.zipf(1.3, 6) % 500] for _ in range(200)]
    alone = [searcher.search(query, limit=5) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: searcher.search(query, limit=5), queries)) == alone


@pytest.mark.slow
def test_a_view_of_a_large_collection_shows_the_best_of_its_paragraphs(large: PostingsBM25) -> None:
    search = quickest(large)
    seen = range(3, large.corpus_size, 97)
    view = search.view(bits(seen, large.corpus_size))
    for query in (["1", "2", "3"], ["2", "4000", "1", "777"], ["4999"]):
        expected = [one for one in best(large.get_scores(query), large.corpus_size) if one[0] in seen][:10]
        assert search.best(query, limit=10, view=view) == expected


@pytest.mark.attack
@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
def test_a_term_that_only_hidden_paragraphs_hold_takes_no_longer_than_one_that_none_holds() -> None:
    hidden = [[str(term) for term in range(19)]] * 60_000
    search = quickest(PostingsBM25([*hidden, ["甲"]]))
    view = search.view(bits([60_000], 60_001))

    def taken(terms: list[str]) -> float:
        began = time.perf_counter()
        for _ in range(100):
            assert search.best(terms, limit=10, view=view) == []
        return time.perf_counter() - began

    inside, nowhere = [str(term) for term in range(19)], [f"无{term}" for term in range(19)]
    assert min(taken(inside) for _ in range(9)) < 3 * min(taken(nowhere) for _ in range(9))


@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
@pytest.mark.parametrize("count", [0, 2, 8, 25, 100])
def test_a_view_of_another_collection_is_refused(count: int) -> None:
    search = quickest(PostingsBM25([["甲"]] * 17))
    with pytest.raises(DamagedIndexError):
        search.view(bits([0], count))
    with pytest.raises(DamagedIndexError):
        search.best(["甲"], limit=1, view=View(bits([0], count), b"1"))


@pytest.mark.slow
def test_threads_share_a_compiled_search(large: PostingsBM25) -> None:
    queries = (np.random.default_rng(5).zipf(1.3, (100, 6)) % 500).astype(str).tolist()
    search = quickest(large)
    alone = [search.best(query, limit=5) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: search.best(query, limit=5), queries)) == alone


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


@pytest.mark.parametrize("sorting", [sort, plain_sort])
@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9).map(lambda high: high << 40 | 5)), st.integers(0, 63))
def test_numbers_are_sorted_by_their_upper_bits_and_else_stay_in_order(
    sorting: Callable[[NDArray[np.uint64], int], None], numbers: list[int], lowest: int
) -> None:
    array = np.array(numbers, dtype=np.uint64)
    sorting(array, lowest)
    assert array.tolist() == sorted(numbers, key=lambda number: number >> lowest)


@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
@pytest.mark.parametrize(("array", "lowest"), [(np.zeros(3, np.uint32), 0), (np.zeros(3, np.uint64), 64)])
def test_only_numbers_of_64_bits_are_sorted(array: NDArray[Any], lowest: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        sort(array, lowest)
