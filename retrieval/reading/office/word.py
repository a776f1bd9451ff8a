"""Word: paragraphs, headings, numbers, tables, notes and text boxes of a .docx file, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from retrieval.reading.content import Block, Content, Metadata, Raw
from retrieval.reading.joining import collapse
from retrieval.reading.notices import as_notice
from retrieval.reading.office.inserted import inserted_blocks
from retrieval.reading.office.numbering import Numbering, qn
from retrieval.reading.office.package import Package, link_id
from retrieval.reading.office.properties import properties
from retrieval.reading.office.runs import (
    DELETED,
    DELETIONS,
    FALLBACK,
    HIDDEN,
    STRUCK,
    TEXT_BOX,
    UNREAD,
    Characters,
)
from retrieval.reading.tables.cells import EMPTY, Cell, Grid, cell_text
from retrieval.reading.tables.reader import grid_blocks
from retrieval.simplified import in_both_scripts

_PARAGRAPH, _TABLE, _INSERTED = qn("w:p"), qn("w:tbl"), qn("w:altChunk")
_HEADING_STYLE = re.compile(in_both_scripts(r"(?:heading|标题)\s*([1-9])$"), re.IGNORECASE)
_TITLE_STYLE = re.compile(in_both_scripts(r"(?:title|标题|文档标题)$"), re.IGNORECASE)
_CONTENTS_STYLE = re.compile(in_both_scripts(r"(?:toc|目录)\s*\d"), re.IGNORECASE)
_LIST_STYLE = re.compile(in_both_scripts(r"list (?:bullet|number|paragraph)|列表|列出段落|项目符号"), re.IGNORECASE)
_LONGEST_CHAIN = 20


def read(raw: Raw) -> Content:
    """The text of the body; headers, footers, comments, what is struck out, hidden or deleted are left out."""
    package = Package(raw)
    part = package.linked("", "officeDocument") or "word/document.xml"
    root = package.root(part)
    body = None if root is None else root.find(qn("w:body"))
    if body is None:
        raise ValueError("no document is in it")
    reading = _Reading(package, part, raw)
    reading.read(body)
    blocks = reading.blocks
    metadata = properties(package)
    if reading.title:
        metadata = metadata.over(Metadata(title=reading.title))
    else:
        blocks, metadata = as_notice(blocks, metadata)
    return Content(format="docx", blocks=blocks, metadata=metadata, remarks=tuple(reading.remarks()))


class _Reading:
    """One reading of one document: the blocks so far, and what was met on the way."""

    def __init__(self, package: Package, part: str, raw: Raw) -> None:
        self.package, self.raw = package, raw
        self.links = {link.id: link.target for link in package.links(part)}
        self.blocks: list[Block] = []
        self.title = ""
        self.contents_lines = self.pictures = 0
        self.unread: list[str] = []
        self.styles = _styles(package.related(part, "styles"))
        self.characters = Characters(self._run_properties, hidden=raw.hidden)
        self.notes = _notes(package, part)
        self.numbering = Numbering(package.related(part, "numbering"))
        comments = package.related(part, "comments")
        self.comments = 0 if comments is None else sum(1 for _ in comments.iterfind(qn("w:comment")))

    def remarks(self) -> Iterator[str]:
        """What was left out of the document."""
        for count, what in (
            (self.contents_lines, "lines of a table of contents"),
            *((self.characters.left_out[what], what) for what in (DELETIONS, STRUCK, HIDDEN)),
            (self.comments, "comments"),
            (self.pictures, "pictures"),
        ):
            if count:
                yield f"left out {count} {what}"
        for name in self.unread:
            yield f"left out {name}, a file within the file; open and save it in Word to make it a part of the text"

    def read(self, container: Any) -> None:
        """Reads the paragraphs and tables in the container, and in whatever wraps them there."""
        pending = [container]
        while pending:
            element = pending.pop()
            if element.tag == _PARAGRAPH:
                self._paragraph(element)
                pending.extend(reversed(_text_boxes(element)))
            elif element.tag == _INSERTED:
                self._inserted(element)
            elif not (element.tag == _TABLE and self._table(element)) and element.tag not in UNREAD | {DELETED}:
                pending.extend(reversed(element))

    def _paragraph(self, paragraph: Any) -> None:
        style = self._style(paragraph)
        if any(_CONTENTS_STYLE.match(name) for name in style.names):
            self.contents_lines += 1
            return
        self.pictures += sum(map(_is_picture, paragraph.iter(qn("w:drawing"), qn("w:pict"))))
        number, lines = self._lines(paragraph, style)
        if lines and lines != [number.strip()]:
            if not self.title and not self.blocks and any(map(_TITLE_STYLE.match, style.names)):
                self.title = " ".join(lines)
            elif style.level is not None:
                self.blocks.append(Block(" ".join(lines), level=style.level))
            else:
                self.blocks.extend(Block(line, item=style.is_item and not number.startswith("第")) for line in lines)
        for note in self._notes_in(paragraph):
            self.read(note)

    def _lines(self, paragraph: Any, style: _Style) -> tuple[str, list[str]]:
        """The number of the paragraph and its lines, of which the first begins with it."""
        text = self.characters.of(paragraph)
        number = self.numbering.next(*style.numbering) if style.numbering else ""
        return number, [line for line in map(collapse, f"{number} {text}".split("\v")) if line]

    def _table(self, table: Any) -> bool:
        """Reads a table of data, a row being a paragraph; says whether it is one, or its cells hold whole texts."""
        before = self.numbering.counts.copy(), self.characters.left_out.copy()
        grid = self._grid(table)
        blocks = grid_blocks(grid)
        if not blocks:
            self.numbering.counts, self.characters.left_out = before
            return False
        self.blocks.extend(blocks)
        self.pictures += sum(map(_is_picture, table.iter(qn("w:drawing"), qn("w:pict"))))
        for note in self._notes_in(table):
            self.read(note)
        return True

    def _grid(self, table: Any) -> Grid:
        grid = Grid()
        above: dict[int, Cell] = {}
        rows = [row for row in _within(table, qn("w:tr")) if row.find(f"{qn('w:trPr')}/{DELETED}") is None]
        heads = [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows]
        for row, marked in zip(rows, heads, strict=True):
            grid.start_row()
            column = _number(row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}"))
            if column:
                grid.put(EMPTY, column)
            for cell in _within(row, qn("w:tc")):
                if not _goes_on(cell, "w:vMerge") or column not in above:
                    left = above.get(column - 1) if _goes_on(cell, "w:hMerge") else None
                    above[column] = left or Cell(cell_text("\n".join(self._cell(cell))), marked and not all(heads))
                span = max(1, _number(cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")))
                grid.put(above[column], span)
                column += span
        return grid

    def _cell(self, cell: Any) -> Iterator[str]:
        """The lines of a cell, those of text boxes after the paragraphs that they hang on."""
        pending = list(reversed(cell))
        while pending:
            element = pending.pop()
            if element.tag == _PARAGRAPH:
                yield from self._lines(element, self._style(element))[1]
                pending.extend(reversed(_text_boxes(element)))
            elif element.tag not in UNREAD | {DELETED}:
                pending.extend(reversed(element))

    def _inserted(self, element: Any) -> None:
        """Reads a file that was inserted as a whole."""
        name = self.links.get(link_id(element), "")
        data = self.package.data(name) if name else None
        blocks = inserted_blocks(name, data, self.raw) if data else None
        if blocks is None:
            self.unread.append(name.rpartition("/")[2] or "a file")
        else:
            self.blocks.extend(blocks)

    def _notes_in(self, element: Any) -> Iterator[Any]:
        """The notes to which a paragraph or table refers, each once."""
        for kind in ("w:footnote", "w:endnote"):
            for reference in element.iter(qn(f"{kind}Reference")):
                note = self.notes.pop((kind, reference.get(qn("w:id"))), None)
                if note is not None:
                    yield note

    def _chain(self, style_id: str | None) -> list[Any]:
        """A style and those that it is based on, the nearest first."""
        chain: list[Any] = []
        style = self.styles.get(style_id or "")
        while style is not None and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            style = self.styles.get(_value(style.find(qn("w:basedOn"))))
        return chain

    def _run_properties(self, style_id: str) -> Any:
        settings = (style.find(qn("w:rPr")) for style in self._chain(style_id))
        return next((found for found in settings if found is not None), None)

    def _style(self, paragraph: Any) -> _Style:
        """What the paragraph's own settings and those of its styles, the nearest first, say of it."""
        settings = paragraph.find(qn("w:pPr"))
        style_id = _value(None if settings is None else settings.find(qn("w:pStyle")))
        chain = self._chain(style_id)
        names = [_value(style.find(qn("w:name"))) for style in chain]
        made = [] if settings is None else [settings]
        made += [found for style in chain if (found := style.find(qn("w:pPr"))) is not None]
        return _Style(names, made, style_id, self.numbering)


class _Style:
    """How a paragraph is set, as far as its text depends on it."""

    def __init__(self, names: list[str], chain: list[Any], style_id: str, numbering: Numbering) -> None:
        self.names = names
        depth = _value(_first(chain, "w:outlineLvl"))
        named = next(filter(None, map(_HEADING_STYLE.match, names)), None)
        # The tenth level of the outline is running text.
        self.level = int(depth) + 1 if depth in set("012345678") else int(named[1]) if named and not depth else None
        self.numbering: tuple[str, int] | None = None
        number = _first(chain, "w:numPr")
        number_id = _value(None if number is None else number.find(qn("w:numId")))
        if number is not None and number_id:
            level = _value(number.find(qn("w:ilvl")))
            at = int(level) if level in set("012345678") else numbering.depth_of(number_id, style_id)
            self.numbering = (number_id, at)
        self.is_item = self.numbering is not None or any(map(_LIST_STYLE.match, names))


def _first(chain: list[Any], name: str) -> Any:
    return next((found for settings in chain if (found := settings.find(qn(name))) is not None), None)


def _value(element: Any) -> str:
    return "" if element is None else element.get(qn("w:val")) or ""


def _number(element: Any) -> int:
    value = _value(element)
    return int(value) if value.isdecimal() and len(value) <= 3 else 0


def _goes_on(cell: Any, merge: str) -> bool:
    """Whether the cell only goes on with the one above or to the left of it."""
    found = cell.find(f"{qn('w:tcPr')}/{qn(merge)}")
    return found is not None and _value(found) != "restart"


def _within(element: Any, tag: str) -> list[Any]:
    """The elements of this tag in the element, but not those in tables within it."""
    found: list[Any] = []
    pending = list(reversed(element))
    while pending:
        child = pending.pop()
        if child.tag == tag:
            found.append(child)
        elif child.tag not in UNREAD and child.tag != _TABLE:
            pending.extend(reversed(child))
    return found


def _text_boxes(paragraph: Any) -> list[Any]:
    """The text boxes that hang on the paragraph, each once: for older programs the file holds them a second time."""
    boxes = paragraph.iter(TEXT_BOX)
    return [box for box in boxes if not any(above.tag in {FALLBACK, TEXT_BOX} for above in _between(box, paragraph))]


def _between(element: Any, outer: Any) -> Iterator[Any]:
    """The elements around one, up to another that is around it as well."""
    for above in element.iterancestors():
        if above is outer:
            return
        yield above


def _is_picture(drawing: Any) -> bool:
    """Whether a drawing is none of text, and not the second copy of one."""
    copied = any(above.tag == FALLBACK for above in drawing.iterancestors())
    return not copied and next(drawing.iter(TEXT_BOX), None) is None


def _styles(root: Any) -> dict[str, Any]:
    return {} if root is None else {style.get(qn("w:styleId")) or "": style for style in root.iterfind(qn("w:style"))}


def _notes(package: Package, part: str) -> dict[tuple[str, str | None], Any]:
    notes: dict[tuple[str, str | None], Any] = {}
    for kind in ("w:footnote", "w:endnote"):
        root = package.related(part, f"{kind.removeprefix('w:')}s")
        for note in () if root is None else root.iter(qn(kind)):
            # Those with a type are the lines that part the notes from the text.
            if note.get(qn("w:type")) in {None, "normal"}:
                notes[kind, note.get(qn("w:id"))] = note
    return notes
