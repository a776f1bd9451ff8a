"""What people read of an answer: pages of sentences with their sources, their paragraphs, what was not found. Pure.

The only place that lays out text and knows Telegram's limit on the length of a message. Lengths are in UTF-16 units,
in which Telegram counts, and of the text that is left when the markup has been parsed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from itertools import pairwise

from bot.rendering.catalogue import Html, Language, Phrases
from bot.rendering.catalogue import phrases as phrases_of
from retrieval.records import Answer, Hit, Quote

MESSAGE_LIMIT = 4096
_PAGE_ROOM = 3400  # the rest is for the lines above and below an answer, such as the question it was taken for
# Longer sentences are lists and tables; around what answers, two screens of a phone are enough.
_SENTENCE_LIMIT = 1000
_PIECE = 1800  # of a paragraph that is too long for one message
_NAME_LIMIT = 120
_QUESTION_LIMIT = 200
_URL_LIMIT = 1000  # Telegram refuses messages with more than some 9,000 characters of links
_TERMS_SHOWN = 8
_ALSO_SHOWN = 3

Span = tuple[int, int]


def utf16_length(text: str) -> int:
    """The length of ``text`` as Telegram counts it.

    >>> utf16_length("字𠮷")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def excerpt(text: str, highlights: tuple[Span, ...], *, limit: int) -> tuple[str, tuple[Span, ...]]:
    """As much of ``text`` around its highlights as fits in ``limit`` UTF-16 units, and where they then are.

    What is left out at an end is replaced by ``…``; a text that fits stays as it is.

    >>> excerpt("一二三四五六七八九", ((4, 5),), limit=5)
    ('…四五六…', ((2, 3),))
    """
    if utf16_length(text) <= limit:
        return text, highlights
    room = limit - 2  # one … at either end
    widths = [utf16_length(character) for character in text]
    start = end = highlights[0][0] if highlights else 0
    span_end = highlights[-1][1] if highlights else 0
    if highlights and sum(widths[start:span_end]) > room:
        span_end = highlights[0][1]
    while end < span_end and widths[end] <= room:
        room -= widths[end]
        end += 1
    while True:
        left = start > 0 and widths[start - 1] <= room
        if left:
            start -= 1
            room -= widths[start]
        right = end < len(text) and widths[end] <= room
        if right:
            room -= widths[end]
            end += 1
        if not (left or right):
            break
    before = "…" if start > 0 else ""
    shift = len(before) - start
    kept = (
        (max(first, start) + shift, min(last, end) + shift)
        for first, last in highlights
        if first < end and last > start
    )
    return before + text[start:end] + ("…" if end < len(text) else ""), tuple(kept)


def pages(quotes: Sequence[Quote], phrases: Phrases, *, per_page: int) -> tuple[tuple[Quote, ...], ...]:
    """The quotes in pages, each of at most ``per_page`` and short enough for a message."""
    found: list[list[Quote]] = []
    room = 0
    for quote in quotes:
        full = not found or len(found[-1]) == per_page
        needed = _length(quote, None if full else found[-1][-1], phrases)
        if full or needed > room:
            found.append([])
            room, needed = _PAGE_ROOM, needed if full else _length(quote, None, phrases)
        found[-1].append(quote)
        room -= needed
    return tuple(map(tuple, found))


def page_html(quotes: Sequence[Quote], phrases: Phrases) -> Html:
    """A page of an answer: each sentence with its source beneath, what answers in bold, the title a link.

    A source is given again only where it differs: a sentence from the same paragraph gets none, one from the same
    document only its paragraph.
    """
    before = (None, *quotes)
    return Html("\n\n".join(_block(*pair, phrases) for pair in zip(quotes, before, strict=False)))


def has_context(quotes: Sequence[Quote]) -> bool:
    """Whether ``context_screens`` shows more than the page does."""
    return any(_hides(quote) for quote in quotes)


def context_screens(quotes: Sequence[Quote], phrases: Phrases) -> tuple[Html, ...]:
    """A page again, with the paragraph of each sentence beneath it in an expandable quote; as many as it takes.

    The sentence is underlined in its paragraph. What is too long for one message goes on in the next.
    """
    screens: list[list[str]] = [[]]
    room = _PAGE_ROOM
    for quote in quotes:
        head, needed = _block(quote, None, phrases), _length(quote, None, phrases)
        for start, end in _pieces(quote) if _hides(quote) else [(0, 0)]:
            size = needed + utf16_length(quote.paragraph.text[start:end])
            if screens[-1] and size > room:
                screens.append([])
                room = _PAGE_ROOM
            room -= size
            body = f"\n<blockquote expandable>{_paragraph(quote, start, end)}</blockquote>" if end else ""
            screens[-1].append(head + body)
    return tuple(Html("\n\n".join(blocks)) for blocks in screens)


def source_line(quote: Quote, phrases: Phrases) -> str:
    """Where a quote stands, as one line: title › section · author · date · paragraph · page, as far as known.

    For example ``年度报告 › 展望 · 张三 · 2022-07-08 · 第3段``.
    """
    return _title(quote) + _details(quote, phrases)


def place_name(quote: Quote) -> str:
    """Where a quote stands, in a few words: title › heading."""
    return " › ".join((_title(quote), *map(shortened, quote.paragraph.section[-1:])))


def not_found(answer: Answer, phrases: Phrases) -> str:
    """Says, as plain text, that the documents do not answer, and what of the question they lack."""
    return phrases.text("not-found") + _gap(phrases) + _missing(answer, phrases)


def not_found_html(answer: Answer, phrases: Phrases) -> Html:
    """Says what was looked for and what of it the documents lack, in a line each."""
    question = shortened(answer.question, _QUESTION_LIMIT)
    lines = (phrases.html("not-found"), phrases.html("not-found-question", question=question))
    return Html("\n".join((*lines, escape(_missing(answer, phrases), quote=False))))


def shortened(text: str, limit: int = _NAME_LIMIT) -> str:
    """The text in one line, with ``…`` for what does not fit in ``limit``."""
    return excerpt(" ".join(text.split()), (), limit=limit)[0]


def _gap(phrases: Phrases) -> str:
    return "" if phrases.language == "zh" else " "


def _missing(answer: Answer, phrases: Phrases) -> str:
    if not answer.missing:
        return phrases.text("not-found-rephrase")
    terms = (phrases.text("term", term=shortened(term)) for term in answer.missing[:_TERMS_SHOWN])
    key = "not-found-missing-more" if len(answer.missing) > _TERMS_SHOWN else "not-found-missing"
    return phrases.text(key, terms=phrases.text("term-separator").join(terms))


def _shown(quote: Quote) -> tuple[str, tuple[Span, ...]]:
    """The sentence as a page shows it."""
    return excerpt(quote.sentence.text, quote.highlights, limit=_SENTENCE_LIMIT)


def _hides(quote: Quote) -> bool:
    return _shown(quote)[0] != quote.paragraph.text


def _block(quote: Quote, previous: Quote | None, phrases: Phrases) -> str:
    return _bold(*_shown(quote)) + _source_after(quote, previous, phrases)[1]


def _length(quote: Quote, previous: Quote | None, phrases: Phrases) -> int:
    """The length of a block, with the blank line between it and the next."""
    return utf16_length(_shown(quote)[0] + _source_after(quote, previous, phrases)[0]) + 2


def _pieces(quote: Quote) -> list[Span]:
    """The paragraph in pieces of at most ``_PIECE`` units, as offsets."""
    cuts, room = [0], _PIECE
    for place, character in enumerate(quote.paragraph.text):
        width = utf16_length(character)
        if width > room:
            cuts.append(place)
            room = _PIECE
        room -= width
    return list(zip(cuts, [*cuts[1:], len(quote.paragraph.text)], strict=True))


def _paragraph(quote: Quote, start: int, end: int) -> str:
    """A piece of the paragraph as HTML: the sentence underlined, what answers bold."""
    first = quote.sentence.start
    bold = [(first + a, first + b) for a, b in quote.highlights]
    underlined = [] if quote.sentence.text == quote.paragraph.text else [(first, quote.sentence.end)]
    bounds = {start, end, *(bound for span in (*bold, *underlined) for bound in span)}
    cuts = sorted(bound for bound in bounds if start <= bound <= end)
    pieces = []
    for a, b in pairwise(cuts):
        piece = escape(quote.paragraph.text[a:b], quote=False)
        for tag, spans in (("b", bold), ("u", underlined)):
            if any(one <= a and b <= other for one, other in spans):
                piece = f"<{tag}>{piece}</{tag}>"
        pieces.append(piece)
    return "".join(pieces)


def _source_after(quote: Quote, previous: Quote | None, phrases: Phrases) -> tuple[str, str]:
    """The line beneath a quote with its line break, as text and as HTML; empty if it says nothing new."""
    if previous is None or previous.source != quote.source:
        title, details = _title(quote), _details(quote, phrases)
        return (
            f"\n—— {title}{details}",
            f"\n—— {_linked(title, quote.source.url)}{escape(details, quote=False)}",
        )
    if previous.paragraph.number == quote.paragraph.number:
        return "", ""
    line = f"\n—— {_place(quote, phrases)}"
    return line, escape(line, quote=False)


def place_of(found: Quote | Hit, phrases: Phrases) -> str:
    """Where something stands, in a few words: title · paragraph."""
    return f"{_title(found)} · {_place(found, phrases)}"


def _title(quote: Quote | Hit) -> str:
    return shortened(quote.source.title or quote.source.path)


def _details(quote: Quote, phrases: Phrases) -> str:
    section = "".join(f" › {shortened(heading)}" for heading in quote.paragraph.section[-3:])
    said = (shortened(value) for value in (quote.source.author, quote.source.date) if value)
    return section + "".join(f" · {part}" for part in (*said, _place(quote, phrases), *_company(quote, phrases)))


def _company(quote: Quote, phrases: Phrases) -> tuple[str, ...]:
    """What other documents say of it: that they say the same, or that they give other figures."""
    titles = dict.fromkeys(shortened(source.title or source.path) for source in quote.also)
    named = phrases.text("term-separator").join(list(titles)[:_ALSO_SHOWN])
    also = (phrases.text("source-also", titles=named),) if titles else ()
    return also + ((phrases.text("source-disputed"),) if quote.disputed else ())


def _place(quote: Quote | Hit, phrases: Phrases) -> str:
    return _numbered(quote.paragraph.number, quote.paragraph.page, phrases.language)


@lru_cache(maxsize=4096)
def _numbered(paragraph: int, page: int | None, language: Language) -> str:
    # Numbers of paragraphs and pages are names: 第1234段, not 第1,234段.
    say = phrases_of(language).text
    place = say("source-paragraph", number=str(paragraph))
    return place if page is None else f"{place} · {say('source-page', page=str(page))}"


def _linked(text: str, url: str | None) -> str:
    if url is None or not url.lower().startswith(("http://", "https://")) or len(url) > _URL_LIMIT:
        return escape(text, quote=False)
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>'


def _bold(text: str, highlights: tuple[Span, ...]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in highlights:
        pieces += escape(text[done:start], quote=False), "<b>", escape(text[start:end], quote=False), "</b>"
        done = end
    return "".join((*pieces, escape(text[done:], quote=False)))
