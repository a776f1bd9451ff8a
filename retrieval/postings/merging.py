"""Merging: runs → the postings of one collection, a range of terms at a time, in bounded memory.

What comes out depends only on which paragraph holds which terms how often, not on how they came to be in runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from retrieval.postings.formula import Formula
from retrieval.postings.layout import DENSE, DENSE_LEVELS, LEVELS, MANY, dense_unit
from retrieval.postings.postings import Floats, idfs, impacts, norms
from retrieval.postings.runs import Run, sort

POSTINGS = 3_000_000
"""Postings in memory at once, unless a single term has more; about 100 bytes each while they are encoded."""
TERMS = 1 << 20
"""Terms in memory at once: their numbers have 20 bits beside a paragraph's 30 and a frequency's 14."""

_FEW = 1000
"""Postings are inserted into others, rather than sorted with them, where there are so many of these for each."""

_PARAGRAPH = np.uint64(14)
_TERM = np.uint64(44)

Part = tuple[str, NDArray[Any]]
Item = TypeVar("Item")


def merge(
    runs: Sequence[tuple[Run, NDArray[np.int32]]], lengths: NDArray[np.int32], formula: Formula
) -> Iterator[Part]:
    """Return the arrays of ``Postings`` by name, in parts that belong one after the other.

    Each run comes with its paragraphs' positions in the new collection, -1 for one that is left out. ``lengths`` are
    the new collection's. Runs are read, postings encoded and what is given dealt with at the same time.
    """
    yield "starts", np.zeros(1, dtype=np.int64)
    encoder = _Encoder(lengths, formula)
    yield from _ahead(part for some in _ahead(_ranges(runs)) for part in encoder.encode(some))
    yield "lengths", lengths


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Return what ``items`` gives, of which a thread makes the next one meanwhile: NumPy lets others work."""
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, items, None)
        while (item := following.result()) is not None:
            following = thread.submit(next, items, None)
            yield item


class _Range(NamedTuple):
    """Postings of a range of terms, sorted by term and position; term ``t`` has ``counts[t]`` of them, perhaps none."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    positions: NDArray[np.int32]
    frequencies: NDArray[np.uint16]


def _ranges(runs: Sequence[tuple[Run, NDArray[np.int32]]]) -> Iterator[_Range]:
    """Return range after range of the terms of all runs."""
    keys = runs[0][0].keys if len(runs) == 1 else _distinct(np.concatenate([run.keys for run, _ in runs]))
    counts = np.zeros(len(keys), dtype=np.int64)
    for run, _ in runs:
        counts[keys.searchsorted(run.keys)] += run.counts
    ends = np.cumsum(counts)
    in_order = [_rising(positions[positions >= 0]) for _, positions in runs]
    first = 0
    while first < len(keys):
        before = ends[first - 1] if first else 0
        last = min(max(int(ends.searchsorted(before + POSTINGS, side="right")), first + 1), first + TERMS, len(keys))
        given = [_read(run, positions, keys[first:last]) for run, positions in runs]
        yield _merged(keys[first:last], given, in_order)
        first = last


def _rising(positions: NDArray[np.int32]) -> bool:
    return bool((positions[1:] > positions[:-1]).all())


def _distinct(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Merge sorted keys and give each once; ``np.unique`` would take many times as long."""
    keys = np.sort(keys, kind="stable")
    distinct: NDArray[np.uint64] = keys[np.append(np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])]
    return distinct


def _read(run: Run, positions: NDArray[np.int32], keys: NDArray[np.uint64]) -> _Range:
    """Read the postings that a run has of a range of terms, without those that are left out."""
    first, last = int(run.keys.searchsorted(keys[0])), int(run.keys.searchsorted(keys[-1], side="right"))
    paragraphs, frequencies = run.read(first, last)
    counts, moved = run.counts[first:last], positions[paragraphs]
    left_out = np.flatnonzero(moved < 0)
    if len(left_out):
        holders = np.cumsum(counts).searchsorted(left_out, side="right")
        counts = counts - np.bincount(holders, minlength=len(counts))
        moved, frequencies = np.delete(moved, left_out), np.delete(frequencies, left_out)
    return _Range(run.keys[first:last], counts, moved, frequencies)


def _merged(keys: NDArray[np.uint64], given: Sequence[_Range], in_order: Sequence[bool]) -> _Range:
    """Bring together what the runs have of a range of terms; those ``in_order`` are sorted by position already."""
    filled = [(one, sorted_) for one, sorted_ in zip(given, in_order, strict=True) if len(one.positions)]
    filled.sort(key=lambda one: len(one[0].positions))
    if not filled:
        return _Range(keys[:0], np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.uint16))
    most, sorted_ = filled[-1]
    few = sum(len(one.positions) for one, _ in filled[:-1])
    if sorted_ and few * _FEW <= len(most.positions):
        for one, _ in filled[:-1]:
            most = _inserted(most, one)
        return most
    packed = np.concatenate([_packed(one, keys) for one, _ in filled])
    sort(packed, int(_PARAGRAPH))
    counts = np.bincount((packed >> _TERM).astype(np.int64), minlength=len(keys))
    return _Range(keys, counts, *_unpacked(packed))


def _inserted(most: _Range, few: _Range) -> _Range:
    """Put a few postings among many, which need not be sorted again then."""
    keys = _distinct(np.concatenate([most.keys, few.keys]))
    counts, more = np.zeros((2, len(keys)), dtype=np.int64)
    counts[keys.searchsorted(most.keys)] = most.counts
    more[keys.searchsorted(few.keys)] = few.counts
    starts = np.cumsum(counts) - counts
    packed = _packed(few, keys)
    packed.sort()
    positions, frequencies = _unpacked(packed)
    places = []
    first = 0
    for term in np.flatnonzero(more).tolist():
        start, last = int(starts[term]), first + int(more[term])
        listed = most.positions[start : start + int(counts[term])]
        places.append(start + listed.searchsorted(positions[first:last]))
        first = last
    before = np.concatenate(places)
    return _Range(
        keys,
        counts + more,
        np.insert(most.positions, before, positions),
        np.insert(most.frequencies, before, frequencies),
    )


def _packed(given: _Range, keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return postings as sortable numbers of 64 bits: the term's place among ``keys``, position, frequency."""
    packed = np.repeat(keys.searchsorted(given.keys).astype(np.uint64) << _TERM, given.counts)
    packed |= given.positions.astype(np.uint64) << _PARAGRAPH
    packed |= given.frequencies.astype(np.uint64)
    return packed


def _unpacked(packed: NDArray[np.uint64]) -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """Return the positions and the frequencies of packed postings."""
    positions = (packed >> _PARAGRAPH).astype(np.uint32) & np.uint32((1 << 30) - 1)
    return positions.view(np.int32), packed.astype(np.uint16) & np.uint16((1 << 14) - 1)


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
        self._norms = norms(formula, lengths)
        self._term_count = 0
        self._sparse_count = 0

    def encode(self, some: _Range) -> Iterator[Part]:
        keys, counts, position, often = some
        count = self._formula.paragraph_count
        # A term of which only paragraphs that were left out had any is one no more.
        present = np.flatnonzero(counts)
        keys, counts = keys[present], counts[present]
        if not len(keys):
            return
        weights = np.repeat(idfs(self._formula, counts.astype(np.uint32)), counts)
        impact = impacts(self._formula, weights, often.astype(np.float32), self._norms[position])
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
        yield "dense_terms", dense + self._term_count
        yield "dense_shifts", np.array(shifts, dtype=np.uint8)

    def _lists(self, dense: NDArray[np.bool_], given: _Sorted) -> Iterator[Part]:
        level = np.ceil(given.impacts * np.repeat(np.float32(LEVELS) / given.bounds, given.counts))
        codes = np.clip(level, 1, LEVELS).astype(np.uint8) << 4 | given.halves
        sparse = np.repeat(~dense, given.counts) if dense.any() else slice(None)
        yield "paragraphs", given.positions[sparse]
        yield "codes", codes[sparse]
        ends = self._sparse_count + np.cumsum(np.where(dense, 0, given.counts))
        yield "starts", ends
        self._sparse_count = int(ends[-1])
