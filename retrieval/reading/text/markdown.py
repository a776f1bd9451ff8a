"""Markdown: rendered to HTML by markdown-it, then read as HTML."""

from __future__ import annotations

from markdown_it import MarkdownIt

from retrieval.reading.content import Content, Raw
from retrieval.reading.text.decoding import decode
from retrieval.reading.text.front_matter import split
from retrieval.reading.web import page

_DEEPEST = 100
_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])


def read(raw: Raw) -> Content:
    """The paragraphs of a Markdown file, with its headings and its front matter."""
    decoded = decode(raw)
    metadata, body, remarks = split(decoded.text)
    tokens = _MARKDOWN.parse(body)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        remarks += (f"nested more than {_DEEPEST} deep: what lies deeper was left out",)
    content = page.read_fragment(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}), raw)
    return Content(
        format="markdown",
        blocks=content.blocks,
        metadata=metadata.over(content.metadata),
        encoding=decoded.encoding,
        remarks=decoded.remarks + remarks + content.remarks,
    )
