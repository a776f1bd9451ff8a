"""The terminal's screen, as every command writes to it."""

from __future__ import annotations

from rich.console import Console


def screen() -> Console:
    """Give a console that colours only what it is told to: a number in an answer is no finding of the program's."""
    return Console(highlight=False, emoji=False, markup=False)
