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
from retrieval.postings.layout import CODES, MANY

if TYPE_CHECKING:
    from retrieval.postings.layout import Arrays

_AT_ONCE = 1 << 22
"""Postings that are looked through at once, which takes some megabytes."""
_ROWS = 256

Floats = NDArray[np.float32]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Postings:
    """Which paragraphs hold which terms. T terms with rising ``keys``, N paragraphs, R dense terms.

    ``counts`` (T) are the paragraphs that hold the term, ``bounds`` (T) the highest impact of its postings. Term
    ``t``'s sparse postings are the slice ``starts[t]:starts[t + 1]`` of ``paragraphs`` (rising) and ``codes``: the
    upper half of a code is the bound in ``LEVELS`` of the term's, rounded up; the lower is the frequency.
    ``dense_terms`` (R, rising) have a row in ``dense_bounds`` (R×N, in steps of ``dense_unit`` / 2 ** ``dense_shifts``,
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
        """Return the postings in arrays as they lie on disk, each flat; none is copied."""
        rows, count = len(arrays["dense_terms"]), len(arrays["lengths"])
        shapes = {"dense_bounds": (rows, count), "dense_frequencies": (rows, (count + 1) // 2)}
        shaped = {name: np.asarray(arrays[name]).reshape(shapes.get(name, -1)) for name in CODES}
        return cls(**shaped, formula=formula)

    @classmethod
    def of_parts(cls, parts: Iterable[tuple[str, NDArray[Any]]], formula: Formula) -> Self:
        """Return named parts of the arrays put together in memory, in the order in which they come."""
        pieces: dict[str, list[NDArray[Any]]] = {name: [np.empty(0, code)] for name, code in CODES.items()}
        for name, array in parts:
            pieces[name].append(array.reshape(-1))
        return cls.of_flat({name: np.concatenate(arrays) for name, arrays in pieces.items()}, formula)

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, each flat as on disk."""
        return {name: getattr(self, name).reshape(-1) for name in CODES}

    def places(self, terms: Sequence[str]) -> Positions:
        """Return the terms' places among the terms; -1 for one that occurs nowhere."""
        keys = np.array([term_key(term) for term in terms], dtype=np.uint64)
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        places = self.keys.searchsorted(keys)
        places[self.keys.take(places, mode="clip") != keys] = -1
        return places

    def frequency(self, term: str, *, among: bytes | None = None) -> int:
        """Return the number of paragraphs that hold a term; 0 for one that is not ``among`` these, bits by place."""
        place = int(self.places([term])[0])
        if place < 0 or (among is not None and not among[place >> 3] >> (place & 7) & 1):
            return 0
        return int(self.counts[place])

    def terms_in(self, paragraphs: bytes) -> bytes:
        """Return the bits, by place, of the terms that stand in one of these paragraphs, given as bits by position."""
        seen = flags(paragraphs, len(self.lengths))
        held = np.add.reduceat(np.append(seen[self.paragraphs], False), self.starts[:-1], dtype=np.int64) > 0
        held[self.starts[:-1] == self.starts[1:]] = False
        for place in self.dense_terms.tolist():
            held[place] = seen[self.all_of(place)[0]].any()
        return np.packbits(held, bitorder="little").tobytes()

    def withdrawn(self, paragraphs: NDArray[np.bool_]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """Return the keys of the terms in some paragraphs, rising, and how many of these hold each."""
        counts = np.zeros(len(self.keys), dtype=np.int64)
        chosen = np.flatnonzero(paragraphs)
        upper = (chosen & 1).astype(np.uint8) * 4
        if len(chosen):
            for first in range(0, len(self.paragraphs), _AT_ONCE):
                held = np.flatnonzero(paragraphs[self.paragraphs[first : first + _AT_ONCE]]) + first
                np.add.at(counts, self.starts.searchsorted(held, side="right") - 1, 1)
            for first in range(0, len(self.dense_terms), _ROWS):
                halves = self.dense_frequencies[first : first + _ROWS][:, chosen >> 1] >> upper
                counts[self.dense_terms[first : first + _ROWS]] = np.count_nonzero(halves & 15, axis=1)
        present = np.flatnonzero(counts)
        return self.keys[present], counts[present]

    def all_of(self, place: int) -> tuple[Positions, NDArray[np.uint16]]:
        """Return the paragraphs that hold a term, rising, and how often each does."""
        row = int(self.dense_terms.searchsorted(place))
        if row == len(self.dense_terms) or self.dense_terms[row] != place:
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
        """Return the paragraphs and frequencies of the terms ``first:last``, all sparse, one after the other."""
        listed = slice(int(self.starts[first]), int(self.starts[last]))
        paragraphs, halves = self.paragraphs[listed], self.codes[listed] & 15
        frequencies = halves.astype(np.uint16)
        for place in np.flatnonzero(halves == MANY).tolist():
            holder = int(self.starts.searchsorted(listed.start + place, side="right")) - 1
            key = np.uint64(holder << 32 | int(paragraphs[place]))
            frequencies[place] = self.many_frequencies[self.many_keys.searchsorted(key)]
        return paragraphs, frequencies

    def _whole(self, place: int, positions: Positions, halves: NDArray[Any]) -> NDArray[np.uint16]:
        """Turn half bytes into frequencies, with those that do not fit looked up."""
        frequencies = halves.astype(np.uint16)
        if len(self.many_keys):
            many = np.flatnonzero(halves == MANY)
            if len(many):
                keys = (place << 32 | positions[many]).astype(np.uint64)
                frequencies[many] = self.many_frequencies[self.many_keys.searchsorted(keys)]
        return frequencies


def flags(bits: bytes, count: int) -> NDArray[np.bool_]:
    """Return bits, the lowest of a byte first, as flags."""
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=count, bitorder="little").astype(np.bool_)


def fitted(lengths: NDArray[np.int32], *, k1: float, b: float) -> Formula:
    """Return the formula for paragraphs of these lengths."""
    average = float(lengths.mean(dtype=np.float64)) if len(lengths) else 0.0
    return Formula(k1, b, len(lengths), average)


def idfs(formula: Formula, frequencies: NDArray[np.uint32]) -> Floats:
    """Return ``Formula.idf`` of each; through that function, since NumPy's logarithm may differ in the last bit."""
    table = np.zeros(int(frequencies.max(initial=0)) + 1, dtype=np.float32)
    distinct = np.flatnonzero(np.bincount(frequencies))
    table[distinct] = [formula.idf(one) for one in distinct.tolist()]
    return table[frequencies]


def norms(formula: Formula, lengths: NDArray[np.int32]) -> Floats:
    """Return k1·(1 - b + b·length/average) of each length, above 0 so that it can stand in a divisor."""
    given = lengths.astype(np.float32) * np.float32(formula.slope) + np.float32(formula.offset)
    above: Floats = np.maximum(given, np.float32(1e-30))
    return above


def impacts(formula: Formula, weight: Floats | np.float32, frequencies: Floats, given: Floats) -> Floats:
    """Return weight·f·(k1 + 1)/(f + norm): what a term that stands ``f`` times adds to the score; 0 where f is 0."""
    return weight * (frequencies * np.float32(formula.saturation) / (frequencies + given))
