"""Bars of characters, which read alike in a message, a terminal and a log."""

from __future__ import annotations

from collections.abc import Sequence

MARKS = "█▓░"
"""What the parts of a bar are drawn with, the first part first."""


def bar(parts: Sequence[float], *, whole: float, width: int = 20) -> str:
    """Return a bar as long as its parts are of ``whole``, which fills ``width``; what is more than nothing is seen.

    >>> bar([6, 3, 1], whole=20)
    '██████▓▓▓░'
    >>> bar([0.5], whole=1, width=8), bar([0, 0, 1], whole=1000), bar([0], whole=0)
    ('████', '░', '')
    """
    lengths = [max(round(width * part / whole), 1) if part > 0 and whole > 0 else 0 for part in parts]
    return "".join(mark * length for mark, length in zip(MARKS, lengths, strict=False))
