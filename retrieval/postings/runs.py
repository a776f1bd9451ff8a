"""Runs: the postings of some paragraphs, sorted by term, small enough for memory, on disk until they are merged."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.keys import term_key
from retrieval.postings.postings import Postings

__all__ = ["Counts", "MemoryRun", "PostingsRun", "Run", "StoredRun", "plain_sort", "sort"]

MOST = (1 << 14) - 1
"""The highest frequency that is kept; no paragraph is told from another by more repetitions than that."""
_VOCABULARY = 1 << 20
"""Distinct terms that are remembered from run to run, at most."""


def plain_sort(numbers: NDArray[np.uint64], lowest: int, /) -> None:
    """Sort numbers in place by their bits from ``lowest`` on; of those that are the same there, none overtakes another.

    ``sort`` does the same, five times as fast where it is compiled.
    """
    numbers[:] = numbers[np.argsort(numbers >> np.uint64(lowest), kind="stable")]


try:
    from retrieval.postings._sorting import sort
except ImportError:
    sort = plain_sort


class Run(Protocol):
    """Postings sorted by term: ``keys`` rise, term ``t`` has ``counts[t]`` of them."""

    @property
    def keys(self) -> NDArray[np.uint64]:
        """The terms' keys."""

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many paragraphs hold each term."""

    def read(self, first: int, last: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the paragraphs and frequencies of the terms ``first:last``, one term after the other."""


@dataclass(frozen=True, slots=True)
class MemoryRun:
    """A run that is still in memory; ``paragraphs`` and ``frequencies`` are those of all terms."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    paragraphs: NDArray[np.uint32]
    frequencies: NDArray[np.uint16]

    def read(self, first: int, last: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the paragraphs and frequencies of the terms ``first:last``, one term after the other."""
        start = int(self.counts[:first].sum())
        wanted = slice(start, start + int(self.counts[first:last].sum()))
        return self.paragraphs[wanted], self.frequencies[wanted]

    def stored(self, path: Path) -> StoredRun:
        """Write the postings to a file."""
        with path.open("wb") as file:
            self.paragraphs.tofile(file)
            self.frequencies.tofile(file)
        return StoredRun(self.keys, self.counts, np.append(0, np.cumsum(self.counts)), path)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run whose postings are in a file; they begin at ``starts``."""

    keys: NDArray[np.uint64]
    counts: NDArray[np.int64]
    starts: NDArray[np.int64]
    path: Path

    def read(self, first: int, last: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the paragraphs and frequencies of the terms ``first:last``, one term after the other."""
        start, total = int(self.starts[first]), int(self.starts[-1])
        count = int(self.starts[last]) - start
        # Not through a memory map, whose pages would count as memory of the build.
        paragraphs = np.fromfile(self.path, dtype=np.uint32, count=count, offset=4 * start)
        frequencies = np.fromfile(self.path, dtype=np.uint16, count=count, offset=4 * total + 2 * start)
        return paragraphs, frequencies


class PostingsRun:
    """The postings of a generation, to be merged into the next."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings
        self.keys = postings.keys
        self.counts = postings.counts.astype(np.int64)

    def read(self, first: int, last: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the paragraphs and frequencies of the terms ``first:last``, one term after the other."""
        postings = self._postings
        rows = postings.dense_terms
        paragraphs: list[NDArray[Any]] = [np.empty(0, np.int32)]
        frequencies: list[NDArray[Any]] = [np.empty(0, np.uint16)]
        for dense in [*rows[rows.searchsorted(first) : rows.searchsorted(last)].tolist(), last]:
            found: list[tuple[NDArray[Any], NDArray[Any]]] = [postings.between(first, dense)]
            if dense < last:
                found.append(postings.all_of(dense))
            for some, often in found:
                paragraphs.append(some)
                frequencies.append(often)
            first = dense + 1
        return np.concatenate(paragraphs), np.concatenate(frequencies)


class _Numbers(dict[str, int]):
    """Numbers terms in the order in which they are first asked for, and keeps their keys in that order."""

    def __init__(self) -> None:
        super().__init__()
        self.keys_in_order = array("Q")

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self.keys_in_order)
        self.keys_in_order.append(term_key.__wrapped__(term))
        return number


class Counts:
    """Counts terms paragraph by paragraph, in numbers; gives what it has counted as a run and starts again.

    Paragraphs are numbered from 0 in the order in which they come, through all runs.
    """

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._terms = array("I")
        self._lengths = array("i")
        self._given = 0

    def __len__(self) -> int:
        """How many terms have been counted since the last run."""
        return len(self._terms)

    def add(self, terms: Iterable[str]) -> None:
        """Count the terms of the next paragraph."""
        numbers = list(map(self._numbers.__getitem__, terms))
        self._terms.fromlist(numbers)
        self._lengths.append(len(numbers))

    def add_numbered(self, vocabulary: Sequence[str], numbers: NDArray[np.uint32], lengths: NDArray[np.int32]) -> None:
        """Count the terms of the next paragraphs, given as numbers of terms in a vocabulary, end to end."""
        known = np.array([self._numbers[term] for term in vocabulary], dtype=np.uint32)
        self._terms.frombytes(known[numbers].tobytes())
        self._lengths.frombytes(lengths.tobytes())

    def lengths(self) -> NDArray[np.int32]:
        """Return the number of terms of every paragraph so far."""
        return np.array(self._lengths, dtype=np.int32)

    def run(self) -> MemoryRun:
        """Return the run of the paragraphs since the last one."""
        terms = np.frombuffer(self._terms, dtype=np.uint32)
        lengths = np.frombuffer(self._lengths, dtype=np.int32)[self._given :]
        paragraphs = np.arange(self._given, self._given + len(lengths), dtype=np.uint64)
        order, rank = _ranked(np.array(self._numbers.keys_in_order, dtype=np.uint64))
        packed = rank[terms]
        packed <<= np.uint64(32)
        packed |= np.repeat(paragraphs, lengths)
        sort(packed, 32)  # paragraphs come in order
        first = np.flatnonzero(np.append(np.ones(min(len(packed), 1), np.bool_), packed[1:] != packed[:-1]))
        often = np.diff(np.append(first, len(packed)))
        packed = packed[first]
        counts = np.bincount((packed >> np.uint64(32)).astype(np.int64), minlength=len(order))
        present = np.flatnonzero(counts)
        run = MemoryRun(
            keys=order[present],
            counts=counts[present],
            paragraphs=packed.astype(np.uint32),
            frequencies=np.minimum(often, MOST).astype(np.uint16),
        )
        del terms
        self._terms = array("I")
        self._given = len(self._lengths)
        if len(self._numbers) > _VOCABULARY:
            self._numbers = _Numbers()
        return run


def _ranked(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the distinct keys in order, and the rank of each key."""
    distinct, inverse = np.unique(keys, return_inverse=True)
    return distinct, inverse.astype(np.uint64)
