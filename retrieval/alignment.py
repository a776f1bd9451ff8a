"""The words around the question word, and where a sentence says the same around its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.question import Question

_FAINT = "的是为了在于有和与被叫做作着过又其之,、?!.:; "
"""Characters that say nothing of the answer beside them."""
_REACH = 40
"""Characters that an answer between two pieces of its question may have."""
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Gap:
    """The question word's neighbourhood: the text to its left and right, to the next comma, and the same stripped."""

    left: str
    right: str

    @classmethod
    def of(cls, question: Question) -> Gap:
        """Find the neighbourhood; empty where nothing asks."""
        if question.gap is None:
            return cls("", "")
        left = question.content[: question.gap[0]].rstrip(_FAINT)
        right = question.content[question.gap[1] :].lstrip(_FAINT)
        return cls(re.split(r"[ ,;:]", left)[-1][-_LONGEST:], re.split(r"[ ,;:?]", right)[0][:_LONGEST])


def longest_left(text: str, piece: str, begin: int, end: int) -> int:
    """How many characters of the end of ``piece`` stand together in ``text[begin:end]``."""
    size = 0
    while size < len(piece) and text.find(piece[-size - 1 :], begin, end) >= 0:
        size += 1
    return size


def longest_right(text: str, piece: str, begin: int, end: int) -> int:
    """How many characters of the start of ``piece`` stand together in ``text[begin:end]``."""
    size = 0
    while size < len(piece) and text.find(piece[: size + 1], begin, end) >= 0:
        size += 1
    return size


def bridged(text: str, gap: Gap, begin: int, end: int) -> int:
    """How many characters of both sides stand with room for an answer between them, in the question's order."""
    best = 0
    for left_size in range(longest_left(text, gap.left, begin, end), 0, -1):
        piece = gap.left[-left_size:]
        start = text.find(piece, begin, end)
        while start >= 0:
            after = start + left_size
            right = longest_right(text, gap.right, after + 1, min(after + _REACH + _LONGEST, end))
            if right:
                best = max(best, left_size + right)
            start = text.find(piece, start + 1, end)
        if best:
            break
    return best


def subsequences(query: str, text: str, bounds: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Give the length of the longest common subsequence of ``query`` and each ``text[begin:end]``.

    The bit-parallel algorithm of Hyyrö, Bit-parallel LCS-length computation revisited (2004).
    """
    masks: dict[str, int] = {}
    for bit, character in enumerate(query):
        masks[character] = masks.get(character, 0) | 1 << bit
    full = (1 << len(query)) - 1
    result = np.zeros(len(bounds))
    for index, (begin, end) in enumerate(bounds):
        state = full
        for character in text[begin:end]:
            mask = masks.get(character)
            if mask is not None:
                matched = state & mask
                state = (state + matched | state - matched) & full
        result[index] = len(query) - state.bit_count()
    return result
