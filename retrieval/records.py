"""The values that travel through the house: each stage takes one kind and makes the next.

``Source`` and ``Paragraph`` make a ``Document``; a ``Paragraph`` is cut into ``Sentence``; an ``Answer`` holds
``Quote``. All are frozen and hold tuples, so they can be shared between tasks and threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Certainty = Literal["sure", "maybe", "none"]
"""How sure it is that the documents answer: the answer; what may be related, to be checked; nothing to show."""


@dataclass(frozen=True, slots=True)
class Source:
    """What an answer cites: where a document is and what it says of itself.

    ``path`` is relative to the documents folder, with forward slashes; it identifies the document.
    ``date`` is ISO 8601 (``2022-07-08``). What a document does not say is ``None``. ``recognised`` are the pages whose
    text was recognised in pictures, and may have mistakes.
    """

    path: str
    title: str
    author: str | None = None
    date: str | None = None
    url: str | None = None
    categories: tuple[str, ...] = ()
    recognised: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document, without markup.

    ``number`` counts from 1 within the document. ``text`` is never empty and has no white space at its ends.
    ``section`` holds the headings above it, outermost first; ``page`` is the page it starts on, where there are pages.
    ``questions`` are the questions that it answers, where the document pairs questions with answers: several wordings
    of one question, none of which is part of ``text``.
    """

    number: int
    text: str
    section: tuple[str, ...] = ()
    page: int | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was read: its source, its paragraphs in order, and what the reader has to say about it.

    ``encoding`` is the one its characters were decoded with, ``None`` for formats that carry their own.
    ``remarks`` are sentences for the operator: what was left out and why, what was doubtful.
    """

    source: Source
    paragraphs: tuple[Paragraph, ...]
    format: str = "text"
    encoding: str | None = None
    remarks: tuple[str, ...] = ()


class Sentence(NamedTuple):  # made sooner than a dataclass, as hits are
    """A sentence of a paragraph: ``text == paragraph.text[start:end]``."""

    text: str
    start: int
    end: int


class Hit(NamedTuple):  # made sooner than a dataclass: each question finds fifty
    """A paragraph that an engine found: where it stands in the collection, and how well it matches.

    ``position`` orders the found paragraphs that score alike; ``score`` is the BM25 score, above 0.
    """

    paragraph: Paragraph
    source: Source
    position: int
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What an engine says to a search: its best paragraphs, and the statistics of the whole collection.

    ``hits`` come best first, ties by position, and may be read only when they are looked at. ``frequencies`` tells for
    each searched term in how many of the collection's ``paragraph_count`` paragraphs it stands, 0 included. ``partial``
    tells that a part of the collection could not be searched.
    """

    hits: Sequence[Hit]
    paragraph_count: int
    frequencies: Mapping[str, int]
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence that answers, word for word, with its source.

    ``sentence.start`` and ``.end`` are offsets in ``paragraph.text``. ``highlights`` are ``(start, end)`` offsets in
    ``sentence.text``, in order and apart: what in the sentence answers. ``score`` lies between 0 and 1.
    ``also`` are the sources of other documents that say the same; ``disputed`` tells that another quote of the answer
    gives other numbers or dates for the same thing. The sentence may be a list with its lead-in, of whose items
    ``more`` are left out, or one item of a list that has ``lead`` above it. Of a wide row of a table ``pieces`` are the
    cells that are shown first, as offsets in its text; elsewhere there are none.
    """

    sentence: Sentence
    paragraph: Paragraph
    source: Source
    score: float
    highlights: tuple[tuple[int, int], ...] = ()
    also: tuple[Source, ...] = ()
    disputed: bool = False
    more: int = 0
    lead: str | None = None
    pieces: tuple[tuple[int, int], ...] = ()

    @property
    def recognised(self) -> bool:
        """Whether the sentence was recognised in a picture, and may have mistakes."""
        return (self.paragraph.page or 1) in self.source.recognised

    @property
    def headings(self) -> tuple[str, ...]:
        """What the paragraph stands below: its headings, and the question that it answers."""
        asked = self.paragraph.questions[:1]
        return self.paragraph.section + (asked if asked != self.paragraph.section[-1:] else ())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say to a question: quotes, best first, or none.

    ``confidence`` lies between 0 and 1; below the threshold ``quotes`` is empty. ``sure`` tells whether quotes are the
    answer, or only may be. ``missing`` are the question's terms, as the person wrote them, that the documents do not
    have. ``synonyms`` are words of the question, each with another that was looked for as well. ``partial`` tells that
    a part of the documents could not be searched. ``corrections`` are words of the question that the documents do not
    have, each with the one that sounds like it and was looked for in its place.
    """

    question: str
    quotes: tuple[Quote, ...]
    confidence: float
    missing: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, str], ...] = ()
    partial: bool = False
    sure: bool = True
    corrections: tuple[tuple[str, str], ...] = ()

    @property
    def certainty(self) -> Certainty:
        """How sure it is that the documents answer: ``none`` where there is nothing to show."""
        if not self.quotes:
            return "none"
        return "sure" if self.sure else "maybe"

    @property
    def answered(self) -> bool:
        """Whether there is something to show, surely or maybe."""
        return bool(self.quotes)
