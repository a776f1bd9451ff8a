"""Question and sentence compared in order: the longest common subsequence, and neighbours that stay neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Positions = Sequence[NDArray[np.int64]]
APART = 6
"""Characters that two neighbouring characters of a question may stand apart in a sentence."""


def subsequences(
    query: str, marked: Sequence[tuple[int, str]], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the length of the longest common subsequence of ``query`` and each sentence.

    ``marked`` are the positions of the query's characters in the text, rising, with those characters: the others
    cannot be in common. The bit-parallel algorithm of Hyyrö, Bit-parallel LCS-length computation revisited (2004).
    """
    masks: dict[str, int] = {}
    for bit, character in enumerate(query):
        masks[character] = masks.get(character, 0) | 1 << bit
    full = (1 << len(query)) - 1
    places = [position for position, _ in marked]
    firsts, lasts = np.searchsorted(places, begins).tolist(), np.searchsorted(places, ends).tolist()
    result = np.zeros(len(begins))
    for index, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        state = full
        for _, character in marked[first:last]:
            matched = state & masks.get(character, 0)
            state = (state + matched | state - matched) & full
        result[index] = len(query) - state.bit_count()
    return result


def skipping(
    text: str,
    columns: Mapping[str, int],
    positions: Positions,
    *,
    weights: NDArray[np.float64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Return the share of a question's neighbouring characters that stand in order, ``APART`` at most, per sentence.

    ``positions[columns[c]]`` are those of a character ``c``, ``bounds`` where the sentences begin and end: so 文革 is
    found in 文化大革命.
    """
    begins, ends = bounds
    held, total = np.zeros(len(begins)), 0.0
    for first, second in dict.fromkeys(pairwise(text)):
        if first not in columns or second not in columns or first == second:
            continue
        weight = float(weights[columns[first]] + weights[columns[second]])
        total += weight
        left, right = positions[columns[first]], positions[columns[second]]
        if not len(left) or not len(right):
            continue
        after = np.minimum(np.searchsorted(right, left, side="right"), len(right) - 1)
        gaps = right[after] - left
        near = (gaps > 0) & (gaps <= APART)
        rows = np.searchsorted(begins, left[near], side="right") - 1
        inside = (rows >= 0) & (right[after][near] < ends[rows])
        flags = np.zeros(len(begins))
        flags[rows[inside]] = weight
        held += flags
    return held / max(total, 1e-9)
