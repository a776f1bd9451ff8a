"""Draws messages as in a messenger, as SVG for light and dark pages. Pure; ``docs.replies`` holds the conversations."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.text import Text

CELL, LINE, FONT, SMALL, PADDING, GAP, BUTTON, MARGIN = 8, 24, 16, 13, 12, 12, 34, 16
"""In pixels: half a Chinese character's width, a line's height, its type, fine print, room in a bubble, between two, a
button's height, room around all."""
NARROW, WIDE = 42, 60
"""The longest line of a phone and of the README's picture, in cells; a Chinese character takes two."""
HANGING = "·，。、；：？！”’」』）》…,.;:?!)"
"""Marks that may hang over the end of a line, and never begin one."""

STYLE = """\
.page{fill:#e3ebf0}.in{fill:#fff}.out{fill:#dcf8c6}.button{fill:#fff;fill-opacity:.62}
text{fill:#14202b}.strong{font-weight:700;fill:#17703a}.fine{fill:#6b7a86;font-size:13px}
.bar{fill:#3390c8}.name{fill:#1d7ab5;font-size:13px;font-weight:600}.label{fill:#1b6a9c;font-size:14px}
.title{fill:#4d5d69;font-size:14px;font-weight:600}
@media(prefers-color-scheme:dark){.page{fill:#0f1720}.in{fill:#1d2a36}.out{fill:#255c46}.button{fill:#2a3a48}
text{fill:#e8eef3}.strong{fill:#7fdca2}.fine{fill:#8fa1af}.bar{fill:#58b0e6}.name{fill:#6fbdea}.label{fill:#8fcbf0}
.title{fill:#9db0be}}"""
CLASSES = {"bold green": "strong", "bold": "strong", "dim": "fine"}
FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC','WenQuanYi Micro Hei',sans-serif"


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said: its text and buttons; ``answers`` is what it replies to, ``own`` tells the reader's own."""

    text: Text
    buttons: tuple[tuple[str, ...], ...] = ()
    answers: str = ""
    own: bool = False


class Bubble:
    """A message as it is drawn, with lines of at most so many cells."""

    def __init__(self, message: Message, columns: int) -> None:
        self._message = message
        self._lines = tuple(_wrapped(message.text, columns))
        self._quoted = _cut(message.answers, columns - 4) if message.answers else ""
        widths = [_cells(line.plain) for line in self._lines if not _is_fine(line)]
        widths += [_cells(line.plain) * SMALL // FONT + 1 for line in self._lines if _is_fine(line)]
        widths += [sum(_cells(label) + 4 for label in row) for row in message.buttons]
        self.width = max(*widths, _cells(self._quoted) + 1 if self._quoted else 0, 6) * CELL + 2 * PADDING
        self._text_height = len(self._lines) * LINE + 2 * PADDING + (2 * LINE if self._quoted else 0)
        self.height = self._text_height + len(message.buttons) * (BUTTON + 4)

    def elements(self, left: int, top: int) -> Iterator[str]:
        """Return the SVG elements of the message, with its upper left corner there."""
        kind = "out" if self._message.own else "in"
        yield _box(left, top, self.width, self._text_height, radius=14, kind=kind)
        first = top + PADDING
        if self._quoted:
            yield _box(left + PADDING, first, 3, 2 * LINE - 8, radius=1, kind="bar")
            yield f'<text class="name" x="{left + PADDING + 10}" y="{first + 15}">你</text>'
            yield f'<text class="fine" x="{left + PADDING + 10}" y="{first + 33}">{escape(self._quoted)}</text>'
            first += 2 * LINE
        for number, line in enumerate(self._lines, 1):
            if _is_quoted(line):
                yield _box(left + 4, first + number * LINE - LINE, 3, LINE, radius=0, kind="bar")
            pieces = "".join(_pieces(line))
            yield f'<text x="{left + PADDING}" y="{first + number * LINE - 7}">{pieces}</text>'
        top += self._text_height + 4
        for row in self._message.buttons:
            width = (self.width - 4 * (len(row) - 1)) / len(row)
            for place, label in enumerate(row):
                x = left + place * (width + 4)
                yield _box(x, top, width, BUTTON, radius=9, kind="button")
                middle = f'x="{x + width / 2:g}" y="{top + BUTTON / 2 + 5:g}"'
                yield f'<text class="label" text-anchor="middle" {middle}>{escape(label)}</text>'
            top += BUTTON + 4


@dataclass(frozen=True, slots=True)
class Panel:
    """Some messages, one beneath the other, with a title above."""

    messages: tuple[Message, ...]
    title: str = ""


def drawn(panels: Sequence[Panel], *, columns: int = NARROW, abreast: int = 1) -> str:
    """Return a picture of the panels as SVG, so many of them side by side."""
    width = columns * CELL + 2 * PADDING + 2 * MARGIN + 6 * CELL
    elements: list[str] = []
    top = 0
    for row in (panels[start : start + abreast] for start in range(0, len(panels), abreast)):
        columns_of = [[Bubble(one, columns) for one in panel.messages] for panel in row]
        heights = [sum(bubble.height + GAP for bubble in bubbles) for bubbles in columns_of]
        room = max(heights) + 2 * MARGIN - GAP + (LINE if any(panel.title for panel in row) else 0)
        for place, (panel, bubbles) in enumerate(zip(row, columns_of, strict=True)):
            left, y = place * (width + GAP), top
            elements.append(_box(left, y, width, room, radius=18, kind="page"))
            y += MARGIN
            if panel.title:
                elements.append(f'<text class="title" x="{left + MARGIN}" y="{y + 10}">{escape(panel.title)}</text>')
                y += LINE
            for bubble, one in zip(bubbles, panel.messages, strict=True):
                elements += bubble.elements(left + (width - bubble.width - MARGIN if one.own else MARGIN), y)
                y += bubble.height + GAP
        top += room + GAP
    whole = abreast * (width + GAP) - GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {top - GAP}" width="{whole}"'
    style = f"<style>{STYLE}</style>"
    return "\n".join((f'{head} font-family="{FONTS}" font-size="{FONT}">', style, *elements, "</svg>\n"))


def _box(x: float, y: float, width: float, height: float, *, radius: int, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius}"/>'


def _pieces(line: Text) -> Iterator[str]:
    ends = sorted({0, len(line), *(edge for span in line.spans for edge in (span.start, span.end))})
    for start, end in pairwise(ends):
        style = next((str(span.style) for span in line.spans if span.start <= start and end <= span.end), "")
        kind = f' class="{CLASSES[style]}"' if style in CLASSES else ""
        yield f"<tspan{kind}>{escape(line.plain[start:end])}</tspan>"


def _wrapped(text: Text, columns: int) -> Iterator[Text]:
    """Cut a text into lines: anywhere between Chinese characters, never before a mark that closes."""
    for line in text.split("\n", allow_blank=True):
        limit = columns * FONT // SMALL if _is_fine(line) else columns
        start = space = width = 0
        for place, character in enumerate(line.plain):
            width += _cells(character)
            if width > limit and character not in HANGING:
                end = place if _is_wide(character) or space <= start else space
                yield line[start:end]
                start = end
                width = _cells(line.plain[start : place + 1])
            if character == " " or _is_wide(character):
                space = place + 1
        yield line[start:]


def _is_fine(line: Text) -> bool:
    """Whether a line is fine print as a whole."""
    return any(str(span.style) == "dim" and span.start == 0 and span.end == len(line) for span in line.spans)


def _is_quoted(line: Text) -> bool:
    """Whether a line belongs to a quotation block, as Telegram draws one."""
    return any(str(span.style) == "italic" for span in line.spans)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" or character in "“”‘’…—"  # in Chinese type


def _cells(text: str) -> int:
    """Return the width of a text, in halves of a Chinese character's."""
    return sum(2 if _is_wide(character) else cell_len(character) for character in text)


def _cut(text: str, columns: int) -> str:
    while _cells(text) > columns:
        text = text[:-2] + "…"
    return text
