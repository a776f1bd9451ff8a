"""Which rows of a table name its columns, and whether it is a form or turned: told from the cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from retrieval.reading.tables.cells import Cell, Row, even, is_filled, once, single, texts_of
from retrieval.reading.tables.names import evidence, is_name, is_value, shape
from retrieval.simplified import in_both_scripts

_MOST_HEADER_ROWS = 3
_LOOKED_AT = 30
_LONGEST_NAME = 40
_UNIT_COLUMN = re.compile(in_both_scripts("(?:计量)?单位|units?"), re.IGNORECASE)
_UNIT = re.compile(
    in_both_scripts(
        r"[万亿千百]?[元角分户人次台套件个只张辆吨斤克升度米里天年月日时秒瓦伏安赫帕]{1,3}|[%％‰°℃]|(?:[千毫厘分平立公]|海)?(?:方)?"
        r"(?:米|克|升|斤|里|顷|亩|瓦|安|伏|帕|赫兹?)|(?:[a-zA-Zμ]{1,4}[²³23]?)(?:/[a-zA-Z]{1,4}[²³23]?)?|.{1,4}/.{1,3}|[小]?时|分钟|个月|岁"
    )
)


def rows_below(rows: Sequence[Row], start: int) -> list[Row]:
    """The first rows below the names, as far as they may be their data: up to an empty row that does not come first."""
    found: list[Row] = []
    gap = False
    for row in rows[start : start + _LOOKED_AT]:
        if not is_filled(row):
            if found:
                break
            gap = True
        elif single(row) is None:
            found.append(row)
        elif found and spans(row) > 1:
            break
        elif gap and not found:
            break  # the caption of another table
        elif not found:
            found.append(row)
    return found


def spans(row: Row) -> int:
    """How many columns the only cell of the row spans."""
    cell = single(row)
    return sum(cell is other for other in row)


def is_narrow(row: Row, below: list[Row]) -> bool:
    """Whether the row fills far fewer columns than those below it usually do."""
    filled = Counter(sum(1 for cell in other if cell.text) for other in below)
    usual = filled.most_common(1)[0][0]
    return sum(1 for cell in row if cell.text) < 0.6 * usual


def is_preamble(row: Row, below: list[Row]) -> bool:
    """Whether the row only stands above a table, whose names come in one of the next rows and fill more columns."""
    count = sum(1 for cell in row if cell.text)
    return any(
        sum(1 for cell in names if cell.text) > count
        and evidence(texts_of(names), list(map(texts_of, below[at + 1 :]))) >= 2
        for at, names in enumerate(below[:3])
    )


def depth_of(rows: Sequence[Row], start: int) -> int:
    """How many rows, from this one on, would name the columns together: groups of columns above their own names."""
    depth = 1
    while depth < _MOST_HEADER_ROWS and start + depth + 1 < len(rows):
        above, row = rows[start + depth - 1], rows[start + depth]
        if not (is_filled(row) and is_filled(rows[start + depth + 1]) and _continues(above, row)):
            break
        depth += 1
    return depth


def _continues(above: Row, row: Row) -> bool:
    """Whether a row of names goes on in this one."""
    if all(cell.heads for cell in (*above, *row) if cell.text):
        return single(row) is None
    shared = {at for at, cell in enumerate(row) if at < len(above) and cell is above[at] and cell.text}
    own = [cell for at, cell in enumerate(row) if at not in shared and cell.text]
    if is_units(above, row):
        return True
    if not own or single(row) or any(_is_figure(cell.text) or len(cell.text) > _LONGEST_NAME for cell in own):
        return False
    if any(at and cell.text and cell is above[at - 1] for at, cell in enumerate(above)):
        return len(own) > 1 and not single(above)
    if shared:
        return any(not cell.text for cell in above)
    # Groups that were not merged: each stands above its first column, and the next columns are empty above.
    gaps = [at for at, cell in enumerate(row) if cell.text and (at >= len(above) or not above[at].text)]
    lone = [at for at, cell in enumerate(above) if cell.text and (at >= len(row) or not row[at].text)]
    return bool(gaps and lone) and len(own) > 1


def is_units(above: Row, row: Row) -> bool:
    """Whether the row below names says in what units their columns are: 项目, 长度 above 单位, 厘米."""
    units = [cell.text.strip("（）()[]【】/") for cell in row[1:] if cell.text]
    lead = row[0].text.strip("（）()[]【】：:")
    return (
        (not lead or bool(_UNIT_COLUMN.fullmatch(lead)))
        and len(units) > (not lead)
        and sum(1 for cell in row[1:] if cell.text) <= sum(1 for cell in above[1:] if cell.text)
        and all(map(_UNIT.fullmatch, units))
    )


def _is_figure(text: str) -> bool:
    """Whether a text is a value and no word: below groups of columns 男 and 女 are names."""
    return is_value(text) and not text.isalpha()


def carried(rows: Sequence[Row]) -> list[list[Cell]]:
    """The rows of names, each group that was not merged repeated over the columns that it stands above."""
    names = [list(row) for row in even(rows)]
    for row, below in pairwise(names):
        for at in range(1, len(row)):
            if not row[at].text and below[at].text and row[at - 1].text and below[at - 1].text:
                row[at] = row[at - 1]
    return names


def is_form(rows: list[Row]) -> bool:
    """Whether labels and values take turns in the rows, as in a form."""
    cells = [once(row) for row in rows]
    pairs = [
        (label, value) for row in cells if len(row) % 2 == 0 for label, value in zip(row[::2], row[1::2], strict=True)
    ]
    width = max(map(len, cells))
    if width % 2 or not pairs or len(pairs) * 2 < 0.6 * sum(map(len, cells)):
        return False
    labels, values = [label for label, _ in pairs], [value for _, value in pairs]
    if sum(map(is_value, labels)) > 0.2 * len(labels):
        return False
    if all(label.endswith(("：", ":")) for label in labels):
        return True
    named, valued = (sum(map(is_name, texts)) / len(pairs) for texts in (labels, values))
    distinct = len(set(labels)) >= 0.9 * len(labels)
    # Names of two columns: 项目 and 费用 above 报名费 and 100元.
    return (
        named >= (0.6 if width == 2 else 0.45)
        and named - valued >= 0.4
        and distinct
        and not all(map(is_name, cells[0]))
    )


def is_turned(rows: list[Row], *, told: bool) -> bool:
    """Whether the names stand in the first column, and each of the others is one thing."""
    level = even(rows)
    if len(rows) < 2 or len(level[0]) < 3 or any(row[0] is row[1] for row in level):
        return False
    if told:
        return all(row[0].heads and not any(cell.heads for cell in row[1:]) for row in level)
    first = [row[0].text for row in level]
    if len(rows) < 3 or len(set(first)) < len(first) or sum(map(is_name, first)) < 0.75 * len(first):
        return False
    kinds = [[shape(cell.text) if is_value(cell.text) else "" for cell in row[1:]] for row in level[1:]]
    across = sum(_agreement(row) for row in kinds) / len(kinds)
    down = [_agreement(list(column)) for column in zip(*kinds, strict=True)]
    return across - sum(down) / len(down) >= 0.3


def _agreement(kinds: list[str]) -> float:
    return Counter(kinds).most_common(1)[0][1] / len(kinds)
