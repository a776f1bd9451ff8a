"""The terms of a question: what each weighs, where the question has it, and to which groups it belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval.question import Question
from retrieval.ranking.measures import Array

WORDS, CHARACTERS, PAIRS = range(3)
"""The groups of terms, as columns of what is given per group."""

_NEARNESS: list[float] = np.exp(-np.arange(4 * 750) / 4).tolist()
"""What is left of a term's weight so many characters away; farther, nothing is."""


class Terms:
    """The distinct terms of a question as columns, by their number.

    ``weights`` is the idf of each in the whole collection, ``rarity`` how rare it is in the language, in nats;
    ``members`` tells of which groups it is, as terms × groups. ``sizes`` are numbers of characters; ``asked`` is where
    in the question's content each term stands first, -1 for one that does not. ``nearness`` is the weight of each by
    that place: 1 beside the question word, fading over 4 characters. ``pulls`` is how much each term pulls at what
    stands near it, and all together; ``pulling`` are the sizes of those that do, 0 for single characters.
    """

    def __init__(self, question: Question, weights: Mapping[str, float], rarity: Mapping[str, float]) -> None:
        latin = tuple(word for word in question.words if word.isascii())  # has neither characters nor pairs of its own
        groups = [{*question.words}, {*question.characters, *latin}, {*question.pairs, *latin}]
        terms = dict.fromkeys(question.words + question.characters + question.pairs)
        self.columns = {term: column for column, term in enumerate(terms)}
        self.weights = np.array([weights[term] for term in terms])
        self.rarity = np.array([rarity[term] for term in terms])
        members = [float(term in group) for term in terms for group in groups]
        self.members = np.array(members).reshape(-1, len(groups))
        sizes = [len(term) for term in terms]
        asked = [question.content.find(term) for term in terms]
        self.sizes = np.array(sizes, np.int64)
        self.asked = np.array(asked, np.int64)
        self.nearness = _nearness(question.gap, asked, sizes)
        self.pulling = np.array([size if size > 1 else 0 for size in sizes], np.int64)
        pulls = self.weights * (0.3 + self.nearness)
        self.pulls = pulls, max(float(pulls.sum()), 1e-9)


def _nearness(gap: tuple[int, int] | None, places: Sequence[int], sizes: Sequence[int]) -> Array:
    if gap is None:
        return np.zeros(len(places))
    begin, end = gap
    near = []
    for place, size in zip(places, sizes, strict=True):
        apart = begin - place - size if place < begin else place - end
        near.append(_NEARNESS[min(max(apart, 0), len(_NEARNESS) - 1)] if place >= 0 else 0.0)
    return np.array(near)
