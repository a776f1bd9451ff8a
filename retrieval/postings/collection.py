"""Several postings searched as one: frequencies, lengths and scores are those of all of them, to the last bit.

What changes often lies in small postings of its own beside large ones that stay as they are. A paragraph that was
deleted from one of them is passed over, and its terms are *withdrawn*: they are taken off the frequencies.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import add, itemgetter, sub
from typing import TYPE_CHECKING, Any

from retrieval.keys import term_key
from retrieval.postings.search import COMPILED, PostingsSearch, View

if TYPE_CHECKING:
    from typing_extensions import Buffer

if COMPILED:
    from retrieval.postings._search import count_of
else:

    def count_of(keys: Buffer, counts: Buffer, key: int, /) -> int:
        """Return the count that belongs to a key among rising ones; 0 where it is not there."""
        rising = memoryview(keys).cast("B").cast("Q")
        place = bisect_left(rising, key)
        return memoryview(counts).cast("B").cast("I")[place] if place < len(rising) and rising[place] == key else 0


_score = itemgetter(1)

Views = tuple[View, ...]
"""What somebody may see, part by part."""


@dataclass(frozen=True, slots=True)
class Part:
    """Postings that are a part of a collection.

    ``live`` are the bits, by position, of the paragraphs that have not been deleted, ``None`` where none has.
    ``withdrawn_keys`` and ``withdrawn_counts`` are the terms of paragraphs that were deleted when this part came, from
    this or another one, and how many of these held each.
    """

    search: PostingsSearch
    live: bytes | None
    withdrawn_keys: memoryview
    withdrawn_counts: memoryview


class Collection:
    """The parts of one collection; it can be searched by several threads at once."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)
        self._withdrawn = [
            (part.withdrawn_keys, part.withdrawn_counts) for part in self._parts if len(part.withdrawn_keys)
        ]
        self._live = tuple(None if part.live is None else View(part.live, None) for part in self._parts)

    def views(self, paragraphs: Sequence[bytes]) -> Views:
        """Return what is seen by whoever may see these paragraphs, given for each part as bits by position."""
        return tuple(
            part.search.view(bits if part.live is None else _both(bits, part.live))
            for part, bits in zip(self._parts, paragraphs, strict=True)
        )

    def frequencies(self, terms: Iterable[str], *, views: Views | None = None) -> dict[str, int]:
        """Return the number of paragraphs that hold each term; 0 where none of these is seen."""
        distinct = tuple(dict.fromkeys(terms))
        found = self._summed(distinct, (None,) * len(self._parts))
        seen = self._summed(distinct, views) if views else found
        if self._withdrawn:
            found = list(map(sub, found, map(self._withdrawn_of, map(term_key, distinct))))
        return {term: max(count, 0) if some else 0 for term, count, some in zip(distinct, found, seen, strict=True)}

    def _summed(self, terms: Sequence[str], views: Sequence[View | None]) -> list[int]:
        sums = [0] * len(terms)
        for part, view in zip(self._parts, views, strict=True):
            sums = list(map(add, sums, part.search.frequencies(terms, view=view)))
        return sums

    def _withdrawn_of(self, key: int) -> int:
        return sum(count_of(keys, counts, key) for keys, counts in self._withdrawn)

    def best(
        self,
        terms: Sequence[str],
        frequencies: Mapping[str, int],
        *,
        limit: int,
        order: Callable[[tuple[int, int]], Any],
        views: Views | None = None,
    ) -> list[tuple[tuple[int, int], float]]:
        """Return the best ``limit`` paragraphs with their scores: best first, ties by ``order``, none with 0.

        A paragraph is told by its part and its position there. ``frequencies`` are those of the terms.
        """
        standing = [term for term in terms if frequencies[term]]
        found: list[tuple[tuple[int, int], float]] = []
        floor = 0.0
        for number, (part, view) in enumerate(zip(self._parts, views or self._live, strict=True)):
            best = part.search.best(standing, limit=limit, view=view, frequencies=frequencies, floor=floor)
            found += [((number, position), score) for position, score in best]
            if len(self._parts) > 1 and len(found) >= limit > 0:
                floor = sorted((score for _, score in found), reverse=True)[limit - 1]
        if len(self._parts) > 1:
            found.sort(key=_score, reverse=True)
            ties = (list(tied) for score, tied in groupby(found, key=_score) if score >= floor)
            # To tell the order takes longer than to find that there is nothing to order.
            found = [
                one for tied in ties for one in (sorted(tied, key=lambda one: order(one[0])) if len(tied) > 1 else tied)
            ]
        return found[: max(limit, 0)]


def _both(bits: bytes, others: bytes) -> bytes:
    both = int.from_bytes(bits, "little") & int.from_bytes(others, "little")
    return both.to_bytes(len(bits), "little")
