"""HTML: a page to its paragraphs, without what surrounds them, and what it says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bs4 import BeautifulSoup

from retrieval.errors import UnreadableDocument
from retrieval.reading.content import Block, Content, Metadata, Raw
from retrieval.reading.text.decoding import decode
from retrieval.reading.text.front_matter import split
from retrieval.reading.web.boilerplate import prune
from retrieval.reading.web.elements import Element
from retrieval.reading.web.layout import blocks_of
from retrieval.reading.web.metadata import page_metadata
from retrieval.reading.web.soup import element_of
from retrieval.reading.web.tabs import place_labels

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?(/?)>")
# Elements that close by themselves, so that one that is never closed does not deepen the tree.
_SELF_CLOSING = frozenset((
    "area", "base", "basefont", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "keygen", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup",
    "colgroup", "rt", "rp", "a", "html", "head", "body",
))  # fmt: skip
_XHTML_EMPTY = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)(\w+)\b([^<>]*)/>"
)


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds and says of itself."""

    blocks: list[Block]
    metadata: Metadata = field(default_factory=Metadata)
    remarks: tuple[str, ...] = ()


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
    """A page, or the part of one that a feed archive keeps.

    Raises ``UnreadableDocument`` when its elements are nested too deep.
    """
    page = _parsed(text, raw)
    metadata = page_metadata(page, text)
    place_labels(page)
    tree = element_of(page)
    remarks = prune(tree, by_shape=True)
    blocks = blocks_of(tree)
    if blocks:
        return Page(blocks, metadata, remarks)
    # A page of nothing but links is a list of them, not a page without text.
    return replace(read_fragment(text, raw), metadata=metadata)


def read_fragment(text: str, raw: Raw) -> Page:
    """HTML that was made from a document, with nothing around it. Raises ``UnreadableDocument`` as above."""
    tree = tree_of(text, raw)
    remarks = prune(tree, by_shape=False)
    return Page(blocks_of(tree), remarks=remarks)


def tree_of(text: str, raw: Raw) -> Element:
    """Return the elements of HTML as a browser has them. Raises ``UnreadableDocument`` as above."""
    return element_of(_parsed(text, raw))


def _parsed(text: str, raw: Raw) -> BeautifulSoup:
    count, depth = _extent(text)
    limits = raw.limits
    if count > limits.element_count:
        reason = f"holds {count:,} elements (the limit element_count is {limits.element_count:,}); divide it"
        raise UnreadableDocument(raw.path, reason)
    if depth > limits.html_depth:
        reason = f"holds elements nested more than {limits.html_depth:,} deep (the limit html_depth)"
        raise UnreadableDocument(raw.path, reason)
    if text.lstrip("\ufeff \r\n\t").startswith("<?xml"):
        text = _XHTML_EMPTY.sub(r"<\1\2></\1>", text)
    # lxml closes what HTML lets one leave open (<p>, <li>, <td>), and does not give up on deep trees.
    return BeautifulSoup(text, "lxml", multi_valued_attributes=None)


def _extent(text: str) -> tuple[int, int]:
    """How many elements the text makes, and at least how deep: parsing takes time with the square of the depth."""
    count = depth = deepest = 0
    for closing, name, empty in _TAG.findall(text):
        count += not closing
        if name.lower() in _SELF_CLOSING or empty:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        deepest = max(deepest, depth)
    return count, deepest
