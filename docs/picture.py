"""Draws the README's picture: a real conversation with ``seeds/``, as in a messenger. Run by ``make picture``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.conversation.passages import answered
from bot.rendering.catalogue import phrases
from bot.rendering.screen import message
from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.library import Library
from retrieval.records import Answer

ROOT = Path(__file__).parent.parent
QUESTIONS = ("智能终端目标是多少？", "元宇宙產業基金是什麼級別的？", "虚拟现实用在哪些场景", "北京天气怎么样？")

CELL, LINE, FONT, PADDING, GAP, WIDTH = 8, 25, 16, 12, 14, 640
"""In pixels: half a Chinese character's width, a line's height, its type, room in a bubble, between two, the whole."""
COLUMNS = 60
"""The longest line, in cells; a Chinese character takes two."""
STYLES = {"": "", "bold green": ' font-weight="700" fill="#1f7a3d"', "dim": ' fill="#7a8791" font-size="13"'}


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message: its lines, and whether the person sent it."""

    lines: tuple[Text, ...]
    asked: bool

    @property
    def height(self) -> int:
        """In pixels."""
        return len(self.lines) * LINE + 2 * PADDING

    def drawn(self, top: int) -> Iterator[str]:
        """Return the SVG elements of the message, its upper edge at ``top``."""
        width = max(cell_len(line.plain) for line in self.lines) * CELL + 2 * PADDING
        left = WIDTH - width - GAP if self.asked else GAP
        colour = "#d9fdd3" if self.asked else "#ffffff"
        yield f'<rect x="{left}" y="{top}" width="{width}" height="{self.height}" rx="14" fill="{colour}"/>'
        for number, line in enumerate(self.lines, 1):
            pieces = "".join(_pieces(line))
            yield f'<text x="{left + PADDING}" y="{top + PADDING + number * LINE - 7}">{pieces}</text>'


def _pieces(line: Text) -> Iterator[str]:
    ends = sorted({0, len(line), *(edge for span in line.spans for edge in (span.start, span.end))})
    for start, end in pairwise(ends):
        style = next((str(span.style) for span in line.spans if span.start <= start and end <= span.end), "")
        yield f"<tspan{STYLES[style]}>{escape(line.plain[start:end])}</tspan>"


def _wrapped(text: Text) -> tuple[Text, ...]:
    return tuple(text.wrap(Console(width=COLUMNS), COLUMNS))


def _answer(answer: Answer) -> Bubble:
    return Bubble(_wrapped(message(answered(answer, answer.quotes), phrases("zh"))), asked=False)


def _svg(bubbles: list[Bubble]) -> str:
    elements, top = [], GAP
    for bubble in bubbles:
        elements += bubble.drawn(top)
        top += bubble.height + GAP
    fonts = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}"',
        f' font-family="{fonts}" font-size="{FONT}">',
        f'<rect width="{WIDTH}" height="{top}" rx="18" fill="#dfe7ec"/>',
        *elements,
        "</svg>\n",
    ))  # fmt: skip


async def draw(target: Path) -> None:
    """Hold the conversation and write it to ``target`` as SVG."""
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = Tokenizer(Path(folder) / "jieba")
        engine = LocalEngine(Path(folder), tokenizer)
        await Library(ROOT / "seeds", engine).refresh()
        answerer = Answerer(engine, tokenizer, threshold=0.5)
        bubbles = []
        for question in QUESTIONS:
            bubbles += Bubble(_wrapped(Text(question)), asked=True), _answer(await answerer.answer(question, limit=1))
        engine.close()
    target.write_text(_svg(bubbles), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "conversation.svg"))
