"""Markdown, in all its dialects: rewritten as CommonMark, parsed, and read as the elements that a browser has of it."""

from __future__ import annotations

from pathlib import PurePosixPath

from retrieval.reading.content import Content, Raw
from retrieval.reading.text.decoding import decode
from retrieval.reading.text.dialects import commonmark
from retrieval.reading.text.front_matter import split
from retrieval.reading.text.markup import simple, written
from retrieval.reading.text.tree import DEEPEST, Tree
from retrieval.reading.web.boilerplate import prune
from retrieval.reading.web.elements import Element
from retrieval.reading.web.layout import blocks_of


def read(raw: Raw) -> Content:
    """Return the paragraphs of a Markdown file, with its headings and its front matter; ``.mdx`` is read as MDX."""
    decoded = decode(raw)
    metadata, body, remarks = split(decoded.text)
    mdx = PurePosixPath(raw.path).suffix.lower() == ".mdx"
    tree = Tree(commonmark(body, mdx=mdx), mdx=mdx)
    if tree.too_deep:
        remarks += (f"nested more than {DEEPEST} deep: what lies deeper was left out",)
    root = _with_html(tree, raw) if tree.html else tree.root
    remarks = decoded.remarks + remarks + prune(root, by_shape=False)
    return Content(
        format="markdown", blocks=blocks_of(root), metadata=metadata, encoding=decoded.encoding, remarks=remarks
    )


def _with_html(tree: Tree, raw: Raw) -> Element:
    root = simple(tree.root)
    if root is None:
        from retrieval.reading.web.page import tree_of  # its parser takes a quarter of a second to load

        root = tree_of(written(tree.root), raw)
    return root
