"""Hard-wrapped text: which line ends its author meant, and which the width of the page has put there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from retrieval.reading.joining import collapse, join_lines, width
from retrieval.reading.lists import is_item
from retrieval.reading.outline import spoken_level

LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SENTENCE_END = re.compile(r"[。！？!?.…：:；;][”’」』）)\]】》\"']*$")
_INDENT = re.compile(r"[\u3000\t]| {2,}")
# What begins a paragraph besides the items of lists: articles, dates, quotations, questions, answers, rows of tables.
_BEGINNING = re.compile(
    r"\d{4}[-/年.]\d|\[|【|[#>|]|第[〇零一二三四五六七八九十百千\d]+[编篇章节条部卷回]"
    r"|(?:问|答|提问|回答|[QA]\d{0,3})\s?[：:]",
    re.IGNORECASE,
)
_COLUMNS = re.compile(r"\S(?: {3,}|\t+|\u3000{2,})\S")
_RULE = re.compile(r"[\s=\-_*~#+.·—－＝…★☆]{3,}$")
_NARROWEST, _WIDEST = 30, 130
_COMMA = re.compile(r"[，、,]$")
_LABEL = re.compile(r"[^\W\d_]{1,12}\s?[：:]")
_CLAUSE = re.compile(r"[，。；]")
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")


def paragraphs(text: str) -> Iterator[str]:
    """Return the text's paragraphs, each on one line.

    Most Chinese text files have a paragraph a line; others are wrapped at a fixed width. Lines are joined only in a
    text that is wrapped, and then never across a blank line, the end of a sentence, or before an indented line, a list
    item or a heading, nor after a line that stops short of the width or whose columns are aligned. Rules are left out.
    """
    lines = LINE_END.split(text)
    columns = wrap_width(lines)
    gathered: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.strip():
            gathered.append(line)
        if gathered and not (columns and goes_on(line, following, columns)):
            joined = collapse(join_lines(gathered))
            if joined and not _RULE.match(joined):
                yield joined
            gathered.clear()


def wrap_width(lines: Sequence[str]) -> int | None:
    """Return the width in columns at which the lines are wrapped, or ``None`` when each is a paragraph.

    They are wrapped when nearly all of those that could go on in the next one are about as long as the longest.
    """
    longest = max((width(line.rstrip()) for line in lines), default=0)
    if not _NARROWEST <= longest <= _WIDEST:
        return None
    full_ones = count = 0
    for line, following in pairwise(lines):
        if _may_go_on(line, following):
            full = _is_full(line, longest)
            # A line that could be a heading says something only when it is as long as a wrapped one.
            count += full or spoken_level(line.strip()) is None
            full_ones += full
    return longest if full_ones and full_ones >= 0.75 * count else None


def goes_on(line: str, following: str, columns: int) -> bool:
    """Whether a line of a text wrapped at that width goes on in the following one."""
    return _is_full(line, columns) and _may_go_on(line, following)


def is_cut(line: str, following: str) -> bool:
    """Whether a line that is no paragraph's last one breaks off in the midst of a sentence, whatever its width."""
    if not _may_go_on(line, following) or _LABEL.match(following):
        return False
    if _COMMA.search(line):
        return True
    if width(line) < _NARROWEST:
        return False
    if line[-1].isascii() and line[-1].isalpha() and "a" <= following[0] <= "z":
        return True
    clauses = _CLAUSE.search(line) and _IDEOGRAPH.match(line[-1])
    return bool(clauses and _IDEOGRAPH.match(following) and following.endswith(("。", "！", "？", "；", "：")))


def _is_full(line: str, columns: int) -> bool:
    """Whether the line reaches the width: the next word did not fit any more."""
    return width(line.rstrip()) >= columns - max(8, 0.15 * columns)


def _may_go_on(line: str, following: str) -> bool:
    stripped = line.strip()
    return bool(
        stripped
        and following.strip()
        and not _SENTENCE_END.search(stripped)
        and not _INDENT.match(following)
        and not is_item(following)
        and not _BEGINNING.match(following)
        and not _RULE.match(following)
        and not _COLUMNS.search(stripped)
    )
