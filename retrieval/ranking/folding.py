"""One quote for each fact: near-duplicates folded into one, and sentences that contradict each other side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.language import normalise, pairs
from retrieval.ranking.ranker import Candidate

SAME = 0.8
"""The share of common character pairs, numbers aside, above which two sentences say the same."""
ALIKE = 0.5
"""The share above which two sentences of different documents are about the same thing."""
CONSIDERED = 12
"""How many candidates are compared with each other."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that answers, and the candidates that say the same in other places, best first.

    ``disputed`` tells that another fact beside it gives other numbers or dates for the same thing.
    """

    candidate: Candidate
    repeated: tuple[Candidate, ...] = ()
    disputed: bool = False


def facts(candidates: Sequence[Candidate], *, limit: int) -> tuple[Fact, ...]:
    """Return at most ``limit`` facts, best first; what contradicts the best follows it, the newest document first.

    Only sentences of different documents repeat or contradict each other.
    """
    groups: list[list[Candidate]] = []
    for candidate in candidates[: max(CONSIDERED, limit)]:
        own = next((group for group in groups if _repeats(group[0], candidate)), None)
        if own is None:
            groups.append([candidate])
        elif candidate.hit.source.path not in {member.hit.source.path for member in own}:
            own.append(candidate)
    if not groups:
        return ()
    best, rest = groups[0], groups[1:]
    against = [group for group in rest if _contradicts(best[0], group[0])]
    others = [group for group in rest if not any(group is other for other in against)]
    first = sorted([best, *against], key=_newest, reverse=True) if against else [best]
    disputed = {id(group) for group in first} if against else set()
    return tuple(Fact(group[0], tuple(group[1:]), id(group) in disputed) for group in [*first, *others][:limit])


def _newest(group: Sequence[Candidate]) -> str:
    """Return the latest date of a fact's documents; one that has none is older than all."""
    return max(candidate.hit.source.date or "" for candidate in group)


def _repeats(one: Candidate, other: Candidate) -> bool:
    same = _numbers(one.sentence.text) == _numbers(other.sentence.text)
    return same and _alike(one, other, SAME)


def _contradicts(one: Candidate, other: Candidate) -> bool:
    if one.hit.source.path == other.hit.source.path:
        return False
    numbers, others = _numbers(one.sentence.text), _numbers(other.sentence.text)
    return numbers != others and bool(numbers) and bool(others) and _alike(one, other, ALIKE)


def _alike(one: Candidate, other: Candidate, share: float) -> bool:
    """Return whether so large a share of the pairs is common (Jaccard); two sentences without any are alike."""
    pairs, others = _pairs(one.sentence.text), _pairs(other.sentence.text)
    if min(len(pairs), len(others)) < share * max(len(pairs), len(others)):
        return False  # the smaller could be part of the larger, and still would not be enough
    common = len(pairs & others)
    return common >= share * (len(pairs) + len(others) - common)


@lru_cache(maxsize=2048)
def _numbers(text: str) -> frozenset[str]:
    """Return the numbers of a sentence."""
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(normalise(text).text))


@lru_cache(maxsize=2048)
def _pairs(text: str) -> frozenset[str]:
    """Return the character pairs of what is left of a sentence without its numbers."""
    return frozenset(pairs(_NUMBER.sub("", normalise(text).text)))
