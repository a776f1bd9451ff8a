"""The cells of a table by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from retrieval.reading.joining import collapse

_MOST_COLUMNS = 256
_LINE_ENDS = ("\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029")


class Cell(NamedTuple):  # made sooner than a dataclass
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
        while self.hanging and (above := self.hanging.pop(len(row), None)) is not None:
            down, cell = above
            if down > 1:
                self.hanging[len(row)] = (down - 1, cell)
            row.append(cell)


def is_filled(row: Row) -> bool:
    """Whether any cell of the row holds text."""
    return any(text for text, _ in row)


def texts_of(row: Row) -> list[str]:
    """Return the text of each cell."""
    return [cell.text for cell in row]


def single(row: Row) -> Cell | None:
    """The only cell of the row that holds text, however many columns it spans."""
    found: Cell | None = None
    for cell in row:
        if cell.text and cell is not found:
            if found is not None:
                return None
            found = cell
    return found


def once(row: Row) -> list[str]:
    """The texts of the row, that of a cell over several columns once, without the empty ones."""
    return [cell.text for at, cell in enumerate(row) if cell.text and (not at or cell is not row[at - 1])]


def even(rows: Sequence[Row]) -> list[list[Cell]]:
    """Return the rows, filled up with empty cells to the width of the widest."""
    width = max(map(len, rows))
    return [[*row, *[EMPTY] * (width - len(row))] for row in rows]
