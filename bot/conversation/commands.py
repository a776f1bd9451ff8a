"""What can be asked of the bot by name."""

from __future__ import annotations

import re
from enum import StrEnum


class Command(StrEnum):
    """The commands; the values are their names."""

    ASK = "ask"
    HELP = "help"
    START = "start"
    FORGET = "forget"
    SOURCES = "sources"
    REMOVE = "remove"
    RELOAD = "reload"
    STATS = "stats"
    UNANSWERED = "unanswered"
    WHY = "why"


_COMMAND = re.compile(r"/(?P<name>[A-Za-z]+)\b\s*(?P<rest>.*)", re.DOTALL | re.ASCII)


def command_in(text: str) -> tuple[Command, str]:
    """Return the command that a text begins with, and what is behind it; other texts ask.

    >>> command_in("/why 目标是多少？"), command_in("目标是多少？")
    ((<Command.WHY: 'why'>, '目标是多少？'), (<Command.ASK: 'ask'>, '目标是多少？'))
    """
    match = _COMMAND.fullmatch(text)
    if match is None:
        return Command.ASK, text
    name = match["name"].lower()
    return (Command(name), match["rest"]) if name in set(Command) else (Command.HELP, "")
