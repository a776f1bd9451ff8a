"""The tree of a page to its blocks: paragraphs, headings, lists and tables in the order of the page."""

from __future__ import annotations

import re

from bs4.element import PageElement

from retrieval.reading.content import Block
from retrieval.reading.joining import collapse
from retrieval.reading.rows import row_text
from retrieval.reading.web.elements import BLOCKS, HEADINGS, attributes_of, is_text, tag_of, walk
from retrieval.reading.web.tables import table_blocks

_LISTS = frozenset({"ul", "ol", "menu", "dir"})


def blocks_of(root: PageElement) -> list[Block]:
    """The blocks of the tree below the root, in order."""
    layout = _Layout()
    walk(root, layout.enter, layout.leave)
    layout.flush()
    return layout.blocks


def _text_of(cell: PageElement) -> str:
    return "\n".join(block.text for block in blocks_of(cell))


class _Layout:
    """Gathers the pieces of a block, and closes it where an element or a break parts the text."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.lists: list[_List] = []
        self.preformatted = 0
        self.term = ""

    def enter(self, node: PageElement) -> bool:
        tag = tag_of(node)
        if is_text(node):
            self._text(str(node))
        elif tag == "br":
            self.flush()
        elif tag in BLOCKS:
            self.flush()
            if tag == "table" and (rows := table_blocks(node, text_of=_text_of)):
                self.blocks.extend(rows)
                return False
            self._open(tag, node)
        return True

    def leave(self, node: PageElement) -> None:
        tag = tag_of(node)
        if tag not in BLOCKS:
            return
        if tag == "dt":
            self.term = collapse("".join(self.pieces))
            self.pieces.clear()
            return
        self.flush(level=HEADINGS.get(tag))
        if tag in _LISTS and self.lists:
            self.lists.pop()
        elif tag == "pre":
            self.preformatted -= 1
        elif tag == "dl":
            self.flush_term()

    def flush(self, level: int | None = None) -> None:
        """Closes the block that is open, if there is text in it."""
        text = collapse("".join(self.pieces))
        self.pieces.clear()
        if not text:
            return
        if self.term:
            text, self.term = row_text([self.term], [text]), ""
        self.blocks.append(Block(text, level, item=bool(self.lists)))

    def flush_term(self) -> None:
        """Closes a term that no definition follows."""
        if self.term:
            self.blocks.append(Block(self.term))
            self.term = ""

    def _text(self, text: str) -> None:
        if self.preformatted:
            for line in re.split(r"(\n)", text):
                if line == "\n":
                    self.flush()
                else:
                    self.pieces.append(line)
        # White space alone between two elements is a space, whatever it is made of: only a line end within a text is
        # one that the width of a line has put there.
        elif text.isspace():
            self.pieces.append(" ")
        else:
            self.pieces.append(text)

    def _open(self, tag: str, node: PageElement) -> None:
        if tag in _LISTS:
            self.lists.append(_List(_start(node) if tag == "ol" else None))
        elif tag == "li" and self.lists:
            self.pieces.append(self.lists[-1].mark())
        elif tag == "pre":
            self.preformatted += 1
        elif tag == "dt":
            self.flush_term()


class _List:
    """An open list: the number of its next item, if they are numbered."""

    def __init__(self, number: int | None) -> None:
        self.number = number

    def mark(self) -> str:
        """What a browser shows before the next item: its number, if it has one."""
        if self.number is None:
            return ""
        self.number += 1
        return f"{self.number - 1}. "


def _start(node: PageElement) -> int:
    start = attributes_of(node).get("start", "")
    return int(start) if re.fullmatch(r"\d{1,6}", start) else 1
