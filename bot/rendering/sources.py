"""Where a quote stands, in the words of the reader's language. Pure."""

from __future__ import annotations

from functools import lru_cache

from bot.language import Language
from bot.rendering.catalogue import Phrases
from bot.rendering.catalogue import phrases as phrases_of
from bot.rendering.excerpts import shortened
from retrieval.records import Quote

_ALSO_SHOWN = 3


def source_line(quote: Quote, phrases: Phrases) -> str:
    """Return where a quote stands, as one line: title › section · author · date · paragraph · page, as far as known.

    For example ``年度报告 › 展望 · 张三 · 2022-07-08 · 第3段``.
    """
    return title(quote) + details(quote, phrases)


def title(quote: Quote) -> str:
    """Return the title of the document, or else its path."""
    return shortened(quote.source.title or quote.source.path)


def details(quote: Quote, phrases: Phrases) -> str:
    """Return what comes behind the title."""
    section = "".join(f" › {shortened(heading)}" for heading in quote.headings[-3:])
    known = (shortened(value) for value in (quote.source.author, quote.source.date) if value)
    return section + "".join(f" · {part}" for part in (*known, place(quote, phrases), *_company(quote, phrases)))


def place(quote: Quote, phrases: Phrases) -> str:
    """Return which paragraph of its document, on which page, and whether it may have mistakes of recognition."""
    numbered = _numbered(quote.paragraph.number, quote.paragraph.page, phrases.language)
    return f"{numbered} · {phrases.text('source-recognised')}" if quote.recognised else numbered


def _company(quote: Quote, phrases: Phrases) -> tuple[str, ...]:
    """Which other documents say the same, and how much of a list is left out."""
    titles = dict.fromkeys(shortened(source.title or source.path) for source in quote.also)
    named = phrases.text("term-separator").join(list(titles)[:_ALSO_SHOWN])
    also = (phrases.text("source-also", titles=named),) if titles else ()
    return also + ((phrases.text("source-more", count=quote.more),) if quote.more else ())


@lru_cache(maxsize=4096)
def _numbered(paragraph: int, page: int | None, language: Language) -> str:
    # Numbers of paragraphs and pages are names: 第1234段, not 第1,234段.
    text = phrases_of(language).text
    place = text("source-paragraph", number=str(paragraph))
    return place if page is None else f"{place} · {text('source-page', page=str(page))}"
