"""Word: paragraphs, headings, numbers, tables, notes and text boxes of a .docx file, in reading order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from retrieval.reading.archives.container import open_office
from retrieval.reading.content import Block, Content, Metadata, Raw
from retrieval.reading.joining import collapse
from retrieval.reading.office.numbering import Numbering
from retrieval.reading.office.properties import properties
from retrieval.reading.rows import Cell, Grid

_PARAGRAPH, _TABLE, _TEXT_BOX, _TEXT = qn("w:p"), qn("w:tbl"), qn("w:txbxContent"), qn("w:t")
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What was deleted or moved away, what stands there twice, and what is set but not read.
_UNREAD = frozenset((*map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:rt", "w:sdtPr", "w:tblPr")), _FALLBACK))
_CHARACTERS = {qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-", qn("w:cr"): "\v", qn("w:br"): "\v", qn("w:ptab"): "\t"}
_HEADING_STYLE = re.compile(r"(?:heading|标题|標題)\s*([1-9])$", re.IGNORECASE)
_TITLE_STYLE = re.compile(r"(?:title|标题|標題|文档标题)$", re.IGNORECASE)
_CONTENTS_STYLE = re.compile(r"(?:toc|目录|目錄)\s*\d", re.IGNORECASE)
_LONGEST_CELL = 400
_LONGEST_CHAIN = 20
_LIST_STYLE = re.compile(r"list (?:bullet|number|paragraph)|列表|列出段落|项目符号", re.IGNORECASE)


def read(raw: Raw) -> Content:
    """The text of the body; headers, footers, comments and what tracked changes have deleted are left out."""
    open_office(raw).close()
    document = docx.Document(io.BytesIO(raw.data))
    reading = _Reading(document)
    reading.read(document.element.body)
    metadata = properties(document.core_properties)
    if metadata.title is None and reading.title:
        metadata = Metadata(title=reading.title).over(metadata)
    return Content(format="docx", blocks=reading.blocks, metadata=metadata, remarks=tuple(reading.remarks()))


class _Reading:
    """One reading of one document: the blocks so far, and what was met on the way."""

    def __init__(self, document: WordDocument) -> None:
        self.blocks: list[Block] = []
        self.title = ""
        self.contents_lines = self.deletions = self.pictures = 0
        self.styles = {style.style_id: style for style in document.styles}
        self.notes = _notes(document)
        numbering = _related(document, RELATIONSHIP_TYPE.NUMBERING)
        self.numbering = Numbering() if numbering is None else Numbering.of(numbering)

    def remarks(self) -> Iterator[str]:
        """What was left out of the document."""
        if self.contents_lines:
            yield f"left out {self.contents_lines} lines of a table of contents"
        if self.deletions:
            yield f"left out {self.deletions} passages that tracked changes have deleted"
        if self.pictures:
            yield f"left out {self.pictures} pictures"

    def read(self, container: Any) -> None:
        """Reads the paragraphs and tables in the container, and in whatever wraps them there."""
        pending = [container]
        while pending:
            element = pending.pop()
            if element.tag == _PARAGRAPH:
                self._paragraph(element)
                pending.extend(reversed(_text_boxes(element)))
            elif element.tag == _TABLE and (rows := self._table(element)):
                self.blocks.extend(map(Block, rows))
            elif element.tag not in _UNREAD:
                pending.extend(reversed(element))

    def _paragraph(self, paragraph: Any) -> None:
        style = self._style(paragraph)
        if any(_CONTENTS_STYLE.match(name) for name in style.names):
            self.contents_lines += 1
            return
        self.pictures += sum(map(_is_picture, paragraph.iter(qn("w:drawing"), qn("w:pict"))))
        text = self._text(paragraph)
        if text.strip():
            number = self.numbering.next(*style.numbering) if style.numbering else ""
            lines = [line for line in map(collapse, f"{number} {text}".split("\v")) if line]
            if not self.title and not self.blocks and any(map(_TITLE_STYLE.match, style.names)):
                self.title = " ".join(lines)
            elif style.level is not None:
                self.blocks.append(Block(" ".join(lines), level=style.level))
            else:
                self.blocks.extend(Block(line, item=style.is_item and not number.startswith("第")) for line in lines)
        for note in self._notes_in(paragraph):
            self.read(note)

    def _text(self, paragraph: Any) -> str:
        """The characters of the paragraph; a line break within it is a vertical tab."""
        pieces: list[str] = []
        pending = [paragraph]
        while pending:
            element = pending.pop()
            tag = element.tag
            if tag in {_TEXT, _MATH_TEXT}:
                pieces.append(element.text or "")
            elif tag in _CHARACTERS:
                pieces.append(_CHARACTERS[tag])
            elif tag == qn("w:del"):
                self.deletions += 1
            elif tag not in _UNREAD and tag != _TEXT_BOX and not _is_hidden(element):
                pending.extend(reversed(element))
        return "".join(pieces)

    def _table(self, table: Any) -> list[str]:
        """The rows of a table of data; nothing for one whose cells hold whole texts."""
        grid = Grid()
        above: dict[int, Cell] = {}
        for row in _within(table, qn("w:tr")):
            grid.start_row()
            heads = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
            column = 0
            for cell in _within(row, qn("w:tc")):
                merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
                if merge is None or merge.get(qn("w:val")) == "restart" or column not in above:
                    text = " ".join(self._text(paragraph) for paragraph in cell.iter(_PARAGRAPH))
                    above[column] = Cell(collapse(text), heads)
                span = _span(cell)
                grid.put(above[column], span)
                column += span
        longest = max((len(cell.text) for row in grid.rows for cell in row), default=0)
        return [] if longest > _LONGEST_CELL or max(map(len, grid.rows), default=0) < 2 else grid.blocks()

    def _notes_in(self, paragraph: Any) -> Iterator[Any]:
        """The notes to which the paragraph refers, each once."""
        for kind in ("w:footnote", "w:endnote"):
            for reference in paragraph.iter(qn(f"{kind}Reference")):
                note = self.notes.pop((kind, reference.get(qn("w:id"))), None)
                if note is not None:
                    yield note

    def _style(self, paragraph: Any) -> _Style:
        """What the paragraph's own settings and those of its styles, the nearest first, say of it."""
        settings = paragraph.find(qn("w:pPr"))
        chain = [] if settings is None else [settings]
        names: list[str] = []
        reference = None if settings is None else settings.find(qn("w:pStyle"))
        style = self.styles.get(None if reference is None else reference.get(qn("w:val")))
        while style is not None and len(names) < _LONGEST_CHAIN:
            names.append(style.name or "")
            chain.extend(style.element.findall(qn("w:pPr")))
            style = getattr(style, "base_style", None)
        return _Style(names, chain)


class _Style:
    """How a paragraph is set, as far as its text depends on it."""

    def __init__(self, names: list[str], chain: list[Any]) -> None:
        self.names = names
        outline = _first(chain, "w:outlineLvl")
        depth = "" if outline is None else outline.get(qn("w:val"), "")
        named = next(filter(None, map(_HEADING_STYLE.match, names)), None)
        # The tenth level of the outline is running text.
        self.level = int(depth) + 1 if depth in set("012345678") else int(named[1]) if named and not depth else None
        number = _first(chain, "w:numPr")
        self.numbering: tuple[str, int] | None = None
        if number is not None:
            number_id, level = number.find(qn("w:numId")), number.find(qn("w:ilvl"))
            written = "0" if level is None else level.get(qn("w:val"), "0")
            if number_id is not None:
                self.numbering = (number_id.get(qn("w:val"), ""), int(written) if written in set("012345678") else 0)
        self.is_item = self.numbering is not None or any(map(_LIST_STYLE.match, names))


def _first(chain: list[Any], name: str) -> Any:
    return next((found for settings in chain if (found := settings.find(qn(name))) is not None), None)


def _within(element: Any, tag: str) -> list[Any]:
    """The elements of this tag in the element, but not those in tables within it."""
    found: list[Any] = []
    pending = list(reversed(element))
    while pending:
        child = pending.pop()
        if child.tag == tag:
            found.append(child)
        elif child.tag not in _UNREAD and child.tag != _TABLE:
            pending.extend(reversed(child))
    return found


def _text_boxes(paragraph: Any) -> list[Any]:
    """The text boxes that hang on the paragraph, each once: for older programs the file holds them a second time."""
    boxes = paragraph.iter(_TEXT_BOX)
    return [box for box in boxes if not any(above.tag in {_FALLBACK, _TEXT_BOX} for above in box.iterancestors())]


def _is_picture(drawing: Any) -> bool:
    """Whether a drawing is none of text, and not the second copy of one."""
    copied = any(above.tag == _FALLBACK for above in drawing.iterancestors())
    return not copied and next(drawing.iter(_TEXT_BOX), None) is None


def _is_hidden(element: Any) -> bool:
    hidden = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}") if element.tag == qn("w:r") else None
    return hidden is not None and hidden.get(qn("w:val")) not in {"0", "false", "off"}


def _span(cell: Any) -> int:
    span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    value = "" if span is None else span.get(qn("w:val"), "")
    return int(value) if value.isdecimal() and 0 < len(value) <= 3 else 1


def _related(document: WordDocument, relationship: str) -> Any:
    """The root of the part that is related to the document in this way, if there is one."""
    parts = (link for link in document.part.rels.values() if link.reltype == relationship and not link.is_external)
    link = next(parts, None)
    return None if link is None else parse_xml(link.target_part.blob)


def _notes(document: WordDocument) -> dict[tuple[str, str], Any]:
    notes: dict[tuple[str, str], Any] = {}
    for kind, relationship in (("w:footnote", RELATIONSHIP_TYPE.FOOTNOTES), ("w:endnote", RELATIONSHIP_TYPE.ENDNOTES)):
        root = _related(document, relationship)
        for note in () if root is None else root.iter(qn(kind)):
            # Those with a type are the lines that part the notes from the text.
            if note.get(qn("w:type")) in {None, "normal"}:
                notes[kind, note.get(qn("w:id"))] = note
    return notes
