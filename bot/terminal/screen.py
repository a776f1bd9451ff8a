"""The terminal's screen, as every command writes to it, and the language that its operator reads."""

from __future__ import annotations

import os

from rich.console import Console

from bot.language import operator_language, visible
from bot.rendering.operator import in_language


def screen() -> Console:
    """Return a console that colours only what it is told to: a number in an answer is no finding of the program's."""
    return Console(highlight=False, emoji=False, markup=False)


def said(text: str) -> str:
    """Return a sentence of the code's, which is in English, as the operator reads it; names in it steer nothing."""
    return in_language(visible(text), operator_language(os.environ))
