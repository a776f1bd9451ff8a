"""Tables: a grid of cells to paragraphs, a row of data with its columns' names being one.

What a table does not say of itself is told from its cells: which rows name the columns, where another table begins,
whether it is a form of labels and values, or questions with their answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from retrieval.reading.content import Block
from retrieval.reading.joining import collapse
from retrieval.reading.lists import is_item
from retrieval.reading.tables.cells import EMPTY, Cell, Grid, Row, even, is_filled, once, single, texts_of
from retrieval.reading.tables.faq import FaqColumns, faq_columns, question_answer
from retrieval.reading.tables.headers import (
    carried,
    depth_of,
    is_form,
    is_narrow,
    is_preamble,
    is_turned,
    rows_below,
    spans,
)
from retrieval.reading.tables.names import evidence, is_name, is_value, joined, period
from retrieval.simplified import in_both_scripts

_LONGEST_CAPTION = 40
_MOST_CAPTIONS = 3
_LONGEST_CELL = 400
_NAMES_ALL = re.compile(in_both_scripts(r"(?:名称|姓名)[：:]?$"))  # the label of what a whole form is about
_NOTE = re.compile(in_both_scripts("注|备注|说明|附注|note|remark"))


def grid_blocks(grid: Grid, *, under: tuple[str, ...] = ()) -> list[Block]:
    """The paragraphs of a table; none when it has one column, or cells that hold whole texts."""
    if max(map(len, grid.rows), default=0) < 2:
        return []
    blocks = list(table_blocks(grid.rows, under=under))
    answers = any(block.questions for block in blocks)
    return blocks if answers or all(len(cell.text) <= _LONGEST_CELL for row in grid.rows for cell in row) else []


def row_text(names: Sequence[str], values: Sequence[str]) -> str:
    """The row's values, each after its column's name where it has one; empty cells are left out.

    >>> row_text(["姓名", "部门", ""], ["张三", "研发", "备注"])
    '姓名：张三，部门：研发，备注'
    """
    cells: list[str] = []
    for position, value in enumerate(values):
        name = names[position].rstrip("：:") if position < len(names) else ""
        if value:
            said = value.replace("\n", " ")
            cells.append(f"{name}：{said}" if name and name != value else said)
    return "，".join(cells)


def table_blocks(rows: Sequence[Row], *, under: tuple[str, ...] = ()) -> Iterator[Block]:
    """The paragraphs of a sheet or table, each row of data being one.

    Empty rows part tables, and so do empty columns where both sides have names of their own. A row of one cell is a
    caption above a table or a heading within it, below which its rows stand, or a note.
    """
    pending: list[Row] = []
    for filled, band in groupby(rows, key=is_filled):
        lines = list(band)
        if not filled:
            pending.append(())
            continue
        parts = _beside(lines)
        if parts is None:
            pending.extend(lines)
            continue
        yield from TableReader(under).read(pending)
        pending = []
        for part in parts:
            yield from TableReader(under).read(part)
    yield from TableReader(under).read(pending)


def _beside(rows: list[Row]) -> list[list[Row]] | None:
    """The tables that stand side by side in these rows, each with names of its own; ``None`` where there is one."""
    width = max(map(len, rows))
    several = [row for row in rows if single(row) is None]
    filled = [any(at < len(row) and row[at].text for row in several) for at in range(width)]
    spans = [list(columns) for full, columns in groupby(range(width), key=filled.__getitem__) if full]
    if len(spans) < 2 or len(several) < 2 or any(len(span) < 2 for span in spans):
        return None
    parts: list[list[Row]] = []
    for span in spans:
        part = [row[span[0] : span[-1] + 1] for row in rows]
        part = [row for row in part if is_filled(row)]
        start = next((at for at, row in enumerate(part) if single(row) is None), len(part))
        if start >= len(part) - 1 or evidence(texts_of(part[start]), list(map(texts_of, part[start + 1 :]))) <= 0:
            return None
        parts.append(part)
    spanning = [row for row in rows if (cell := single(row)) and sum(cell is other for other in row) > len(spans[0])]
    if any(cell.text and not filled[at] for row in rows if row not in spanning for at, cell in enumerate(row)):
        return None
    return [spanning, *([row for row in part if row not in spanning] for part in parts)] if spanning else parts


class TableReader:
    """Reads the rows of a table, or of several one below the other; what it knows of the columns it keeps.

    What names the columns in one call names them in the next, as in a table that goes on over several pages.
    """

    def __init__(self, under: tuple[str, ...] = ()) -> None:
        self.under = under
        self.captions: tuple[str, ...] = ()  # what stands above the table, and
        self.fresh = True  # whether its names are still to come
        self.label: tuple[str, ...] = ()  # the heading within it
        self.named = False
        self.headers: list[list[str]] = []
        self.unsaid: Sequence[Row] = ()  # rows of names below which nothing has stood so far
        self.names: list[str] = []
        self.faq: FaqColumns | None = None
        self.form = self.turned = False
        self.marked = False  # whether the names are marked as such
        self.keyed = False  # whether the rows have names, too
        self.figures: list[int] = []

    def read(self, rows: Sequence[Row]) -> Iterator[Block]:
        """The paragraphs of the rows; an empty row parts what stands above it from what stands below."""
        start, gap = 0, True
        while start < len(rows):
            row = rows[start]
            if not is_filled(row):
                start, gap = start + 1, True
                continue
            if (alone := single(row)) is not None and self._stands_alone(rows, start, alone, gap=gap):
                if self.named and not gap and spans(row) > 1 and self._is_another(rows, start + 1):
                    self.named, gap = False, True
                yield from self._alone(alone, rows, start, gap=gap)
                start += 1
                continue
            unsaid = self.unsaid
            depth = self._begins(rows, start, gap=gap)
            if unsaid is not self.unsaid:
                yield from self._lines(unsaid)
            if depth is None:
                yield Block(_unnamed(row, form=False), under=self.under + self.captions)
                start += 1
                continue
            if not depth and self.turned:
                end = next((at for at in range(start, len(rows)) if not is_filled(rows[at])), len(rows))
                columns = [list(column) for column in zip(*even(rows[start:end]), strict=True)]
                self._name(joined([texts_of(columns[0])]), 0, [])
                yield from (self._block(column) for column in columns[1:] if is_filled(column))
                start = end
                self.named = False
                continue
            start += depth
            if not depth:
                yield from self._row(row)
                start += 1
            gap = False
        yield from self._lines(self.unsaid)

    def _is_another(self, rows: Sequence[Row], start: int) -> bool:
        """Whether another table begins here, below a cell that spans its columns: one with names, or a form."""
        if start >= len(rows) or not is_filled(rows[start]) or texts_of(rows[start]) in self.headers:
            return False
        below = rows_below(rows, start + 1)
        names = evidence(texts_of(rows[start]), list(map(texts_of, below)))
        return names >= 2 or (not self.form and is_form([rows[start], *below]))

    def _lines(self, rows: Sequence[Row]) -> list[Block]:
        """Rows that looked like names, and below which nothing stands."""
        return [Block(_unnamed(row, form=False), under=self.under) for row in rows if is_filled(row)]

    def _stands_alone(self, rows: Sequence[Row], start: int, cell: Cell, *, gap: bool) -> bool:
        """Whether a row's only text is a caption, heading or note, and not a row of data that is otherwise empty."""
        row = rows[start]
        if sum(cell is other for other in row) > 1:
            marked = cell.heads and start + 1 < len(rows) and not any(other.heads for other in rows[start + 1])
            return not (marked and not self.named)
        return not self.named or gap or is_item(cell.text) or bool(_NOTE.match(cell.text))

    def _alone(self, cell: Cell, rows: Sequence[Row], start: int, *, gap: bool) -> Iterator[Block]:
        text = cell.text.replace("\n", " ")
        short = len(text) <= _LONGEST_CAPTION and not text.endswith(("。", "！", "；")) and not _NOTE.match(text)
        below = [row for row in rows[start + 1 : start + 6] if is_filled(row)]
        heads = short and any(single(row) is None for row in below[:3])
        within = self.named and not gap
        if not (heads and within):
            yield Block(text, under=self.under)
        if heads and within:
            self.label = (text,)
        elif heads:
            self.captions = (*self.captions, text)[-_MOST_CAPTIONS:] if self.fresh else (text,)
            self.fresh = True

    def _begins(self, rows: Sequence[Row], start: int, *, gap: bool) -> int | None:
        """How many rows here name columns: 0 when this one is data, ``None`` when it only stands above a table."""
        row = rows[start]
        if texts_of(row) in self.headers:
            return 1
        if not gap and self.named and not self._breaks(row):
            return 0
        depth = depth_of(rows, start)
        below = rows_below(rows, start + depth)
        if (
            is_form([row])
            and start + 1 < len(rows)
            and spans(rows[start + 1]) > 1
            and self._is_another(rows, start + 2)
        ):
            below = []  # what comes next stands below a heading of its own
        header = [texts_of(rows[at]) for at in range(start, start + depth)]
        names = joined(list(map(texts_of, carried(rows[start : start + depth]))))
        said = [words for words in map(texts_of, below) if words not in header]
        weight = 9 if all(cell.heads for cell in row if cell.text) else evidence(names, said)
        if self.named:
            if not said or weight < (2 if gap else 3):
                return 0
        elif below and weight < 9 and (is_narrow(row, below) or (weight <= 0 and is_preamble(row, below))):
            return None
        elif not said or not self._has_names(row, below, weight, depth):
            self.form = self.form if said else is_form([row])
            self._name([], 0, [texts_of(row), *said])
            return 0
        self.form = self.turned = False
        self._name(names, depth, said)
        self.unsaid = rows[start : start + depth]
        self.headers, self.marked = header, all(cell.heads for cell in row if cell.text)
        return depth

    def _has_names(self, row: Row, below: list[Row], weight: int, depth: int) -> bool:
        """Whether the first row of a table names its columns; if not, it may be a form, or turned."""
        if weight >= 9:
            # Markdown marks the first row of every table, also of a form.
            self.form = len(once(row)) > 3 and is_form([row, *below])
            return not self.form
        told = any(cell.heads for other in [row, *below] for cell in other)
        self.turned = is_turned([row, *below], told=told)
        self.form = not self.turned and is_form([row, *below])
        least = 1 if len(once(row)) < 3 or depth > 1 else 0
        return not (told or self.turned or self.form) and weight >= least

    def _breaks(self, row: Row) -> bool:
        """Whether the row holds words in all columns of figures, and among them names: those of another table."""
        if row[0].heads and all(cell.heads for cell in row if cell.text):
            return True
        if self.marked or self.keyed or not self.figures:
            return False
        cells = [row[at].text for at in self.figures if at < len(row)]
        if len(cells) < len(self.figures) or not all(cells) or any(map(is_value, cells)):
            return False
        said = once(row)
        least = 1 if len(cells) > 1 else max(2, len(said) - 1)
        return sum(map(is_name, said)) >= least

    def _name(self, names: list[str], depth: int, below: list[list[str]]) -> None:
        self.named = True
        if not self.fresh:
            self.captions = ()
        self.fresh, self.label = False, ()
        self.names = [collapse(name) for name in names]
        if not depth:
            self.headers = []
        self.faq = faq_columns(self.names, below)
        keys = [row[0] for row in below if row and row[0]]
        self.keyed, self.marked = sum(map(is_name, keys)) > 0.5 * len(keys), False
        width = max(map(len, below), default=0)
        columns = ([row[at] for row in below if at < len(row) and row[at]] for at in range(width))
        self.figures = [at for at, texts in enumerate(columns) if sum(map(is_value, texts)) >= 0.6 * len(texts) > 0]

    def _row(self, row: Row) -> Iterator[Block]:
        self.unsaid = ()
        length = period(self.names) if self.names else len(row)
        for at in range(0, len(row), max(length, 1)):
            part = row[at : at + length]
            if is_filled(part):
                yield self._block(part)

    def _block(self, row: Row) -> Block:
        under = self.under + self.captions + self.label
        if self.faq and (pair := question_answer(self.faq, texts_of(row))):
            about = [row[at].text for at in self.faq.categories if at < len(row)]
            details = [row_text(self.names[at : at + 1], [row[at].text]) for at in self.faq.details(len(row))]
            under += tuple(filter(None, map(collapse, [*about, *details])))
            return Block(pair.answer, under=under, questions=tuple(map(collapse, pair.questions)))
        if not self.names:
            if self.form and not self.label and len(texts := once(row)) > 1 and _NAMES_ALL.search(texts[0]):
                self.label = (row_text(texts[:1], texts[1:2]),)  # what the whole form is about
            return Block(_unnamed(row, form=self.form), under=under)
        # A cell over several columns is one object in all of them, and is said once.
        cells = [(self.names[at] if at < len(self.names) else "", cell.text) for at, cell in enumerate(row)
                 if not at or cell is not row[at - 1] or cell is EMPTY]  # fmt: skip
        return Block(row_text([name for name, _ in cells], [text for _, text in cells]), under=under)


def _is_label(text: str) -> bool:
    """Whether a text can stand before a value: it holds words, and no value of its own."""
    label = text.rstrip("：:")
    return "：" not in label and ":" not in label and any(map(str.isalpha, label))


def _unnamed(row: Row, *, form: bool) -> str:
    """The text of a row whose columns have no names: labels and values where it is set so."""
    cells = [cell for at, cell in enumerate(row) if cell.text and (not at or cell is not row[at - 1])]
    pairs = list(zip(cells[::2], cells[1::2], strict=False))
    marked = all((key.heads and not value.heads) or key.text.endswith(("：", ":")) for key, value in pairs)
    if len(cells) % 2 == 0 and (form or marked or (len(cells) == 2 and _is_label(cells[0].text))):
        return row_text([key.text for key, _ in pairs], [value.text for _, value in pairs])
    texts = [cell.text for cell in cells]
    if form or (len(texts) == 3 and all(map(is_name, texts[:-1])) and not is_name(texts[-1])):
        return row_text([" ".join(texts[:-1])], texts[-1:]) if len(texts) > 1 else row_text((), texts)
    return row_text((), texts)
