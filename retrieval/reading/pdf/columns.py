"""Columns of running text that a PDF's program has written row by row, put one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from retrieval.reading.pdf.lines import Line, Part

_FEWEST = 3  # lines in both columns
_NARROW, _NARROWEST = 11, 6  # in sizes of the line: what is narrower may be a table's column, or is one
_FULL = 2.2  # sizes that a full line may stop short of the column's edge
_FULL_SHARE = 0.4
_SENTENCE_END = re.compile(r"[。！？；：!?;:]$")


def unrolled(lines: Sequence[Line]) -> Iterator[Line]:
    """Return the lines in the order in which people read them: of two columns the left one first.

    A table with two wide columns looks alike; running text is known by its lines, which reach the edge of the column.
    """
    position = 0
    while position < len(lines):
        rows = _Rows()
        end = position
        while end < len(lines) and rows.take(lines[end]):
            end += 1
        if rows.are_columns():
            yield from rows.left
            yield from rows.right
            position = end
        else:
            yield lines[position]
            position += 1


@dataclass(slots=True)
class _Rows:
    """Lines with one gap at the same place, and lines that stand to one side of it."""

    left: list[Line] = field(default_factory=list)
    right: list[Line] = field(default_factory=list)
    gap_left: float = 0.0
    gap_right: float = 1e9
    both: int = 0
    last: Line | None = None

    def take(self, line: Line) -> bool:
        """Adds the line, if it goes with those that were added; the first one must have a gap."""
        if len(line.parts) == 2:
            one, other = line.parts
            gap_left, gap_right = max(self.gap_left, one.right), min(self.gap_right, other.left)
            if gap_right - gap_left < 0.8 * line.size:
                return False
            self.gap_left, self.gap_right = gap_left, gap_right
            self.both += 1
            self.left.append(_line(line, one))
            self.right.append(_line(line, other))
        elif self.last is None or len(line.parts) > 2 or not 0 < self.last.bottom - line.bottom < 2 * self.last.size:
            return False
        elif line.right <= self.gap_right:
            self.left.append(line)
        elif line.left >= self.gap_left:
            self.right.append(line)
        else:
            return False
        self.last = line
        return True

    def are_columns(self) -> bool:
        """Whether what was taken is running text in two columns."""
        return self.both >= _FEWEST and _is_running(self.left) and _is_running(self.right)


def _line(line: Line, part: Part) -> Line:
    return Line(part.text, part.left, part.right, line.bottom, line.size, parts=(part,), running=True)


def _is_running(column: Sequence[Line]) -> bool:
    left, right = min(line.left for line in column), max(line.right for line in column)
    columns = (right - left) / column[0].size
    full = [line.right >= right - _FULL * line.size for line in column]
    if columns >= _NARROW:
        return sum(full) >= _FULL_SHARE * len(column)
    # In narrow ones no line but the last of a paragraph stops short, and some break off within a sentence.
    ended = [bool(_SENTENCE_END.search(line.text)) for line in column]
    even = all(reaches or ends for reaches, ends in zip(full[:-1], ended, strict=False))
    return columns >= _NARROWEST and even and any(ended) and sum(ended) <= 0.5 * len(column)
