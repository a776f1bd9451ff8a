"""The lines of a PDF page, with where they stand and how large they are set."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from retrieval.radicals import RADICALS
from retrieval.reading.joining import collapse, hyphen_between

_HYPHEN = "\x02"
_SPACES = frozenset((0xA0, 0x3000))
_SAMPLES = 8  # characters of a line whose places are looked at
_WIDE_GAP = 1.2  # of the size of the line
_IDEOGRAPH = "[\u3400-\u9fff\uf900-\ufaff]"
_LETTER_SPACED = re.compile(rf"(?<={_IDEOGRAPH}) (?={_IDEOGRAPH})")
_IDEOGRAPH_PAIR = re.compile(rf"(?<={_IDEOGRAPH}) ?(?={_IDEOGRAPH})")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line that wide gaps set off, as the cell of a table or a column of text; places as of lines."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; places and sizes in points from the page's lower left corner.

    ``hyphenated`` says that its last word goes on in the next line, ``parts`` are what wide gaps part it into,
    ``depth`` is how many lines of a table's cells have been joined to it, ``running`` says that it stands in a column
    of running text.
    """

    text: str
    left: float
    right: float
    bottom: float
    size: float
    hyphenated: bool = False
    parts: tuple[Part, ...] = ()
    depth: int = 0
    running: bool = False

    @property
    def tabular(self) -> bool:
        """Whether gaps part the line as in a table."""
        return len(self.parts) > 1


def lines_of(page: pypdfium2.PdfTextPage) -> list[Line]:
    """The lines of the page in the order in which its program has written them."""
    lines: list[Line] = []
    start = 0
    count = page.count_chars()
    codes = [pdfium.FPDFText_GetUnicode(page.raw, index) for index in range(count)]
    for end in range(count + 1):
        if end == count or codes[end] in (0x0A, 0x0D):
            if line := _line(page, codes, start, end):
                lines.append(line)
            start = end + 1
    return lines


def _line(page: pypdfium2.PdfTextPage, codes: list[int], start: int, end: int) -> Line | None:
    visible = [index for index in range(start, end) if codes[index] > 0x20 and codes[index] not in _SPACES]
    text = _text(codes[start:end])
    if not text or not visible:
        return None
    sampled = sorted({visible[round(at * (len(visible) - 1) / _SAMPLES)] for at in range(_SAMPLES + 1)})
    boxes = [_box(page, index) for index in sampled]
    # Of some fonts only the shapes are known, which are smaller than their places: the largest but one is the line's.
    heights = sorted(top - bottom for _, bottom, _, top in boxes)
    return Line(
        text=text,
        left=boxes[0][0],
        right=boxes[-1][2],
        bottom=boxes[0][1],
        size=heights[-2] if len(heights) > 2 else heights[-1],
        hyphenated="".join(map(_character, codes[start:end])).rstrip().endswith(_HYPHEN),
        parts=tuple(_parts(page, codes, visible)),
    )


def _parts(page: pypdfium2.PdfTextPage, codes: list[int], visible: list[int]) -> Iterator[Part]:
    """The parts of a line between gaps that are wider than any that a space or justified setting makes."""
    start = visible[0]
    for before, after in pairwise(visible):
        if after - before < 2 or not pdfium.FPDFText_IsGenerated(page.raw, before + 1):
            continue
        _, bottom, right, top = _box(page, before)
        if _box(page, after)[0] - right > _WIDE_GAP * (top - bottom):
            yield Part(_text(codes[start : before + 1]), _box(page, start)[0], right)
            start = after
    yield Part(_text(codes[start : visible[-1] + 1]), _box(page, start)[0], _box(page, visible[-1])[2])


def _text(codes: list[int]) -> str:
    """What is written, hyphens at the ends of lines within it resolved."""
    first, *rest = "".join(map(_character, codes)).rstrip(f"{_HYPHEN} ").split(_HYPHEN)
    for piece in rest:
        following = piece.lstrip()
        first += hyphen_between(first, following) + following
    return _close_up(collapse(first))


def _character(code: int) -> str:
    return RADICALS.get(code) or (chr(code) if code <= 0x10FFFF else "")


def _close_up(text: str) -> str:
    """The text without the spaces of letter-spaced Chinese: 目　录 and 通 知 are set so, not written so."""
    if len(_LETTER_SPACED.findall(text)) > 0.5 * len(_IDEOGRAPH_PAIR.findall(text)):
        return _LETTER_SPACED.sub("", text)
    return text


def _box(page: pypdfium2.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of the character's place in its line, whatever its shape."""
    box = pdfium.FS_RECTF()
    if not pdfium.FPDFText_GetLooseCharBox(page.raw, index, ctypes.byref(box)):
        return 0.0, 0.0, 0.0, 0.0
    return box.left, box.bottom, box.right, box.top
