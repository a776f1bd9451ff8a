"""What is shown of an answer: pages of quotes, and their paragraphs on screens; each fits in one message. Pure.

Lengths are in UTF-16 units, of which a message in Telegram holds 4,096; a terminal shows the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.rendering.excerpts import NAME_LIMIT, excerpt, shortened, utf16_length
from bot.reply import Block, Lines, Passage, Say, Span, say
from retrieval.records import Answer, Quote

_PAGE_LIMIT = 3400  # the rest is for the lines above and below an answer, such as the question it was taken for
# Longer sentences are lists and tables; around what answers, two screens of a phone are enough.
_SENTENCE_LIMIT = 1000
_PIECE_LIMIT = 1800  # of a paragraph that is too long for one message
_PLACE_LENGTH = 60  # of paragraph, page, dashes and dots, in any language
_QUESTION_LIMIT = 200
_TERMS_SHOWN = 8

Page = tuple[Quote, ...]


def pages(quotes: Sequence[Quote], *, per_page: int) -> tuple[Page, ...]:
    """Return the quotes in pages, each of at most ``per_page`` and short enough for a message."""
    found: list[list[Quote]] = []
    room = 0
    for quote in quotes:
        needed = _length(quote)
        if not found or len(found[-1]) == per_page or needed > room:
            found.append([])
            room = _PAGE_LIMIT
        found[-1].append(quote)
        room -= needed
    return tuple(map(tuple, found))


def answered(answer: Answer, page: Sequence[Quote]) -> tuple[Block, ...]:
    """Return what an answer says on one of its pages, or that there is none, and whether a part is missing."""
    above = (say("maybe"),) if answer.certainty == "maybe" else ()
    below = (say("partial"),) if answer.partial else ()
    return (*above, *(passages(page) if answer.answered else (miss(answer),)), *below)


def passages(page: Sequence[Quote]) -> tuple[Block, ...]:
    """Return a page as blocks; a source is given again only where it differs from the one before."""
    return tuple(_passage(quote, before) for before, quote in pairwise((None, *page)) if quote)


def has_context(page: Sequence[Quote]) -> bool:
    """Return whether ``screens`` shows more than the page does."""
    return any(_hides(quote) for quote in page)


def screens(page: Sequence[Quote]) -> tuple[tuple[Block, ...], ...]:
    """Return a page with the paragraph of each sentence beneath it, on as many screens as it takes."""
    found: list[list[Block]] = [[]]
    room = _PAGE_LIMIT
    for quote in page:
        for piece in _pieces(quote) if _hides(quote) else [None]:
            size = _length(quote) + (utf16_length(quote.paragraph.text[slice(*piece)]) if piece else 0)
            if found[-1] and size > room:
                found.append([])
                room = _PAGE_LIMIT
            room -= size
            found[-1].append(_passage(quote, None, piece))
    return tuple(map(tuple, found))


def miss(answer: Answer) -> Block:
    """Return that the documents do not answer, what was looked for, and what of it they lack."""
    question = shortened(answer.question, _QUESTION_LIMIT)
    return Lines((say("not-found"), say("not-found-question", question=question), missing(answer)))


def missing(answer: Answer) -> Say:
    """Return what of a question the documents lack, or what to do where they lack none of its words."""
    if not answer.missing:
        return say("not-found-rephrase")
    key = "not-found-missing-more" if len(answer.missing) > _TERMS_SHOWN else "not-found-missing"
    return say(key, terms=listed([say("term", term=shortened(term)) for term in answer.missing[:_TERMS_SHOWN]]))


def listed(terms: Sequence[Say | str]) -> Say | str:
    """Return several terms as one, with what the language puts between them."""
    first, *others = terms
    return say("terms", first=first, others=listed(others)) if others else first


def place_name(quote: Quote) -> str:
    """Return where a quote stands, in a few words: title › heading."""
    title = shortened(quote.source.title or quote.source.path)
    return " › ".join((title, *map(shortened, quote.headings[-1:])))


def _passage(quote: Quote, before: Quote | None, context: Span | None = None) -> Passage:
    text, highlights = _shown(quote)
    if before is None or before.source != quote.source:
        return Passage(quote, text, highlights, context=context)
    same = before.paragraph.number == quote.paragraph.number
    return Passage(quote, text, highlights, "no" if same else "paragraph", context)


def _shown(quote: Quote) -> tuple[str, tuple[Span, ...]]:
    return excerpt(quote.sentence.text, quote.highlights, limit=_SENTENCE_LIMIT)


def _hides(quote: Quote) -> bool:
    return _shown(quote)[0] != quote.paragraph.text


def _length(quote: Quote) -> int:
    """The length of a passage at most, with its source and the blank line before the next."""
    source = quote.source
    names = (source.title or source.path, source.author or "", source.date or "", *quote.headings[-3:])
    names += tuple(other.title or other.path for other in quote.also[:3])
    return (
        utf16_length(_shown(quote)[0]) + sum(min(utf16_length(name), NAME_LIMIT) + 3 for name in names) + _PLACE_LENGTH
    )


def _pieces(quote: Quote) -> list[Span]:
    """The paragraph in pieces of at most ``_PIECE_LIMIT`` units, as offsets."""
    cuts, room = [0], _PIECE_LIMIT
    for place, character in enumerate(quote.paragraph.text):
        width = utf16_length(character)
        if width > room:
            cuts.append(place)
            room = _PIECE_LIMIT
        room -= width
    return list(zip(cuts, [*cuts[1:], len(quote.paragraph.text)], strict=True))
