"""The terms of a question: what each weighs, where the question has it, and to which groups it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from retrieval.question import Question
from retrieval.ranking.measures import Array, Indices

WORDS, CHARACTERS, PAIRS = range(3)
"""The groups of terms, as columns of what is given per group."""

_NEARNESS: list[float] = np.exp(-np.arange(4 * 750) / 4).tolist()
"""What is left of a term's weight so many characters away; farther, nothing is."""


class Terms:
    """The distinct terms of a question as columns, by their number.

    ``weights`` is the idf of each in the whole collection, ``rarity`` how rare it is in the language, in nats;
    ``members`` tells of which groups it is, as terms × groups.
    """

    def __init__(self, question: Question, weights: Mapping[str, float], rarity: Mapping[str, float]) -> None:
        self._question = question
        latin = tuple(word for word in question.words if word.isascii())  # has neither characters nor pairs of its own
        groups = [{*question.words}, {*question.characters, *latin}, {*question.pairs, *latin}]
        terms = dict.fromkeys(question.words + question.characters + question.pairs)
        self.columns = {term: column for column, term in enumerate(terms)}
        self.weights = np.array([weights[term] for term in self.columns])
        self.rarity = np.array([rarity[term] for term in self.columns])
        members = [float(term in group) for term in self.columns for group in groups]
        self.members = np.array(members).reshape(-1, len(groups))

    @cached_property
    def nearness(self) -> Array:
        """The weight of each term by its nearness to the question word: 1 beside it, fading over 4 characters."""
        if self._question.gap is None:
            return np.zeros(len(self.columns))
        begin, end = self._question.gap
        near = []
        for place, size in zip(self.asked.tolist(), self.sizes.tolist(), strict=True):
            apart = begin - place - size if place < begin else place - end
            near.append(_NEARNESS[min(max(apart, 0), len(_NEARNESS) - 1)] if place >= 0 else 0.0)
        return np.array(near)

    @cached_property
    def pulling(self) -> Indices:
        """The length of each term that pulls at what stands near, 0 for the others: single characters do not."""
        return np.where(self.sizes > 1, self.sizes, 0)

    @cached_property
    def pulls(self) -> tuple[Array, float]:
        """How much each term pulls, and all together."""
        weights = self.weights * (0.3 + self.nearness)
        return weights, max(float(weights.sum()), 1e-9)

    @cached_property
    def asked(self) -> Indices:
        """Where in the question's content each term stands first; -1 for one that does not."""
        return np.array([self._question.content.find(term) for term in self.columns], np.int64)

    @cached_property
    def sizes(self) -> Indices:
        """The number of characters of each term."""
        return np.array([len(term) for term in self.columns], np.int64)
