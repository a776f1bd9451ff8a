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


_BRACKET = re.compile(_enclosed(("（）", "()", "【】", "《》", "〈〉", "〔〕", "[]", "{}"), BRACKET_REACH))
_QUOTE = re.compile(_enclosed(("“”", "「」", "『』"), QUOTE_REACH))


def sentences(text: str) -> tuple[Sentence, ...]:
    """Cut a paragraph's text into its sentences, in order.

    >>> text = "到今年年底，规模将要达到1.5万亿元。他笑着对我们大家说：“好！就这样。”然后（你懂的。）走了。"
    >>> [sentence.text for sentence in sentences(text)]
    ['到今年年底，规模将要达到1.5万亿元。', '他笑着对我们大家说：“好！就这样。”', '然后（你懂的。）走了。']
    """
    spans = _wordless_joined(text, _cut(text, 0, len(text), _END))
    if any(end - start > LONG for start, end in spans):
        spans = [part for start, end in spans for part in _shorten(text, start, end)]
    return tuple([Sentence(text[start:end], start, end) for start, end in spans])


def _wordless_joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join what holds no word with its left neighbour; at the beginning, with its right one."""
    result: list[tuple[int, int]] = []
    last_has_word = True
    for start, end in spans:
        has_word = _WORD.search(text, start, end) is not None
        if result and not (has_word and last_has_word):
            result[-1] = (result[-1][0], end)
            last_has_word = last_has_word or has_word
        else:
            result.append((start, end))
            last_has_word = has_word
    return result


def _shorten(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut one sentence at ；, and what is still very long at ，, without leaving fragments."""
    if end - start <= LONG:
        return [(start, end)]
    result = []
    for clause_start, clause_end in _join(_cut(text, start, end, _SEMICOLON), SHORT):
        if clause_end - clause_start <= VERY_LONG:
            result.append((clause_start, clause_end))
        else:
            result.extend(_join(_cut(text, clause_start, clause_end, _COMMA), LONG))
    return result


def _cut(text: str, start: int, end: int, mark: re.Pattern[str]) -> list[tuple[int, int]]:
    """Cut ``text[start:end]`` after each match of ``mark`` that stands outside brackets."""
    marks = [match.span() for match in mark.finditer(text, start, end)]
    # The mark at the very end of a quotation ends the sentence; of what stands in brackets it does not.
    inside: set[int] = set()
    for pattern, quoting in ((_BRACKET, False), (_QUOTE, True)):
        for match in pattern.finditer(text, start, end):
            within = range(bisect_right(marks, (match.start(), end)), bisect_left(marks, (match.end(), start)))
            inside.update(one for one in within if not quoting or marks[one][1] < match.end())
    cuts = [start, *(after for one, (_, after) in enumerate(marks) if after < end and one not in inside), end]
    return list(pairwise(cuts)) if start < end else []


def _join(spans: list[tuple[int, int]], enough: int) -> list[tuple[int, int]]:
    """Join each span that is shorter than ``enough`` characters with its right neighbour, the last with its left."""
    result: list[tuple[int, int]] = []
    for start, end in spans:
        if result and result[-1][1] - result[-1][0] < enough:
            result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    if len(result) > 1 and result[-1][1] - result[-1][0] < enough:
        last = result.pop()
        result[-1] = (result[-1][0], last[1])
    return result
