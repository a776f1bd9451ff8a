"""CSV: a row is a paragraph with its columns' names."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from retrieval.reading.content import Content, Raw
from retrieval.reading.tables.cells import Cell, cell_text
from retrieval.reading.tables.reader import table_blocks
from retrieval.reading.text.decoding import decode

_DELIMITERS = (",", "\t", ";", "|", "，")
_DECLARED = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_FEW = 0.5
_Quoting = Literal[0, 3]


def read(raw: Raw) -> Content:
    """The rows of a CSV file, its columns parted by the sign that parts most of its rows into equally many."""
    decoded = decode(raw)
    csv.field_size_limit(max(csv.field_size_limit(), raw.limits.text_bytes))
    text = decoded.text.replace("\0", "")
    remarks = list(decoded.remarks)
    declared = _DECLARED.match(text)
    if declared:
        text = text[declared.end() :]
    quoting: _Quoting = csv.QUOTE_MINIMAL
    if not _closes(text):
        quoting = csv.QUOTE_NONE
        remarks.append("holds a quotation mark that is never closed: quotation marks were read as text")
    delimiter = declared[1] if declared else max(_DELIMITERS, key=lambda sign: _evenness(text, sign, quoting))
    rows = _rows(text, delimiter, quoting)
    taken = [[Cell(cell_text(cell)) for cell in row] for row in islice(rows, raw.limits.row_count)]
    if next(rows, None) is not None:
        remarks.append(f"has more than {raw.limits.row_count:,} rows (the limit row_count): the rest was left out")
    return Content(format="csv", blocks=list(table_blocks(taken)), encoding=decoded.encoding, remarks=tuple(remarks))


def _rows(text: str, delimiter: str, quoting: _Quoting) -> Iterator[list[str]]:
    """The rows of the text. Only CR and LF end one: other marks of line ends are text of their cells."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)


def _closes(text: str) -> bool:
    """Whether each quotation mark that opens a cell is closed before the file ends."""
    if text.count('"') % 2 == 0:
        return True
    rows = _rows(text, max(_DELIMITERS, key=text.count), csv.QUOTE_MINIMAL)
    last = deque(rows, maxlen=1)
    return not any("\n" in cell or "\r" in cell for row in last for cell in row[-1:])


def _evenness(text: str, sign: str, quoting: _Quoting) -> float:
    """The share of rows that the sign parts into as many cells as most rows have; 0 where that is one."""
    if sign not in text:
        return 0
    widths = Counter(len(row) for row in _rows(text, sign, quoting) if row)
    usual, count = widths.most_common(1)[0] if widths else (1, 0)
    share = count / max(1, widths.total())
    return share if usual > 1 and share >= _FEW else 0
