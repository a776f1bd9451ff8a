"""Tables of a page: a row of data is a paragraph with its columns' names; tables that only lay a page out are none."""

from __future__ import annotations

from collections.abc import Callable

from retrieval.reading.content import Block
from retrieval.reading.tables.cells import Cell, Grid
from retrieval.reading.tables.reader import grid_blocks
from retrieval.reading.web.elements import HEADINGS, Element, Node, Text, walk


def table_blocks(table: Element, *, text_of: Callable[[Element], str]) -> list[Block]:
    r"""A paragraph for each row of data in the table; none when it is there to lay the page out.

    ``text_of`` returns the text of a cell, its lines parted by ``\n``.
    """
    if table.attributes.get("role") in {"presentation", "none"} or not _is_plain(table):
        return []
    grid, captions = Grid(), list[str]()

    def enter(node: Node) -> bool:
        if isinstance(node, Text):
            return False
        tag = node.name
        if tag == "caption":
            captions.append(text_of(node))
        elif tag == "tr":
            grid.start_row()
        elif tag in {"td", "th"}:
            columns, down = (_span(node, "colspan"), _span(node, "rowspan")) if node.attributes else (1, 1)
            grid.put(Cell(text_of(node), tag == "th"), columns, down)
        else:
            return True
        return tag == "tr"

    walk(table, enter)
    return grid_blocks(grid, under=tuple(filter(None, captions)))


def _is_plain(table: Element) -> bool:
    """Whether the table holds neither tables nor headings."""
    within = [table]
    for element in within:  # which grows meanwhile
        for node in element.contents:
            if isinstance(node, Element):
                if node.name == "table" or node.name in HEADINGS:
                    return False
                within.append(node)
    return True


def _span(cell: Element, attribute: str) -> int:
    value = cell.attributes.get(attribute, "")
    return max(1, int(value)) if value.isdecimal() and len(value) <= 4 else 1
