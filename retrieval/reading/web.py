"""HTML: a page to its paragraphs, without what surrounds them, and what it says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from retrieval.errors import UnreadableDocument
from retrieval.reading.boilerplate import prune
from retrieval.reading.content import Block, Content, Metadata, Raw
from retrieval.reading.decoding import decode
from retrieval.reading.front_matter import split
from retrieval.reading.layout import blocks_of
from retrieval.reading.page_metadata import page_metadata

_OPENING = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s|/?(?:html|head|body|meta|title|div|p|article|section|main|h[1-6]|table|ul|ol|dl|"
    r"blockquote|figure|span|font|center|br|img|strong|b|em|a|style|script|pre)\b[^<>]*>)",
    re.IGNORECASE | re.DOTALL,
)
_CLOSING = re.compile(r"</(?:p|div|li|td|h[1-6]|table)\s*>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
# Elements that close by themselves, so that one that is never closed does not deepen the tree.
_SELF_CLOSING = frozenset(
    [
        "area",
        "base",
        "basefont",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "keygen",
        "p",
        "li",
        "dt",
        "dd",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "rt",
        "rp",
        "a",
        "html",
        "head",
        "body",
    ]
)
_XHTML_EMPTY = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)(\w+)\b([^<>]*)/>"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds and says of itself."""

    blocks: list[Block]
    metadata: Metadata = field(default_factory=Metadata)
    remarks: tuple[str, ...] = ()


def looks_like_html(text: str) -> bool:
    """Whether a text is HTML, and not prose that speaks of it: it begins with a tag, or has many that end blocks."""
    head = text[:100_000]
    return (bool(_OPENING.match(head)) and "</" in head) or len(_CLOSING.findall(head)) >= 5


def read(raw: Raw) -> Content:
    """The paragraphs of an HTML file, below its front matter."""
    decoded = decode(raw)
    metadata, body, remarks = split(decoded.text)
    page = read_text(body, raw)
    return Content(
        format="html",
        blocks=page.blocks,
        metadata=metadata.over(page.metadata),
        encoding=decoded.encoding,
        remarks=decoded.remarks + remarks + page.remarks,
    )


def read_text(text: str, raw: Raw) -> Page:
    """A page, or the part of one that a feed archive keeps. Raises ``UnreadableDocument`` when it is nested too deep."""
    tree = _parsed(text, raw)
    root = tree.root
    if root is None:
        return Page([])
    metadata = page_metadata(tree, text)
    remarks = prune(root, by_shape=True)
    blocks = blocks_of(root)
    if blocks:
        return Page(blocks, metadata, remarks)
    # A page of nothing but links is a list of them, not a page without text.
    whole = _parsed(text, raw).root
    remarks = prune(whole, by_shape=False) if whole else ()
    return Page(blocks_of(whole) if whole else [], metadata, remarks)


def read_fragment(text: str, raw: Raw) -> Page:
    """HTML that was made from a document, with nothing around it. Raises ``UnreadableDocument`` as above."""
    root = _parsed(text, raw).root
    if root is None:
        return Page([])
    remarks = prune(root, by_shape=False)
    return Page(blocks_of(root), Metadata(), remarks)


def _parsed(text: str, raw: Raw) -> LexborHTMLParser:
    if _depth(text) > raw.limits.html_depth:
        reason = f"holds elements nested more than {raw.limits.html_depth:,} deep (the limit html_depth)"
        raise UnreadableDocument(raw.path, reason)
    if text.lstrip("\ufeff \r\n\t").startswith("<?xml"):
        text = _XHTML_EMPTY.sub(r"<\1\2></\1>", text)
    return LexborHTMLParser(text)


def _depth(text: str) -> int:
    """At least the depth of the tree that the text makes: parsing takes time with the square of it."""
    depth = deepest = 0
    for closing, name, empty in _TAG.findall(text):
        if name.lower() in _SELF_CLOSING or empty:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return deepest
