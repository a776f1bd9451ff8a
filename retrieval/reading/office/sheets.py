"""Excel: a row is a paragraph with its columns' names, a sheet its section."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from itertools import islice
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell

from retrieval.reading.archives.container import open_office, read_member
from retrieval.reading.content import Block, Content, Raw
from retrieval.reading.joining import collapse
from retrieval.reading.office.properties import properties
from retrieval.reading.rows import row_blocks

_MOST_COLUMNS = 256
_UNNAMED = re.compile(r"(?:Sheet|工作表|表)\s?\d*$", re.IGNORECASE)
_UNCALCULATED = re.compile(rb"<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_PERCENT = re.compile(r"0(?:\.(0+))?%")


def read(raw: Raw) -> Content:
    """The rows of all sheets of a workbook, as people see them: dates as dates, shares in per cent."""
    with open_office(raw) as container:
        remarks = list(_missing_values(container))
    workbook = load_workbook(io.BytesIO(raw.data), read_only=True, data_only=True, keep_links=False)
    blocks: list[Block] = []
    rows_left = raw.limits.row_count
    for sheet in workbook.worksheets:
        name = collapse(sheet.title)
        under = () if len(workbook.worksheets) == 1 and _UNNAMED.match(name) else (name,)
        # What the file says of a sheet's extent is often wrong, and would cut it short.
        sheet.reset_dimensions()
        rows = [[_shown(cell) for cell in cells] for cells in islice(sheet.iter_rows(), rows_left + 1)]
        if len(rows) > rows_left:
            remarks.append(f"has more than {raw.limits.row_count:,} rows (the limit row_count): the rest was left out")
            rows.pop()
        rows_left -= len(rows)
        if any(any(row[_MOST_COLUMNS:]) for row in rows):
            remarks.append(f"left out the columns of {name} beyond the first {_MOST_COLUMNS}")
        blocks.extend(row_blocks((row[:_MOST_COLUMNS] for row in rows), under=under))
        if not rows_left:
            break
    metadata = properties(workbook.properties)
    workbook.close()
    return Content(format="xlsx", blocks=blocks, metadata=metadata, remarks=tuple(remarks))


def _shown(cell: Cell | MergedCell | ReadOnlyCell | EmptyCell) -> str:
    """The cell as the sheet shows it, near enough to be recognised."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    return collapse(str(value))


def _number(value: float, number_format: str) -> str:
    if percent := _PERCENT.search(number_format):
        return f"{value:.{len(percent[1] or '')}%}"
    if isinstance(value, int):
        return str(value)
    shown = f"{value:.15g}"
    if "e" in shown and abs(value) < 1e21:
        shown = f"{value:.0f}" if abs(value) >= 1 else f"{value:.15f}".rstrip("0")
    return shown


def _missing_values(container: ZipFile) -> Iterator[str]:
    """Says how many formulas have no value: programs that write files without calculating leave it to Excel."""
    count = sum(
        len(_UNCALCULATED.findall(read_member(container, container.getinfo(name))))
        for name in container.namelist()
        if name.startswith("xl/worksheets/") and name.endswith(".xml")
    )
    if count:
        yield f"left out {count:,} formulas that hold no value; open and save the file in Excel to calculate them"
