"""The terminal's screen, as every command writes to it, and the language that its operator reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bot.language import operator_language, visible
from bot.rendering.operator import in_language

if TYPE_CHECKING:
    from rich.console import Console


def screen() -> Console:
    """Return a console that colours only what it is told to: a number in an answer is no finding of the program's."""
    from rich.console import Console  # most commands have to explain something, not all to show it

    return Console(highlight=False, emoji=False, markup=False)


def said(text: str) -> str:
    """Return a sentence of the code's, which is in English, as the operator reads it; names in it steer nothing."""
    return in_language(visible(text), operator_language(os.environ))
