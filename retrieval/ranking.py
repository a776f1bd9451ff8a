"""The sentences of the paragraphs that were found, best first: a linear model over the table of features."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from retrieval.background import Background
from retrieval.confidence import confidence, missing
from retrieval.evidence import Array, Evidence
from retrieval.features import FEATURES, features
from retrieval.highlights import highlights
from retrieval.passages import Passages
from retrieval.question import Question
from retrieval.records import Found, Hit, Sentence
from retrieval.tokens import Tokenizer

SEARCHED = 10
"""How many paragraphs to search for: the answer's is among them in more than 99 of 100 questions."""
WHOLE = 5
"""How many of them are candidates with all their sentences."""
OTHERS = 8
"""How many sentences of the rest are candidates, the best by BM25."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer.

    ``score`` is the model's probability that it is the one, if one of the candidates is. ``row`` is its row in the
    evidence. ``features`` has a value for each of ``FEATURES``.
    """

    hit: Hit
    sentence: Sentence
    score: float
    row: int
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates, best first, ties in the order of the collection; and how sure it is that the first answers.

    ``confidence`` lies between 0 and 1; ``missing`` are the question's terms, as the person wrote them, that the
    documents do not have, or not together.
    """

    question: Question
    candidates: tuple[Candidate, ...]
    confidence: float
    missing: tuple[str, ...]
    evidence: Evidence | None

    def highlights(self, candidate: Candidate) -> tuple[tuple[int, int], ...]:
        """Give the spans of a candidate's sentence that answer, as offsets in its text."""
        return highlights(self.evidence, candidate.row) if self.evidence else ()


class Ranker:
    """Ranks the sentences of what an engine found."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._background = Background(tokenizer)
        self._weights = _stored_weights()

    def rank(self, question: Question, found: Found) -> Ranking:
        """Rank the sentences of the paragraphs found for a question's terms."""
        if not found.hits:
            return Ranking(question, (), 0.0, missing(question, found, None, 0), None)
        weights = self._background.weights(found, question.terms)
        evidence = Evidence(question, found, Passages.of(found.hits), weights)
        table = features(evidence)
        chosen = candidates(evidence)
        values = table[chosen] @ self._weights
        odds = np.exp(values - values.max())
        odds /= odds.sum()
        order = np.argsort(-values, kind="stable")
        ranked = tuple(
            Candidate(
                hit=evidence.passages.hits[evidence.hit[row]],
                sentence=evidence.text_of(row),
                score=float(odds[index]),
                row=row,
                features=tuple(float(value) for value in table[row]),
            )
            for index, row in ((int(index), int(chosen[index])) for index in order)
        )
        best = ranked[0].row
        return Ranking(question, ranked, confidence(evidence, best), missing(question, found, evidence, best), evidence)


def candidates(evidence: Evidence) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Choose the sentences worth ranking: all of the best paragraphs, and the best ones of the others."""
    whole = np.flatnonzero(evidence.hit < WHOLE)
    others = np.flatnonzero(evidence.hit >= WHOLE)
    others = others[np.argsort(-evidence.bm25[others], kind="stable")[:OTHERS]]
    return np.sort(np.concatenate((whole, others)))


@cache
def _stored_weights() -> Array:
    stored = json.loads(files("retrieval").joinpath("ranking.json").read_text("utf-8"))
    by_name = dict(zip(stored["features"], stored["weights"], strict=True))
    return np.array([by_name[feature.name] for feature in FEATURES])
