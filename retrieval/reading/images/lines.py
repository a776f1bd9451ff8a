"""Pieces of text to the lines of a page, level and in order, as a PDF's program would have written them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from unicodedata import east_asian_width

from retrieval.reading.images.models import Piece
from retrieval.reading.pdf.lines import Line, Part

_GLYPH = 0.85  # of the height of a piece: it is found with some of what is around it
_STEP = 0.25  # sizes are told apart by so much of the usual one
_SMALLER, _LARGER = 0.75, 1.22  # of the usual size: what lies between only measures otherwise
_SAME_LINE = 0.5  # of the height: how far pieces of one line may stand apart
_WIDE_GAP = 1.2  # of the size, as in the lines of PDFs


_Box = tuple[str, float, float, float, float]
"""A piece on the level page: its text, left, top, right and bottom."""


def lines_of(pieces: Sequence[Piece], *, height: float, points_per_pixel: float) -> list[Line]:
    """Return the lines from top to bottom; ``height`` is the picture's in pixels."""
    if not pieces:
        return []
    boxes = _level(pieces)
    usual = statistics.median(_size(box) for box in boxes for _ in box[0])
    lines: list[list[_Box]] = []
    for box in sorted(boxes, key=lambda box: box[2] + box[4]):
        middle = (box[2] + box[4]) / 2
        row = next(
            (
                row
                for row in reversed(lines[-3:])
                if abs((row[0][2] + row[0][4]) / 2 - middle) < _SAME_LINE * (row[0][4] - row[0][2])
            ),
            None,
        )
        if row is None:
            lines.append([box])
        else:
            row.append(box)
    return [_line(sorted(row, key=lambda box: box[1]), usual, height, points_per_pixel) for row in lines]


def _level(pieces: Sequence[Piece]) -> list[_Box]:
    """The text, left, top, right and bottom of each piece, the page turned so that its lines are level."""
    slopes = [
        math.atan2(right[1] - left[1], right[0] - left[0])
        for left, right, _, _ in (piece.corners for piece in pieces)
        if right[0] - left[0] > 3 * abs(right[1] - left[1])
    ]
    angle = -statistics.median(slopes) if slopes else 0.0
    cosine, sine = math.cos(angle), math.sin(angle)
    level = []
    for piece in pieces:
        turned = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in piece.corners]
        (left, top), (right, upper), (other, lower), (least, bottom) = turned
        level.append((piece.text, (left + least) / 2, (top + upper) / 2, (right + other) / 2, (bottom + lower) / 2))
    return level


def _size(box: _Box) -> float:
    """The size of the type in pixels: a line that a stamp touches is found too high, but not too wide."""
    text, left, top, right, bottom = box
    units = sum(1.0 if east_asian_width(character) in "WF" else 0.5 for character in text)
    return min(_GLYPH * (bottom - top), (right - left) / units)


def _line(row: list[_Box], usual: float, height: float, scale: float) -> Line:
    largest = max(map(_size, row))
    is_usual = _SMALLER < largest / usual < _LARGER
    size = scale * usual * (1.0 if is_usual else max(_STEP, _STEP * round(largest / usual / _STEP)))
    parts: list[Part] = []
    for text, left, _, right, _ in row:
        if parts and left * scale - parts[-1].right <= _WIDE_GAP * size:
            space = " " if parts[-1].text[-1].isascii() and text[0].isascii() else ""
            parts[-1] = Part(parts[-1].text + space + text, parts[-1].left, right * scale)
        else:
            parts.append(Part(text, left * scale, right * scale))
    return Line(
        text=" ".join(part.text for part in parts),
        left=parts[0].left,
        right=parts[-1].right,
        bottom=(height - statistics.median(bottom for *_, bottom in row)) * scale,
        size=size,
        parts=tuple(parts),
    )
