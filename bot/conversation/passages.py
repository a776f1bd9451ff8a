"""What is shown of an answer: pages of quotes, and their paragraphs on screens; each fits in one message. Pure.

Lengths are in UTF-16 units, of which a message in Telegram holds 4,096; a terminal shows the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bot.rendering.excerpts import NAME_LIMIT, excerpt, piece, pieces, shortened, utf16_length
from bot.reply import Block, Lines, Passage, Say, Span, say
from retrieval.records import Answer, Quote

_PAGE_LIMIT = 3400  # the rest is for the lines above and below an answer, such as the question it was taken for
_SENTENCE_LIMIT = 120
"""Of a longer sentence the clause that answers is shown: on a phone it is to be read at a glance."""
_CLAUSES_LIMIT = 90
_LIST_LIMIT = 1000  # of what has lines of its own, as lists and tables have: two screens of a phone
_PIECE_LIMIT = 1800  # of a paragraph that is too long for one message
_PLACE_LENGTH = 60  # of paragraph, page, dashes and dots, in any language
_QUESTION_LIMIT = 200
_TERMS_SHOWN = 3
_RIVAL = 0.5
"""The share of the best quote's score from which another is a rival, and shown beside it."""

# Where a sentence may be cut, and where an enumeration may; a comma within a number is none.
_CLAUSE_END = re.compile(r"[;；。！？!?\n]+[”’」』）)]*|[,，：](?!\d)")
_ITEM_END = re.compile(rf"{_CLAUSE_END.pattern}|、")

_STOPS = ";；。！？!?"

Page = tuple[Quote, ...]


def pages(quotes: Sequence[Quote], *, per_page: int, brief: bool = False) -> tuple[Page, ...]:
    """Return the quotes in pages, each of at most ``per_page`` and short enough for a message.

    The first holds the best quote and its rivals; where it is to be ``brief``, the best alone.
    """
    found: list[list[Quote]] = []
    room = 0
    first = 1 if brief else sum(_is_rival(quote, quotes[0]) for quote in quotes[:per_page])
    for number, quote in enumerate(quotes):
        needed = _length(quote)
        if not found or len(found[-1]) == per_page or number == first or needed > room:
            found.append([])
            room = _PAGE_LIMIT
        found[-1].append(quote)
        room -= needed
    return tuple(map(tuple, found))


def answered(answer: Answer, page: Sequence[Quote]) -> tuple[Block, ...]:
    """Return what an answer says on one of its pages, or that there is none, and what is to be known of it."""
    corrected = [
        say("corrected", word=shortened(word), other=shortened(other))
        for word, other in answer.corrections[:_TERMS_SHOWN]
    ]
    above = (*corrected, *([say("maybe")] if answer.certainty == "maybe" else []))
    below = (*_disagreement(page), *([say("partial")] if answer.partial else ()))
    sure = answer.certainty == "sure"
    return (*above, *(passages(page, sure=sure) if answer.answered else (miss(answer),)), *below)


def passages(page: Sequence[Quote], *, sure: bool = True) -> tuple[Block, ...]:
    """Return a page as blocks; a source is given again only where it differs from the one before."""
    return tuple(replace(_passage(quote, before), sure=sure) for before, quote in pairwise((None, *page)) if quote)


def has_context(page: Sequence[Quote]) -> bool:
    """Return whether ``screens`` shows more than the page does."""
    return any(_hides(quote) for quote in page)


def screens(page: Sequence[Quote], *, sure: bool = True) -> tuple[tuple[Block, ...], ...]:
    """Return a page with each paragraph once beneath its sentences, on as many screens as it takes."""
    found: list[list[Block]] = [[]]
    room = _PAGE_LIMIT
    for one in _with_paragraphs(page):
        piece = one.quote.paragraph.text[slice(*one.context)] if one.context else ""
        size = _length(one.quote) + utf16_length(piece)
        if found[-1] and size > room:
            found.append([])
            room = _PAGE_LIMIT
        room -= size
        found[-1].append(replace(one, sure=sure))
    return tuple(map(tuple, found))


def _with_paragraphs(page: Sequence[Quote]) -> Iterator[Passage]:
    for group in _by_paragraph(page):
        above, last = group[:-1], group[-1]
        yield from (Passage(quote, *_shown(quote), cited="no") for quote in above)
        for span in _pieces(last) if any(map(_hides, group)) else [None]:
            yield Passage(last, *_shown(last), context=span, marked=tuple(group) if span else ())


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


def _is_rival(quote: Quote, best: Quote) -> bool:
    return quote.disputed or quote.score >= _RIVAL * best.score


def _disagreement(page: Sequence[Quote]) -> tuple[Say, ...]:
    """That documents disagree, once, and that the newest is first where that is known."""
    disputed = [quote for quote in page if quote.disputed]
    if len(disputed) < 2:
        return ()
    return (say("disputed-newest" if all(quote.source.date for quote in disputed) else "disputed"),)


def _by_paragraph(page: Sequence[Quote]) -> list[list[Quote]]:
    groups: dict[tuple[str, int], list[Quote]] = {}
    for quote in page:
        groups.setdefault((quote.source.path, quote.paragraph.number), []).append(quote)
    return list(groups.values())


def _passage(quote: Quote, before: Quote | None) -> Passage:
    text, highlights = _shown(quote)
    if before is None or before.source != quote.source:
        return Passage(quote, text, highlights)
    same = before.paragraph.number == quote.paragraph.number
    return Passage(quote, text, highlights, "no" if same else "paragraph")


def _shown(quote: Quote) -> tuple[str, tuple[Span, ...]]:
    """The sentence as a page shows it: whole, or the clauses around what answers, or some cells of a row."""
    text, highlights = quote.sentence.text, quote.highlights
    if quote.pieces:
        return excerpt(*pieces(text, highlights, quote.pieces), limit=_LIST_LIMIT)
    if "\n" in text.strip():
        return excerpt(text, highlights, limit=_LIST_LIMIT)
    if utf16_length(text) <= _SENTENCE_LIMIT:
        return text, highlights
    for ends in (_CLAUSE_END, _ITEM_END):
        if clauses := _clauses(text, highlights, ends):
            return clauses
    return excerpt(text, highlights, limit=_CLAUSES_LIMIT)


def _clauses(text: str, highlights: tuple[Span, ...], ends: re.Pattern[str]) -> tuple[str, tuple[Span, ...]] | None:
    """As many whole clauses around what answers as fit; ``None`` where a single one is too long."""
    bounds = sorted({0, *(match.end() for match in ends.finditer(text)), len(text)})
    first, last = (highlights[0][0], highlights[-1][1]) if highlights else (0, 1)
    begin = max(place for place, bound in enumerate(bounds) if bound <= first)
    end = min(place for place, bound in enumerate(bounds) if bound >= last)
    if highlights and _width(text[bounds[begin] : bounds[end]]) > _CLAUSES_LIMIT:
        end = min(place for place, bound in enumerate(bounds) if bound >= highlights[0][1])
    if _width(text[bounds[begin] : bounds[end]]) > _CLAUSES_LIMIT:
        return None

    def fits(first: int, last: int) -> bool:
        return first >= 0 and last < len(bounds) and _width(text[bounds[first] : bounds[last]]) <= _CLAUSES_LIMIT

    while True:  # first to its own end, then what comes before, which tells what it is about
        if text[bounds[end] - 1] not in _STOPS and fits(begin, end + 1):
            end += 1
        elif fits(begin - 1, end):
            begin -= 1
        elif fits(begin, end + 1):
            end += 1
        else:
            return piece(text, highlights, (bounds[begin], bounds[end]))


def _width(text: str) -> int:
    return utf16_length(text) + 2  # one … at either end


def _hides(quote: Quote) -> bool:
    return _shown(quote)[0] != quote.paragraph.text


def _length(quote: Quote) -> int:
    """The length of a passage at most, with its source and the blank line before the next."""
    source = quote.source
    names = (source.title or source.path, source.author or "", source.date or "", *quote.headings[-3:])
    names += (quote.lead or "", *(other.title or other.path for other in quote.also[:3]))
    named = sum(min(utf16_length(name), NAME_LIMIT) + 3 for name in names)
    return utf16_length(_shown(quote)[0]) + named + _PLACE_LENGTH


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
