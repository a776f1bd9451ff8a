"""The formula for arrays: the norms of paragraphs, the idf of terms, and what a term adds to the score of each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retrieval.postings.formula import Formula

Floats = NDArray[np.float32]


def fitted(lengths: NDArray[np.int32], *, k1: float, b: float) -> Formula:
    """Give the formula for paragraphs of these lengths."""
    average = float(lengths.mean(dtype=np.float64)) if len(lengths) else 0.0
    return Formula(k1, b, len(lengths), average)


def idfs(formula: Formula, frequencies: NDArray[np.uint32]) -> Floats:
    """Give ``Formula.idf`` of each; through that function, since NumPy's logarithm may differ in the last bit."""
    table = np.zeros(int(frequencies.max(initial=0)) + 1, dtype=np.float32)
    distinct = np.flatnonzero(np.bincount(frequencies))
    table[distinct] = [formula.idf(one) for one in distinct.tolist()]
    return table[frequencies]


def norms(formula: Formula, lengths: NDArray[np.int32]) -> Floats:
    """Give k1·(1 - b + b·length/average) of each length, above 0 so that it can stand in a divisor."""
    given = lengths.astype(np.float32) * np.float32(formula.slope) + np.float32(formula.offset)
    above: Floats = np.maximum(given, np.float32(1e-30))
    return above


def impacts(formula: Formula, weight: Floats | np.float32, frequencies: Floats, given: Floats) -> Floats:
    """Give weight·f·(k1 + 1)/(f + norm): what a term that stands ``f`` times adds to the score; 0 where f is 0."""
    return weight * (frequencies * np.float32(formula.saturation) / (frequencies + given))
