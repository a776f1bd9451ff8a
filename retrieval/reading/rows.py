"""A row of a table as a sentence: each value with its column's name."""

from __future__ import annotations

from collections.abc import Sequence


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
