"""Enumerations in a text: a lead-in and its items, whether each stands on a line of its own or all in one sentence.

Items are known by their marks (1. ① （一） 第一步 -), counted from 1 in one style, or by a line above them that ends in
a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from retrieval.numerals import value

Span = tuple[int, int]

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ORDINAL = r"(?P<ordinal>\d{1,2}|[一二三四五六七八九十]{1,3})"
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第{_ORDINAL}步[:：、.，,\s]?\s*",
        rf"步[骤驟]\s*{_ORDINAL}[:：、.，,\s]?\s*",
        rf"[（(]{_ORDINAL}[）)]\s*",
        r"(?P<ordinal>[一二三四五六七八九十]{1,3})、\s*",
        r"(?P<ordinal>\d{1,2})(?:、|[.．](?!\d)|[）)])\s*",
        rf"(?P<ordinal>[{_CIRCLED}])\s*",
        r"(?P<ordinal>[一二三四五六七八九十])(?:是|要)",
        r"(?P<ordinal>[a-h])[.)）]\s*",
    )
)
_BULLET = re.compile(r"[-*+•●○■□◆◇▪·►➢※◎▶✅☑✔]\s*(?=\S)")
_BEFORE_MARK = "：:；;。，,、 \t\u3000"
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_LEADS_IN = re.compile(r"[:：]\s*$")


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A lead-in and items, as spans of one text; the lead-in may be empty, the items are two or more, with marks."""

    lead: Span
    items: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """All of it."""
        return self.lead[0], self.items[-1][1]


_SECOND = re.compile(r"[②\n步b\d二](?:(?<=[②\n])|(?<=步)[骤驟]\s*[\d二]|(?<=[\d二])(?:步|[、是要.．)）])|(?<=b)[.)）])")
"""What every enumeration has: the mark of a second item, or another line. It is found sooner than any style."""


@lru_cache(maxsize=1024)
def enumerations(text: str) -> tuple[Enumeration, ...]:
    """Return the outermost enumerations of a text, in order and apart.

    >>> text = "退卡要办三件事：1. 到一楼填表；2. 到三楼签字；3. 取回押金。周末不办。"
    >>> [text[start:end] for start, end in enumerations(text)[0].items]
    ['1. 到一楼填表；', '2. 到三楼签字；', '3. 取回押金。']
    """
    if not _SECOND.search(text):
        return ()
    found = sorted((*_marked(text), *_bulleted(text), *_led(text)), key=lambda one: (one.span[0], -one.span[1]))
    outermost: list[Enumeration] = []
    for one in found:
        if not outermost or one.items[0][0] >= outermost[-1].span[1]:
            outermost.append(one)
    return tuple(outermost)


def unmarked(item: str) -> int:
    """Return the number of characters that an item's mark takes up at its beginning."""
    match = _BULLET.match(item) or next(filter(None, (style.match(item) for style in _STYLES)), None)
    return match.end() if match else 0


def ordinal_value(ordinal: str) -> int:
    """Return the number that a mark counts; 0 for one that counts nothing.

    >>> [ordinal_value(ordinal) for ordinal in ("3", "十二", "③", "c")]
    [3, 12, 3, 3]
    """
    if ordinal.isdecimal():
        return int(ordinal)
    if ordinal in _CIRCLED:
        return _CIRCLED.index(ordinal) + 1
    if ordinal.isascii():
        return ord(ordinal) - ord("a") + 1
    return value(ordinal)


def _marked(text: str) -> Iterator[Enumeration]:
    for style in _STYLES:
        run: list[re.Match[str]] = []
        for match in style.finditer(text):
            if match.start() and text[match.start() - 1] not in _BEFORE_MARK + "\n":
                continue
            ordinal = ordinal_value(match["ordinal"])
            if run and ordinal == len(run) + 1:
                run.append(match)
            elif ordinal == 1:
                yield from _enumeration(text, run)
                run = [match]
        yield from _enumeration(text, run)


def _bulleted(text: str) -> Iterator[Enumeration]:
    run: list[re.Match[str]] = []
    for start, _ in _lines(text):
        match = _BULLET.match(text, start)
        if match and (not run or text[match.start()] == text[run[0].start()]):
            run.append(match)
        elif not match and run and not text[start : start + 1].isspace():
            yield from _enumeration(text, run)
            run = []
    yield from _enumeration(text, run)


def _led(text: str) -> Iterator[Enumeration]:
    """A first line that ends in a colon, and the unmarked lines below it."""
    lines = [line for line in _lines(text) if text[slice(*line)].strip()]
    if len(lines) > 2 and _LEADS_IN.search(text[slice(*lines[0])]) and not unmarked(text[slice(*lines[1])]):
        yield Enumeration(lines[0], tuple(lines[1:]))


def _enumeration(text: str, marks: list[re.Match[str]]) -> Iterator[Enumeration]:
    if len(marks) < 2:
        return
    starts = [match.start() for match in marks]
    by_line = all(not start or text[start - 1] == "\n" for start in starts[1:])
    ends = [_trimmed(text, start, end) for start, end in pairwise(starts)]
    stop = _item_end(text, starts[-1]) if by_line else _sentence_end(text, starts[-1])
    last = _trimmed(text, starts[-1], stop)
    yield Enumeration(_lead(text, starts[0]), tuple(zip(starts, (*ends, last), strict=True)))


def _lead(text: str, end: int) -> Span:
    """The sentence before the first item."""
    before = text[:end].rstrip()
    start = max((match.end() for match in _SENTENCE_END.finditer(before, 0, max(len(before) - 1, 0))), default=0)
    return start + (len(before[start:]) - len(before[start:].lstrip())), max(len(before), start)


def _sentence_end(text: str, start: int) -> int:
    match = _SENTENCE_END.search(text, start)
    return match.end() if match else len(text)


def _item_end(text: str, start: int) -> int:
    """Where the item that starts here ends: with its line and those below that are indented or marked otherwise."""
    lines = _lines(text[start:])
    _, end = next(lines)
    for begin, line_end in lines:
        line = text[start + begin : start + line_end]
        if not (line[:1].isspace() or unmarked(line)):
            break
        end = line_end
    return start + end


def _trimmed(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _lines(text: str) -> Iterator[Span]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1
