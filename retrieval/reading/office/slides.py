"""PowerPoint: the text of each slide, below its title, with the slide's number as its page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.shapes.base import BaseShape
from pptx.slide import Slide
from pptx.table import Table

from retrieval.reading.content import Block, Content, Raw
from retrieval.reading.joining import collapse
from retrieval.reading.office.package import Package
from retrieval.reading.office.properties import properties
from retrieval.reading.tables.cells import Cell, Grid, cell_text
from retrieval.reading.tables.reader import grid_blocks

_FURNITURE = frozenset({PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER})


def read(raw: Raw) -> Content:
    """The titles, texts, tables and notes of the slides, in order."""
    package = Package(raw)
    presentation = Presentation(io.BytesIO(package.bytes))
    blocks: list[Block] = []
    pictured = unseen = 0
    for number, slide in enumerate(presentation.slides, start=1):
        if slide.element.get("show") in {"0", "false"} and not raw.hidden:
            unseen += 1
            continue
        title = slide.shapes.title
        if title is not None and (text := collapse(title.text_frame.text)):
            blocks.append(Block(text, level=1, page=number))
        for shape in _leaves(slide.shapes):
            if title is not None and shape.shape_id == title.shape_id:
                continue
            pictured += bool(getattr(shape, "has_chart", False)) or _is_diagram(shape)
            blocks.extend(block._replace(page=number) for block in _blocks(shape))
        blocks.extend(Block(text, page=number) for text in _notes(slide) if text)
    remarks: list[str] = []
    if pictured:
        remarks.append(f"left out {pictured} charts and diagrams")
    if unseen:
        remarks.append(f"left out {unseen} hidden slides; hidden = true in documents.toml reads them")
    return Content(format="pptx", blocks=blocks, metadata=properties(package), remarks=tuple(remarks))


def _leaves(shapes: Iterable[BaseShape]) -> Iterator[BaseShape]:
    """The shapes, and those in groups, in the order in which they lie; groups are opened without recursion."""
    pending = list(shapes)[::-1]
    while pending:
        shape = pending.pop()
        members = getattr(shape, "shapes", None)
        if members is None:
            yield shape
        else:
            pending.extend(list(members)[::-1])


def _blocks(shape: BaseShape) -> Iterator[Block]:
    if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
        return
    if getattr(shape, "has_table", False):
        yield from _table(shape.table)  # type: ignore[attr-defined]  # a graphic frame, which has_table says it is
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:  # type: ignore[attr-defined]  # has_text_frame says it has one
            # A vertical tab is a line break within the paragraph.
            yield from map(Block, filter(None, map(collapse, paragraph.text.split("\v"))))


def _table(table: Table) -> list[Block]:
    grid = Grid()
    for row_number, row in enumerate(table.rows):
        grid.start_row()
        for cell in row.cells:
            if not cell.is_spanned:
                heads = row_number == 0 and bool(table.first_row)
                grid.put(Cell(cell_text(cell.text), heads), cell.span_width, cell.span_height)
    return grid_blocks(grid)


def _notes(slide: Slide) -> list[str]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return [collapse(paragraph.text) for paragraph in frame.paragraphs] if frame else []


def _is_diagram(shape: BaseShape) -> bool:
    return bool(shape.element.xpath('.//a:graphicData[contains(@uri, "/diagram")]'))
