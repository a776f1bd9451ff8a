"""The tree of a page to its blocks: paragraphs, headings, lists and tables in the order of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from retrieval.reading.content import Block
from retrieval.reading.joining import collapse
from retrieval.reading.pairs import asks
from retrieval.reading.scripts import lowered, raised
from retrieval.reading.tables.reader import row_text
from retrieval.reading.web.elements import BLOCKS, HEADINGS, Element, Node, Text, walk
from retrieval.reading.web.preformatted import preformatted
from retrieval.reading.web.tables import table_blocks

_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_BOLD = frozenset({"b", "strong"})
_SCRIPTS = {"sup": raised, "sub": lowered}
_MATH = {"mfrac": "denominator", "msup": "sup", "msub": "sub"}
_BULLET = "• "
_BULLETED = re.compile(r"[•·☐☑✓✔✅❌●○■□◆◇▪►➢※]")
_LETTER = re.compile(r"\w")
_LONGEST_MEANINGS = 100
_MOST_FOLDS = 5  # within one another that still head what they hold


def blocks_of(root: Element) -> list[Block]:
    """The blocks of the tree below the root, in order."""
    layout = _Layout()
    walk(root, layout.enter, layout.leave)
    layout.flush()
    return layout.blocks


def _tag(node: Element) -> str:
    """The name of an element; in formulas (MathML) it is what the element's place makes of it."""
    tag = node.name
    if tag.startswith("m") and node.parent is not None and (role := _MATH.get(node.parent.name)):
        first = next((child for child in node.parent.contents if isinstance(child, Element)), None)
        return tag if first is node else role
    return tag


def _text_of(cell: Element) -> str:
    if len(cell.contents) == 1 and isinstance(cell.contents[0], Text):  # as most are
        return collapse(cell.contents[0])
    return "\n".join(block.text for block in blocks_of(cell))


@dataclass(slots=True)
class _Fold:
    """An open ``<details>``: its summary, and how many blocks came before it."""

    start: int
    summary: str = ""


@dataclass(slots=True)
class _Terms:
    """The terms of an open ``<dl>`` that are being explained, and how many blocks came before what explains them."""

    start: int
    names: list[str] = field(default_factory=list)
    naming: bool = False


class _Layout:
    """Gathers the pieces of a block, and closes it where an element or a break parts the text."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []
        self.scripts: list[int] = []  # where the text of each open <sup> or <sub> begins among the pieces
        self.bold = 0
        self.strong = True  # whether all letters of the open block are bold
        self.heading = False
        self.lists: list[_List] = []
        self.mark = ""  # of the item that has begun, until its first text
        self.folds: list[_Fold] = []
        self.terms: list[_Terms] = []

    def enter(self, node: Node) -> bool:
        if isinstance(node, Text):
            self._text(node)
            return False
        tag = _tag(node)
        if tag == "br":
            self._break()
        elif tag in BLOCKS:
            self.flush()
            if tag == "table" and (rows := table_blocks(node, text_of=_text_of)):
                for row in rows:
                    self._add(row)
                return False
            if tag == "pre":
                for block in preformatted(node):
                    self._add(block._replace(item=len(self.lists)))
                return False
            self._open(tag, node)
        elif tag in _BOLD:
            self.bold += 1
        elif tag in _SCRIPTS:
            self.scripts.append(len(self.pieces))
        elif tag == "denominator":
            self.pieces.append("/")
        return True

    def leave(self, node: Element) -> None:
        tag = _tag(node)
        if tag in BLOCKS:
            self._close(tag)
        elif tag in _BOLD:
            self.bold -= 1
        elif tag in _SCRIPTS and self.scripts:
            start = min(self.scripts.pop(), len(self.pieces))
            self.pieces[start:] = [_SCRIPTS[tag]("".join(self.pieces[start:]))]

    def flush(self, level: int | None = None) -> None:
        """Closes the block that is open, if there is text in it."""
        if not self.pieces:
            return
        text, strong = self._taken()
        if text and self.terms and self.terms[-1].naming:
            self.terms[-1].names.append(text)
            self.terms[-1].start = len(self.blocks)
        elif text:
            self._add(Block(text, level, item=len(self.lists), strong=strong))

    def _taken(self) -> tuple[str, bool]:
        """The text of the open block, which is then closed, and whether it is set in bold."""
        text, strong = collapse("".join(self.pieces)), self.strong
        self.pieces.clear()
        self.strong = True
        return text, strong

    def _add(self, block: Block) -> None:
        """Adds the block, behind the mark of the item that it begins."""
        mark, self.mark = self.mark, ""
        if mark and not (mark == _BULLET and (block.level is not None or _BULLETED.match(block.text))):
            block = block._replace(text=mark + block.text)
        if self.folds:
            under = tuple(fold.summary for fold in self.folds[-_MOST_FOLDS:] if fold.summary)
            block = block._replace(under=under + block.under)
        self.blocks.append(block)

    def _text(self, text: str) -> None:
        # White space alone between two elements is a space, whatever it is made of: only a line end within a text is
        # one that the width of a line has put there.
        if text.isspace():
            self.pieces.append(" ")
            return
        self.pieces.append(text)
        self.strong = self.strong and (self.bold > 0 or not _LETTER.search(text))

    def _break(self) -> None:
        if self.heading:
            self.pieces.append("\n")
        else:
            self.flush()

    def _open(self, tag: str, node: Element) -> None:
        if tag in _LISTS:
            self.lists.append(_List(_start(node) if tag == "ol" else None))
        elif tag == "li":
            self.mark = self.lists[-1].mark() if self.lists else ""
        elif tag == "details":
            self.folds.append(_Fold(len(self.blocks)))
        elif tag == "dl":
            self.terms.append(_Terms(len(self.blocks)))
        elif tag in {"dt", "dd"} and self.terms:
            if tag == "dt" and len(self.blocks) > self.terms[-1].start:
                self._explain()
            self.terms[-1].naming = tag == "dt"
        self.heading = tag in HEADINGS

    def _close(self, tag: str) -> None:
        if tag == "summary" and self.folds:
            self.folds[-1].summary, _ = self._taken()
            self.folds[-1].start = len(self.blocks)
        else:
            self.flush(level=HEADINGS.get(tag))
        if tag == "dt" and self.terms:
            self.terms[-1].naming = False
        elif tag in HEADINGS:
            self.heading = False
        elif tag in _LISTS and self.lists:
            self.lists.pop()
            self.mark = ""
        elif tag == "dl" and self.terms:
            self._explain()
            self.terms.pop()
        elif tag == "details" and self.folds:
            fold = self.folds.pop()
            if fold.summary and fold.start == len(self.blocks):
                self._add(Block(fold.summary))

    def _explain(self) -> None:
        """Puts terms and what explains them together: in one paragraph, or below the terms."""
        terms = self.terms[-1]
        name = " / ".join(terms.names)
        meanings = self.blocks[terms.start :]
        texts = [block.text for block in meanings]
        if not name or len(self.terms) > _MOST_FOLDS:
            pass
        elif not meanings:
            self.blocks += map(Block, terms.names)
        elif asks(name):
            self._put_under(terms.start, name)
        elif len(terms.names) > 1 and sum(map(len, texts)) <= _LONGEST_MEANINGS:
            self.blocks[terms.start :] = [Block(row_text([name], ["，".join(texts)]))]
        else:
            self._put_under(terms.start + 1, name)
            first = meanings[0]
            self.blocks[terms.start] = first._replace(text=row_text([name], [first.text]))
        self.terms[-1] = _Terms(len(self.blocks))

    def _put_under(self, start: int, name: str) -> None:
        self.blocks[start:] = [block._replace(under=(*block.under, name)) for block in self.blocks[start:]]


class _List:
    """An open list: the number of its next item, if they are numbered."""

    def __init__(self, number: int | None) -> None:
        self.number = number

    def mark(self) -> str:
        """What a browser shows before the next item: its number, or a bullet."""
        if self.number is None:
            return _BULLET
        self.number += 1
        return f"{self.number - 1}. "


def _start(node: Element) -> int:
    start = node.attributes.get("start", "")
    return int(start) if re.fullmatch(r"\d{1,6}", start) else 1
