"""Rows of a PDF's tables whose cells hold several lines: the program has written them one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from retrieval.reading.joining import join_lines
from retrieval.reading.pdf.lines import Line, Part

_LOOKED_BACK = 4
_LINE_GAP = 1.7  # sizes between the lines of a cell


def rows(lines: Sequence[Line]) -> list[Line]:
    """Return the lines; cells on one line become one, and what goes on below a cell goes on in it."""
    joined: list[Line] = []
    for line in lines:
        at = _beside(joined, line)
        if at is not None:
            joined[at] = _line(joined[at], (*joined[at].parts, *line.parts))
        elif joined and (below := _going_on(joined[-1], line)) is not None:
            joined[-1] = below
        else:
            joined.append(line)
    return joined


def _beside(lines: Sequence[Line], line: Line) -> int | None:
    """Which of the last lines stands on the same base line to the left, nothing but lines of its cells between."""
    for at in range(len(lines) - 1, max(-1, len(lines) - 1 - _LOOKED_BACK), -1):
        other = lines[at]
        if abs(other.bottom - line.bottom) < 0.3 * line.size and line.left > other.right + 0.5 * line.size:
            return at
        if other.right >= line.left:
            return None
    return None


def _going_on(row: Line, line: Line) -> Line | None:
    """The row with the line in its cells, when each part of it stands below a cell that is not the first one."""
    reach = row.bottom - line.bottom
    if not row.tabular or not 0 < reach < _LINE_GAP * (1 + row.depth) * line.size:
        return None
    parts = list(row.parts)
    for part in line.parts:
        at = next((at for at in range(1, len(parts)) if abs(parts[at].left - part.left) < 0.5 * line.size), None)
        if at is None:
            return None
        parts[at] = Part(join_lines([parts[at].text, part.text]), parts[at].left, max(parts[at].right, part.right))
    return replace(_line(row, tuple(parts)), depth=row.depth + 1)


def _line(row: Line, parts: tuple[Part, ...]) -> Line:
    return replace(
        row, text=" ".join(part.text for part in parts), right=max(part.right for part in parts), parts=parts
    )
