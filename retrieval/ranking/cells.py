"""The cells of a table's row, which is one sentence: 姓名：张三，部门：研发，电话：8001."""

from __future__ import annotations

import re
from itertools import pairwise

from retrieval.language import normalise
from retrieval.question import Question

Span = tuple[int, int]

_LEAST = 4
"""Cells from which on a row is wide."""
_WIDE = 90
"""… and characters."""
_NAME = re.compile(r"(?:^|，)(?=[^，：。；\n]{1,30}：)")
_NO_ROW = re.compile(r"[。\n]")


def cells(text: str) -> tuple[Span, ...]:
    """Return the cells of a wide row, each with its column's name; none of what is no wide row.

    >>> text = "姓名：张三，部门：研发部二组，电话：8001，邮箱：" + "a" * 99
    >>> [text[start:end] for start, end in cells(text)][:3]
    ['姓名：张三', '部门：研发部二组', '电话：8001']
    """
    if len(text) <= _WIDE or text.count("：") < _LEAST or _NO_ROW.search(text):
        return ()
    starts = [match.end() for match in _NAME.finditer(text)]
    if len(starts) < _LEAST or starts[0]:
        return ()
    return tuple((start, end - 1) for start, end in pairwise((*starts, len(text) + 1)))


def answering(text: str, question: Question, highlights: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the cells of a wide row that are shown first: its first, those that answer, and those that are asked by.

    None where the row is not wide, or all of it is shown.
    """
    found = cells(text)
    said = [word for word in question.words if len(word) > 1]
    said += [other for word, other in question.synonyms if word not in said]

    def shown(number: int, start: int, end: int) -> bool:
        if not number or any(first < end and start < last for first, last in highlights):
            return True
        cell = normalise(text[start:end]).text
        return any(word in cell for word in said)

    chosen = tuple(span for number, span in enumerate(found) if shown(number, *span))
    return chosen if len(chosen) < len(found) else ()
