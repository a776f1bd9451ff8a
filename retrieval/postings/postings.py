"""Postings as they lie on disk: which paragraphs hold which terms, how often, and bounds for what that can score.

A term in no more than one in ``DENSE`` paragraphs is *sparse*: a rising list of paragraphs and a byte for each. The
others are *dense*: two rows over all paragraphs. Both keep the exact frequency and an upper bound of the impact that
is quick to compare, so that a search can discard nearly everything without computing a score.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.keys import term_key
from retrieval.postings.formula import Formula
from retrieval.postings.impacts import Floats
from retrieval.postings.layout import CODES, MANY, dense_unit

if TYPE_CHECKING:
    from retrieval.postings.layout import Arrays

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Postings:
    """Which paragraphs hold which terms. T terms with rising ``keys``, N paragraphs, R dense terms.

    ``counts`` (T) are the paragraphs that hold the term, ``bounds`` (T) the highest impact of its postings. Term
    ``t``'s sparse postings are the slice ``starts[t]:starts[t + 1]`` of ``paragraphs`` (rising) and ``codes``: the
    upper half of a code is the bound in ``LEVELS`` of the term's, rounded up; the lower is the frequency.
    ``dense_terms`` (R, rising) have a row in ``dense_bounds`` (R×N, in steps of ``unit`` / 2 ** ``dense_shifts``,
    rounded up) and one in ``dense_frequencies`` (R×⌈N/2⌉, half a byte each, the even paragraph's below). A frequency of
    ``MANY`` or more is in ``many_frequencies``, under the key ``t << 32 | paragraph`` in ``many_keys`` (rising).
    ``lengths`` (N) are in terms.
    """

    keys: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    bounds: Floats
    starts: NDArray[np.int64]
    paragraphs: NDArray[np.int32]
    codes: NDArray[np.uint8]
    dense_terms: NDArray[np.int64]
    dense_bounds: NDArray[np.uint8]
    dense_frequencies: NDArray[np.uint8]
    dense_shifts: NDArray[np.uint8]
    many_keys: NDArray[np.uint64]
    many_frequencies: NDArray[np.uint16]
    lengths: NDArray[np.int32]
    formula: Formula

    @classmethod
    def of_flat(cls, arrays: Arrays, formula: Formula) -> Self:
        """Take the arrays as they lie on disk, each flat; none is copied."""
        rows, count = len(arrays["dense_terms"]), len(arrays["lengths"])
        shapes = {"dense_bounds": (rows, count), "dense_frequencies": (rows, (count + 1) // 2)}
        shaped = {name: np.asarray(arrays[name]).reshape(shapes.get(name, -1)) for name in CODES}
        return cls(**shaped, formula=formula)

    @classmethod
    def of_parts(cls, parts: Iterable[tuple[str, NDArray[Any]]], formula: Formula) -> Self:
        """Put named parts of the arrays together in memory, in the order in which they come."""
        pieces: dict[str, list[NDArray[Any]]] = {name: [np.empty(0, code)] for name, code in CODES.items()}
        for name, array in parts:
            pieces[name].append(array.reshape(-1))
        return cls.of_flat({name: np.concatenate(arrays) for name, arrays in pieces.items()}, formula)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, each flat as on disk."""
        return {name: getattr(self, name).reshape(-1) for name in CODES}

    @property
    def unit(self) -> float:
        """The step of ``dense_bounds`` that are not shifted."""
        return dense_unit(self.formula)

    def places(self, terms: Sequence[str]) -> Positions:
        """Give the terms' places among the terms; -1 for one that occurs nowhere."""
        keys = np.array([term_key(term) for term in terms], dtype=np.uint64)
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        places = self.keys.searchsorted(keys)
        places[self.keys.take(places, mode="clip") != keys] = -1
        return places

    def frequency(self, term: str) -> int:
        """Give the number of paragraphs that hold a term."""
        place = int(self.places([term])[0])
        return 0 if place < 0 else int(self.counts[place])

    def rows(self, places: Positions) -> Positions:
        """Give the rows of dense terms, -1 for sparse ones."""
        if not len(self.dense_terms):
            return np.full(len(places), -1, dtype=np.int64)
        rows = self.dense_terms.searchsorted(places)
        rows[self.dense_terms.take(rows, mode="clip") != places] = -1
        return rows

    def all_of(self, place: int) -> tuple[Positions, NDArray[np.uint16]]:
        """Give the paragraphs that hold a term, rising, and how often each does."""
        row = int(self.rows(np.array([place]))[0])
        if row < 0:
            listed = slice(int(self.starts[place]), int(self.starts[place + 1]))
            positions = self.paragraphs[listed].astype(np.int64)
            return positions, self._whole(place, positions, self.codes[listed] & 15)
        halves = self.dense_frequencies[row]
        frequencies = np.empty(2 * len(halves), dtype=np.uint8)
        frequencies[0::2] = halves & 15
        frequencies[1::2] = halves >> 4
        positions = np.flatnonzero(frequencies)
        return positions, self._whole(place, positions, frequencies[positions])

    def between(self, first: int, last: int) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
        """Give the paragraphs and frequencies of the terms ``first:last``, all sparse, one after the other."""
        listed = slice(int(self.starts[first]), int(self.starts[last]))
        paragraphs, halves = self.paragraphs[listed], self.codes[listed] & 15
        frequencies = halves.astype(np.uint16)
        for place in np.flatnonzero(halves == MANY).tolist():
            holder = int(self.starts.searchsorted(listed.start + place, side="right")) - 1
            key = np.uint64(holder << 32 | int(paragraphs[place]))
            frequencies[place] = self.many_frequencies[self.many_keys.searchsorted(key)]
        return paragraphs, frequencies

    def some_of(self, places: Sequence[int], rows: Sequence[int], positions: Positions) -> Floats:
        """Give how often some paragraphs hold some terms, 0 included: terms × paragraphs.

        ``rows`` are the terms' rows, -1 for sparse ones; all sparse terms must come before all dense ones.
        """
        table = np.empty((len(places), len(positions)), dtype=np.uint8)
        sparse = rows.count(-1)
        # Of the same type as the lists, which NumPy would otherwise convert as a whole.
        wanted = positions.astype(np.int32)
        for index in range(sparse):
            start, stop = self.starts[places[index]], self.starts[places[index] + 1]
            paragraphs, codes = self.paragraphs[start:stop], self.codes[start:stop]
            at = paragraphs.searchsorted(wanted)
            np.multiply(codes.take(at, mode="clip") & 15, paragraphs.take(at, mode="clip") == wanted, out=table[index])
        if sparse < len(rows):
            halves = self.dense_frequencies[np.array(rows[sparse:])[:, None], positions >> 1]
            halves >>= ((positions & 1) << 2).astype(np.uint8)
            np.bitwise_and(halves, 15, out=table[sparse:])
        frequencies = table.astype(np.float32)
        if len(self.many_keys) and table.max(initial=0) == MANY:
            for index, column in np.argwhere(table == MANY).tolist():
                key = np.uint64(places[index] << 32 | int(positions[column]))
                frequencies[index, column] = self.many_frequencies[self.many_keys.searchsorted(key)]
        return frequencies

    def _whole(self, place: int, positions: Positions, halves: NDArray[Any]) -> NDArray[np.uint16]:
        """Turn half bytes into frequencies, with those that do not fit looked up."""
        frequencies = halves.astype(np.uint16)
        if len(self.many_keys):
            many = np.flatnonzero(halves == MANY)
            if len(many):
                keys = (place << 32 | positions[many]).astype(np.uint64)
                frequencies[many] = self.many_frequencies[self.many_keys.searchsorted(keys)]
        return frequencies
