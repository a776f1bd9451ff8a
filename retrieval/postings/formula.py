"""BM25's formula, in one place for building, bounding and scoring: the same numbers to the last bit.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009), equations 3.8 and 3.15.
``postings.py`` has it for arrays; what only opens an index has no need of NumPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

K1 = 0.9
"""How soon the repetitions of a term stop to count: low, since a paragraph is short."""
B = 0.5
"""How much a paragraph's length is held against its terms."""


@dataclass(frozen=True, slots=True)
class Formula:
    """The formula for one collection: its parameters, how many paragraphs there are, and how long they are on average.

    ``average_length`` is in terms. Its numbers are meant to be rounded to float32 before anything is done with them.
    """

    k1: float
    b: float
    paragraph_count: int
    average_length: float

    @property
    def saturation(self) -> float:
        """The factor k1 + 1."""
        return self.k1 + 1

    @property
    def slope(self) -> float:
        """What each term of a paragraph adds to its norm."""
        return self.k1 * self.b / (self.average_length or 1.0)

    @property
    def offset(self) -> float:
        """The norm that a paragraph without terms would have."""
        return self.k1 * (1 - self.b)

    def idf(self, frequency: int) -> float:
        """How much a term tells that stands in ``frequency`` of the N paragraphs: ln(1 + (N - n + 0.5)/(n + 0.5))."""
        return math.log1p((self.paragraph_count - frequency + 0.5) / (frequency + 0.5))
