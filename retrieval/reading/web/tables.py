"""Tables of a page: a row of data is a paragraph with its columns' names; tables that only lay a page out are none."""

from __future__ import annotations

from collections.abc import Callable

from bs4.element import PageElement

from retrieval.reading.content import Block
from retrieval.reading.tables.cells import Cell, Grid
from retrieval.reading.tables.reader import grid_blocks
from retrieval.reading.web.elements import HEADINGS, attributes_of, is_text, tag_of, walk


def table_blocks(table: PageElement, *, text_of: Callable[[PageElement], str]) -> list[Block]:
    r"""A paragraph for each row of data in the table; none when it is there to lay the page out.

    ``text_of`` returns the text of a cell, its lines parted by ``\n``.
    """
    if attributes_of(table).get("role") in {"presentation", "none"} or not _is_plain(table):
        return []
    grid, captions = Grid(), list[str]()

    def enter(node: PageElement) -> bool:
        tag = tag_of(node)
        if tag == "caption":
            captions.append(text_of(node))
        elif tag == "tr":
            grid.start_row()
        elif tag in {"td", "th"}:
            grid.put(Cell(text_of(node), tag == "th"), _span(node, "colspan"), _span(node, "rowspan"))
        else:
            return not is_text(node)
        return tag == "tr"

    walk(table, enter)
    return grid_blocks(grid, under=tuple(filter(None, captions)))


def _is_plain(table: PageElement) -> bool:
    """Whether the table holds neither tables nor headings."""
    plain = True

    def enter(node: PageElement) -> bool:
        nonlocal plain
        if tag_of(node) in HEADINGS or (tag_of(node) == "table" and node is not table):
            plain = False
        return plain

    walk(table, enter)
    return plain


def _span(cell: PageElement, attribute: str) -> int:
    value = attributes_of(cell).get(attribute, "")
    return max(1, int(value)) if value.isdecimal() and len(value) <= 4 else 1
