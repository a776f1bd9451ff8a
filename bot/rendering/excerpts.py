"""Pieces of text that fit: lengths in UTF-16 units, in which Telegram counts, and ``…`` for what is left out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

NAME_LIMIT = 120

Span = tuple[int, int]

_GAP = " … "


def utf16_length(text: str) -> int:
    """Return the length of ``text`` as Telegram counts it.

    >>> utf16_length("字𠮷")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def excerpt(text: str, highlights: tuple[Span, ...], *, limit: int) -> tuple[str, tuple[Span, ...]]:
    """Return as much of ``text`` around its highlights as fits in ``limit`` UTF-16 units, and where they then are.

    What is left out at an end is replaced by ``…``; a text that fits stays as it is.

    >>> excerpt("一二三四五六七八九", ((4, 5),), limit=5)
    ('…四五六…', ((2, 3),))
    """
    if utf16_length(text) <= limit:
        return text, highlights
    room = limit - 2  # one … at either end
    widths = [2 if character > "\uffff" else 1 for character in text]
    start = end = highlights[0][0] if highlights else 0
    span_end = highlights[-1][1] if highlights else 0
    if highlights and sum(widths[start:span_end]) > room:
        span_end = highlights[0][1]
    while end < span_end and widths[end] <= room:
        room -= widths[end]
        end += 1
    while True:
        left = start > 0 and widths[start - 1] <= room
        if left:
            start -= 1
            room -= widths[start]
        right = end < len(text) and widths[end] <= room
        if right:
            room -= widths[end]
            end += 1
        if not (left or right):
            break
    return piece(text, highlights, (start, end))


def piece(text: str, highlights: tuple[Span, ...], span: Span) -> tuple[str, tuple[Span, ...]]:
    """Return the part of ``text`` within ``span``, with ``…`` where something is left out, and its highlights."""
    start, end = span
    before = "…" if start > 0 else ""
    shift = len(before) - start
    kept = (
        (max(first, start) + shift, min(last, end) + shift)
        for first, last in highlights
        if first < end and last > start
    )
    return before + text[start:end] + ("…" if end < len(text) else ""), tuple(kept)


def pieces(text: str, highlights: tuple[Span, ...], spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Return several parts of ``text`` with `` … `` between them, and the highlights in them.

    >>> pieces("甲：一，乙：二，丙：三", ((10, 11),), ((0, 3), (8, 11)))
    ('甲：一 … 丙：三', ((8, 9),))
    """
    shown, kept = "", []
    for start, end in spans:
        shown += _GAP if shown else ""
        shift = len(shown) - start
        kept += [
            (max(first, start) + shift, min(last, end) + shift)
            for first, last in highlights
            if first < end and last > start
        ]
        shown += text[start:end]
    return shown, tuple(kept)


def shortened(text: str, limit: int = NAME_LIMIT) -> str:
    """Return the text in one line, with ``…`` for what does not fit in ``limit``."""
    return excerpt(" ".join(text.split()), (), limit=limit)[0]
