"""The terms of many texts at once, as numbers: what ``Tokenizer.terms`` gives of each, at half the cost.

Most terms are characters and pairs of them; as code points, an array holds all of a batch, and sorting numbers them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.language.dictionary import Numbers
from retrieval.language.tokenizer import HAN, Tokenizer, normal_form

_BOUNDS = np.array([bound for first, last in HAN for bound in (first, last + 1)], dtype=np.uint32)
_CODE = np.uint64(18)
"""Bits of a Chinese character's code point."""
_INDEX = np.uint64(28)
"""Bits beside two of them, for the place in a batch."""

Lengths = NDArray[np.int32]
_Group = tuple[list[str], Numbers, NDArray[Any]]
"""Terms of one kind in a text: none twice, the number of each that stands in it, and where that begins."""


@dataclass(frozen=True, slots=True)
class Bags:
    """Bags of terms: numbers in a ``vocabulary``, one bag after the other; ``lengths`` of each.

    A term may stand in the vocabulary twice, as a word and as a character or a pair.
    """

    vocabulary: list[str]
    numbers: Numbers
    lengths: Lengths

    def poured(self, together: NDArray[np.int64]) -> Bags:
        """Return new bags, each with the contents of those that a row of ``together`` (bags × members) numbers.

        >>> Bags(["甲", "乙"], np.array([0, 1, 1]), np.array([1, 2])).poured(np.array([[1, 0], [0, 0]])).numbers
        array([1, 1, 0, 0, 0])
        """
        ends = np.cumsum(self.lengths)
        lengths = self.lengths[together]
        parts = lengths.ravel()
        # Each member's first number, less what has been poured before it, so that counting on gives the others.
        begins = (ends - self.lengths)[together.ravel()] - (np.cumsum(parts) - parts)
        places = np.repeat(begins, parts) + np.arange(int(parts.sum()))
        return Bags(self.vocabulary, self.numbers[places], lengths.sum(axis=1, dtype=np.int32))


def bags(tokenizer: Tokenizer, texts: Sequence[str]) -> Bags:
    """Return one bag for each text: its words, its Chinese characters and the pairs of them, in no order."""
    normal = list(map(normal_form, texts))
    # What stands between two texts is part of no word and no Chinese character, so that no pair goes over it.
    joined = "\n".join((*normal, ""))
    ends = np.cumsum([len(text) + 1 for text in normal], dtype=np.int64)
    vocabulary: list[str] = []
    numbers, lengths = [], []
    groups: Sequence[_Group] = (tokenizer.numbered(joined), *_characters_and_pairs(joined))
    for distinct, each, starts in groups:
        holders = ends.searchsorted(starts, side="right")
        order = np.argsort(holders, kind="stable")
        numbers.append(each[order] + np.uint32(len(vocabulary)))
        lengths.append(np.bincount(holders, minlength=len(normal)).astype(np.int32))
        vocabulary += distinct
    apart = Bags(vocabulary, np.concatenate(numbers), np.concatenate(lengths))
    return apart.poured(np.arange(3 * len(normal)).reshape(3, -1).T)


def _characters_and_pairs(text: str) -> Iterator[_Group]:
    """Return the distinct Chinese characters of a text, the number of each in turn, and its place; so with pairs."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    places = np.flatnonzero(_BOUNDS.searchsorted(codes, side="right") & 1)
    code = codes[places].astype(np.uint64)
    distinct, numbers = _numbered(code)
    yield _strings(distinct[:, None]), numbers, places
    paired = np.flatnonzero(np.diff(places) == 1)
    distinct, numbers = _numbered(code[paired] << _CODE | code[paired + 1])
    yield _strings(np.stack((distinct >> _CODE, distinct & np.uint64((1 << 18) - 1)), axis=1)), numbers, places[paired]


def _numbered(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], Numbers]:
    """Return the distinct keys, and of each key the number among them; NumPy sorts best what carries nothing along."""
    packed = keys << _INDEX | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    key = packed >> _INDEX
    new = np.ones(len(key), dtype=np.bool_)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    numbers = np.empty(len(keys), dtype=np.uint32)
    numbers[(packed & np.uint64((1 << 28) - 1)).astype(np.int64)] = np.cumsum(new) - 1
    return key[new], numbers


def _strings(codes: NDArray[np.uint64]) -> list[str]:
    """Return the string of each row of code points."""
    width = codes.shape[1]
    joined = codes.astype("<u4").tobytes().decode("utf-32-le")
    return [joined[start : start + width] for start in range(0, len(joined), width)]
