"""Plain text: lines to paragraphs, in the ways that real .txt files set them."""

from __future__ import annotations

import re

from retrieval.reading.content import Block, Content, Metadata, Raw
from retrieval.reading.joining import width
from retrieval.reading.lists import is_item
from retrieval.reading.notices import as_notice
from retrieval.reading.text.decoding import decode
from retrieval.reading.text.front_matter import split
from retrieval.reading.wrapping import blocks as blocks_of

_LONGEST_TITLE = 60
_OPENING = re.compile(
    r"<(?:!doctype\s|/?(?:html|head|body|meta|title|div|p|article|section|main|h[1-6]|table|ul|ol|dl|"
    r"blockquote|figure|span|font|center|br|img|strong|b|em|a|style|script|pre)\b[^<>]*>)",
    re.IGNORECASE | re.DOTALL,
)
_CLOSING = re.compile(r"</(?:p|div|li|td|h[1-6]|table)\s*>|<br\s*/?>", re.IGNORECASE)


def read(raw: Raw) -> Content:
    """The paragraphs of a text file, below its front matter; an HTML body is read as HTML."""
    decoded = decode(raw)
    metadata, body, remarks = split(decoded.text)
    if looks_like_html(body):
        from retrieval.reading.web import page  # its parser takes a quarter of a second to load

        content = page.read_text(body, raw)
        return Content(
            format="html",
            blocks=content.blocks,
            metadata=metadata.over(content.metadata),
            encoding=decoded.encoding,
            remarks=decoded.remarks + remarks + content.remarks,
        )
    blocks = list(blocks_of(body))
    if metadata.title is None:
        blocks, metadata = as_notice(blocks, metadata)
    if metadata.title is None and (title := _title(blocks)):
        metadata = Metadata(title=title).over(metadata)
        blocks[0] = Block(title, level=1)
    return Content(
        format="text",
        blocks=blocks,
        metadata=metadata,
        encoding=decoded.encoding,
        remarks=decoded.remarks + remarks,
    )


def _title(blocks: list[Block]) -> str | None:
    """The first line, where it is set like a title: short, without a mark at its end, above something longer."""
    if len(blocks) < 2:
        return None
    first, second = blocks[0].text, blocks[1].text
    unfinished = re.search(r"[\w）)》”\"】]$", first) and not re.search(r"[。；;]", first)
    if unfinished and width(first) <= _LONGEST_TITLE and len(second) > len(first) and not is_item(first):
        return first
    return None


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML, and not prose that speaks of it: it begins with a tag, or has many that end blocks."""
    head = text[:100_000]
    return (bool(_OPENING.match(head, _comments_end(head))) and "</" in head) or len(_CLOSING.findall(head)) >= 5


def _comments_end(text: str) -> int:
    """Where the text begins behind comments and white space."""
    position = 0
    while True:
        while position < len(text) and text[position].isspace():
            position += 1
        if not text.startswith("<!--", position) or (end := text.find("-->", position + 4)) < 0:
            return position
        position = end + 3
