"""What the bot says: an answer as Telegram's HTML, a source as one line, its own few sentences. Pure.

The only place that escapes and that knows Telegram's limit on the length of a message. Lengths are in
UTF-16 units, in which Telegram counts, and of the text that is left when the markup has been parsed.
"""

from __future__ import annotations

from html import escape

from retrieval.records import Answer, Quote

MESSAGE_LIMIT = 4096
# Longer sentences are lists and tables; around what answers, two screens of a phone are enough.
_SENTENCE_LIMIT = 1000
_SENTENCE_ROOM = 80  # with less room than this a further sentence says nothing
_NAME_LIMIT = 120
_URL_LIMIT = 1000  # Telegram refuses messages with more than some 9,000 characters of links
_TERMS_SHOWN = 8

Span = tuple[int, int]

START = (
    "你好，我是原句。\n\n"
    "发来一个问题，我在文档里找到回答它的那句话，一字不改，并注明出处。文档里没有的，我会直说没有。\n\n"
    "怎么用：/help"
)
ASK_HOW = "想问什么？请把问题写在后面，例如：/ask 你的问题"
APOLOGY = "抱歉，出了点问题，这次没能回答。请过一会儿再问一次。"


def help_text(username: str) -> str:
    """How to use the bot, as HTML; ``username`` without @."""
    return (
        "<b>私聊</b>：直接把问题发给我。\n\n"
        f"<b>群里</b>：写上 @{username} 和问题，或者用 /ask 加上问题，或者回复我的消息。"
        f"想问别人说的那句话，回复它并写上 @{username} 就行。\n\n"
        "我只引用文档里的原句，<b>粗体</b>是与问题对应的地方，下面一行是出处。"
    )


def not_for_you(chat_id: int) -> str:
    """What somebody reads, as HTML, whose chat is not among those that are answered."""
    return f"这个机器人只回答指定的聊天。想用的话，请把这个编号告诉管理员：<code>{chat_id}</code>"


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


def source_line(quote: Quote) -> str:
    """Where a quote stands, as one line: title › section · author · date · paragraph · page, as far as known.

    For example ``年度报告 › 展望 · 张三 · 2022-07-08 · 第3段``.
    """
    return _title(quote) + _details(quote)


def not_found(answer: Answer) -> str:
    """Says, as plain text, that the documents do not answer, and what of the question they lack."""
    if not answer.missing:
        return "文档里没有找到答案。换个说法，或者问得具体一些，再试一次。"
    terms = "、".join(f"“{_short(term)}”" for term in answer.missing[:_TERMS_SHOWN])
    return f"文档里没有找到答案。没有提到：{terms}{'等' if len(answer.missing) > _TERMS_SHOWN else ''}。"


def answer_html(answer: Answer) -> str:
    """The answer as Telegram's HTML: the best sentence and its source, then the others as far as they fit.

    What answers is bold, the title is a link where the document has one. A source is given again only where
    it differs: a sentence from the same paragraph gets none, one from the same document only its paragraph.
    """
    if not answer.answered:
        return escape(not_found(answer), quote=False)
    blocks: list[str] = []
    room = MESSAGE_LIMIT
    previous: Quote | None = None
    for quote in answer.quotes:
        source, source_html = _source_after(quote, previous)
        room -= utf16_length(source) + 2  # with the blank line above the block
        if blocks and room < min(_SENTENCE_ROOM, utf16_length(quote.sentence.text)):
            break
        text, highlights = excerpt(quote.sentence.text, quote.highlights, limit=min(room, _SENTENCE_LIMIT))
        room -= utf16_length(text)
        blocks.append(_bold(text, highlights) + source_html)
        previous = quote
    return "\n\n".join(blocks)


def _source_after(quote: Quote, previous: Quote | None) -> tuple[str, str]:
    """The line beneath a quote with its line break, as text and as HTML; empty if it says nothing new."""
    if previous is None or previous.source != quote.source:
        title, details = _title(quote), _details(quote)
        return (
            f"\n—— {title}{details}",
            f"\n—— {_linked(title, quote.source.url)}{escape(details, quote=False)}",
        )
    if previous.paragraph.number == quote.paragraph.number:
        return "", ""
    line = f"\n—— {_place(quote)}"
    return line, escape(line, quote=False)


def _title(quote: Quote) -> str:
    return _short(quote.source.title or quote.source.path)


def _details(quote: Quote) -> str:
    section = "".join(f" › {_short(heading)}" for heading in quote.paragraph.section[-3:])
    said = (_short(value) for value in (quote.source.author, quote.source.date) if value)
    return section + "".join(f" · {part}" for part in (*said, _place(quote)))


def _place(quote: Quote) -> str:
    page = f" · 第{quote.paragraph.page}页" if quote.paragraph.page is not None else ""
    return f"第{quote.paragraph.number}段{page}"


def _short(name: str) -> str:
    return excerpt(" ".join(name.split()), (), limit=_NAME_LIMIT)[0]


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
