"""Synthetic collections: paragraphs of 80 to 150 terms whose frequencies follow Zipf's law, made from a seed.

With 500,000 terms about 130 of them stand in more than one of 16 paragraphs, as Chinese words, characters and pairs
do. Questions are 2 to 10 terms of one paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VOCABULARY = 500_000
SHORTEST, LONGEST = 80, 150
FEWEST, MOST = 2, 10
BLOCK = 10_000
"""Paragraphs in memory at once."""


class Collection:
    """``count`` paragraphs, in a folder; made there when they are not yet."""

    def __init__(self, folder: Path, count: int, *, seed: int = 41) -> None:
        self.count, self.folder = count, folder
        self._terms = folder / f"terms-{count}-{seed}"
        self.lengths = np.random.default_rng((seed, count)).integers(SHORTEST, LONGEST + 1, count)
        self._starts = np.append(0, np.cumsum(self.lengths))
        self.made = not self._terms.exists() or self._terms.stat().st_size != 4 * int(self._starts[-1])
        if self.made:
            folder.mkdir(parents=True, exist_ok=True)
            self._make(seed)

    def _make(self, seed: int) -> None:
        random = np.random.default_rng((seed, self.count, 1))
        cumulated = np.cumsum(1 / np.arange(1, VOCABULARY + 1))
        cumulated /= cumulated[-1]
        with self._terms.open("wb") as file:
            for first in range(0, self.count, BLOCK):
                size = self._starts[min(first + BLOCK, self.count)] - self._starts[first]
                cumulated.searchsorted(random.random(int(size))).astype(np.int32).tofile(file)

    def paragraphs(self) -> Iterator[list[str]]:
        """Return the terms of each paragraph; little of the collection is in memory at any time."""
        names = [f"t{number}" for number in range(VOCABULARY)]
        for first in range(0, self.count, BLOCK):
            starts = self._starts[first : first + BLOCK + 1]
            terms = self._read(int(starts[0]), int(starts[-1])).tolist()
            for start, end in zip((starts - starts[0]).tolist()[:-1], (starts - starts[0]).tolist()[1:], strict=True):
                yield [names[term] for term in terms[start:end]]

    def blocks(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int32]]]:
        """Yield, for some paragraphs at a time, the paragraph of each term and the term."""
        for first in range(0, self.count, BLOCK):
            lengths = self.lengths[first : first + BLOCK]
            start = int(self._starts[first])
            yield np.repeat(np.arange(len(lengths)), lengths), self._read(start, start + int(lengths.sum()))

    def terms(self, position: int) -> NDArray[np.int32]:
        """Return the numbers of a paragraph's terms."""
        return self._read(int(self._starts[position]), int(self._starts[position + 1]))

    def questions(self, count: int, *, seed: int) -> list[list[str]]:
        """Return questions; different seeds give different ones."""
        random = np.random.default_rng(seed)
        asked = []
        for place in random.integers(0, self.count, count).tolist():
            chosen = random.choice(self.terms(place), int(random.integers(FEWEST, MOST + 1)), replace=False)
            asked.append([f"t{term}" for term in chosen])
        return asked

    def _read(self, start: int, end: int) -> NDArray[np.int32]:
        return np.fromfile(self._terms, dtype=np.int32, count=end - start, offset=4 * start)
