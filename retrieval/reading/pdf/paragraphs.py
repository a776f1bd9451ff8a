"""The lines of a PDF's pages to paragraphs and headings, across lines and pages."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from retrieval.reading.content import Block
from retrieval.reading.joining import collapse, hyphen_between, join_lines
from retrieval.reading.lists import is_item
from retrieval.reading.outline import is_article, spoken_level
from retrieval.reading.pairs import is_marked
from retrieval.reading.pdf.cells import rows
from retrieval.reading.pdf.columns import unrolled
from retrieval.reading.pdf.furniture import without_furniture
from retrieval.reading.pdf.lines import Line
from retrieval.reading.pdf.tables import rows_of, table_end
from retrieval.reading.tables.reader import TableReader

_SENTENCE_END = re.compile(r"[。！？!?.…：:；;][”’」』）)\]】》\"']*$")
_ALIKE = 0.94  # lines whose sizes differ by less are set alike: glyphs of one size do not measure alike
_LARGER = 1.12  # a line this much larger than the running text is a heading
_SMALLER = 0.92  # a line this much smaller than the running text may be a footnote
_NOTE = re.compile(r"[①-⑳*†‡※]|[\[（(【]?\d{1,3}[\]）)】.、\s]|[¹²³⁴⁵⁶⁷⁸⁹]|注[：:\d]")
_NAME = re.compile(r"[\w（）()]{2,12}")
_FIGURE = re.compile(r"[\d.,]{1,12}\s?[%％\w]{0,3}")
_LONGEST_HEADING = 80
_MOST_LEVELS = 6
_NARROWEST_COLUMN = 10  # in sizes of the line: what is narrower is no running text


def blocks_of(pages: Sequence[Sequence[Line]]) -> tuple[list[Block], int]:
    """The paragraphs and headings of the pages, and how many running heads and page numbers were left out."""
    kept, furniture = without_furniture(pages)
    kept = [list(unrolled(rows(page))) for page in kept]
    lines = [line for page in kept for line in page]
    if not lines:
        kept, furniture = [list(page) for page in pages], 0
        lines = [line for page in kept for line in page]
    joiner = _Joiner(lines)
    for number, page in enumerate(kept, start=1):
        joiner.add_page(page, number)
    joiner.close()
    return joiner.blocks, furniture


def _columns(lines: Sequence[Line], gap: float) -> dict[float, float]:
    """The right edge of the column for each left edge: lines whose lefts lie closer than the gap share a column."""
    by_left = sorted(lines, key=lambda line: line.left)
    columns: list[list[Line]] = []
    for line in by_left:
        if columns and line.left - columns[-1][-1].left < gap:
            columns[-1].append(line)
        else:
            columns.append([line])
    edges: dict[float, float] = {}
    for column in columns:
        rights = sorted(line.right for line in column)
        edges |= dict.fromkeys((line.left for line in column), rights[int(0.9 * (len(rights) - 1))])
    return edges


class _Joiner:
    """Joins lines as they come, and closes a paragraph where the setting of the next line says so."""

    def __init__(self, lines: Sequence[Line]) -> None:
        sizes = Counter[float]()
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
        self.body_size = sizes.most_common(1)[0][0]
        self.levels: dict[float, int] = {}
        level, largest = 0, float("inf")
        for size in sorted((size for size in sizes if size > _LARGER * self.body_size), reverse=True):
            if size < _ALIKE * largest:
                level, largest = level + 1, size
            self.levels[size] = min(level, _MOST_LEVELS)
        gaps = [above.bottom - below.bottom for above, below in pairwise(lines)]
        usual = [gap for gap in gaps if 0 < gap < 4 * self.body_size]
        self.usual_gap = statistics.median(usual) if usual else 1.5 * self.body_size
        self.blocks: list[Block] = []
        self.open: list[Line] = []
        self.notes: list[list[Line]] = []
        self.note_page = 1
        self.page = 1
        self.right = 0.0
        self.table = TableReader()
        self.last_row: Block | None = None

    def add_page(self, lines: Sequence[Line], number: int) -> None:
        """Adds the lines of the page with this number; its footnotes come behind what goes on over the page."""
        body = len(lines) - self._note_count(lines)
        columns = _columns(lines, gap=3 * self.body_size)
        table = 0
        for position, line in enumerate(lines[:body]):
            if position < table:
                continue
            if (table := table_end(lines[:body], position)) > position:
                self._add_table(lines[position:table], number, turned=position == 0)
                continue
            if self.open and not self._continues(self.open[-1], line, turned=position == 0):
                self.close()
            if not self.open:
                self.page = number
            self.right = columns[line.left]
            self.open.append(line)
        for line in lines[body:]:
            if not self.notes or _NOTE.match(line.text):
                self.notes.append([])
            self.notes[-1].append(line)
        self.note_page = number

    def _add_table(self, lines: Sequence[Line], number: int, *, turned: bool) -> None:
        """Adds the rows of a table; one that begins a page may go on with the table that ended the one before."""
        if not (turned and not self.open and self.last_row and self.blocks[-1] is self.last_row):
            self.table = TableReader()
        self.close()
        self.blocks += (block._replace(page=number) for block in self.table.read(rows_of(lines)))
        self.last_row = self.blocks[-1] if self.blocks else None

    def close(self) -> None:
        """Closes the paragraph that is open, and adds the footnotes that waited for its end."""
        if self.open:
            level = self._level(self.open[0])
            value = len(self.open) == 2 and _is_value(*(line.text for line in self.open))
            text = " ".join(line.text for line in self.open) if value else _joined(self.open)
            heading = level is not None and len(text) <= _LONGEST_HEADING and not text.endswith(("。", "；", "，"))
            item = not heading and (value or is_item(text))
            self.blocks.append(Block(text, level=level if heading else None, page=self.page, item=int(item)))
            self.open = []
        self.blocks += [Block(_joined(note), page=self.note_page) for note in self.notes]
        self.notes = []

    def _note_count(self, lines: Sequence[Line]) -> int:
        """How many lines at the end of the page are footnotes: set smaller than the text, the first one with a sign."""
        count = 0
        while count < len(lines) - 1 and lines[-1 - count].size < _SMALLER * self.body_size:
            count += 1
        while count and not _NOTE.match(lines[-count].text):
            count -= 1
        return count

    def _level(self, line: Line) -> int | None:
        return self.levels.get(round(line.size, 1))

    def _continues(self, line: Line, following: Line, *, turned: bool) -> bool:
        """Whether the following line goes on with the paragraph of this one; ``turned`` when a page lies between."""
        alike = abs(following.size - line.size) <= 0.15 * line.size and self._level(line) == self._level(following)
        if not alike or line.tabular or following.tabular or _begins(following.text):
            return False
        gap = line.bottom - following.bottom
        if len(self.open) == 1 and not turned and _is_value(line.text, following.text):
            return 0 < gap <= 1.45 * max(self.usual_gap, line.size) and abs(line.left - following.left) < line.size
        finished = bool(_SENTENCE_END.search(line.text))
        wide = line.running or self.right - line.left >= _NARROWEST_COLUMN * line.size
        full = wide and line.right >= self.right - 2.2 * line.size
        if spoken_level(line.text) is not None and not full:
            return False
        nearly_full = wide and not finished and line.right >= line.left + 0.75 * (self.right - line.left)
        if turned or gap < -2 * line.size:  # the next page, or the next column
            return self._level(line) is None and not finished and (full or nearly_full)
        if gap > 1.45 * max(self.usual_gap, line.size):
            return False
        # A line that goes back to the left of an indented first one, or stands below one that is not, may go on; one
        # that is indented begins a paragraph.
        indented = following.left > line.left + 1.2 * line.size
        return self._level(line) is not None or (not indented and (full or nearly_full))


def _begins(text: str) -> bool:
    """Whether the line begins something of its own: an item, an article, a heading, a question, an answer."""
    return is_item(text) or is_article(text) or is_marked(text) or spoken_level(text) is not None


def _is_value(name: str, following: str) -> bool:
    """Whether a line is a figure by itself, below the short name of what it counts."""
    return bool(_FIGURE.fullmatch(following) and _NAME.fullmatch(name)) and not any(map(str.isdigit, name))


def _joined(lines: Sequence[Line]) -> str:
    texts: list[str] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if before is not None and before.hyphenated:
            texts[-1] += hyphen_between(texts[-1], line.text) + line.text
        else:
            texts.append(line.text)
    return collapse(join_lines(texts))
