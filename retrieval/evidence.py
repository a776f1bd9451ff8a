"""What the found passages say to a question, as arrays: the material of which the features are made.

Rows are the sentences of the passages, columns the question's distinct terms.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retrieval.passages import Passages, occurrences
from retrieval.question import Question
from retrieval.records import Found, Sentence

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_LINK = "的是和与了在有之其"
"""Characters so common that the words next to the question word are looked for beyond them."""


class Evidence:
    """A question against the passages that were found for it.

    ``weights`` is the idf of each term in the whole collection. ``groups`` maps ``words``, ``characters`` and
    ``pairs`` to columns. ``rows`` are the rows of ``passages`` that hold sentences.
    """

    def __init__(self, question: Question, found: Found, passages: Passages, weights: dict[str, float]) -> None:
        self.question = question
        self.found = found
        self.passages = passages
        self.columns = {term: column for column, term in enumerate(dict.fromkeys(question.terms))}
        self.weights = np.array([weights[term] for term in self.columns])
        self.groups = {
            name: np.array([self.columns[term] for term in terms], dtype=np.int64)
            for name, terms in (
                ("words", question.words),
                ("characters", question.characters),
                ("pairs", question.pairs),
            )
        }
        self.all_counts = passages.counts(tuple(self.columns))
        self.rows = np.flatnonzero(passages.place >= 0)
        self.hit = passages.hit[self.rows]
        self.place = passages.place[self.rows]
        self.counts = self.all_counts[self.rows]
        self.hit_count = len(passages.hits)

    def text_of(self, row: int) -> Sentence:
        """Give the sentence in a row."""
        sentence = self.passages.sentences[int(self.rows[row])]
        if sentence is None:
            raise IndexError(row)
        return sentence

    @cached_property
    def sentence(self) -> Flags:
        """Whether the sentence holds the term."""
        return self.counts > 0

    @cached_property
    def title(self) -> Flags:
        """Whether the title or a section heading above the sentence holds the term."""
        return (self.all_counts[self.passages.place < 0] > 0)[self.hit]

    @cached_property
    def first(self) -> Flags:
        """Whether the first sentence of the paragraph holds the term."""
        return self.sentence[self._bounds[:-1]][self.hit]

    @cached_property
    def previous(self) -> Flags:
        """Whether the sentence before, in the same paragraph, holds the term."""
        previous = np.zeros_like(self.sentence)
        previous[1:] = self.sentence[:-1]
        previous[self.place == 0] = False
        return previous

    @cached_property
    def following(self) -> Flags:
        """Whether the sentence after, in the same paragraph, holds the term."""
        following = np.zeros_like(self.sentence)
        following[:-1] = self.sentence[1:]
        following[self._bounds[1:] - 1] = False
        return following

    @cached_property
    def head(self) -> Flags:
        """Whether title, section or first sentence holds the term: what the paragraph is about."""
        return self.title | self.first

    @cached_property
    def context(self) -> Flags:
        """Whether the sentence, the one before it, or the head holds the term."""
        return self.sentence | self.previous | self.head

    @cached_property
    def paragraph(self) -> Flags:
        """Whether anything in the paragraph, its title and section included, holds the term."""
        return (np.maximum.reduceat(self.sentence, self._bounds[:-1], axis=0))[self.hit] | self.title

    @cached_property
    def local(self) -> Array:
        """The idf of each term among the sentences of the paragraph: one that all of them hold tells nothing."""
        sizes = np.diff(self._bounds)[:, None]
        holding = np.add.reduceat(self.sentence.astype(np.float64), self._bounds[:-1], axis=0)
        return np.log1p((sizes - holding + 0.5) / (holding + 0.5))[self.hit]

    @cached_property
    def sizes(self) -> Array:
        """The number of sentences of the paragraph."""
        return np.diff(self._bounds)[self.hit].astype(np.float64)

    @cached_property
    def lengths(self) -> Array:
        """The number of characters of the sentence."""
        return np.diff(self.passages.starts)[self.rows].astype(np.float64)

    @cached_property
    def _bounds(self) -> NDArray[np.int64]:
        """Where in ``rows`` the sentences of each hit begin; one more than there are hits."""
        return np.searchsorted(self.hit, np.arange(self.hit_count + 1))

    @cached_property
    def scores(self) -> Array:
        """The BM25 score of the sentence's paragraph."""
        return np.array([hit.score for hit in self.passages.hits])[self.hit]

    @cached_property
    def bm25(self) -> Array:
        """The sentence's own BM25 score, with the statistics of the whole collection."""
        norm = 0.9 * (0.5 + 0.5 * self.lengths / self.lengths.mean())[:, None]
        return np.asarray((self.weights * self.counts * 1.9 / (self.counts + norm)).sum(axis=1))

    def share(self, held: Flags, group: str, weights: Array | None = None) -> Array:
        """Give the share of a group's weight that ``held`` has; 0 where the group is empty."""
        columns = self.groups[group]
        of = (self.weights if weights is None else weights)[..., columns]
        total = of.sum(axis=-1)
        return np.asarray((held[:, columns] * of).sum(axis=1) / np.where(total > 0, total, 1))

    def absent(self, held: Flags, group: str) -> Array:
        """Count the terms of a group that ``held`` has not."""
        return np.asarray((~held[:, self.groups[group]]).sum(axis=1).astype(np.float64))

    @cached_property
    def covered(self) -> Flags:
        """Whether a pair of the question covers the character, for each character of the passages' text."""
        covered = np.zeros(len(self.passages.text) + 2, dtype=np.bool_)
        for term in self.columns:
            if len(term) > 1:
                for position in occurrences(self.passages.text, term):
                    covered[position : position + len(term)] = True
        return covered[: len(self.passages.text)]

    @cached_property
    def answering(self) -> list[list[tuple[int, int]]]:
        """The spans in each sentence, as positions of the passages' text, that could be the answer by their form.

        A span that the question's own words cover is none.
        """
        spans: list[list[tuple[int, int]]] = [[] for _ in self.rows]
        pattern = self.question.kind.answers
        if pattern is None:
            return spans
        starts = self.passages.starts
        text = self.passages.text
        for index, row in enumerate(self.rows):
            for match in pattern.finditer(text, int(starts[row]), int(starts[row + 1])):
                if not self.covered[match.start() : match.end()].all():
                    spans[index].append(match.span())
        return spans

    @cached_property
    def near(self) -> tuple[str, str]:
        """The characters left and right of the words that ask, as far as the question's clause goes."""
        if self.question.gap is None:
            return "", ""
        left = self.question.content[: self.question.gap[0]]
        right = self.question.content[self.question.gap[1] :]
        return _tail(left), _head(right)

    def longest(self, text: str, *, backwards: bool) -> Array:
        """Give for each sentence the length of the longest piece next to the question word that stands in it."""
        starts, whole = self.passages.starts, self.passages.text
        result = np.zeros(len(self.rows))
        for index, row in enumerate(self.rows):
            begin, end = int(starts[row]), int(starts[row + 1])
            size = 0
            while size < len(text):
                piece = text[-size - 1 :] if backwards else text[: size + 1]
                if whole.find(piece, begin, end) < 0:
                    break
                size += 1
            result[index] = size
        return result

    @cached_property
    def aligned(self) -> Array:
        """The longest common subsequence of question and sentence, as a share of the question's characters."""
        query = [character for character in self.question.content if not character.isspace()]
        masks: dict[str, int] = {}
        for bit, character in enumerate(query):
            masks[character] = masks.get(character, 0) | 1 << bit
        full = (1 << len(query)) - 1
        starts, text = self.passages.starts, self.passages.text
        result = np.zeros(len(self.rows))
        for index, row in enumerate(self.rows):
            state = full
            for character in text[starts[row] : starts[row + 1]]:
                mask = masks.get(character)
                if mask is not None:
                    matched = state & mask
                    state = (state + matched | state - matched) & full
            result[index] = len(query) - state.bit_count()
        return result / max(len(query), 1)


def _tail(text: str) -> str:
    return text.replace(",", " ").rsplit(" ", 1)[-1][-8:]


def _head(text: str) -> str:
    return text.strip(_LINK).split(" ", 1)[0][:8]
