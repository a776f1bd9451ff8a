"""The sentences of the paragraphs that were found, best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from retrieval.language import Tokenizer
from retrieval.question import Question
from retrieval.ranking.asked import formless
from retrieval.ranking.background import Background
from retrieval.ranking.closeness import NAMES as MEANING_NAMES
from retrieval.ranking.closeness import Closeness, Cosines
from retrieval.ranking.confidence import Case, confidence
from retrieval.ranking.entities import Names
from retrieval.ranking.evidence import Evidence
from retrieval.ranking.features import NAMES, features
from retrieval.ranking.furniture import penalties
from retrieval.ranking.highlights import highlights
from retrieval.ranking.measures import Array
from retrieval.ranking.missing import missing
from retrieval.ranking.model import Model, stored
from retrieval.ranking.passages import Passages, Prepared, prepare
from retrieval.ranking.units import Unit, unit
from retrieval.records import Found, Hit, Sentence

SEARCHED = 50
"""How many paragraphs to search for: people's own words share so few with the answer that 10 have it for 8 in 10."""
RANKED_SENTENCES, RANKED_PARAGRAPHS = 120, 10
"""Of the best of these paragraphs so many sentences are ranked, and those of so many paragraphs in any case."""

FORMLESS_PENALTY = 4.0
"""What is taken off a sentence, in log-odds, that has no number or time where one is asked for."""


class Candidate(NamedTuple):  # made sooner than a dataclass, as hits are
    """What may answer: the unit that is quoted where a sentence was ranked.

    ``score`` is the model's probability that the sentence is the one, if one of the candidates is. ``row`` is its row
    in the evidence. ``features`` has a value for each of ``NAMES``. ``closeness`` is the cosine of the question and the
    sentence, where they were compared.
    """

    hit: Hit
    unit: Unit
    score: float
    row: int
    features: Array
    closeness: float | None = None

    @property
    def sentence(self) -> Sentence:
        """The text that is quoted, and where it stands in the paragraph."""
        return self.unit.sentence


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates, best first, ties in the order of the collection; and how sure it is that the first answers.

    ``confidence`` lies between 0 and 1; ``missing`` are the question's terms, as the person wrote them, that the
    documents do not have, or not together. ``partial`` tells that a part of the documents could not be searched.
    """

    question: Question
    candidates: tuple[Candidate, ...]
    confidence: float
    missing: tuple[str, ...]
    evidence: Evidence | None
    partial: bool = False

    def highlights(self, candidate: Candidate) -> tuple[tuple[int, int], ...]:
        """Return the spans of a candidate's sentence that answer, as offsets in its text."""
        start = candidate.sentence.start
        if candidate.unit.items:
            return tuple((first - start, last - start) for first, last in candidate.unit.items)
        if self.evidence is None:
            return ()
        shift, end = self.evidence.sentence_at(candidate.row).start - start, len(candidate.sentence.text)
        found = ((first + shift, last + shift) for first, last in highlights(self.evidence, candidate.row))
        return tuple((first, last) for first, last in found if first >= 0 and last <= end)


class Ranker:
    """Ranks the sentences of what an engine found."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._background = Background(tokenizer)
        self._names = Names(tokenizer)

    def evidence(self, question: Question, found: Found) -> Evidence:
        """Return what the paragraphs near the best say to a question; there must be one."""
        weights, rarity = self._background.weights(found, question.terms)
        return Evidence(
            question,
            found,
            Passages.of(*zip(*_ranked(found.hits), strict=True)),
            weights=weights,
            rarity=rarity,
            entities=self._names.of(question),
        )

    def values(self, evidence: Evidence, table: Array, model: Model) -> Array:
        """Return a model's value of each sentence by the table of their features, -∞ where one is not likely."""
        values = np.full(len(evidence.rows), -np.inf)
        lacking = penalties(evidence) + FORMLESS_PENALTY * formless(evidence)
        values[evidence.likely_rows] = model.values(table) - lacking[evidence.likely_rows]
        return values

    def case(self, evidence: Evidence, values: Array, closeness: Closeness | None = None) -> Case:
        """Return what the confidence of an answer is judged by, from the values that the model gave the sentences."""
        return Case(evidence, int(values.argmax()), closeness)

    def rank(
        self, question: Question, found: Found, *, cosines: Cosines | None = None, most: int | None = None
    ) -> Ranking:
        """Rank the sentences of the paragraphs found for a question's terms; with ``cosines``, also by meaning.

        At most ``most`` candidates are given, if that is not ``None``; the others count for the scores all the same.
        """
        found = _with_synonyms(question, found)
        if not found.hits:
            entities = self._names.of(question)
            lacking = missing(question, found, entities, [1.0] * len(entities))
            return Ranking(question, (), 0.0, lacking, None, found.partial)
        evidence = self.evidence(question, found)
        table = features(evidence)
        values = self.values(evidence, table, stored("ranking.json", NAMES))
        closeness = None if cosines is None else Closeness.of(evidence, values, cosines)
        if closeness is not None:
            values = closeness.values_of_all(values, stored("ranking.meaning.json", MEANING_NAMES))
        odds = np.exp(values - values.max())
        odds /= odds.sum()
        order = (-values).argsort(kind="stable")[: len(evidence.likely)]
        ranked = tuple(islice(_distinct(evidence, order.tolist(), odds, table, closeness), most))
        case = self.case(evidence, values, closeness)
        lacking = missing(question, found, case.entities, case.lacks)
        return Ranking(question, ranked, confidence(case), lacking, evidence, found.partial)


def _ranked(hits: Iterable[Hit]) -> Iterator[tuple[Hit, Prepared]]:
    """Yield the hits whose sentences are ranked: one paragraph may hold as many as fifty others."""
    count = 0
    for number, hit in enumerate(hits):
        prepared = prepare(hit.paragraph)
        count += len(prepared.starts)
        if count > RANKED_SENTENCES and number >= RANKED_PARAGRAPHS:
            return
        yield hit, prepared


def _distinct(
    evidence: Evidence, rows: Iterable[int], odds: Array, table: Array, closeness: Closeness | None
) -> Iterator[Candidate]:
    """Yield the candidates of some rows, best first, that overlap none before them."""
    cosines = {} if closeness is None else closeness.by_row
    number = {row: number for number, row in enumerate(evidence.likely)}
    taken: dict[int, list[Sentence]] = {}
    for row in rows:
        hit = evidence.hit_at(row)
        quoted = unit(evidence.question, evidence.sentence_at(row), hit)
        start, end = quoted.sentence.start, quoted.sentence.end
        others = taken.setdefault(hit.position, [])
        if not any(start < other.end and other.start < end for other in others):
            others.append(quoted.sentence)
            yield Candidate(hit, quoted, odds.item(row), row, table[number[row]], cosines.get(row))


def _with_synonyms(question: Question, found: Found) -> Found:
    """Count a word of the question as often as the most frequent word that means the same."""
    if not question.synonyms:
        return found
    frequencies = dict(found.frequencies)
    for word, other in question.synonyms:
        stands = min((found.frequencies.get(term, 0) for term in question.others if term in other), default=0)
        for term in question.of_word(word):
            frequencies[term] = max(frequencies.get(term, 0), stands)
    return replace(found, frequencies=frequencies)
