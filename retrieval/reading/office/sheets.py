"""Excel: a row is a paragraph with its columns' names, a sheet its section."""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.reading.content import Block, Content, Raw
from retrieval.reading.joining import collapse
from retrieval.reading.office.annotations import boxes, comments
from retrieval.reading.office.package import Package
from retrieval.reading.office.properties import properties
from retrieval.reading.office.workbook import MOST_COLUMNS, Sheet, Table, Workbook, column_name
from retrieval.reading.tables.cells import Cell
from retrieval.reading.tables.reader import table_blocks

_UNNAMED = re.compile(r"(?:Sheet|工作表|表)\s?\d*$", re.IGNORECASE)
_READ_HIDDEN = "; hidden = true in documents.toml reads them"
_NAMED_AT_MOST = 10
_LONGEST_CAPTION = 40


def read(raw: Raw) -> Content:
    """The rows of the sheets of a workbook, as the program shows them.

    Hidden sheets, columns and rows are left out with a remark, unless ``raw.hidden`` says to read them.
    """
    package = Package(raw)
    workbook = Workbook(package)
    sheets = [sheet for sheet in workbook.sheets if raw.hidden or not sheet.hidden]
    reading = _Reading(workbook, raw, sheet_count=len(sheets))
    for sheet in sheets:
        reading.read(sheet)
        if not reading.rows_left:
            break
    unseen = [collapse(sheet.name) for sheet in workbook.sheets if sheet.hidden and not raw.hidden]
    if unseen:
        reading.remarks.append(f"left out {len(unseen)} hidden sheets ({_some(unseen)}){_READ_HIDDEN}")
    remarks = (*reading.remarks, *reading.counted())
    return Content(format="xlsx", blocks=reading.blocks, metadata=properties(package), remarks=remarks)


class _Reading:
    """The blocks of the sheets so far, and what was left out of them."""

    def __init__(self, workbook: Workbook, raw: Raw, *, sheet_count: int) -> None:
        self.workbook, self.raw, self.sheet_count = workbook, raw, sheet_count
        self.rows_left = raw.limits.row_count
        self.blocks: list[Block] = []
        self.remarks: list[str] = []
        self.tables: list[Table] = []
        self.pictures = 0

    def read(self, sheet: Sheet) -> None:
        """Reads a sheet: its rows, then what is noted on its cells and written in boxes upon it."""
        name = collapse(sheet.name)
        under = () if self.sheet_count == 1 and _UNNAMED.match(name) else (name,)
        table = self.workbook.table(sheet, most_rows=self.rows_left)
        self.rows_left -= len(table.rows)
        self.tables.append(table)
        if table.cut:
            limit = f"{self.raw.limits.row_count:,} rows (the limit row_count)"
            self.remarks.append(f"has more than {limit}: the rest was left out")
            self.rows_left = 0
        if table.last > MOST_COLUMNS:
            self.remarks.append(f"left out the columns of {name} beyond the first {MOST_COLUMNS}")
        unseen_rows, unseen_columns = (set(), set()) if self.raw.hidden else self._unseen(table, name)
        self.blocks.extend(table_blocks(list(_visible(table, unseen_rows, unseen_columns)), under=under))
        for row, column, text in comments(self.workbook.package, sheet):
            if row not in unseen_rows and column not in unseen_columns:
                self.blocks.append(Block(text, under=under + _commented(table, row, column)))
        texts, pictures = boxes(self.workbook.package, sheet)
        self.blocks.extend(Block(text, under=under) for text in texts)
        self.pictures += pictures + table.pictures

    def _unseen(self, table: Table, name: str) -> tuple[set[int], set[int]]:
        """The rows and columns that the sheet hides, those that hold something with a remark."""
        rows = sorted(number for number in table.hidden_rows if number in table.rows)
        columns = sorted(
            column
            for column in table.hidden_columns
            if any(column <= len(row) and row[column - 1].text for row in table.rows.values())
        )
        for kind, places in (("columns", [column_name(column) for column in columns]), ("rows", list(map(str, rows)))):
            if places:
                self.remarks.append(f"left out {len(places)} hidden {kind} of {name} ({_some(places)}){_READ_HIDDEN}")
        return table.hidden_rows, table.hidden_columns

    def counted(self) -> Iterator[str]:
        """What was left out of all sheets together."""
        uncalculated, errors, struck = (
            sum(getattr(table, what) for table in self.tables) for what in ("uncalculated", "errors", "struck")
        )
        if uncalculated:
            fix = "open and save the file in Excel to calculate them"
            yield f"left out {uncalculated:,} formulas that hold no value; {fix}"
        if errors:
            yield f"left out {errors:,} cells that show an error, such as #N/A"
        if struck:
            yield f"left out {struck:,} cells that are struck out"
        if self.pictures:
            yield f"left out {self.pictures:,} pictures and charts"


def _visible(table: Table, unseen_rows: set[int], unseen_columns: set[int]) -> Iterator[list[Cell]]:
    """The rows of a sheet as people see them, an empty one where rows are left empty."""
    before = 0
    for number in sorted(table.rows):
        if any(
            between not in table.covered and between not in unseen_rows for between in range(before + 1, number)[:100]
        ):
            yield []
        before = number
        if number not in unseen_rows:
            yield [cell for column, cell in enumerate(table.rows[number], start=1) if column not in unseen_columns]


def _commented(table: Table, row: int, column: int) -> tuple[str, ...]:
    """What a comment is about: the beginning of its row, and its cell."""
    cells = table.rows.get(row, [])
    first = next((cell.text for cell in cells if cell.text), "")
    own = cells[column - 1].text if column <= len(cells) else ""
    about = (collapse(text) for text in (first, own) if text and len(text) <= _LONGEST_CAPTION)
    return tuple(dict.fromkeys(about))


def _some(names: list[str]) -> str:
    return ", ".join(names[:_NAMED_AT_MOST]) + (" …" if len(names) > _NAMED_AT_MOST else "")
