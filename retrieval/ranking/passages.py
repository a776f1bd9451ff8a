"""The paragraphs that were found, laid end to end, and where in their sentences the question's terms stand.

Searching one long text for each term is done at the speed of C; nothing of a paragraph need be kept for it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from retrieval.language import Normalised, normalise
from retrieval.language.english import root, stem
from retrieval.language.splitting import sentences
from retrieval.ranking.cells import cells
from retrieval.records import Hit, Paragraph, Sentence

_BEYOND = "\uffff"
"""Characters from here on are rare enough to be looked for one by one; this one is none."""

WHOLE = 200
"""Characters up to which the answer of a question-and-answer pair is quoted as a whole."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paragraph ready to be searched: its normalised text, its sentences, and their spans in that text."""

    normal: Normalised
    sentences: tuple[Sentence, ...]
    starts: tuple[int, ...]


def prepare(paragraph: Paragraph) -> Prepared:
    """Return a paragraph normalised and cut into sentences.

    A short answer to a question of the document is one, and so is a wide row of a table.
    """
    short = bool(paragraph.questions) and len(paragraph.text) <= WHOLE
    return _prepared(paragraph.text, whole=short or bool(cells(paragraph.text)))


@lru_cache(maxsize=2048)
def _prepared(text: str, *, whole: bool) -> Prepared:
    normal = normalise(text)
    cut = (Sentence(text, 0, len(text)),) if whole else sentences(text)
    if normal.offsets is None:
        starts = tuple(sentence.start for sentence in cut)
    else:
        starts = tuple(bisect_left(normal.offsets, sentence.start) for sentence in cut)
    return Prepared(normal, cut, starts)


@lru_cache(maxsize=4096)
def folded(head: str) -> str:
    """Return a title or heading normalised; many paragraphs have the same."""
    return normalise(head).text


@dataclass(frozen=True, slots=True)
class Passages:
    """The sentences of the hits, in their order, as rows.

    ``text`` is the normalised text of all; row ``r`` is ``text[starts[r]:starts[r + 1]]``. The first row of each hit is
    its title and section, which hold no sentence; ``sentences[r]`` then is ``None``. ``hit[r]`` is the row's hit,
    ``place[r]`` its place in the paragraph, -1 for the title. The first sentence of a paragraph that answers questions
    of its document has them in its row, ahead of itself: what is quoted of a row begins at ``quoted[r]``.
    """

    hits: tuple[Hit, ...]
    text: str
    starts: NDArray[np.int64]
    quoted: NDArray[np.int64]
    hit: NDArray[np.int64]
    place: NDArray[np.int64]
    sentences: tuple[Sentence | None, ...]

    @classmethod
    def of(cls, hits: Sequence[Hit]) -> Passages:
        """Lay out the hits."""
        parts: list[str] = []
        starts: list[int] = []
        quoted: list[int] = []
        hit_of: list[int] = []
        place: list[int] = []
        rows: list[Sentence | None] = []
        length = 0
        for number, hit in enumerate(hits):
            head = folded("\n".join((hit.source.title, *hit.paragraph.section))) + "\n"
            prepared = prepare(hit.paragraph)
            asked = "".join(f"{folded(question)}\n" for question in hit.paragraph.questions)
            parts += (head, asked, prepared.normal.text, "\n")
            starts += (length, length + len(head))
            quoted.append(length)
            length += len(head) + len(asked)
            quoted.extend(length + start for start in prepared.starts)
            starts.extend(length + start for start in prepared.starts[1:])
            length += len(prepared.normal.text) + 1
            count = len(prepared.sentences)
            hit_of.extend([number] * (count + 1))
            place.extend(range(-1, count))
            rows += (None, *prepared.sentences)
        return cls(
            hits=tuple(hits),
            text="".join(parts),
            starts=np.array([*starts, length], dtype=np.int64),
            quoted=np.array(quoted, dtype=np.int64),
            hit=np.array(hit_of, dtype=np.int64),
            place=np.array(place, dtype=np.int64),
            sentences=tuple(rows),
        )


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


def all_occurrences(text: str, terms: Iterable[str]) -> dict[str, NDArray[np.int64]]:
    """Return the positions of each of the terms, as ``occurrences`` does, in one pass over the text."""
    terms = list(terms)
    one_by_one = {term for term in terms if term.isascii() or max(term) >= _BEYOND}
    characters = sorted({character for term in terms if term not in one_by_one for character in term})
    number = {character: place for place, character in enumerate(characters, 1)}
    numbers = np.zeros(ord(_BEYOND) + 1, dtype=np.uint16)
    numbers[[ord(character) for character in characters]] = range(1, len(characters) + 1)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    follows = numbers[np.minimum(codes, ord(_BEYOND))]
    follows = np.append(follows, np.zeros(1 + max(map(len, terms), default=0), dtype=np.uint16))
    places = np.flatnonzero(follows)
    firsts, seconds = follows[places], follows[places + 1]
    result = {}
    for term in terms:
        if term in one_by_one:
            result[term] = np.array(occurrences(text, term), dtype=np.int64)
            continue
        found = places[
            firsts == number[term[0]] if len(term) == 1 else (firsts == number[term[0]]) & (seconds == number[term[1]])
        ]
        for offset in range(2, len(term)):
            found = found[follows[found + offset] == number[term[offset]]]
        result[term] = found
    return result


def _bounded(text: str, outside: int) -> bool:
    """Return whether a Latin word or number ends before the character at ``outside``."""
    return not (0 <= outside < len(text) and text[outside].isascii() and text[outside].isalnum())
