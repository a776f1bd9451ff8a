"""What the found passages say to a question, as arrays: the material of which the features are made.

Rows are the sentences of the passages, columns the question's distinct terms, groups words, characters and pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain, pairwise

import numpy as np

from retrieval.language import relations
from retrieval.postings.formula import K1, B
from retrieval.question import Question
from retrieval.ranking import compiled
from retrieval.ranking.entities import Entity
from retrieval.ranking.forms import Forms
from retrieval.ranking.measures import LETTERS, Array, Flags, Indices, Marks, Positions, Rows
from retrieval.ranking.passages import Passages, all_occurrences
from retrieval.ranking.shares import COUNTING, SHARES, WEIGHTS
from retrieval.records import Found, Hit, Sentence

WORDS, CHARACTERS, PAIRS = range(3)
"""The groups of terms, as columns of what is given per group."""

LIKELY = 48
"""How many of the sentences that were found are ranked: looking at them closely takes longest of all."""

TOPIC = 15
"""Characters up to which a title names what its document is about, rather than say it in a sentence."""

_CLAUSE_ENDS = ",;:。!?\n、"
POINTING = "这此该其"
"""Characters that point at what another sentence has told."""

_MARK = re.compile(r"\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[、)]|\.(?!\d))\s*")
"""The mark of an item: its number answers only who asks for a step."""


class Evidence:
    """A question against the passages that were found for it.

    ``weights`` is the idf of each term in the whole collection, ``rarity`` how rare it is in the language, in nats;
    ``entities`` are those of the question. ``hit`` and ``place`` tell of each row to which hit it belongs and which of
    its sentences it is; row ``r`` is ``passages.text[begins[r]:ends[r]]``, of which the sentence is what stands from
    ``quoted[r]`` on.
    """

    def __init__(
        self,
        question: Question,
        found: Found,
        passages: Passages,
        *,
        weights: Mapping[str, float],
        rarity: Mapping[str, float],
        entities: tuple[Entity, ...],
    ) -> None:
        self.question = question
        self.entities = entities
        self.found = found
        self.passages = passages
        own = dict.fromkeys(question.words + question.characters + question.pairs)
        self.columns = {term: column for column, term in enumerate(own)}
        self.weights = np.array([weights[term] for term in self.columns])
        self.rarity = np.array([rarity[term] for term in self.columns])
        self.members = np.zeros((len(self.columns), 3))
        latin = tuple(word for word in question.words if word.isascii())  # has neither characters nor pairs of its own
        for group, terms in enumerate((question.words, question.characters + latin, question.pairs + latin)):
            self.members[[self.columns[term] for term in terms], group] = 1
        self.relations = relations.asked(question.content, frozenset(question.words))
        self._places = self._found()
        self.positions = self._positions()
        counts = compiled.count(self.positions, passages.starts)
        self.rows = np.flatnonzero(passages.place >= 0)
        self.hit = passages.hit[self.rows]
        self.place = passages.place[self.rows]
        self.begins = passages.starts[self.rows]
        self.quoted = passages.quoted[self.rows]
        self.ends = passages.starts[self.rows + 1]
        self.bounds = Rows(self.begins, self.ends)
        self.counts = counts[self.rows]
        self._titles: Flags = counts[passages.place < 0] > 0
        self.held = compiled.held(counts, passages.place)
        self._firsts = np.searchsorted(self.hit, np.arange(len(passages.hits) + 1))

    def _found(self) -> dict[str, Indices]:
        """Find whatever is looked for in the text, in one pass."""
        others = (*(other for _, other in self.question.synonyms), *chain.from_iterable(self.relations))
        terms = dict.fromkeys((*self.columns, *others))
        return all_occurrences(self.passages, terms, characters=_CLAUSE_ENDS + POINTING)

    def _positions(self) -> Positions:
        """Return where the terms stand; where a synonym does, all terms of its word do."""
        found = dict(self._places)
        for word, other in self.question.synonyms:
            for term in self.question.of_word(word) if len(found[other]) else ():
                found[term] = np.union1d(found[term], found[other])
        return Positions.of([found[term] for term in self.columns])

    def places_of(self, characters: str) -> Indices:
        """Return where some of ``_CLAUSE_ENDS`` and ``POINTING`` stand in the text."""
        return np.concatenate([self._places[character] for character in characters])

    def rows_of(self, places: Indices) -> Indices:
        """Return the rows in which places of the passages' text stand; those in titles are left out."""
        rows = self._row_at[places]
        return rows[rows >= 0]

    @cached_property
    def _row_at(self) -> Indices:
        """The row in which each place of the passages' text stands, -1 in titles."""
        rows = np.where(self.passages.place >= 0, np.cumsum(self.passages.place >= 0) - 1, -1)
        return np.repeat(rows, self.passages.starts[1:] - self.passages.starts[:-1])

    def likely_of(self, places: Indices) -> set[int]:
        """Return the likely rows in which places of the passages' text stand."""
        return set(self.rows_of(places).tolist()).intersection(self.likely)

    def hit_at(self, row: int) -> Hit:
        """Return the hit of a row."""
        return self.passages.hits[self.hit.item(row)]

    def sentence_at(self, row: int) -> Sentence:
        """Return the sentence of a row."""
        return self.passages.prepared[self.hit.item(row)].sentence(self.place.item(row))

    def text_at(self, row: int) -> str:
        """Return the normalised text of the sentence of a likely row."""
        return self.passages.text[slice(*self._bounds[row])]

    def _local(self, held: Flags) -> Array:
        """Return ln(1 + (n - h + ½)/(h + ½)) for what ``h`` of the ``n`` sentences of each hit's paragraph hold."""
        holding = np.add.reduceat(held.astype(np.float64), self._firsts[:-1], axis=0)
        sizes = (self._firsts[1:] - self._firsts[:-1]).reshape(-1, *[1] * (held.ndim - 1))
        return np.asarray(np.log1p((sizes - holding + 0.5) / (holding + 0.5)))

    @cached_property
    def shares(self) -> dict[str, Array]:
        """The ``SHARES``, each an array of rows × groups.

        A term weighs its idf. The local idf is that among the sentences of the paragraph: what all of them hold tells
        nothing. Beyond the title weighs only what that does not tell already; a title that is a sentence tells no
        topic. Untold is that by the local idf.
        """
        local = self._local(self.counts > 0)
        topic = np.array([len(hit.source.title) <= TOPIC for hit in self.passages.hits])
        weights = np.empty((len(WEIGHTS), *local.shape))
        idf, local_idf, beyond, untold, near_gap, near_gap_untold = weights
        idf[:] = self.weights
        np.multiply(local, self.weights, out=local_idf)
        np.multiply(self.weights, ~(self._titles & topic[:, None]), out=beyond)
        np.multiply(local, beyond, out=untold)
        near_gap[:] = self.nearness * self.weights
        np.multiply(self.nearness, untold, out=near_gap_untold)
        return dict(zip(SHARES, compiled.shares(self.held, self.hit, COUNTING, weights, self.members), strict=True))

    @cached_property
    def nearness(self) -> Array:
        """The weight of each term by its nearness to the question word: 1 beside it, fading over 4 characters."""
        gap = self.question.gap
        if gap is None:
            return np.zeros(len(self.columns))
        place = self.asked
        distances = np.where(place < gap[0], gap[0] - place - self.sizes, place - gap[1])
        return np.where(place < 0, 0.0, np.exp(-np.maximum(distances, 0) / 4))

    @cached_property
    def pulling(self) -> tuple[Positions, Indices, Array, float]:
        """The terms that pull at what stands near: where they stand, their lengths and weights; and the weight of all.

        Single characters do not.
        """
        pulling = (self.sizes > 1) & (self.positions.counts > 0)
        weights = self.weights * (0.3 + self.nearness)
        return self.positions.some(pulling), self.sizes[pulling], weights[pulling], max(float(weights.sum()), 1e-9)

    @cached_property
    def asked(self) -> Indices:
        """Where in the question's content each term stands first; -1 for one that does not."""
        return np.array([self.question.content.find(term) for term in self.columns], np.int64)

    @cached_property
    def sizes(self) -> Indices:
        """The number of characters of each term."""
        return np.array([len(term) for term in self.columns], np.int64)

    def share(self, held: Flags, weights: Array) -> Array:
        """Return the share that each row of ``held`` has of each group's weight, 0 where the group has none."""
        return compiled.share(held, weights, self.members)

    @cached_property
    def two_clauses(self) -> Array:
        """The best share of each group's weight that two neighbouring clauses of the likely sentence hold."""
        bounds = np.zeros(len(self.passages.text) + 1, np.bool_)
        bounds[self.passages.starts] = bounds[self.places_of(_CLAUSE_ENDS) + 1] = True
        result = np.zeros((len(self.rows), 3))
        result[self._likely] = compiled.clauses(
            self.positions, np.flatnonzero(bounds), self.weights, self.members, self.likely_bounds
        )
        return result

    def best(self, values: Array) -> Array:
        """Return the best value of each sentence's paragraph."""
        return np.asarray(np.maximum.reduceat(values, self._firsts[:-1], axis=0).take(self.hit, axis=0))

    def over_best(self, values: Array) -> Array:
        """Return values over the best of their paragraph."""
        return np.asarray(values / np.maximum(self.best(values), 1e-9))

    @cached_property
    def scores(self) -> Array:
        """The BM25 score of the sentence's paragraph."""
        return np.array([hit.score for hit in self.passages.hits])[self.hit]

    @cached_property
    def lengths(self) -> Array:
        """The number of characters of the sentence."""
        return (self.ends - self.quoted).astype(np.float64)

    @cached_property
    def bm25(self) -> Array:
        """The sentence's own BM25 score, with the statistics of the whole collection."""
        norm = K1 * (1 - B + B * self.lengths / self.lengths.mean())[:, None]
        return np.asarray((self.weights * self.counts * (K1 + 1) / (self.counts + norm)).sum(axis=1))

    @cached_property
    def aligned(self) -> Array:
        """The longest common subsequence of question and likely sentence, as a share of the question's characters."""
        aligned = np.zeros(len(self.rows))
        question = self._marks()
        aligned[self._likely] = compiled.subsequences(question, self.likely_bounds)
        return aligned / max(question.length, 1)

    def _marks(self) -> Marks:
        """Where the question's characters stand."""
        query = "".join(self.question.content.split())
        characters = sorted(self.question.characters)[:LETTERS]
        masks = dict.fromkeys(characters, 0)
        for bit, character in enumerate(query):
            if character in masks:
                masks[character] |= 1 << bit
        numbers = {character: number for number, character in enumerate(masks)}
        letters = np.array([numbers.get(term, -1) for term in self.columns], np.int64)
        marks = self.positions.places * LETTERS + np.repeat(letters, self.positions.counts)
        return Marks(np.sort(marks[self.positions.of_terms(letters >= 0)]), tuple(masks.values()), len(query))

    @cached_property
    def skipping(self) -> Array:
        """The share of the question's neighbouring characters that stand in order and near each other.

        So 文革 is found in 文化大革命.
        """
        neighbours = [
            (self.columns[first], self.columns[second])
            for first, second in dict.fromkeys(pairwise(self.question.content))
            if first in self.columns and second in self.columns and first != second
        ]
        lefts, rights = np.array(neighbours, np.int64).reshape(-1, 2).T
        weights = self.weights[lefts] + self.weights[rights]
        held = compiled.skipping(self.positions, neighbours, weights, self.bounds)
        return np.asarray(held / max(sum(weights.tolist()), 1e-9))

    @cached_property
    def _likely(self) -> Indices:
        """The same; most they have alone, with their context and with their paragraph."""
        context, alone, paragraph = (self.shares[name] for name in ("context", "sentence", "paragraph"))
        most = context[:, WORDS] + context[:, PAIRS] + alone[:, WORDS] + paragraph[:, PAIRS]
        most += self.scores / (2 * self.scores.max())
        return np.sort(np.argsort(-most, kind="stable")[:LIKELY])

    @cached_property
    def likely(self) -> list[int]:
        """The ``LIKELY`` rows that have most of the question, in order."""
        likely: list[int] = self._likely.tolist()
        return likely

    @cached_property
    def likely_bounds(self) -> Rows:
        """The bounds of the likely sentences."""
        return Rows(self.begins[self._likely], self.ends[self._likely])

    @cached_property
    def novelty(self) -> Array:
        """The number of characters of the sentence that the question does not cover."""
        return self.new(self.quoted, self.ends).astype(np.float64)

    @cached_property
    def said(self) -> Indices:
        """How many of the characters before each place of the text a word or pair of the question covers."""
        positions, lengths, *_ = self.pulling
        return compiled.cover(positions, lengths, len(self.passages.text))

    def matches(
        self, pattern: re.Pattern[str] | None, rows: Iterable[int], group: str | int = 0
    ) -> list[tuple[int, int, int]]:
        """Return where a pattern stands in the sentences of some likely rows: row, start and stop in the text."""
        if pattern is None:
            return []
        finditer, text, bounds = pattern.finditer, self.passages.text, self._bounds
        return [(row, *match.span(group)) for row in rows for match in finditer(text, *bounds[row])]

    @cached_property
    def _bounds(self) -> dict[int, tuple[int, int]]:
        """Where in the text the likely sentences begin, behind the mark of an item, and end."""
        rows, text = self.likely, self.passages.text
        begins, ends = self.quoted[self._likely].tolist(), self.ends[self._likely].tolist()
        if self.question.kind.name != "step":
            begins = [mark.end() if (mark := _MARK.match(text, begin)) else begin for begin in begins]
        return dict(zip(rows, zip(begins, ends, strict=True), strict=True))

    def new(self, starts: Indices, stops: Indices) -> Indices:
        """Return how many characters of each span of the text the question does not cover."""
        return (stops - starts) - (self.said[stops] - self.said[starts])

    @cached_property
    def forms(self) -> Forms:
        """What of the form that is asked for stands in the likely sentences."""
        return Forms(self)

    @cached_property
    def related(self) -> tuple[Array, Array]:
        """The share of the question's relations that the sentence names in any word, and in another word only.

        Each relation weighs what it tells within the paragraph.
        """
        anyhow, otherwise, total = np.zeros(len(self.rows)), np.zeros(len(self.rows)), np.zeros(len(self.rows))
        for group in self.relations:
            same, other = np.zeros(len(self.rows), dtype=bool), np.zeros(len(self.rows), dtype=bool)
            for member in group:
                if len(member) == 1 and member in self.question.content:
                    continue  # a term of the question like any other
                places = self._places[member]
                if not len(places):
                    continue
                rows = self.rows_of(places)
                (same if member in self.question.content else other)[rows] = True
            weight = self._local(same | other).take(self.hit)
            anyhow += (same | other) * weight
            otherwise += (other & ~same) * weight
            total += weight
        return anyhow / np.maximum(total, 1e-9), otherwise / np.maximum(total, 1e-9)
