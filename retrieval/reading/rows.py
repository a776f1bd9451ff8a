"""Tables: a grid of cells to paragraphs, a row of data with its columns' names being one.

What a table does not say of itself is told from its cells: which rows name the columns, where another table begins,
whether it is a form of labels and values, or questions with their answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from retrieval.reading.columns import (
    FaqColumns,
    evidence,
    faq_columns,
    is_name,
    is_value,
    joined,
    period,
    question_answer,
    shape,
)
from retrieval.reading.content import Block
from retrieval.reading.joining import collapse
from retrieval.reading.lists import is_item

_MOST_COLUMNS = 256
_MOST_HEADER_ROWS = 3
_LOOKED_AT = 30
_LONGEST_CAPTION = 40
_MOST_CAPTIONS = 3
_LONGEST_CELL = 400
_NOTE = ("注", "备注", "说明", "附注", "note", "remark")
_LINE_ENDS = ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029")


@dataclass(frozen=True, slots=True)
class Cell:
    r"""A cell's text, its lines parted by ``\n``, and whether it is marked as the heading of its row or column."""

    text: str
    heads: bool = False


Row = Sequence[Cell]
EMPTY = Cell("")


def cell_text(text: str) -> str:
    r"""The text of a cell, without white space that shows nothing; its lines stay lines.

    >>> cell_text(" 1. 关闭 电源\r\n\n2. 打开后盖 ")
    '1. 关闭 电源\n2. 打开后盖'
    """
    if text.isalnum():
        return text
    for end in _LINE_ENDS:
        if end in text:
            text = text.replace(end, "\n")
    if "\n" not in text:
        return collapse(text)
    return "\n".join(filter(None, map(collapse, text.split("\n"))))


@dataclass(slots=True)
class Grid:
    """The cells of a table by row and column, those that span several repeated in each.

    A cell over several columns is one object in all of them, and is said once in a row.
    """

    rows: list[list[Cell]] = field(default_factory=list)
    hanging: dict[int, tuple[int, Cell]] = field(default_factory=dict)  # column → (rows it still reaches into, cell)

    def start_row(self) -> None:
        """Begins the next row."""
        self.rows.append([])
        self._hang()

    def put(self, cell: Cell, columns: int = 1, down: int = 1) -> None:
        """Puts a cell next into the row, over so many columns and so many rows down."""
        row = self.rows[-1]
        for _ in range(min(columns, _MOST_COLUMNS - len(row))):
            if down > 1:
                self.hanging[len(row)] = (down - 1, cell)
            row.append(cell)
        self._hang()

    def _hang(self) -> None:
        """Fills the next columns with the cells that reach into this row from above."""
        row = self.rows[-1]
        while (above := self.hanging.pop(len(row), None)) is not None:
            down, cell = above
            if down > 1:
                self.hanging[len(row)] = (down - 1, cell)
            row.append(cell)

    def blocks(self, *, under: tuple[str, ...] = ()) -> list[Block]:
        """The paragraphs of the table; none when it has one column, or cells that hold whole texts."""
        if max(map(len, self.rows), default=0) < 2:
            return []
        blocks = list(table_blocks(self.rows, under=under))
        answers = any(block.questions for block in blocks)
        return blocks if answers or all(len(cell.text) <= _LONGEST_CELL for row in self.rows for cell in row) else []


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
    for filled, band in groupby(rows, key=_is_filled):
        lines = list(band)
        if not filled:
            pending.append(())
            continue
        parts = _beside(lines)
        if parts is None:
            pending.extend(lines)
            continue
        yield from _Reading(under).read(pending)
        pending = []
        for part in parts:
            yield from _Reading(under).read(part)
    yield from _Reading(under).read(pending)


def _is_filled(row: Row) -> bool:
    return any(cell.text for cell in row)


def _texts(row: Row) -> list[str]:
    return [cell.text for cell in row]


def _single(row: Row) -> Cell | None:
    """The only cell of the row that holds text, however many columns it spans."""
    found: Cell | None = None
    for cell in row:
        if cell.text and cell is not found:
            if found is not None:
                return None
            found = cell
    return found


def _beside(rows: list[Row]) -> list[list[Row]] | None:
    """The tables that stand side by side in these rows, each with names of its own; ``None`` where there is one."""
    width = max(map(len, rows))
    several = [row for row in rows if _single(row) is None]
    filled = [any(at < len(row) and row[at].text for row in several) for at in range(width)]
    spans = [list(columns) for full, columns in groupby(range(width), key=filled.__getitem__) if full]
    if len(spans) < 2 or len(several) < 2 or any(len(span) < 2 for span in spans):
        return None
    parts: list[list[Row]] = []
    for span in spans:
        part = [row[span[0] : span[-1] + 1] for row in rows]
        part = [row for row in part if _is_filled(row)]
        start = next((at for at, row in enumerate(part) if _single(row) is None), len(part))
        if start >= len(part) - 1 or evidence(_texts(part[start]), list(map(_texts, part[start + 1 :]))) <= 0:
            return None
        parts.append(part)
    spanning = [row for row in rows if (cell := _single(row)) and sum(cell is other for other in row) > len(spans[0])]
    return [spanning, *([row for row in part if row not in spanning] for part in parts)] if spanning else parts


class _Reading:
    """One way through the rows of a table or of several one below the other, and what is known of the columns."""

    def __init__(self, under: tuple[str, ...]) -> None:
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
            if not _is_filled(row):
                start, gap = start + 1, True
                continue
            if (alone := _single(row)) is not None and self._stands_alone(rows, start, alone, gap=gap):
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
                end = next((at for at in range(start, len(rows)) if not _is_filled(rows[at])), len(rows))
                columns = [list(column) for column in zip(*_even(rows[start:end]), strict=True)]
                self._name(joined([_texts(columns[0])]), 0, [])
                yield from (self._block(column) for column in columns[1:] if _is_filled(column))
                start = end
                self.named = False
                continue
            start += depth
            if not depth:
                yield from self._row(row)
                start += 1
            gap = False
        yield from self._lines(self.unsaid)

    def _lines(self, rows: Sequence[Row]) -> list[Block]:
        """Rows that looked like names, and below which nothing stands."""
        return [Block(_unnamed(row, form=False), under=self.under) for row in rows if _is_filled(row)]

    def _stands_alone(self, rows: Sequence[Row], start: int, cell: Cell, *, gap: bool) -> bool:
        """Whether a row's only text is a caption, heading or note, and not a row of data that is otherwise empty."""
        row = rows[start]
        if sum(cell is other for other in row) > 1:
            marked = cell.heads and start + 1 < len(rows) and not any(other.heads for other in rows[start + 1])
            return not (marked and not self.named)
        return not self.named or gap or is_item(cell.text) or cell.text.startswith(_NOTE)

    def _alone(self, cell: Cell, rows: Sequence[Row], start: int, *, gap: bool) -> Iterator[Block]:
        text = cell.text.replace("\n", " ")
        short = len(text) <= _LONGEST_CAPTION and not text.endswith(("。", "！", "；")) and not text.startswith(_NOTE)
        below = [row for row in rows[start + 1 : start + 6] if _is_filled(row)]
        heads = short and any(_single(row) is None for row in below[:3])
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
        if _texts(row) in self.headers:
            return 1
        if not gap and self.named and not self._breaks(row):
            return 0
        depth = _depth(rows, start)
        below = _below(rows, start + depth)
        header = [_texts(rows[at]) for at in range(start, start + depth)]
        names = joined(list(map(_texts, _carried(rows[start : start + depth]))))
        said = [words for words in map(_texts, below) if words not in header]
        weight = 9 if all(cell.heads for cell in row if cell.text) else evidence(names, said)
        if self.named:
            if not said or weight < (2 if gap else 4):
                return 0
        elif below and weight < 9 and (_is_narrow(row, below) or (weight <= 0 and _is_preamble(row, below))):
            return None
        elif not said or not self._has_names(row, below, weight, depth):
            self._name([], 0, [_texts(row), *said])
            return 0
        self.form = self.turned = False
        self._name(names, depth, said)
        self.unsaid = rows[start : start + depth]
        self.headers, self.marked = header, all(cell.heads for cell in row if cell.text)
        return depth

    def _has_names(self, row: Row, below: list[Row], weight: int, depth: int) -> bool:
        """Whether the first row of a table names its columns; if not, it may be a form, or turned."""
        if weight >= 9:
            return True
        told = any(cell.heads for other in [row, *below] for cell in other)
        self.turned = _is_turned([row, *below], told=told)
        self.form = not self.turned and _is_form([row, *below])
        least = 1 if len(_once(row)) < 3 or depth > 1 else 0
        return not (told or self.turned or self.form) and weight >= least

    def _breaks(self, row: Row) -> bool:
        """Whether the row holds words in all columns of figures, of which there are several: names of other columns."""
        if row[0].heads and all(cell.heads for cell in row if cell.text):
            return True
        if self.marked or self.keyed or len(self.figures) < 2:
            return False
        cells = [row[at].text for at in self.figures if at < len(row)]
        if len(cells) < len(self.figures) or not all(cells) or any(map(is_value, cells)):
            return False
        return sum(map(is_name, _texts(row))) >= 0.5 * len(_once(row))

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
            if _is_filled(part):
                yield self._block(part)

    def _block(self, row: Row) -> Block:
        under = self.under + self.captions + self.label
        if self.faq and (pair := question_answer(self.faq, _texts(row))):
            about = [row[at].text for at in self.faq.categories if at < len(row)]
            details = [row_text(self.names[at : at + 1], [row[at].text]) for at in self.faq.details(len(row))]
            under += tuple(filter(None, map(collapse, [*about, *details])))
            return Block(pair.answer, under=under, questions=tuple(map(collapse, pair.questions)))
        if not self.names:
            if (
                self.form
                and not self.label
                and len(texts := _once(row)) > 1
                and texts[0].rstrip("：:").endswith("名称")
            ):
                self.label = (row_text(texts[:1], texts[1:2]),)  # what the whole form is about
            return Block(_unnamed(row, form=self.form), under=under)
        # A cell over several columns is one object in all of them, and is said once.
        cells = [(self.names[at] if at < len(self.names) else "", cell.text) for at, cell in enumerate(row)
                 if not at or cell is not row[at - 1] or cell is EMPTY]  # fmt: skip
        return Block(row_text([name for name, _ in cells], [text for _, text in cells]), under=under)


def _once(row: Row) -> list[str]:
    """The texts of the row, that of a cell over several columns once, without the empty ones."""
    return [cell.text for at, cell in enumerate(row) if cell.text and (not at or cell is not row[at - 1])]


def _even(rows: Sequence[Row]) -> list[list[Cell]]:
    width = max(map(len, rows))
    return [[*row, *[EMPTY] * (width - len(row))] for row in rows]


def _below(rows: Sequence[Row], start: int) -> list[Row]:
    """The first rows below the names, as far as they may be their data: up to an empty row that does not come first."""
    found: list[Row] = []
    gap = False
    for row in rows[start : start + _LOOKED_AT]:
        if not _is_filled(row):
            if found:
                break
            gap = True
        elif _single(row) is None:
            found.append(row)
        elif gap and not found:
            break  # the caption of another table
        elif not found:
            found.append(row)
    return found


def _is_narrow(row: Row, below: list[Row]) -> bool:
    """Whether the row fills far fewer columns than those below it usually do."""
    filled = Counter(sum(1 for cell in other if cell.text) for other in below)
    usual = filled.most_common(1)[0][0]
    return sum(1 for cell in row if cell.text) < 0.6 * usual


def _is_preamble(row: Row, below: list[Row]) -> bool:
    """Whether the row only stands above a table, whose names come in one of the next rows and fill more columns."""
    count = sum(1 for cell in row if cell.text)
    return any(
        sum(1 for cell in names if cell.text) > count
        and evidence(_texts(names), list(map(_texts, below[at + 1 :]))) >= 2
        for at, names in enumerate(below[:3])
    )


def _depth(rows: Sequence[Row], start: int) -> int:
    """How many rows, from this one on, would name the columns together: groups of columns above their own names."""
    depth = 1
    while depth < _MOST_HEADER_ROWS and start + depth + 1 < len(rows):
        above, row = rows[start + depth - 1], rows[start + depth]
        if not (_is_filled(row) and _is_filled(rows[start + depth + 1]) and _continues(above, row)):
            break
        depth += 1
    return depth


def _continues(above: Row, row: Row) -> bool:
    """Whether a row of names goes on in this one."""
    if all(cell.heads for cell in (*above, *row) if cell.text):
        return _single(row) is None
    shared = {at for at, cell in enumerate(row) if at < len(above) and cell is above[at] and cell.text}
    own = [cell for at, cell in enumerate(row) if at not in shared and cell.text]
    if not own or any(is_value(cell.text) or len(cell.text) > _LONGEST_CAPTION for cell in own) or _single(row):
        return False
    if any(at and cell.text and cell is above[at - 1] for at, cell in enumerate(above)):
        return len(own) > 1 and not _single(above)
    if shared:
        return any(not cell.text for cell in above)
    # Groups that were not merged: each stands above its first column, and the next columns are empty above.
    gaps = [at for at, cell in enumerate(row) if cell.text and (at >= len(above) or not above[at].text)]
    lone = [at for at, cell in enumerate(above) if cell.text and (at >= len(row) or not row[at].text)]
    return bool(gaps and lone) and len(own) > 1


def _carried(rows: Sequence[Row]) -> list[list[Cell]]:
    """The rows of names, each group that was not merged repeated over the columns that it stands above."""
    carried = [list(row) for row in _even(rows)]
    for row, below in pairwise(carried):
        for at in range(1, len(row)):
            if not row[at].text and below[at].text and row[at - 1].text and below[at - 1].text:
                row[at] = row[at - 1]
    return carried


def _is_form(rows: list[Row]) -> bool:
    """Whether labels and values take turns in the rows, as in a form."""
    cells = [_once(row) for row in rows]
    pairs = [
        (label, value) for row in cells if len(row) % 2 == 0 for label, value in zip(row[::2], row[1::2], strict=True)
    ]
    width = max(map(len, cells))
    if width % 2 or not pairs or len(pairs) * 2 < 0.6 * sum(map(len, cells)):
        return False
    labels, values = [label for label, _ in pairs], [value for _, value in pairs]
    if all(label.endswith(("：", ":")) for label in labels):
        return True
    named, valued = (sum(map(is_name, texts)) / len(pairs) for texts in (labels, values))
    distinct = len(set(labels)) >= 0.9 * len(labels)
    # Names of two columns: 项目 and 费用 above 报名费 and 100元.
    return named >= 0.6 and named - valued >= 0.4 and distinct and not all(map(is_name, cells[0]))


def _is_turned(rows: list[Row], *, told: bool) -> bool:
    """Whether the names stand in the first column, and each of the others is one thing."""
    even = _even(rows)
    if len(rows) < 2 or len(even[0]) < 3 or any(row[0] is row[1] for row in even):
        return False
    if told:
        return all(row[0].heads and not any(cell.heads for cell in row[1:]) for row in even)
    first = [row[0].text for row in even]
    if len(rows) < 3 or len(set(first)) < len(first) or sum(map(is_name, first)) < 0.75 * len(first):
        return False
    kinds = [[shape(cell.text) if is_value(cell.text) else "" for cell in row[1:]] for row in even[1:]]
    across = sum(_agreement(row) for row in kinds) / len(kinds)
    down = [_agreement(list(column)) for column in zip(*kinds, strict=True)]
    return across - sum(down) / len(down) >= 0.3


def _agreement(kinds: list[str]) -> float:
    return Counter(kinds).most_common(1)[0][1] / len(kinds)


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
