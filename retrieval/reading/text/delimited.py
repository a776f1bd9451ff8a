"""CSV: a row is a paragraph with its columns' names."""

from __future__ import annotations

import csv
from itertools import islice

from retrieval.reading.content import Block, Content, Raw
from retrieval.reading.joining import collapse
from retrieval.reading.rows import row_blocks
from retrieval.reading.text.decoding import decode

_DELIMITERS = ",\t;|，"
_LOOKED_AT = 50


def read(raw: Raw) -> Content:
    """The rows of a CSV file, its columns parted by whichever sign parts its first rows best."""
    decoded = decode(raw)
    csv.field_size_limit(max(csv.field_size_limit(), raw.limits.text_bytes))
    lines = decoded.text.replace("\0", "").splitlines(keepends=True)
    remarks = list(decoded.remarks)
    rows = csv.reader(lines, delimiter=max(_DELIMITERS, key=lambda sign: _columns(lines, sign)))
    taken = [[collapse(cell) for cell in row] for row in islice(rows, raw.limits.row_count)]
    if next(rows, None) is not None:
        remarks.append(f"has more than {raw.limits.row_count:,} rows (the limit row_count): the rest was left out")
    return Content(
        format="csv",
        blocks=list[Block](row_blocks(taken)),
        encoding=decoded.encoding,
        remarks=tuple(remarks),
    )


def _columns(lines: list[str], sign: str) -> float:
    """How well the sign parts the first rows: the columns that most of them have."""
    widths = [len(row) for row in islice(csv.reader(lines, delimiter=sign), _LOOKED_AT) if row]
    if not widths:
        return 0
    usual = max(set(widths), key=widths.count)
    return (usual - 1) * widths.count(usual) / len(widths)
