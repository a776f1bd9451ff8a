"""Tables of a page: a row of data is a paragraph with its columns' names; tables that only lay a page out are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from retrieval.reading.content import Block
from retrieval.reading.elements import HEADINGS, walk
from retrieval.reading.rows import is_header, row_text

_MOST_COLUMNS = 200
_LONGEST_CELL = 400


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    heads: bool


@dataclass(slots=True)
class _Grid:
    """The cells of a table by row and column, those that span several repeated in each."""

    rows: list[list[_Cell]] = field(default_factory=list)
    hanging: dict[int, tuple[int, _Cell]] = field(default_factory=dict)  # column → (rows it still reaches into, cell)

    def start_row(self) -> None:
        self.rows.append([])
        self._hang()

    def put(self, cell: _Cell, columns: int, down: int) -> None:
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


def table_blocks(table: LexborNode, *, text_of: Callable[[LexborNode], str]) -> list[Block]:
    """A paragraph for each row of data in the table; none when it is there to lay the page out.

    ``text_of`` gives the text of a cell.
    """
    if table.attributes.get("role") in {"presentation", "none"} or not _is_plain(table):
        return []
    grid, captions = _Grid(), list[str]()

    def enter(node: LexborNode) -> bool:
        if node.tag == "caption":
            captions.append(text_of(node))
        elif node.tag == "tr":
            grid.start_row()
        elif node.tag in {"td", "th"}:
            grid.put(_Cell(text_of(node), node.tag == "th"), _span(node, "colspan"), _span(node, "rowspan"))
        else:
            return not node.is_text_node
        return node.tag == "tr"

    walk(table, enter)
    rows = [row for row in grid.rows if any(cell.text for cell in row)]
    if max(map(len, rows), default=0) < 2 or any(len(cell.text) > _LONGEST_CELL for row in rows for cell in row):
        return []
    names, data = _heads(rows)
    texts = (_row(names, row) for row in data or rows)
    return [Block(text, under=tuple(filter(None, captions))) for text in texts if text]


def _is_plain(table: LexborNode) -> bool:
    """Whether the table holds neither tables nor headings."""
    plain = True

    def enter(node: LexborNode) -> bool:
        nonlocal plain
        if node.tag in HEADINGS or (node.tag == "table" and node.mem_id != table.mem_id):
            plain = False
        return plain

    walk(table, enter)
    return plain


def _span(cell: LexborNode, attribute: str) -> int:
    value = cell.attributes.get(attribute) or ""
    return max(1, int(value)) if value.isdecimal() and len(value) <= 4 else 1


def _heads(rows: list[list[_Cell]]) -> tuple[list[str], list[list[_Cell]]]:
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


def _row(names: list[str], row: list[_Cell]) -> str:
    # A cell over several columns is one object in all of them, and is said once.
    cells = [(names[column] if column < len(names) else "", cell) for column, cell in enumerate(row)]
    cells = [(name, cell) for at, (name, cell) in enumerate(cells) if not at or cell is not row[at - 1]]
    if not names:
        pairs = _pairs([cell for _, cell in cells])
        if pairs:
            return row_text([key.text for key, _ in pairs], [value.text for _, value in pairs])
    return row_text([name for name, _ in cells], [cell.text for _, cell in cells])


def _pairs(cells: list[_Cell]) -> list[tuple[_Cell, _Cell]]:
    """The cells as names and their values, where the row is set so: two cells, or each name marked as one."""
    pairs = list(zip(cells[::2], cells[1::2], strict=False))
    if len(cells) % 2 or not all(key.text for key, _ in pairs):
        return []
    marked = all((key.heads and not value.heads) or key.text.endswith(("：", ":")) for key, value in pairs)
    return pairs if len(cells) == 2 or marked else []
