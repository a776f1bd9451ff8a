"""BM25's formula, in one place for building, bounding and scoring: the same numbers to the last bit.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), equations 3.8 and 3.15.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

K1 = 0.9
"""How soon the repetitions of a term stop to count: low, since a paragraph is short."""
B = 0.5
"""How much a paragraph's length is held against its terms."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Formula:
    """The formula for one collection: its parameters, how many paragraphs there are, and how long they are on average.

    ``average_length`` is in terms.
    """

    k1: float
    b: float
    paragraph_count: int
    average_length: float

    @classmethod
    def of(cls, lengths: NDArray[np.int32], *, k1: float, b: float) -> Self:
        """Give the formula for paragraphs of these lengths."""
        average = float(lengths.mean(dtype=np.float64)) if len(lengths) else 0.0
        return cls(k1, b, len(lengths), average)

    @property
    def saturation(self) -> np.float32:
        """The factor k1 + 1."""
        return np.float32(self.k1 + 1)

    @property
    def slope(self) -> np.float32:
        """What each term of a paragraph adds to its norm."""
        return np.float32(self.k1 * self.b / (self.average_length or 1.0))

    @property
    def offset(self) -> np.float32:
        """The norm that a paragraph without terms would have."""
        return np.float32(self.k1 * (1 - self.b))

    def idf(self, frequency: int) -> float:
        """How much a term tells that stands in ``frequency`` of the N paragraphs: ln(1 + (N - n + 0.5)/(n + 0.5))."""
        return math.log1p((self.paragraph_count - frequency + 0.5) / (frequency + 0.5))

    def idfs(self, frequencies: NDArray[np.uint32]) -> Floats:
        """Give ``idf`` of each; through the same function, since NumPy's logarithm may differ in the last bit."""
        table = np.zeros(int(frequencies.max(initial=0)) + 1, dtype=np.float32)
        distinct = np.flatnonzero(np.bincount(frequencies))
        table[distinct] = [self.idf(one) for one in distinct.tolist()]
        return table[frequencies]

    def norms(self, lengths: NDArray[np.int32]) -> Floats:
        """Give k1·(1 - b + b·length/average) of each length, above 0 so that it can stand in a divisor."""
        norms: Floats = np.maximum(lengths.astype(np.float32) * self.slope + self.offset, np.float32(1e-30))
        return norms

    def impacts(self, weight: Floats | np.float32, frequencies: Floats, norms: Floats) -> Floats:
        """Give weight·f·(k1 + 1)/(f + norm): what a term that stands ``f`` times adds to the score; 0 where f is 0."""
        return weight * (frequencies * self.saturation / (frequencies + norms))
