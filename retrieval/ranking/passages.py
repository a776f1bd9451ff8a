"""The paragraphs that were found, laid end to end, and where in their sentences the question's terms stand.

One long text is searched for all terms in one pass.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from retrieval.language import Normalised, folded, normalise
from retrieval.language.english import root, stem
from retrieval.language.splitting import bounds
from retrieval.ranking.cells import cells
from retrieval.ranking.compiled import find
from retrieval.ranking.measures import Codes, Indices, Positions, codes
from retrieval.records import Hit, Paragraph, Sentence

WHOLE = 200
"""Characters up to which the answer of a question-and-answer pair is quoted as a whole."""


class Prepared(NamedTuple):  # made sooner than a dataclass, as hits are
    """A paragraph ready to be searched: its text, also normalised, and where in both its sentences begin.

    ``bounds`` has also where the last ends.
    """

    text: str
    normal: Normalised
    bounds: tuple[int, ...]
    starts: tuple[int, ...]

    def sentence(self, place: int) -> Sentence:
        """Return one of the sentences."""
        start, end = self.bounds[place : place + 2]
        return Sentence(self.text[start:end], start, end)

    def normalised(self, part: Sentence) -> str:
        """Return the normalised text of a part of the paragraph."""
        if self.normal.offsets is None:
            return self.normal.text[part.start : part.end]
        return normalise(part.text).text


def prepare(paragraph: Paragraph) -> Prepared:
    """Return a paragraph normalised and cut into sentences.

    A short answer to a question of the document is one, and so is a wide row of a table.
    """
    return _prepared(paragraph.text, short=bool(paragraph.questions) and len(paragraph.text) <= WHOLE)


@lru_cache(maxsize=2048)
def _prepared(text: str, *, short: bool) -> Prepared:
    normal = normalise(text)
    cut = (0, len(text)) if short or cells(text) else bounds(text)
    starts = cut[:-1]
    if normal.offsets is not None:
        starts = tuple(bisect_left(normal.offsets, start) for start in starts)
    return Prepared(text, normal, cut, starts)


@dataclass(frozen=True)
class Passages:
    """The sentences of the hits, in their order, as rows.

    ``text`` is the normalised text of all, ``codes`` its code points; row ``r`` is ``text[starts[r]:starts[r + 1]]``.
    The first row of each hit is its title and section, which hold no sentence.
    ``hit[r]`` is the row's hit, ``place[r]`` its place in the paragraph, -1 for the title. The first sentence of a
    paragraph that answers questions of its document has them in its row, ahead of itself: what is quoted of a row
    begins at ``quoted[r]``. ``prepared`` are the paragraphs of the hits.
    """

    hits: tuple[Hit, ...]
    text: str
    codes: Codes
    starts: Indices
    quoted: Indices
    hit: Indices
    place: Indices
    prepared: tuple[Prepared, ...]

    @classmethod
    def of(cls, hits: Sequence[Hit], ready: Sequence[Prepared]) -> Passages:
        """Lay out the hits, each with its paragraph prepared."""
        parts: list[str] = []
        starts: list[int] = []
        bodies: list[int] = []
        length = 0
        for hit, prepared in zip(hits, ready, strict=True):
            head = _head(hit.source.title, hit.paragraph.section)
            asked = "".join([f"{folded(question)}\n" for question in hit.paragraph.questions])
            first, body = length + len(head), length + len(head) + len(asked)
            parts += (head, asked, prepared.normal.text, "\n")
            starts += (length, first)
            starts += [body + start for start in prepared.starts[1:]]
            bodies.append(body)
            length = body + len(prepared.normal.text) + 1
        text = "".join(parts)
        sizes = np.array([len(prepared.starts) + 1 for prepared in ready])
        titles = sizes.cumsum() - sizes
        bounds = np.array([*starts, length])
        quoted = bounds[:-1].copy()
        quoted[titles + 1] = bodies
        return cls(
            hits=tuple(hits),
            text=text,
            codes=codes(text),
            starts=bounds,
            quoted=quoted,
            hit=np.arange(len(sizes)).repeat(sizes),
            place=np.arange(len(quoted)) - (titles + 1).repeat(sizes),
            prepared=tuple(ready),
        )

    def sentence(self, row: int) -> Sentence:
        """Return the sentence of a row that is no title's."""
        return self.prepared[self.hit.item(row)].sentence(self.place.item(row))


@lru_cache(maxsize=1024)
def _head(title: str, section: tuple[str, ...]) -> str:
    """Return what stands above a paragraph, normalised."""
    return folded("\n".join((title, *section))) + "\n"


def occurrences(text: str, term: str) -> list[int]:
    """Return the positions at which a term stands in a normalised text; a Latin word or a number only as a whole.

    A stem stands where a word of it does.

    >>> occurrences("2025年5g,a5g", "5g"), occurrences("policies and a policy", "polici")
    ([5], [0, 15])
    """
    if term.isascii() and term.isalpha():
        return _inflected(text, term)
    result = []
    whole = term.isascii()
    start = text.find(term)
    while start >= 0:
        end = start + len(term)
        if not whole or (_bounded(text, start - 1) and _bounded(text, end)):
            result.append(start)
        start = text.find(term, start + 1)
    return result


def _inflected(text: str, term: str) -> list[int]:
    """Return where a word stands, and those of which it is the stem."""
    begins = root(term)
    result = []
    start = text.find(begins)
    while start >= 0:
        end = start + len(begins)
        while not _bounded(text, end):
            end += 1
        if _bounded(text, start - 1) and term in (word := text[start:end], stem(word)):
            result.append(start)
        start = text.find(begins, end)
    return result


def all_occurrences(passages: Passages, terms: Sequence[str], *, characters: str = "") -> Positions:
    """Return the positions of each of the terms in the text of the passages, as ``occurrences`` does.

    With them come, behind them, those of some characters, whatever stands beside them.
    """
    found = find(passages.codes, (*(term for term in terms if not term.isascii()), *characters))
    if len(found) == len(terms) + len(characters):
        return found
    chinese = iter(found)
    ascii_ = (np.array(occurrences(passages.text, term), dtype=np.int64) if term.isascii() else None for term in terms)
    return Positions.of([*(next(chinese) if places is None else places for places in ascii_), *chinese])


def _bounded(text: str, outside: int) -> bool:
    """Return whether a Latin word or number ends before the character at ``outside``."""
    return not (0 <= outside < len(text) and text[outside].isascii() and text[outside].isalnum())
