"""What the ranking measures of the found sentences, as NumPy computes it: the definition of each measure.

Rows are sentences: ``begins`` and ``ends`` are their bounds in the text, rising. Columns are the question's terms.
``retrieval.ranking.compiled`` has the same functions, in C where there was a compiler at installation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]
Codes = NDArray[np.uint32]
Bits = NDArray[np.uint8]
Shorts = NDArray[np.int16]

APART = 6
"""Characters that two neighbouring characters of a question may stand apart in a sentence."""
FADE = 8.0
"""Characters over which a term of the question loses its hold on a place."""
PLACES = 6
"""Places of a sentence in which ``held`` tells whether a term stands."""


class Rows(NamedTuple):
    """The bounds of the sentences in the text: sentence ``r`` is ``text[begins[r]:ends[r]]``."""

    begins: Indices
    ends: Indices


class Counting(NamedTuple):
    """What counts of the terms, for each of some shares: which bits of places, by which kind of weight, and of what.

    ``held`` are shares × what the bits may be; what is ``absolute`` is a mass, no share of the whole weight.
    """

    held: Flags
    kind: Indices
    absolute: Flags


class Splits(NamedTuple):
    """The splits of some trees: each asks whether a row's ``feature`` is above a threshold; all are trees × splits.

    The thresholds of column ``c`` are ``cuts[firsts[c]:firsts[c + 1]]``, rising, of which a split has the one of its
    ``rank``. ``lost`` has a bit for each leaf to which a row above it cannot come, the lowest for the leftmost.
    """

    feature: Shorts
    rank: Shorts
    lost: Shorts
    cuts: Array
    firsts: Indices


@dataclass(frozen=True, slots=True)
class Positions:
    """Where terms stand in a text: term ``t`` at ``places[firsts[t]:firsts[t + 1]]``, rising."""

    places: Indices
    firsts: Indices

    @classmethod
    def of(cls, found: Sequence[Indices]) -> Positions:
        """Put the positions of each term together."""
        firsts = np.zeros(len(found) + 1, np.int64)
        np.cumsum([len(places) for places in found], out=firsts[1:])
        return cls(np.concatenate((*found, np.zeros(0, np.int64))), firsts)

    def __getitem__(self, term: int) -> Indices:
        """Return where a term stands."""
        return self.places[self.firsts[term] : self.firsts[term + 1]]

    def __iter__(self) -> Iterator[Indices]:
        """Yield where each term stands."""
        return map(self.__getitem__, range(len(self)))

    def __len__(self) -> int:
        """Return the number of terms."""
        return len(self.firsts) - 1

    def first(self, count: int) -> Positions:
        """Return the positions of so many of the terms."""
        return Positions(self.places[: self.firsts[count]], self.firsts[: count + 1])

    @property
    def counts(self) -> Indices:
        """How often each term stands in the text."""
        return self.firsts[1:] - self.firsts[:-1]


def columns(found: Sequence[tuple[int, ...]], count: int) -> Indices:
    """Return tuples of so many numbers as arrays: one of the first numbers, one of the second and so on."""
    return np.fromiter(chain.from_iterable(found), np.int64, len(found) * count).reshape(-1, count).T


def codes(text: str) -> Codes:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def find(text: Codes, terms: Sequence[str]) -> Positions:
    """Return where each of the terms stands in a text."""
    result = []
    for term in terms:
        found = np.flatnonzero(text[: max(len(text) - len(term) + 1, 0)] == ord(term[0]))
        for offset, character in enumerate(term[1:], 1):
            found = found[text[found + offset] == ord(character)]
        result.append(found)
    return Positions.of(result)


def count(positions: Positions, starts: Indices) -> Array:
    """Count the terms in the pieces of a text that begin at ``starts``, the last of which is its end."""
    shape = (len(starts) - 1, len(positions))
    columns = np.repeat(np.arange(shape[1]), positions.counts)
    pieces = np.searchsorted(starts, positions.places, side="right") - 1
    return np.bincount(pieces * shape[1] + columns, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)


def held(counts: Array, place: Indices) -> tuple[Bits, Array]:
    """Return bits for each sentence and term: whether it stands there and in the places around it.

    With them comes in how many sentences of each paragraph the term stands.

    ``counts`` are pieces × terms. A piece is a sentence, whose ``place`` in its paragraph is given, or with -1 the
    title that stands before. The bits are, from the lowest: the sentence, the title, the first sentence, the sentence
    before, the one behind, all of the paragraph and its title.
    """
    stands, sentence = counts > 0, place >= 0
    titles = np.flatnonzero(~sentence)
    of = np.cumsum(~sentence)[sentence] - 1
    own, last = stands[sentence], np.append(titles[1:], len(place)) - 1
    first = stands[np.minimum(titles + 1, len(place) - 1)][of]
    at = np.flatnonzero(sentence)
    previous = stands[at - 1] & (place[at] > 0)[:, None]
    following = stands[np.minimum(at + 1, len(place) - 1)] & (at != last[of])[:, None]
    whole = np.logical_or.reduceat(stands, titles, axis=0)[of]
    bits = np.zeros(own.shape, np.uint8)
    for bit, flags in enumerate((own, stands[titles][of], first, previous, following, whole)):
        bits |= flags.astype(np.uint8) << bit
    return bits, np.add.reduceat(stands & sentence[:, None], titles, axis=0, dtype=np.float64)


def shares(held: Bits, hit: Indices, counting: Counting, weights: Array, members: Array) -> Array:
    """Return shares × groups × rows: how much of each group's weight is held in places that count.

    ``held`` are the bits of rows × terms, ``hit`` is each row's hit, ``weights`` are kinds × hits × terms.
    """
    result = np.empty((len(counting.held), members.shape[1], len(held)))
    for number, (flags, kind, absolute) in enumerate(zip(*counting, strict=True)):
        measured = mass if absolute else share
        result[number] = measured(flags[held], weights[kind][hit], members).T
    return result


def mass(held: Flags, weights: Array, members: Array) -> Array:
    """Return the weight that ``held`` (rows × terms) has of each group; ``members`` are terms × groups."""
    return np.asarray((held * weights) @ members)


def share(held: Flags, weights: Array, members: Array) -> Array:
    """Return the share that ``held`` has of each group's weight, 0 where the group has none."""
    total = weights @ members
    return np.asarray(mass(held, weights, members) / np.where(total > 0, total, 1))


def cover(positions: Positions, lengths: Indices, text: int) -> Indices:
    """Return how many characters stand in a term before each place of a text, and before its end.

    ``text`` is its length, ``lengths`` are those of the terms.
    """
    held = np.zeros(text, np.bool_)
    for place, length in zip(positions.places, np.repeat(lengths, positions.counts), strict=True):
        held[place : place + length] = True
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(held)))


def uncovered(before: Indices, starts: Indices, stops: Indices) -> Indices:
    """Return how many characters of each span of a text stand in no term; ``before`` is what ``cover`` returns."""
    return (stops - starts) - (before[stops] - before[starts])


def clauses(positions: Positions, starts: Indices, weights: Array, members: Array, rows: Rows) -> Array:
    """Return the best share of each group's weight that two neighbouring clauses of each sentence hold.

    Clauses are pieces of the text: they begin at ``starts``, the last of which is its end. The last one of a sentence
    has the next sentence's first as its neighbour.
    """
    held = np.concatenate((count(positions, starts) > 0, np.zeros((1, len(positions)), np.bool_)))
    held[:-1] |= held[1:]
    shares = share(held, weights, members)
    bounds = np.searchsorted(starts, np.stack(rows, axis=1).ravel())
    return np.asarray(np.maximum.reduceat(shares, bounds, axis=0)[::2])


def subsequences(positions: Positions, letters: Indices, masks: Sequence[int], length: int, rows: Rows) -> Array:
    """Return the length of the longest common subsequence of a question of this length and each sentence.

    ``letters`` are the terms that are its characters; ``masks`` have a bit for each place of the question at which they
    stand. Where several are said to stand at one place, the first is taken first. The bit-parallel algorithm of Hyyrö,
    Bit-parallel LCS-length computation revisited (2004).
    """
    full = (1 << length) - 1
    marks = sorted((place, mask) for mask, letter in enumerate(letters) for place in positions[letter].tolist())
    places = np.array([place for place, _ in marks], np.int64)
    firsts, lasts = (np.searchsorted(places, bounds).tolist() for bounds in rows)
    result = np.zeros(len(rows.begins))
    for index, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        state = full
        for _, mask in marks[first:last]:
            matched = state & masks[mask]
            state = (state + matched | state - matched) & full
        result[index] = length - state.bit_count()
    return result


def skipping(positions: Positions, neighbours: Indices, weights: Array, rows: Rows) -> Array:
    """Return the weight of the neighbours that stand in order, ``APART`` at most, in each sentence.

    ``neighbours`` are terms of one character, the first of each pair and the second; ``weights`` are the pairs'.
    """
    held = np.zeros(len(rows.begins))
    for (first, second), weight in zip(neighbours.T.tolist(), weights.tolist(), strict=True):
        left, right = positions[first], positions[second]
        if not len(left) or not len(right):
            continue
        after = np.minimum(np.searchsorted(right, left, side="right"), len(right) - 1)
        gaps = right[after] - left
        near = (gaps > 0) & (gaps <= APART)
        inside = np.searchsorted(rows.begins, left[near], side="right") - 1
        together = (inside >= 0) & (right[after][near] < rows.ends[inside])
        flags = np.zeros(len(held))
        flags[inside[together]] = weight
        held += flags
    return held


def closeness(
    positions: Positions, spots: Indices, rows: Rows, *, rows_of: Indices, lengths: Indices, weights: Array
) -> Array:
    """Return how much of some terms stands near each of some spots of the text: each term once, by its weight.

    It is less the farther away the middle of the term is; ``lengths`` are those of the terms, 0 for one that does not
    count. ``rows_of`` are the sentences of the spots: only what stands in the same sentence counts.
    """
    result = np.zeros(len(spots))
    for term, (length, weight) in enumerate(zip(lengths.tolist(), weights.tolist(), strict=True)):
        found = positions[term]
        if not length or not len(found):
            continue
        owner = np.searchsorted(rows.begins, found, side="right") - 1
        owner[found >= rows.ends[owner]] = -1
        near = np.exp(-np.abs(spots[:, None] - (found + length / 2)[None, :]) / FADE)
        result += weight * (near * (rows_of[:, None] == owner[None, :])).max(axis=1)
    return result


def leaves(trees: Splits, values: Array, table: Array) -> Array:
    """Return the sum of the leaves that each row of ``table`` comes to, in all trees.

    ``values`` are those of trees × leaves, from left to right. A row comes to the first leaf that it has not lost.
    """
    thresholds = trees.cuts[trees.firsts[trees.feature] + trees.rank]
    over = table[:, trees.feature] > thresholds
    lost = np.bitwise_or.reduce(np.where(over, trees.lost, 0), axis=2)
    leaf = (lost[:, :, None] >> np.arange(values.shape[1]) & 1).argmin(axis=2)
    return np.asarray(values[np.arange(len(values)), leaf].T.sum(axis=0))
