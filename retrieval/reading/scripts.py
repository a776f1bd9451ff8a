"""Superscripts and subscripts as characters: 10⁵ is not 105."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−–()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−–()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₋₍₎")
_FIGURES = re.compile(r"[+\-−–]?\d{1,4}[+\-−–]?|\(\d{1,4}\)|[+\-−–n]")
_EXPRESSION = re.compile(r"[A-Za-z0-9+\-−–*/.()]{1,12}")
_SIGN = re.compile(r"(?:st|nd|rd|th|tm|sm|[a-z]{4,})\Z|\(?(?:c|r|tm)\)\Z|[\d.]{5,}", re.IGNORECASE)


def raised(text: str) -> str:
    """Return the text of a superscript: figures as such characters, other expressions behind ``^``, words as they are.

    >>> raised("-6"), raised("x+1"), raised("注"), raised("th")
    ('⁻⁶', '^(x+1)', '注', 'th')
    """
    stripped = text.strip()
    if _FIGURES.fullmatch(stripped):
        return stripped.translate(_RAISED)
    if not _EXPRESSION.fullmatch(stripped) or _SIGN.match(stripped):
        return text
    return f"^{stripped}" if len(stripped) == 1 or stripped.isdecimal() else f"^({stripped.strip('()')})"


def lowered(text: str) -> str:
    """Return the text of a subscript, its figures as such characters: ``H₂O``."""
    stripped = text.strip()
    return stripped.translate(_LOWERED) if _FIGURES.fullmatch(stripped) else text
