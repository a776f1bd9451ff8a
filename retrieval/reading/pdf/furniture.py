"""What is set around the text of a PDF's pages: running heads and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from retrieval.reading.pdf.lines import Line

_PAGE_NUMBER = re.compile(
    r"[-–—·\s]{0,9}(?:第\s?)?(?:\d{1,4}|[ivxlc]{1,6})\s?[页頁]?"
    r"(?:\s?(?:[/／,，]\s?共?|共|of)\s?\d{1,4}\s?[页頁]?)?[-–—·\s]{0,9}$",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"(?:\d{1,4}|[ivxlc]{1,6})$", re.IGNORECASE)
_MOST_DIGITS = 4
_DIGITS = re.compile(r"\d+")
_APART = 1.8  # usual gaps between lines, beyond which a line at the edge stands apart from the text


def without_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], int]:
    """Return the pages without page numbers and running heads, and how many lines were left out.

    They stand at the edge: the first two and last two lines of a page, by their place. A running head is on three pages
    or more (on both of two, if it stands apart or is set smaller than the text); figures in it count as alike. A figure
    alone is a page's number where it stands apart, or counts the pages at the same place.
    """
    filled = sum(map(bool, pages))
    edges = [_edges(page) for page in pages]
    seen = Counter(key for edge in edges for key in {_alike(line) for line in edge})
    counting = _counting(edges)
    body = _body_size(pages)
    usual = _usual_gap(pages, body)
    kept: list[list[Line]] = []
    dropped = 0
    for page, edge in zip(pages, edges, strict=True):
        gone = set[int]()
        for line in edge if len(page) > 1 else ():
            apart = _gap(line, page) > _APART * usual
            times = seen[_alike(line)]
            small = line.size < 0.95 * body
            if _BARE_NUMBER.match(line.text):
                is_furniture = apart or id(line) in counting
            elif _PAGE_NUMBER.match(line.text):
                is_furniture = True
            else:
                is_furniture = times >= max(3, 0.3 * len(pages)) or (times == filled == 2 and (apart or small))
            if is_furniture:
                gone.add(id(line))
        dropped += len(gone)
        kept.append([line for line in page if id(line) not in gone])
    return kept, dropped


def _edges(page: Sequence[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: line.bottom)
    return [*by_height[:2], *by_height[2:][-2:]]


def _alike(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("0", line.text), round(line.bottom / 4)


def _counting(edges: Sequence[Sequence[Line]]) -> frozenset[int]:
    """The figures alone that grow from page to page as the pages' numbers do, at the same place."""
    by_start: dict[tuple[int, int], list[int]] = {}
    for number, edge in enumerate(edges):
        for line in edge:
            if line.text.isdecimal() and len(line.text) <= _MOST_DIGITS:
                by_start.setdefault((int(line.text) - number, round(line.bottom / 4)), []).append(id(line))
    return frozenset(one for same in by_start.values() if len(same) > 1 for one in same)


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes = Counter[float]()
    for page in pages:
        for line in page:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _usual_gap(pages: Sequence[Sequence[Line]], size: float) -> float:
    gaps = (above.bottom - below.bottom for page in pages for above, below in pairwise(page))
    usual = sorted(gap for gap in gaps if 0 < gap < 4 * size)
    return usual[len(usual) // 3] if usual else 1.5 * size


def _gap(line: Line, page: Sequence[Line]) -> float:
    """The distance from the line to the nearest one above or below it."""
    return min((abs(line.bottom - other.bottom) for other in page if abs(line.bottom - other.bottom) > 1), default=1e9)
