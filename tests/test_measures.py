"""What the ranking measures in C is what NumPy computes, which defines it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking import compiled, measures
from retrieval.ranking.measures import PLACES, Array, Flags, Indices, Positions, Rows, Splits
from retrieval.ranking.shares import COUNTING

pytestmark = pytest.mark.skipif(not compiled.COMPILED, reason="there was no compiler")

LENGTH = 60
NONE = np.zeros(0, np.int64)
BITS = np.zeros((1, 3), np.uint8)
SHORTS = np.zeros((1, 3), np.int16)
SPLITS = Splits(SHORTS, SHORTS, SHORTS, np.zeros(6), np.array([0, 2, 4, 6]))
WEIGHTS = st.floats(0, 9, allow_subnormal=False)


@dataclass(frozen=True)
class Laid:
    """Terms that stand in a text, cut into pieces, every other of which is a sentence."""

    positions: Positions
    starts: Indices

    @property
    def rows(self) -> Rows:
        return Rows(self.starts[:-1:2].copy(), self.starts[1::2].copy())


def places() -> st.SearchStrategy[Indices]:
    return st.sets(st.integers(0, LENGTH - 1)).map(lambda found: np.array(sorted(found), np.int64))


def laid() -> st.SearchStrategy[Laid]:
    cuts = st.sets(st.integers(1, LENGTH - 1), min_size=2).map(
        lambda found: np.array([0, *sorted(found)[: len(found) // 2 * 2], LENGTH], np.int64)
    )
    return st.builds(Laid, st.lists(places(), max_size=6).map(Positions.of), cuts)


def array(draw: st.DrawFn, *shape: int) -> Array:
    size = int(np.prod(shape))
    return np.array(draw(st.lists(WEIGHTS, min_size=size, max_size=size)), np.float64).reshape(shape)


@given(
    text=st.text("天地玄a\U00020000地"),
    terms=st.lists(st.text("天地玄\U00020000", min_size=1, max_size=3), unique=True),
)
def test_find(text: str, terms: list[str]) -> None:
    codes = measures.codes(text)
    found = [one.tolist() for one in compiled.find(codes, terms)]
    assert found == [one.tolist() for one in measures.find(codes, terms)]
    assert found == [[at for at in range(len(text)) if text.startswith(term, at)] for term in terms]


@given(laid())
def test_count(given_: Laid) -> None:
    assert (compiled.count(given_.positions, given_.starts) == measures.count(given_.positions, given_.starts)).all()


def flags(draw: st.DrawFn, *shape: int) -> Flags:
    size = int(np.prod(shape))
    return np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), np.bool_).reshape(shape)


@given(st.data(), st.integers(1, 5), st.integers(0, 6))
def test_share(data: st.DataObject, rows: int, terms: int) -> None:
    held, weights = data.draw(st.composite(flags)(rows, terms)), data.draw(st.composite(array)(terms))
    members = data.draw(st.composite(array)(terms, 3))
    results = [room.share(held, weights, members) for room in (compiled, measures)]
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12, atol=1e-300)


@given(st.data(), st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 4))
def test_held(data: st.DataObject, sentences: list[int], terms: int) -> None:
    place = np.array([at for count in sentences for at in range(-1, count)], np.int64)
    stands = data.draw(st.composite(flags)(len(place), terms))
    results = [room.held(stands.astype(np.float64), place) for room in (compiled, measures)]
    assert all((one == other).all() for one, other in zip(*results, strict=True))
    assert ((results[0][0] & 1 > 0) == stands[place >= 0]).all()
    assert results[0][1].sum() == stands[place >= 0].sum()


@given(st.data(), st.integers(0, 6), st.integers(1, 3), st.integers(0, 5))
def test_shares(data: st.DataObject, rows: int, hits: int, terms: int) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    held = random.integers(0, 1 << PLACES, (rows, terms)).astype(np.uint8)
    weights, members = (
        data.draw(st.composite(array)(int(COUNTING.kind.max()) + 1, hits, terms)),
        random.integers(0, 2, (terms, 3)),
    )
    given_ = held, random.integers(0, hits, rows), COUNTING, weights, members.astype(np.float64)
    results = [room.shares(*given_) for room in (compiled, measures)]
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12, atol=1e-300)


@given(st.data(), laid())
def test_cover(data: st.DataObject, given_: Laid) -> None:
    count = len(given_.positions)
    lengths = np.array(data.draw(st.lists(st.integers(1, 4), min_size=count, max_size=count)), np.int64)
    results = [room.cover(given_.positions, lengths, LENGTH) for room in (compiled, measures)]
    assert (results[0] == results[1]).all()


@given(st.data(), laid())
def test_clauses(data: st.DataObject, given_: Laid) -> None:
    count = len(given_.positions)
    weights, members = data.draw(st.composite(array)(count)), data.draw(st.composite(array)(count, 3))
    starts = np.union1d(given_.starts, np.array(sorted(data.draw(st.sets(st.integers(0, LENGTH)))), np.int64))
    results = [room.clauses(given_.positions, starts, weights, members, given_.rows) for room in (compiled, measures)]
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12, atol=1e-300)


@given(st.data(), laid(), st.lists(st.integers(0, 5), max_size=70))
def test_subsequences(data: st.DataObject, given_: Laid, question: list[int]) -> None:
    letters = data.draw(st.permutations(range(len(given_.positions))))
    masks = [sum(1 << bit for bit, one in enumerate(question) if one == letter) for letter in letters]
    given = given_.positions, np.array(letters, np.int64), masks, len(question), given_.rows
    assert (compiled.subsequences(*given) == measures.subsequences(*given)).all()


@given(st.data(), laid())
def test_skipping(data: st.DataObject, given_: Laid) -> None:
    terms = st.integers(0, max(len(given_.positions) - 1, 0))
    drawn = data.draw(st.lists(st.tuples(terms, terms), max_size=8)) if len(given_.positions) else []
    pairs, weights = np.array(drawn, np.int64).reshape(-1, 2).T.copy(), data.draw(st.composite(array)(len(drawn)))
    results = [room.skipping(given_.positions, pairs, weights, given_.rows) for room in (compiled, measures)]
    assert (results[0] == results[1]).all()


@given(st.data(), laid())
def test_closeness(data: st.DataObject, given_: Laid) -> None:
    rows = given_.rows
    inside = [(place, row) for row, (begin, end) in enumerate(zip(*rows, strict=True)) for place in range(begin, end)]
    spots, rows_of = np.array(data.draw(st.lists(st.sampled_from(inside))), np.int64).reshape(-1, 2).T.copy()
    count = len(given_.positions)
    lengths = np.array(data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count)), np.int64)
    weights = data.draw(st.composite(array)(count))
    results = [
        room.closeness(given_.positions, spots, rows, rows_of=rows_of, lengths=lengths, weights=weights)
        for room in (compiled, measures)
    ]
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12, atol=1e-300)


def splits(random: np.random.Generator, trees: int) -> Splits:
    feature, rank, lost = (random.integers(0, limit, (trees, 3)).astype(np.int16) for limit in (3, 2, 8))
    return Splits(feature, rank, lost, np.array([0.0, 1.0, 0.5, 2.0, 0.0, 3.0]), np.array([0, 2, 4, 6]))


@given(st.integers(0, 99), st.integers(0, 5), st.integers(0, 130))
def test_leaves(seed: int, trees: int, rows: int) -> None:
    random = np.random.default_rng(seed)
    values, table = random.random((trees, 4)), random.integers(0, 8, (rows, 4)) / 2
    results = [room.leaves(splits(np.random.default_rng(seed), trees), values, table) for room in (compiled, measures)]
    np.testing.assert_allclose(results[0], results[1], rtol=1e-12)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: compiled.count(Positions(np.zeros(2, np.int64), np.array([0, 5])), np.array([0, 9])),
        lambda: compiled.share(np.zeros((2, 3), np.bool_), np.zeros(2), np.zeros((3, 3))),
        lambda: compiled.held(np.zeros((2, 3)), np.zeros(2, np.int64)),
        lambda: compiled.shares(BITS, np.array([9]), COUNTING, np.zeros((6, 2, 3)), np.zeros((3, 3))),
        lambda: compiled.shares(BITS + 64, np.array([0]), COUNTING, np.zeros((6, 2, 3)), np.zeros((3, 3))),
        lambda: compiled.shares(BITS, np.array([0]), COUNTING, np.zeros((5, 2, 3)), np.zeros((3, 3))),
        lambda: compiled.cover(Positions.of([np.array([9])]), np.ones(1, np.int64), 9),
        lambda: compiled.clauses(Positions.of([]), NONE, np.zeros(0), np.zeros((0, 3)), Rows(NONE, NONE)),
        lambda: compiled.skipping(Positions.of([]), np.array([[0], [1]]), np.zeros(1), Rows(NONE, NONE)),
        lambda: compiled.subsequences(Positions.of([NONE]), np.zeros(2, np.int64), [1, 2], 2, Rows(NONE, NONE)),
        lambda: compiled.leaves(SPLITS._replace(feature=SHORTS + 3), np.zeros((1, 4)), np.zeros((2, 4))),
        lambda: compiled.leaves(SPLITS._replace(lost=SHORTS + 8), np.zeros((1, 4)), np.zeros((2, 4))),
        lambda: compiled.leaves(SPLITS, np.zeros((1, 3)), np.zeros((2, 4))),
        lambda: compiled.leaves(SPLITS, np.zeros((1, 4)), np.zeros((2, 2))),
    ],
)
def test_arrays_that_do_not_fit_are_refused(broken: object) -> None:
    assert callable(broken)
    with pytest.raises(ValueError, match="fit together"):
        broken()
