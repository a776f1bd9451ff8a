"""The best paragraphs of a large collection, exactly, without scoring most of them.

The rarest terms come first; their paragraphs set a threshold, and from then on only what can still reach it is looked
at (the max-score bounds of Turtle and Flood, Query evaluation: strategies and optimizations, 1995).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.postings.impacts import Floats, impacts, norms
from retrieval.postings.layout import LEVELS
from retrieval.postings.postings import Positions, Postings

_SAMPLE = 32
"""Paragraphs that are scored to set the threshold."""
_FEW = 512
"""Candidates that are scored rather than thinned out first."""
_LONG = 2048
"""Postings from which on a list is worth a threshold first."""
_SELECTIVE = 8
"""A list is not entered where no more than one in so many of its paragraphs can reach the threshold without others."""
ROUNDING = 1 + 1e-5
"""By how much bounds are raised, since sums of float32 are not exact."""

_NONE: Positions = np.empty(0, dtype=np.int64)

Best = list[tuple[int, float]]


class Term(NamedTuple):
    """A term of a question: its place among the terms, its row if it is dense (-1 if not), its slice of the lists.

    ``rarity`` is the number of paragraphs that hold it, by which terms are ordered; ``repeated`` how often the question
    has it; ``weight`` is its idf, ``bound`` the most that it can add to a score.
    """

    rarity: int
    place: int
    row: int
    start: int
    stop: int
    repeated: int
    weight: np.float32
    bound: float


class Pruned:
    """One search of a large collection; ``threshold`` is a score that at least ``limit`` paragraphs reach."""

    def __init__(self, postings: Postings, terms: Sequence[Term], limit: int) -> None:
        self._postings = postings
        self._terms = terms
        self._limit = limit
        self._places = [term.place for term in terms]
        self._rows = [term.row for term in terms]
        self._weights = np.array([term.weight for term in terms], dtype=np.float32)[:, None]
        self._repeated = np.array([term.repeated for term in terms], dtype=np.float32)[:, None]
        self._sparse = self._rows.count(-1)
        self._threshold = 0.0
        # What the terms from each one on can add together.
        self._rest = [0.0] * (len(terms) + 1)
        for index in range(len(terms) - 1, -1, -1):
            self._rest[index] = self._rest[index + 1] + terms[index].bound

    def run(self, accumulators: list[Floats], sums: list[NDArray[np.uint16]]) -> Best:
        """Search, with memory for a float32 and two bytes for each paragraph from these stocks."""
        scores = taken(accumulators, len(self._postings.lengths), np.float32)
        pieces = self._from_lists(scores)
        accumulators.append(scores)
        if self._sparse < len(self._terms) and self._rest[self._sparse] >= self._threshold:
            pieces.append(self._from_rows(sums))
        candidates = _distinct(np.concatenate(pieces))
        return in_order(candidates, self._exact(candidates), self._limit)

    def _from_lists(self, scores: Floats) -> list[Positions]:
        """Give the paragraphs with sparse terms that can be among the best.

        A list is *entered*: all its bounds are added to ``scores``, which must hold zeros and will again. Or only those
        of its paragraphs are taken that can do without any term entered; others have one, or are not among the best.
        """
        postings = self._postings
        entered: list[Positions] = []
        passed: list[Term] = []
        pieces: list[Positions] = []
        size, sampled, waiting, outside = 0, 0, 4 * self._limit, self._rest[0]
        for index, term in enumerate(self._terms[: self._sparse]):
            if size >= waiting and term.rarity >= _LONG:
                self._sample(*_sums(entered, scores))
                waiting = 4 * size
                sampled = size
            if self._rest[index] < self._threshold:
                passed.extend(self._terms[index : self._sparse])
                break
            listed = slice(term.start, term.stop)
            codes = postings.codes[listed]
            least = math.ceil((self._threshold - self._rest[index + 1]) * LEVELS / term.bound)
            if least > 1 and term.rarity >= max(_LONG, size):
                chosen = np.flatnonzero(codes >= np.uint8(least << 4)) if least <= LEVELS else _NONE
                if len(chosen) * _SELECTIVE <= term.rarity:
                    if len(chosen):
                        found = postings.paragraphs[listed][chosen].astype(np.int64)
                        later = self._terms[index + 1 : self._sparse]
                        pieces.append(self._thinned(found, _levels(codes[chosen], term), self._rest[index + 1], later))
                    passed.append(term)
                    continue
            positions = postings.paragraphs[listed].astype(np.int64)
            np.add.at(scores, positions, _levels(codes, term))
            entered.append(positions)
            size += term.rarity
            outside -= term.bound
        if entered:
            positions, bounds = _sums(entered, scores)
            scores[positions] = 0
            if size > max(_FEW, 2 * sampled):
                self._sample(positions, bounds)
            pieces.append(self._thinned(positions, bounds, outside, passed))
        return pieces or [_NONE]

    def _from_rows(self, stock: list[NDArray[np.uint16]]) -> Positions:
        """Give the paragraphs that can be among the best by their dense terms alone."""
        postings = self._postings
        count, dense = len(postings.lengths), self._terms[self._sparse :]
        shifts = [int(postings.dense_shifts[term.row]) for term in dense]
        unit = postings.unit * ROUNDING / 2 ** min(shifts)
        slack = sum(term.bound for term in dense if term.bound < unit)
        rows = [
            (postings.dense_bounds[term.row], shift - min(shifts))
            for term, shift in zip(dense, shifts, strict=True)
            for _ in range(term.repeated)
            if term.bound >= unit
        ]
        highest = sum(int(term.bound / unit) + 1 for term in dense)
        sums = taken(stock, count, np.uint16)
        total: NDArray[Any] = sums.view(np.uint8)[:count] if highest <= 255 else sums
        total.fill(0)
        for row, shift in rows:
            if shift:
                np.add(total, row >> np.uint8(shift), out=total)
                slack += unit
            else:
                np.add(total, row, out=total)
        if not self._threshold:
            groups = max(_SAMPLE, 2 * self._limit)
            width = count // groups
            if width:
                best = total[: groups * width].reshape(groups, width).argmax(axis=1) + np.arange(groups) * width
                self._raise(best)
        need = math.ceil((self._threshold - slack) / unit)
        if need <= 0:
            # Then what was rounded away counts as well.
            for term, shift in zip(dense, shifts, strict=True):
                if term.bound < unit or shift > min(shifts):
                    np.add(total, postings.dense_bounds[term.row] != 0, out=total)
        positions = np.flatnonzero(total >= max(need, 1))
        bounds = total[positions] * np.float32(unit)
        stock.append(sums)
        if len(positions) > _FEW:
            self._sample(positions, bounds)
            positions, _ = _reaching(positions, bounds, self._threshold - slack)
        return positions

    def _thinned(self, positions: Positions, bounds: Floats, outside: float, passed: Sequence[Term]) -> Positions:
        """Give those paragraphs that can reach the threshold: ``bounds``, with ``outside``, all that others can add.

        Where they are many, the others are looked at: the dense terms and the sparse ones that were ``passed``.
        """
        postings = self._postings
        positions, bounds = _reaching(positions, bounds, self._threshold - outside)
        for term in (*self._terms[self._sparse :], *passed):
            if len(positions) <= _FEW:
                break
            outside -= term.bound
            if term.row >= 0:
                step = postings.unit * ROUNDING * term.repeated / 2 ** int(postings.dense_shifts[term.row])
                bounds = bounds + postings.dense_bounds[term.row].take(positions) * np.float32(step)
            else:
                listed = slice(term.start, term.stop)
                codes = _codes_at(postings.paragraphs[listed], postings.codes[listed], positions.astype(np.int32))
                bounds = bounds + _levels(codes, term)
            positions, bounds = _reaching(positions, bounds, self._threshold - outside)
        return positions

    def _sample(self, positions: Positions, promise: Floats) -> None:
        """Raise the threshold by scoring some of the most promising paragraphs, one of each group."""
        groups = max(_SAMPLE, 2 * self._limit)
        width = len(positions) // groups
        if width > 1:
            places = promise[: groups * width].reshape(groups, width).argmax(axis=1)
            positions = positions[places + np.arange(groups) * width]
        self._raise(_distinct(positions))

    def _raise(self, positions: Positions) -> None:
        if len(positions) >= self._limit:
            scores = self._exact(positions)
            scores.partition(len(scores) - self._limit)
            self._threshold = max(self._threshold, float(scores[len(scores) - self._limit]))

    def _exact(self, positions: Positions) -> Floats:
        """Score paragraphs, adding up in the order of the terms."""
        postings = self._postings
        given = norms(postings.formula, postings.lengths[positions])
        frequencies = postings.some_of(self._places, self._rows, positions)
        added = impacts(postings.formula, self._weights, frequencies, given)
        added *= self._repeated
        # One after the other, as everywhere else: along the first axis NumPy does not add pairwise.
        scores: Floats = np.add.reduce(added, axis=0)
        return scores


def _distinct(positions: Positions) -> Positions:
    """Sort positions and give each once; for a few, ``np.unique`` would take several times as long."""
    positions = np.sort(positions)
    new = np.empty(len(positions), dtype=np.bool_)
    new[:1] = True
    np.not_equal(positions[1:], positions[:-1], out=new[1:])
    return positions[new]


def _sums(entered: list[Positions], scores: Floats) -> tuple[Positions, Floats]:
    """Give all paragraphs that were entered, some perhaps twice, and their sums."""
    positions = entered[0] if len(entered) == 1 else np.concatenate(entered)
    return positions, scores.take(positions)


def _codes_at(paragraphs: NDArray[np.int32], codes: NDArray[np.uint8], wanted: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Give the codes of some paragraphs in a term's list, 0 for those that are not in it."""
    at = paragraphs.searchsorted(wanted)
    found: NDArray[np.uint8] = codes.take(at, mode="clip") * (paragraphs.take(at, mode="clip") == wanted)
    return found


def _levels(codes: NDArray[np.uint8], term: Term) -> Floats:
    """Give the upper bounds that are in the codes of a term's postings."""
    return (codes >> 4) * np.float32(term.bound / LEVELS)


def _reaching(positions: Positions, bounds: Floats, need: float) -> tuple[Positions, Floats]:
    if need <= 0:
        return positions, bounds
    chosen = np.flatnonzero(bounds >= np.float32(need))
    return positions[chosen], bounds[chosen]


def in_order(positions: Positions, scores: Floats, limit: int) -> Best:
    """Give the best, from paragraphs in order of position."""
    if len(scores) > 8 * limit:
        chosen = np.flatnonzero(scores >= np.partition(scores, len(scores) - limit)[len(scores) - limit])
        positions, scores = positions[chosen], scores[chosen]
    order = np.argsort(-scores, kind="stable")[:limit]
    return [
        (position, score)
        for position, score in zip(positions[order].tolist(), scores[order].tolist(), strict=True)
        if score > 0
    ]


def taken(stock: list[Any], count: int, dtype: type[np.generic]) -> Any:
    """Take an array from a stock, which no other thread then has, or make one of zeros."""
    try:
        return stock.pop()
    except IndexError:
        return np.zeros(count, dtype=dtype)
