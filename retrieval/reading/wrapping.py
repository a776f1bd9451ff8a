"""Hard-wrapped text: which line ends its author meant, and which the width of the page has put there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from retrieval.reading.content import Block
from retrieval.reading.joining import collapse, is_cut_word, join_lines, width
from retrieval.reading.lists import is_item
from retrieval.reading.outline import spoken_level
from retrieval.reading.tables.cells import Cell, cell_text
from retrieval.simplified import in_both_scripts

LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SENTENCE_END = re.compile(r"[。！？!?.…：:；;][”’」』）)\]】》\"']*$")
_INDENT = re.compile(r"[\u3000\t]| {2,}")
# What begins a paragraph besides the items of lists: articles, dates, quotations, questions, answers, rows of tables.
_BEGINNING = re.compile(
    in_both_scripts(
        r"\d{4}[-/年.]\d|\[|【|[#>|]|第[〇零一二三四五六七八九十百千\d]+[编篇章节条部卷回]"
        r"|(?:问|答|提问|回答|[QA]\d{0,3})\s?[：:]"
    ),
    re.IGNORECASE,
)
_GAP = re.compile(r"(?<=\S)(?: {3,}|\t+|\u3000{2,})(?=\S)")
_CELL_GAP = re.compile(r"(?<=[^\s.。!！?？])(?: {2,}|\t+|\u3000{2,})(?=\S)")
_FEWEST_ROWS = 3
_LONGEST_CAPTION = 40
_RULE = re.compile(r"[\s=\-_*~#+.·—－＝…★☆]{3,}$")
_NARROWEST, _WIDEST = 30, 130
_COMMA = re.compile(r"[，、,]$")
_LABEL = re.compile(r"[^\W\d_]{1,12}\s?[：:]")
_CLAUSE = re.compile(r"[，。；]")
_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\u4e00", "\u9fff"


def blocks(text: str) -> Iterator[Block]:
    """Return the text's paragraphs, each on one line, and the rows of its tables.

    Most Chinese text files have a paragraph a line; others are wrapped at a fixed width. Lines are joined only in a
    text that is wrapped, and then never across a blank line, the end of a sentence, or before an indented line, a list
    item or a heading, nor after a line that stops short of the width. Lines whose columns are aligned are the rows of a
    table, and a short line above them is its caption. Rules are left out.
    """
    lines = LINE_END.split(text)
    columns = wrap_width(lines)
    indented = columns is not None and _is_indented(lines, columns)
    tables = dict(_tables(lines))
    gathered: list[str] = []
    caption: list[list[Cell]] = []
    position = 0
    while position < len(lines):
        if (end := tables.get(position)) is not None:
            from retrieval.reading.tables.reader import table_blocks  # which takes as long to load as a text to read

            yield from table_blocks([*caption, *(list(map(Cell, _cells(line))) for line in lines[position:end])])
            caption, position = [], end
            continue
        line, following = lines[position], lines[position + 1] if position + 1 < len(lines) else ""
        position += 1
        if line.strip():
            gathered.append(line)
        cut = is_cut_word(line, following) or (columns and goes_on(line, following, columns, indented=indented))
        if gathered and (position in tables or not cut):
            joined = collapse(join_lines(gathered))
            gathered.clear()
            if position in tables and len(joined) <= _LONGEST_CAPTION and not _SENTENCE_END.search(joined):
                caption = [[Cell(joined)]]
            elif joined and not _RULE.match(joined):
                yield Block(joined, item=is_item(joined))


def _tables(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where tables begin and end: lines below each other that gaps part into equally many cells."""
    start = 0
    for count, run in groupby(lines, key=lambda line: len(_CELL_GAP.findall(line)) if not _RULE.match(line) else 0):
        end = start + sum(1 for _ in run)
        if count and end - start >= _FEWEST_ROWS:
            yield start, end
        start = end


def _cells(line: str) -> list[str]:
    return [cell_text(cell) for cell in _CELL_GAP.split(line.strip())]


def wrap_width(lines: Sequence[str]) -> int | None:
    """Return the width in columns at which the lines are wrapped, or ``None`` when each is a paragraph.

    They are wrapped when nearly all of those that could go on in the next one are about as long as the longest.
    """
    longest = max((width(line.rstrip()) for line in lines), default=0)
    if not _NARROWEST <= longest <= _WIDEST:
        return None
    full_ones = count = 0
    for line, following in pairwise(lines):
        if _may_go_on(line, following) and not is_cut_word(line, following):
            full = _is_full(line, longest)
            # A line that could be a heading says something only when it is as long as a wrapped one.
            count += full or spoken_level(line.strip()) is None
            full_ones += full
    return longest if full_ones and full_ones >= 0.75 * count else None


def goes_on(line: str, following: str, columns: int, *, indented: bool = False) -> bool:
    """Whether a line of a text wrapped at that width goes on in the following one.

    Where paragraphs begin ``indented``, a full line goes on in one that is not, also behind the end of a sentence.
    """
    return _is_full(line, columns) and _may_go_on(line, following, indented=indented)


def is_cut(line: str, following: str) -> bool:
    """Whether a line that is no paragraph's last one breaks off in the midst of a sentence, whatever its width."""
    if not _may_go_on(line, following) or _LABEL.match(following):
        return False
    if is_cut_word(line, following):
        return True
    if _COMMA.search(line):
        return True
    if width(line) < _NARROWEST:
        return False
    if line[-1].isascii() and line[-1].isalpha() and "a" <= following[0] <= "z":
        return True
    clauses = _CLAUSE.search(line) and _FIRST_IDEOGRAPH <= line[-1] <= _LAST_IDEOGRAPH
    begins = _FIRST_IDEOGRAPH <= following[0] <= _LAST_IDEOGRAPH
    return bool(clauses and begins and following.endswith(("。", "！", "？", "；", "：")))


def _is_full(line: str, columns: int) -> bool:
    """Whether the line reaches the width: the next word did not fit any more."""
    return width(line.rstrip()) >= columns - max(8, 0.15 * columns)


def _is_indented(lines: Sequence[str], columns: int) -> bool:
    """Whether paragraphs begin indented: of the full lines behind one that stops short, few do not."""
    begun = [
        line for before, line in pairwise(["", *lines]) if _is_full(line, columns) and not _is_full(before, columns)
    ]
    return len(begun) > 1 and sum(bool(_INDENT.match(line)) for line in begun) >= 0.75 * len(begun)


def _may_go_on(line: str, following: str, *, indented: bool = False) -> bool:
    stripped = line.strip()
    return bool(
        stripped
        and following.strip()
        and (indented or not _SENTENCE_END.search(stripped))
        and not _INDENT.match(following)
        and not is_item(following)
        and not _BEGINNING.match(following)
        and not _RULE.match(following)
        and not _GAP.search(stripped)
    )
