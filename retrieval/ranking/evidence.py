"""What the found passages say to a question, as arrays: the material of which the features are made.

Rows are the sentences of the passages, columns the question's distinct terms, groups words, characters and pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain, pairwise

import numpy as np

from retrieval.language import relations
from retrieval.postings.formula import K1, B
from retrieval.question import Question
from retrieval.ranking import compiled
from retrieval.ranking.entities import Entity
from retrieval.ranking.forms import Forms
from retrieval.ranking.measures import Array, Flags, Indices, Positions, Rows, uncovered
from retrieval.ranking.passages import Passages, all_occurrences
from retrieval.ranking.shares import COUNTING, SHARES, WEIGHTS, Places
from retrieval.ranking.spans import Spans, typed
from retrieval.ranking.terms import PAIRS, WORDS, Terms
from retrieval.records import Found, Hit, Sentence

LIKELY = 48
"""How many of the sentences that were found are ranked: looking at them closely takes longest of all."""

TOPIC = 15
"""Characters up to which a title names what its document is about, rather than say it in a sentence."""

_CLAUSE_ENDS = ",;:。!?\n、"
POINTING = "这此该其"
"""Characters that point at what another sentence has told."""

COMPARED: Mapping[str, int | slice] = {
    "beyond mass": slice(0, 3),
    "untold mass": slice(3, 6),
    "bm25": 6,
    "alignment": 7,
    "skipping": 8,
}
"""What is compared with the best of the paragraph, and where it stands; the masses have a row for each group."""


class Evidence:
    """A question against the passages that were found for it.

    ``entities`` are those of the question. ``hit`` and ``place`` tell of each row to which hit it belongs and which of
    its sentences it is; row ``r`` is ``passages.text[begins[r]:ends[r]]``, of which the sentence is what stands from
    ``quoted[r]`` on, ``lengths[r]`` characters. ``scores`` are the BM25 scores of the rows' paragraphs, ``sizes`` tell
    how many sentences each hit's paragraph has.
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
        self.terms = Terms(question, weights, rarity)
        self.relations = relations.asked(question.content, frozenset(question.words))
        others = (*(other for _, other in question.synonyms), *chain.from_iterable(self.relations))
        looked_for = tuple(dict.fromkeys((*self.terms.columns, *others)))
        self._numbers = {one: number for number, one in enumerate((*looked_for, *_CLAUSE_ENDS, *POINTING))}
        self._found = all_occurrences(passages, looked_for, characters=_CLAUSE_ENDS + POINTING)  # in one pass
        self.positions = self._positions()
        counts = compiled.count(self.positions, passages.starts)
        self.rows = (passages.place >= 0).nonzero()[0]
        self.hit = passages.hit[self.rows]
        self.place = passages.place[self.rows]
        self.begins = passages.starts[self.rows]
        self.quoted = passages.quoted[self.rows]
        self.ends = passages.starts[self.rows + 1]
        self.bounds = Rows(self.begins, self.ends)
        self.counts = counts[self.rows]
        self.held, self._holding = compiled.held(counts, passages.place)
        self.sizes = np.bincount(self.hit)
        self._firsts = self.sizes.cumsum() - self.sizes
        self.scores = np.array([hit.score for hit in passages.hits])[self.hit]
        self.lengths = (self.ends - self.quoted).astype(np.float64)

    def _positions(self) -> Positions:
        """Return where the terms stand; where a synonym does, all terms of its word do."""
        found = self._found.first(len(self.terms.columns))
        if not self.question.synonyms:
            return found
        places = {term: found[column] for term, column in self.terms.columns.items()}
        for word, other in self.question.synonyms:
            others = self._places_of(other)
            for term in self.question.of_word(word) if len(others) else ():
                places[term] = np.union1d(places[term], others)
        return Positions.of(list(places.values()))

    def _places_of(self, looked_for: str) -> Indices:
        """Return where something that was looked for stands in the text."""
        return self._found[self._numbers[looked_for]]

    def places_of(self, characters: str) -> Indices:
        """Return where some of ``_CLAUSE_ENDS`` and ``POINTING`` that are neighbours there stand in the text."""
        first, firsts = self._numbers[characters[0]], self._found.firsts
        return self._found.places[firsts[first] : firsts[first + len(characters)]]

    def rows_of(self, places: Indices) -> Indices:
        """Return the rows in which places of the passages' text stand; those in titles are left out."""
        if not len(places):
            return places
        rows = self._row_of[self.passages.starts.searchsorted(places, side="right") - 1]
        return rows[rows >= 0]

    @cached_property
    def _row_of(self) -> Indices:
        """The row that each piece of the passages' text is, -1 for a title."""
        rows = np.full(len(self.passages.place), -1)
        rows[self.rows] = np.arange(len(self.rows))
        return rows

    def hit_at(self, row: int) -> Hit:
        """Return the hit of a row."""
        return self.passages.hits[self.hit.item(row)]

    def sentence_at(self, row: int) -> Sentence:
        """Return the sentence of a row."""
        return self.passages.sentence(self.rows.item(row))

    def text_at(self, row: int) -> str:
        """Return the normalised text of the sentence of a row."""
        return self.passages.text[self.quoted.item(row) : self.ends.item(row)]

    def _local(self, holding: Array) -> Array:
        """Return ln(1 + (n - h + ½)/(h + ½)) for what ``h`` of the ``n`` sentences of each hit's paragraph hold."""
        sizes = self.sizes.reshape(-1, *[1] * (holding.ndim - 1))
        return np.asarray(np.log1p((sizes - holding + 0.5) / (holding + 0.5)))

    @cached_property
    def shares(self) -> dict[str, Array]:
        """The ``SHARES``, each an array of groups × rows.

        A term weighs its idf. The local idf is that among the sentences of the paragraph: what all of them hold tells
        nothing. Beyond the title weighs only what that does not tell already; a title that is a sentence tells no
        topic. Untold is that by the local idf.
        """
        local = self._local(self._holding)
        topic = np.array([len(hit.source.title) <= TOPIC for hit in self.passages.hits])
        weights = np.empty((len(WEIGHTS), *local.shape))
        idf, local_idf, beyond, untold, near_gap, near_gap_untold = weights
        idf[:] = self.terms.weights
        np.multiply(local, idf, out=local_idf)
        np.multiply(idf, ~(Places(self.held[self._firsts]).title & topic[:, None]), out=beyond)
        np.multiply(local, beyond, out=untold)
        np.multiply(self.terms.nearness, idf, out=near_gap)
        np.multiply(self.terms.nearness, untold, out=near_gap_untold)
        return dict(
            zip(SHARES, compiled.shares(self.held, self.hit, COUNTING, weights, self.terms.members), strict=True)
        )

    @cached_property
    def spans(self) -> Spans:
        """What has the form asked for in the likely sentences in which something pulls; elsewhere nothing can."""
        return typed(self, self.pulled)

    @cached_property
    def pulled(self) -> list[int]:
        """The likely rows in which something pulls."""
        begins, ends = self.likely_bounds
        some: list[int] = self.likely_rows[self.said[ends] > self.said[begins]].tolist()
        return some

    def share(self, held: Flags, weights: Array) -> Array:
        """Return the share that each row of ``held`` has of each group's weight, 0 where the group has none."""
        return compiled.share(held, weights, self.terms.members)

    @cached_property
    def two_clauses(self) -> Array:
        """The best share of each group's weight that two neighbouring clauses of the likely sentence hold."""
        bounds = np.zeros(len(self.passages.text) + 1, np.bool_)
        bounds[self.passages.starts] = bounds[self.places_of(_CLAUSE_ENDS) + 1] = True
        result = np.zeros((3, len(self.rows)))
        result[:, self.likely_rows] = compiled.clauses(
            self.positions, bounds.nonzero()[0], self.terms.weights, self.terms.members, self.likely_bounds
        ).T
        return result

    def over_best(self, name: str) -> Array:
        """Return one of ``COMPARED`` over the best of each sentence's paragraph."""
        return self._compared[1][COMPARED[name]]

    def best(self, name: str) -> Array:
        """Return the best that each sentence's paragraph has of one of ``COMPARED``."""
        return self._compared[0][COMPARED[name]]

    @cached_property
    def _compared(self) -> tuple[Array, Array]:
        """The best that each sentence's paragraph has of ``COMPARED``, and what the sentence has over it."""
        masses = self.shares["beyond mass"], self.shares["untold mass"]
        values = np.concatenate((*masses, self.bm25[None], self.aligned[None], self.skipping[None]))
        best = np.maximum.reduceat(values, self._firsts, axis=1).take(self.hit, axis=1)
        return best, values / np.maximum(best, 1e-9)

    @cached_property
    def bm25(self) -> Array:
        """The sentence's own BM25 score, with the statistics of the whole collection."""
        norm = K1 * (1 - B + B * self.lengths / (self.lengths.sum() / len(self.lengths)))[:, None]
        scores = self.terms.weights * self.counts
        scores *= K1 + 1
        scores /= self.counts + norm
        return np.asarray(scores.sum(axis=1))

    @cached_property
    def aligned(self) -> Array:
        """The longest common subsequence of question and likely sentence, as a share of the question's characters."""
        query = "".join(self.question.content.split())
        masks = dict.fromkeys(sorted(self.question.characters), 0)
        for bit, character in enumerate(query):
            if character in masks:
                masks[character] |= 1 << bit
        letters = np.array([self.terms.columns[character] for character in masks], np.int64)
        aligned = np.zeros(len(self.rows))
        aligned[self.likely_rows] = compiled.subsequences(
            self.positions, letters, [*masks.values()], len(query), self.likely_bounds
        )
        return aligned / max(len(query), 1)

    @cached_property
    def skipping(self) -> Array:
        """The share of the question's neighbouring characters that stand in order and near each other.

        So 文革 is found in 文化大革命.
        """
        columns = [self.terms.columns.get(character, -1) for character in self.question.content]
        pairs = [pair for pair in dict.fromkeys(pairwise(columns)) if min(pair) >= 0 and pair[0] != pair[1]]
        lefts, rights = neighbours = np.array(pairs, np.int64).reshape(-1, 2).T.copy()
        weights = self.terms.weights[lefts] + self.terms.weights[rights]
        held = compiled.skipping(self.positions, neighbours, weights, self.bounds)
        return np.asarray(held / max(sum(weights.tolist()), 1e-9))

    @cached_property
    def likely_rows(self) -> Indices:
        """The ``LIKELY`` rows that have most of the question, alone, with their context and with their paragraph."""
        context, alone, paragraph = (self.shares[name] for name in ("context", "sentence", "paragraph"))
        most = context[WORDS] + context[PAIRS] + alone[WORDS] + paragraph[PAIRS]
        most += self.scores / (2 * self.scores.max())
        likely: Indices = (-most).argsort(kind="stable")[:LIKELY]
        likely.sort()
        return likely

    @cached_property
    def likely(self) -> list[int]:
        """The same."""
        likely: list[int] = self.likely_rows.tolist()
        return likely

    @cached_property
    def likely_bounds(self) -> Rows:
        """The bounds of the likely sentences."""
        return Rows(self.begins[self.likely_rows], self.ends[self.likely_rows])

    @cached_property
    def novelty(self) -> Array:
        """The number of characters of the sentence that the question does not cover."""
        return self.new(self.quoted, self.ends).astype(np.float64)

    @cached_property
    def said(self) -> Indices:
        """How many of the characters before each place of the text a word or pair of the question covers."""
        return compiled.cover(self.positions, self.terms.pulling, len(self.passages.text))

    def new(self, starts: Indices, stops: Indices) -> Indices:
        """Return how many characters of each span of the text the question does not cover."""
        return uncovered(self.said, starts, stops)

    @cached_property
    def forms(self) -> Forms:
        """What of the form that is asked for stands in the likely sentences."""
        return Forms(self.question, self.passages, pieces=self.rows, likely=self.likely_rows, said=self.said)

    @cached_property
    def related(self) -> tuple[Array, Array]:
        """The share of the question's relations that the sentence names in any word, and in another word only.

        Each relation weighs what it tells within the paragraph.
        """
        anyhow, otherwise, total = np.zeros((3, len(self.rows)))
        if not self.relations:
            return anyhow, otherwise
        for group in self.relations:
            named: tuple[list[Indices], list[Indices]] = [], []
            for member in group:
                asked = member in self.question.content
                if not asked or len(member) > 1:  # one of one character is a term of the question like any other
                    named[asked].append(self._places_of(member))
            other, same = (self._holding_any(places) for places in named)
            either = same | other
            weight = self._local(np.bincount(self.hit, either).astype(np.float64)).take(self.hit)
            anyhow += either * weight
            otherwise += (other & ~same) * weight
            total += weight
        np.maximum(total, 1e-9, out=total)
        return anyhow / total, otherwise / total

    def _holding_any(self, places: Sequence[Indices]) -> Flags:
        """Return which sentences have some of the places in them."""
        flags = np.zeros(len(self.rows), np.bool_)
        if places:
            flags[self.rows_of(np.concatenate(places))] = True
        return flags
