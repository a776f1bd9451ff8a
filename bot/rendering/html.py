"""What people read of a reply, in Telegram's HTML; escaping is done here and in the catalogue, nowhere else. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from bot.rendering import sources
from bot.rendering.catalogue import Html, Phrases
from bot.rendering.excerpts import shortened
from bot.reply import Block, Lines, Passage, Say, Span

_URL_LIMIT = 1000  # Telegram refuses messages with more than some 9,000 characters of links


def message(blocks: Sequence[Block], phrases: Phrases) -> Html:
    """Return the text of a message."""
    return Html("\n\n".join(block(one, phrases) for one in blocks))


def block(one: Block, phrases: Phrases) -> Html:
    """Return the text of a block: a passage with its source beneath, what answers in bold, the title a link."""
    match one:
        case Say():
            return phrases.html(one)
        case Lines(lines):
            return Html("\n".join(phrases.html(line) if isinstance(line, Say) else _escaped(line) for line in lines))
        case Passage():
            return Html("\n".join(filter(None, (sentence(one), source(one, phrases), paragraph(one)))))


def sentence(passage: Passage) -> Html:
    """Return what is shown of the sentence, what answers in bold; of a list also what leads to it.

    What is not sure to answer stands in a quotation block, nothing of it in bold.
    """
    text = _marked(passage.text, (0, len(passage.text)), bold=passage.highlights if passage.sure else ())
    if passage.quote.lead:
        text = Html(f"{_escaped(shortened(passage.quote.lead))}\n{text}")
    return text if passage.sure else Html(f"<blockquote>{text}</blockquote>")


def source(passage: Passage, phrases: Phrases) -> Html:
    """Return the line beneath a sentence; an empty one where it says nothing new."""
    match passage.cited:
        case "fully":
            title = _linked(sources.title(passage.quote), passage.quote.source.url)
            return Html(f"—— {title}{_escaped(sources.details(passage.quote, phrases))}")
        case "paragraph":
            return Html(f"—— {_escaped(sources.place(passage.quote, phrases))}")
        case "no":
            return Html()


def paragraph(passage: Passage) -> Html:
    """Return the piece of the paragraph that is shown too, its quotes underlined, what answers in bold."""
    if passage.context is None:
        return Html()
    paragraph = passage.quote.paragraph
    bold, underlined = [], []
    for quote in passage.marked:
        first = quote.sentence.start
        if passage.sure:
            bold += [(first + start, first + end) for start, end in quote.highlights]
        if quote.sentence.text != paragraph.text:
            underlined.append((first, quote.sentence.end))
    text = _marked(paragraph.text, passage.context, bold=bold, underlined=underlined)
    return Html(f"<blockquote expandable>{text}</blockquote>")


def _marked(text: str, span: Span, *, bold: Sequence[Span], underlined: Sequence[Span] = ()) -> Html:
    """The text within ``span`` with its marks, which may overlap."""
    start, end = span
    bounds = {start, end, *(bound for marked in (*bold, *underlined) for bound in marked)}
    pieces = []
    for a, b in pairwise(sorted(bound for bound in bounds if start <= bound <= end)):
        piece = escape(text[a:b], quote=False)
        for tag, spans in (("b", bold), ("u", underlined)):
            if any(one <= a and b <= other for one, other in spans):
                piece = f"<{tag}>{piece}</{tag}>"
        pieces.append(piece)
    return Html("".join(pieces))


def _escaped(text: str) -> Html:
    return Html(escape(text, quote=False))


def _linked(text: str, url: str | None) -> Html:
    if url is None or not url.lower().startswith(("http://", "https://")) or len(url) > _URL_LIMIT:
        return _escaped(text)
    return Html(f'<a href="{escape(url)}">{_escaped(text)}</a>')
