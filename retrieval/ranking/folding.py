"""One quote for each fact: near-duplicates folded into one, and sentences that contradict each other side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from retrieval.language import pairs
from retrieval.ranking.passages import prepare
from retrieval.ranking.ranker import Candidate

SAME = 0.8
"""The share of common character pairs, numbers aside, above which two sentences say the same."""
ALIKE = 0.5
"""The share above which two sentences of different documents are about the same thing."""
CONSIDERED = 12
"""How many candidates are compared with each other, unless more are wanted."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that answers, and the candidates that say the same in other places, best first.

    ``disputed`` tells that another fact beside it gives other numbers or dates for the same thing.
    """

    candidate: Candidate
    repeated: tuple[Candidate, ...] = ()
    disputed: bool = False


class _Said(NamedTuple):  # made sooner than a dataclass, as hits are
    """What a sentence says: its numbers, and the character pairs of what is left of it without them."""

    numbers: frozenset[str]
    pairs: frozenset[str]

    def repeats(self, other: _Said) -> bool:
        return self.numbers == other.numbers and self._alike(other, SAME)

    def contradicts(self, other: _Said) -> bool:
        given = bool(self.numbers) and bool(other.numbers)
        return given and self.numbers != other.numbers and self._alike(other, ALIKE)

    def _alike(self, other: _Said, share: float) -> bool:
        """Return whether so large a share of the pairs is common (Jaccard); two sentences without any are alike."""
        count, others = len(self.pairs), len(other.pairs)
        if count < share * others or others < share * count:
            return False  # the smaller could be part of the larger, and still would not be enough
        common = len(self.pairs & other.pairs)
        return common >= share * (count + others - common)


@lru_cache(maxsize=2048)
def _said(normal: str) -> _Said:
    numbers = _NUMBER.findall(normal)
    if not numbers:
        return _Said(frozenset(), frozenset(pairs(normal)))
    return _Said(frozenset([one.replace(",", "") for one in numbers]), frozenset(pairs(_NUMBER.sub("", normal))))


def considered(limit: int) -> int:
    """Return how many of the best candidates ``facts`` looks at."""
    return max(CONSIDERED, limit)


def facts(candidates: Sequence[Candidate], *, limit: int) -> tuple[Fact, ...]:
    """Return at most ``limit`` facts, best first; what contradicts the best follows it, the newest document first.

    Only sentences of different documents repeat or contradict each other.
    """
    groups: list[list[Candidate]] = []
    said: list[_Said] = []
    all_pairs: set[str] = set()
    for candidate in candidates[: considered(limit)]:
        own = _said(prepare(candidate.hit.paragraph).normalised(candidate.sentence))
        known = len(own.pairs & all_pairs) >= SAME * len(own.pairs)  # else it repeats none of them
        number = next((number for number, one in enumerate(said) if one.repeats(own)), None) if known else None
        all_pairs |= own.pairs
        if number is None:
            groups.append([candidate])
            said.append(own)
        elif candidate.hit.source.path not in {member.hit.source.path for member in groups[number]}:
            groups[number].append(candidate)
    if not groups:
        return ()
    best, path = groups[0], groups[0][0].hit.source.path
    against: list[list[Candidate]] = []
    others: list[list[Candidate]] = []
    for group, own in zip(groups[1:], said[1:], strict=True):
        contradicts = group[0].hit.source.path != path and said[0].contradicts(own)
        (against if contradicts else others).append(group)
    first = sorted([best, *against], key=_newest, reverse=True) if against else [best]
    disputed = {id(group) for group in first} if against else set()
    return tuple(Fact(group[0], tuple(group[1:]), id(group) in disputed) for group in [*first, *others][:limit])


def _newest(group: Sequence[Candidate]) -> str:
    """Return the latest date of a fact's documents; one that has none is older than all."""
    return max(candidate.hit.source.date or "" for candidate in group)
