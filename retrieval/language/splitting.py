"""Paragraph → Sentences, losslessly: the texts of a paragraph's sentences, joined, are the paragraph's text.

A sentence ends after 。！？ and their half-width forms, after a full stop that is followed by a space, and after a
line break, together with the closing quotes and brackets behind the mark; never inside a bracket or quotation that
closes soon. A piece without a word, such as a closing quote that stands apart, stays with its neighbour; a short
sentence is a sentence all the same, and is not joined with others to seem a fuller answer.
Sentences of more than ``LONG`` characters, which in official Chinese may hold a whole paragraph, are cut further
at ；, and beyond ``VERY_LONG`` at ，, because a window of 300 characters is no answer.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise

from retrieval.records import Sentence

LONG = 100
"""Characters beyond which a sentence is also cut at ；."""
VERY_LONG = 240
"""Characters beyond which a clause is also cut at ，."""
SHORT = 12
"""Characters below which a clause is not left alone when a long sentence is cut."""
BRACKET_REACH = 80
"""Characters within which a bracket must close to keep a sentence whole."""
QUOTE_REACH = 50
"""Characters within which a quotation of several sentences must close to be kept whole."""

_CLOSERS = r"”’」』\"'）】》〉〕］)\]"
# The full stop of Latin text ends a sentence before a space, but not in "1.5", "e.g. this", "J. Smith" or "St. Helen".
_SHORTENED = r"(?<![^A-Za-z][A-Za-z]\.)(?<![^A-Za-z](?:St|Mt|Mr|Ms|Dr|Jr|vs)\.)"
# … nor behind the number of an item, which belongs to it: "停机； 2. 拔线".
_ITEM = r"(?<!^\d\.)(?<!^\d\d\.)(?<![\s：:；;。，,]\d\.)(?<![\s：:；;。，,]\d\d\.)"
_FULL_STOP = rf"(?<=\.){_SHORTENED}{_ITEM}(?=[{_CLOSERS}]*\s+[^\sa-z])"
# What begins with one set of characters is found soonest; which of them it was is looked at then.
_END = re.compile(
    rf"[。！？!?｡.\n](?:(?<=[。！？!?｡])[。！？!?｡]*|{_FULL_STOP}|(?<=\n))(?:[{_CLOSERS}]|\s+[”’」』])*\s*"
)
_SEMICOLON = re.compile(r"[；;]\s*")
_WORD = re.compile(r"[^\W_]")
_COMMA = re.compile(r"[，,](?!\d)\s*")


def _enclosed(marks: tuple[str, ...], reach: int) -> str:
    return "|".join(
        rf"{re.escape(left)}[^{re.escape(left)}{re.escape(right)}\n]{{0,{reach}}}{re.escape(right)}"
        for left, right in map(tuple, marks)
    )


_BRACKETS, _QUOTES = ("（）", "()", "【】", "《》", "〈〉", "〔〕", "[]", "{}"), ("“”", "「」", "『』")
_BRACKET = re.compile(_enclosed(_BRACKETS, BRACKET_REACH))
_QUOTE = re.compile(_enclosed(_QUOTES, QUOTE_REACH))
_OPENING = re.compile(f"[{re.escape(''.join(marks[0] for marks in _BRACKETS + _QUOTES))}]")


def sentences(text: str) -> tuple[Sentence, ...]:
    """Cut a paragraph's text into its sentences, in order.

    >>> text = "到今年年底，规模将要达到1.5万亿元。他笑着对我们大家说：“好！就这样。”然后（你懂的。）走了。"
    >>> [sentence.text for sentence in sentences(text)]
    ['到今年年底，规模将要达到1.5万亿元。', '他笑着对我们大家说：“好！就这样。”', '然后（你懂的。）走了。']
    """
    return tuple([Sentence(text[start:end], start, end) for start, end in pairwise(bounds(text))])


def bounds(text: str) -> tuple[int, ...]:
    """Return where the sentences of a paragraph's text begin, and where the last ends; only 0 where there is no text.

    >>> bounds("好。走了。")
    (0, 2, 5)
    """
    if not text:
        return (0,)
    cuts = _cut(text, 0, len(text), _END)
    # What holds no word stays with its left neighbour; at the beginning, with its right one.
    starts = [start for start, end in pairwise(cuts) if text[start].isalnum() or _WORD.search(text, start, end)]
    result: list[int] = []
    for start, end in pairwise((0, *starts[1:], len(text))):
        result += _shorten(text, start, end) if end - start > LONG else (start,)
    return (*result, len(text))


def _shorten(text: str, start: int, end: int) -> list[int]:
    """Cut a sentence at ；, and what is still very long at ，, without leaving fragments; return where each begins."""
    starts = []
    for first, last in pairwise(_join(_cut(text, start, end, _SEMICOLON), SHORT)):
        starts += [first] if last - first <= VERY_LONG else _join(_cut(text, first, last, _COMMA), LONG)[:-1]
    return starts


def _cut(text: str, start: int, end: int, mark: re.Pattern[str]) -> list[int]:
    """Return ``start``, the end of each match of ``mark`` in between that stands outside brackets, and ``end``."""
    marks = [match.span() for match in mark.finditer(text, start, end)]
    # The mark at the very end of a quotation ends the sentence; of what stands in brackets it does not.
    inside: set[int] = set()
    for pattern, quoting in ((_BRACKET, False), (_QUOTE, True)) if _OPENING.search(text, start, end) else ():
        for match in pattern.finditer(text, start, end):
            within = range(bisect_right(marks, (match.start(), end)), bisect_left(marks, (match.end(), start)))
            inside.update(one for one in within if not quoting or marks[one][1] < match.end())
    return [start, *[after for one, (_, after) in enumerate(marks) if after < end and one not in inside], end]


def _join(cuts: list[int], enough: int) -> list[int]:
    """Leave out the cuts behind fewer than ``enough`` characters, and before the last that are fewer."""
    kept = cuts[:1]
    for cut in cuts[1:-1]:
        if cut - kept[-1] >= enough:
            kept.append(cut)
    if len(kept) > 1 and cuts[-1] - kept[-1] < enough:
        kept.pop()
    return [*kept, cuts[-1]]
