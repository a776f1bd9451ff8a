"""Tables: a grid of cells to paragraphs, a row of data with its columns' names being one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from retrieval.reading.content import Block

_MOST_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's text, and whether it is marked as the heading of its row or column."""

    text: str
    heads: bool = False


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

    def texts(self) -> list[str]:
        """The paragraphs of the table: its rows below the columns' names, in order."""
        rows = [row for row in self.rows if any(cell.text for cell in row)]
        names, data = _heads(rows)
        return [text for text in (_row(names, row) for row in data or rows) if text]


def row_text(names: Sequence[str], values: Sequence[str]) -> str:
    """The row's values, each after its column's name where it has one; empty cells are left out.

    >>> row_text(["姓名", "部门", ""], ["张三", "研发", "备注"])
    '姓名：张三，部门：研发，备注'
    """
    cells: list[str] = []
    for position, value in enumerate(values):
        name = names[position].rstrip("：:") if position < len(names) else ""
        if value:
            cells.append(f"{name}：{value}" if name and name != value else value)
    return "，".join(cells)


def is_header(row: Sequence[str]) -> bool:
    """Whether the first row of a table looks like the names of its columns: short, different, and not figures."""
    filled = [cell for cell in row if cell]
    return (
        len(filled) >= 2
        and len(filled) >= 0.6 * len(row)
        and len(set(filled)) == len(filled)
        and all(len(cell) <= 40 and not cell[0].isdigit() for cell in filled)
    )


def _heads(rows: list[list[Cell]]) -> tuple[list[str], list[list[Cell]]]:
    """The columns' names, and the rows below them."""
    headed = 0
    while headed < len(rows) and all(cell.heads for cell in rows[headed]):
        headed += 1
    told = any(cell.heads for row in rows for cell in row)
    if not headed and not told and len(rows) >= 3 and len(rows[0]) >= 3:
        headed = int(is_header([cell.text for cell in rows[0]]))
    names: list[str] = []
    for row in rows[:headed]:
        for column, cell in enumerate(row):
            if column == len(names):
                names.append(cell.text)
            elif cell.text not in names[column]:
                names[column] = f"{names[column]} {cell.text}".strip()
    return names, rows[headed:]


def _row(names: list[str], row: list[Cell]) -> str:
    # A cell over several columns is one object in all of them, and is said once.
    cells = [(names[column] if column < len(names) else "", cell) for column, cell in enumerate(row)]
    cells = [(name, cell) for at, (name, cell) in enumerate(cells) if not at or cell is not row[at - 1]]
    if not names:
        pairs = _pairs([cell for _, cell in cells])
        if pairs:
            return row_text([key.text for key, _ in pairs], [value.text for _, value in pairs])
    return row_text([name for name, _ in cells], [cell.text for _, cell in cells])


def _pairs(cells: list[Cell]) -> list[tuple[Cell, Cell]]:
    """The cells as names and their values, where the row is set so: two cells, or each name marked as one."""
    pairs = list(zip(cells[::2], cells[1::2], strict=False))
    if len(cells) % 2 or not all(key.text for key, _ in pairs):
        return []
    marked = all((key.heads and not value.heads) or key.text.endswith(("：", ":")) for key, value in pairs)
    return pairs if len(cells) == 2 or marked else []


def row_blocks(rows: Iterable[Sequence[str]], *, under: tuple[str, ...] = ()) -> Iterator[Block]:
    """The paragraphs of a sheet: its rows below the columns' names, which are in its first row of several cells.

    Rows of one cell above the names, such as the sheet's title, are paragraphs of their own.
    """
    names: Sequence[str] = ()
    for row in rows:
        if not any(row):
            continue
        if not names and sum(map(bool, row)) >= 2:
            names = row if is_header(row) else [""]
            if names is row:
                continue
        yield Block(row_text(names, row), under=under)
