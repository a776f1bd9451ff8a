"""The measures in C, where there was a compiler at installation; elsewhere those of ``retrieval.ranking.measures``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from retrieval.ranking import measures
from retrieval.ranking.measures import (
    APART,
    FADE,
    Array,
    Bits,
    Codes,
    Counting,
    Flags,
    Indices,
    Positions,
    Rows,
    Splits,
)

try:
    from retrieval.ranking import _measures
except ImportError:
    COMPILED = False
else:
    COMPILED = True

_MASK_BITS = 64
_NONE = np.zeros(1, np.int64)
_FADING = np.exp(-np.arange(1 << 14) / (2 * FADE))
"""By half characters; beyond, nothing is left of a term to count."""


def find(text: Codes, terms: Sequence[str]) -> Positions:
    """Return where each of the terms stands in a text."""
    if not COMPILED or not terms:
        return measures.find(text, terms)
    counts = np.empty(len(terms), np.int64)
    begins = np.fromiter(accumulate(map(len, terms), initial=0), np.int64, len(terms) + 1)
    places = np.frombuffer(_measures.find(text, measures.codes("".join(terms)), begins, counts), np.int64)
    return Positions(places, np.concatenate((_NONE, counts)).cumsum())


def count(positions: Positions, starts: Indices) -> Array:
    """Count the terms in the pieces of a text that begin at ``starts``, the last of which is its end."""
    if not COMPILED:
        return measures.count(positions, starts)
    result = np.empty((len(starts) - 1, len(positions)))
    _measures.count(positions.places, positions.firsts, starts, result)
    return result


def share(held: Flags, weights: Array, members: Array) -> Array:
    """Return the share that ``held`` has of each group's weight, 0 where the group has none."""
    if not COMPILED:
        return measures.share(held, weights, members)
    result = np.empty((len(held), members.shape[1]))
    _measures.share(held, weights, members, result)
    return result


def held(counts: Array, place: Indices) -> tuple[Bits, Array]:
    """Return bits for each sentence and term, and in how many sentences of each paragraph it stands."""
    if not COMPILED:
        return measures.held(counts, place)
    sentences = np.count_nonzero(place >= 0)
    bits = np.empty((sentences, counts.shape[1]), np.uint8)
    holding = np.empty((len(place) - sentences, counts.shape[1]))
    _measures.held(counts, place, bits, holding)
    return bits, holding


def shares(held: Bits, hit: Indices, counting: Counting, weights: Array, members: Array) -> Array:
    """Return shares × groups × rows: how much of each group's weight is held in places that count."""
    if not COMPILED:
        return measures.shares(held, hit, counting, weights, members)
    result = np.empty((len(counting.held), members.shape[1], len(held)))
    _measures.shares(held, hit, *counting, weights, weights.shape[1], members, result)
    return result


def cover(positions: Positions, lengths: Indices, text: int) -> Indices:
    """Return how many characters stand in a term before each place of a text, and before its end."""
    if not COMPILED:
        return measures.cover(positions, lengths, text)
    result = np.empty(text + 1, np.int64)
    _measures.cover(positions.places, positions.firsts, lengths, result)
    return result


def clauses(positions: Positions, starts: Indices, weights: Array, members: Array, rows: Rows) -> Array:
    """Return the best share of each group's weight that two neighbouring clauses of each sentence hold."""
    if not COMPILED:
        return measures.clauses(positions, starts, weights, members, rows)
    result = np.empty((len(rows.begins), members.shape[1]))
    _measures.clauses(positions.places, positions.firsts, starts, weights, members, *rows, result)
    return result


def subsequences(positions: Positions, letters: Indices, masks: Sequence[int], length: int, rows: Rows) -> Array:
    """Return the length of the longest common subsequence of a question of this length and each sentence."""
    if not COMPILED or length > _MASK_BITS:
        return measures.subsequences(positions, letters, masks, length, rows)
    result = np.empty(len(rows.begins))
    bits = np.array(masks, np.uint64)
    _measures.subsequences(positions.places, positions.firsts, letters, bits, length, *rows, result)
    return result


def skipping(positions: Positions, neighbours: Indices, weights: Array, rows: Rows) -> Array:
    """Return the weight of the neighbours that stand in order, ``APART`` at most, in each sentence."""
    if not COMPILED:
        return measures.skipping(positions, neighbours, weights, rows)
    result, (lefts, rights) = np.empty(len(rows.begins)), neighbours
    _measures.skipping(positions.places, positions.firsts, lefts, rights, weights, APART, *rows, result)
    return result


def closeness(
    positions: Positions, spots: Indices, rows: Rows, *, rows_of: Indices, lengths: Indices, weights: Array
) -> Array:
    """Return how much of some terms stands near each of some spots of the text: each term once, by its weight."""
    if not COMPILED:
        return measures.closeness(positions, spots, rows, rows_of=rows_of, lengths=lengths, weights=weights)
    result = np.empty(len(spots))
    _measures.closeness(positions.places, positions.firsts, lengths, weights, _FADING, spots, rows_of, *rows, result)
    return result


def leaves(trees: Splits, values: Array, table: Array) -> Array:
    """Return the sum of the leaves that each row of ``table`` comes to, in all trees."""
    if not COMPILED:
        return measures.leaves(trees, values, table)
    result = np.empty(len(table))
    _measures.leaves(*trees, values, len(values), np.ascontiguousarray(table, np.float64), result)
    return result
