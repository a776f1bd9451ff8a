"""Merging: runs → the postings of one collection, a range of terms at a time, in bounded memory.

What comes out depends only on which paragraph holds which terms how often, not on how they came to be in runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.postings.formula import Floats, Formula
from retrieval.postings.postings import DENSE, DENSE_LEVELS, LEVELS, MANY, WHOLE, dense_unit
from retrieval.postings.runs import Run

POSTINGS = 3_000_000
"""Postings in memory at once, unless a single term has more; about 100 bytes each while they are encoded."""
TERMS = 1 << 20
"""Terms in memory at once: their numbers have 20 bits beside a paragraph's 30 and a frequency's 14."""

_PARAGRAPH = np.uint64(14)
_TERM = np.uint64(44)

Part = tuple[str, NDArray[Any]]


def merge(
    runs: Sequence[tuple[Run, NDArray[np.int32]]], lengths: NDArray[np.int32], formula: Formula
) -> Iterator[Part]:
    """Give the arrays of ``Postings`` by name, in parts that belong one after the other.

    Each run comes with its paragraphs' positions in the new collection, -1 for one that is left out. ``lengths`` are
    the new collection's.
    """
    yield "starts", np.zeros(1, dtype=np.int64)
    encoder = _Encoder(lengths, formula)
    for keys, packed in _ranges(runs):
        yield from encoder.encode(keys, packed)
    yield "lengths", lengths


def _ranges(
    runs: Sequence[tuple[Run, NDArray[np.int32]]],
) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
    """Give ranges of keys, each with its postings sorted: a number of 64 bits for term, position and frequency."""
    keys = runs[0][0].keys if len(runs) == 1 else _distinct(np.concatenate([run.keys for run, _ in runs]))
    counts = np.zeros(len(keys), dtype=np.int64)
    for run, _ in runs:
        counts[keys.searchsorted(run.keys)] += run.counts
    ends = np.cumsum(counts)
    first = 0
    while first < len(keys):
        before = ends[first - 1] if first else 0
        last = min(max(int(ends.searchsorted(before + POSTINGS, side="right")), first + 1), first + TERMS, len(keys))
        some = keys[first:last]
        pieces = [_packed(run, positions, some) for run, positions in runs]
        packed = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        del pieces
        packed.sort()
        yield some, packed
        first = last


def _distinct(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sort keys and give each once; ``np.unique`` would take many times as long."""
    keys = np.sort(keys)
    distinct: NDArray[np.uint64] = keys[np.append(np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])]
    return distinct


def _packed(run: Run, positions: NDArray[np.int32], keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    first, last = (
        int(place) for place in run.keys.searchsorted(np.array([keys[0], keys[-1]]) + np.array([0, 1], np.uint64))
    )
    if keys[-1] == np.uint64(2**64 - 1):
        last = len(run.keys)
    paragraphs, frequencies = run.read(first, last)
    terms = np.repeat(keys.searchsorted(run.keys[first:last]).astype(np.uint64), run.counts[first:last])
    moved = positions[paragraphs]
    packed = terms << _TERM
    packed |= moved.astype(np.uint64) << _PARAGRAPH
    packed |= frequencies.astype(np.uint64)
    return packed if moved.min(initial=0) >= 0 else packed[moved >= 0]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Postings, sorted by term and position: term ``t`` has ``counts[t]`` of them, and its highest impact is a bound.

    ``halves`` are the frequencies, as far as they fit into half a byte.
    """

    counts: NDArray[np.int64]
    positions: NDArray[np.int32]
    halves: NDArray[np.uint8]
    impacts: Floats
    bounds: Floats


class _Encoder:
    """Turns sorted postings into the arrays on disk; knows how many terms and sparse postings came before."""

    def __init__(self, lengths: NDArray[np.int32], formula: Formula) -> None:
        self._formula = formula
        self._norms = formula.norms(lengths)
        self._term_count = 0
        self._sparse_count = 0

    def encode(self, keys: NDArray[np.uint64], packed: NDArray[np.uint64]) -> Iterator[Part]:
        count = self._formula.paragraph_count
        term = (packed >> _TERM).astype(np.int32)
        counts = np.bincount(term, minlength=len(keys))
        # A term of which only paragraphs that were left out had any is one no more.
        present = np.flatnonzero(counts)
        keys, counts = keys[present], counts[present]
        if not len(keys):
            return
        position = ((packed >> _PARAGRAPH) & np.uint64((1 << 30) - 1)).astype(np.int32)
        often = (packed & np.uint64((1 << 14) - 1)).astype(np.uint16)
        weights = self._formula.idfs(counts.astype(np.uint32))
        impact = self._formula.impacts(np.repeat(weights, counts), often.astype(np.float32), self._norms[position])
        starts = np.append(0, np.cumsum(counts))
        bounds = np.maximum.reduceat(impact, starts[:-1])
        dense = counts * DENSE > count
        yield "keys", keys
        yield "counts", counts.astype(np.uint32)
        yield "bounds", bounds

        many = np.flatnonzero(often >= MANY)
        if len(many):
            holder = (starts.searchsorted(many, side="right") - 1 + self._term_count).astype(np.uint64)
            yield "many_keys", holder << np.uint64(32) | position[many].astype(np.uint64)
            yield "many_frequencies", often[many]
        given = _Sorted(counts, position, np.minimum(often, MANY).astype(np.uint8), impact, bounds)
        yield from self._rows(np.flatnonzero(dense), starts, given)
        yield from self._lists(dense, given)
        self._term_count += len(keys)

    def _rows(self, dense: NDArray[np.int64], starts: NDArray[np.int64], given: _Sorted) -> Iterator[Part]:
        count = self._formula.paragraph_count
        unit = dense_unit(self._formula)
        shifts = []
        for place in dense.tolist():
            listed = slice(int(starts[place]), int(starts[place + 1]))
            positions, impacts = given.positions[listed], given.impacts[listed]
            # As fine a step as the term's own bound allows, so that frequent terms can be told apart as well.
            shift = min(max(int(math.log2((DENSE_LEVELS - 1) * unit / float(impacts.max()))), 0), 30)
            shifts.append(shift)
            row = np.zeros(count, dtype=np.uint8)
            row[positions] = np.clip(np.ceil(impacts * np.float32(2**shift / unit)), 1, DENSE_LEVELS)
            yield "dense_bounds", row
            row = np.zeros(count + count % 2, dtype=np.uint8)
            row[positions] = given.halves[listed]
            yield "dense_frequencies", row[0::2] | row[1::2] << 4
            if count <= WHOLE:
                whole = np.zeros(count, dtype=np.float32)
                whole[positions] = impacts
                yield "dense_impacts", whole
        yield "dense_terms", dense + self._term_count
        yield "dense_shifts", np.array(shifts, dtype=np.uint8)

    def _lists(self, dense: NDArray[np.bool_], given: _Sorted) -> Iterator[Part]:
        level = np.ceil(given.impacts * np.repeat(np.float32(LEVELS) / given.bounds, given.counts))
        codes = np.clip(level, 1, LEVELS).astype(np.uint8) << 4 | given.halves
        sparse = np.repeat(~dense, given.counts) if dense.any() else slice(None)
        yield "paragraphs", given.positions[sparse]
        yield "codes", codes[sparse]
        if self._formula.paragraph_count <= WHOLE:
            yield "impacts", given.impacts[sparse]
        ends = self._sparse_count + np.cumsum(np.where(dense, 0, given.counts))
        yield "starts", ends
        self._sparse_count = int(ends[-1])
