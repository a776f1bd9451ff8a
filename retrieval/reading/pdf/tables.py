"""Tables of a PDF: lines that gaps part into cells, which stand in columns one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.reading.pdf.lines import Line, Part
from retrieval.reading.tables.cells import EMPTY, Cell, Row

_ROW_GAP = 3.5  # sizes between the rows of a table
_FEWEST_ROWS = 2


def table_end(lines: Sequence[Line], start: int) -> int:
    """Return where the table ends that begins with the line at ``start``; ``start`` where none does.

    A line of one part between others is a caption or heading within it.
    """
    end, count = start, 0
    for at in range(start, len(lines)):
        line = lines[at]
        if at > start and not 0 < lines[at - 1].bottom - line.bottom < _ROW_GAP * (1 + line.depth) * line.size:
            break
        if line.tabular:
            end, count = at + 1, count + 1
        elif at + 1 == len(lines) or not (at > start and lines[at - 1].tabular and lines[at + 1].tabular):
            break
    return end if count >= _FEWEST_ROWS else start


def rows_of(lines: Sequence[Line]) -> list[Row]:
    """Return the rows of a table, each part in the columns that it stands below or over."""
    columns: list[Part] = []
    for line in sorted(lines, key=lambda line: -len(line.parts)):
        for part in line.parts:
            over = _over(part, columns)
            if not over:
                columns.append(part)
            elif len(over) == 1:
                at = over[0]
                columns[at] = Part("", min(columns[at].left, part.left), max(columns[at].right, part.right))
        columns.sort(key=lambda column: column.left)
    rows: list[Row] = []
    for line in lines:
        row = [EMPTY] * len(columns)
        for part in line.parts:
            cell = Cell(part.text)
            for at in _over(part, columns):
                row[at] = cell if row[at] is EMPTY else Cell(f"{row[at].text} {part.text}")
        rows.append(row)
    return rows


def _over(part: Part, columns: Sequence[Part]) -> list[int]:
    """The columns that a part overlaps, or those to both sides of it where it stands between two."""
    over = [at for at, column in enumerate(columns) if part.left < column.right and column.left < part.right]
    if over or not columns or part.right <= columns[0].left or part.left >= columns[-1].right:
        return over
    after = next(at for at, column in enumerate(columns) if column.left >= part.right)
    return [after - 1, after]
