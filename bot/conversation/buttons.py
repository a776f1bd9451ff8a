"""Buttons under the bot's messages and what they send: a kind, a key to what is kept about the message, numbers. Pure.

Telegram takes 64 bytes of data: one letter, the 16 characters of a key and a few numbers need at most 40.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.rendering.catalogue import Phrases
from bot.rendering.replies import shortened

_LABEL_LIMIT = 60
_DATA = re.compile(r"(?P<kind>[A-Za-z]):(?P<key>[\w-]{1,32})(?P<numbers>(?::\d{1,6}){0,3})", re.ASCII)

Row = list[InlineKeyboardButton]


class Kind(StrEnum):
    """What a button does; the values are the first letter of its data."""

    PAGE = "p"
    CONTEXT = "c"
    VOTE_UP = "u"
    VOTE_DOWN = "d"
    WHY = "w"
    NO_FOLLOW_UP = "n"
    RELATED = "r"
    ASK = "a"
    NEAREST = "t"
    FORGET = "F"
    SOURCES = "S"
    UPLOAD = "U"
    DISCARD = "D"
    RESTORE = "R"
    EXPORT = "E"
    CANCEL = "X"


@dataclass(frozen=True, slots=True)
class Press:
    """What a pressed button sends."""

    kind: Kind
    key: str
    numbers: tuple[int, ...] = ()

    @property
    def data(self) -> str:
        """As callback data."""
        return ":".join((self.kind, self.key, *map(str, self.numbers)))

    @classmethod
    def of(cls, data: str | None) -> Press | None:
        """Understand callback data; ``None`` for what is none of ours."""
        match = _DATA.fullmatch(data or "")
        if match is None or match["kind"] not in set(Kind):
            return None
        return cls(Kind(match["kind"]), match["key"], tuple(map(int, match["numbers"].split(":")[1:])))


@dataclass(frozen=True, slots=True)
class Looks:
    """What is to be pressed under an answer."""

    key: str
    page: int = 0
    pages: int = 1
    context: bool = False
    screen: int | None = None
    screens: int = 1
    follow_up: bool = False
    related: bool = False
    why: bool = False


def button(label: str, kind: Kind, key: str, *numbers: int) -> InlineKeyboardButton:
    """A button; its label is cut to what fits."""
    return InlineKeyboardButton(shortened(label, _LABEL_LIMIT), callback_data=Press(kind, key, numbers).data)


def answer_keyboard(looks: Looks, phrases: Phrases, *, votes: Row | None = None) -> InlineKeyboardMarkup:
    """The buttons under an answer; ``votes`` are those that show how many voted until now."""
    say, key, page = phrases.text, looks.key, looks.page
    reading: Row = []
    if looks.screen is None:
        if page > 0:
            reading.append(button(say("button-previous"), Kind.PAGE, key, page - 1))
        if looks.context:
            reading.append(button(say("button-context"), Kind.CONTEXT, key, page, 0))
        if page + 1 < looks.pages:
            reading.append(button(say("button-more"), Kind.PAGE, key, page + 1))
    else:
        if looks.screen > 0:
            reading.append(button(say("button-previous"), Kind.CONTEXT, key, page, looks.screen - 1))
        reading.append(button(say("button-back"), Kind.PAGE, key, page))
        if looks.screen + 1 < looks.screens:
            reading.append(button(say("button-next"), Kind.CONTEXT, key, page, looks.screen + 1))
    rows = [reading, votes or vote_row(key, phrases)]
    if looks.why:
        rows[-1] = [*rows[-1], button(say("button-why"), Kind.WHY, key)]
    if looks.related:
        rows.append([button(say("button-related"), Kind.RELATED, key)])
    if looks.follow_up:
        rows.append([button(say("button-drop-follow-up"), Kind.NO_FOLLOW_UP, key)])
    return InlineKeyboardMarkup(list(filter(None, rows)))


def vote_row(key: str, phrases: Phrases, *, up: int = 0, down: int = 0) -> Row:
    """👍 and 👎, with how many there are if there are any."""
    return [
        button(phrases.text("button-vote-up", count=up) if up else "👍", Kind.VOTE_UP, key),
        button(phrases.text("button-vote-down", count=down) if down else "👎", Kind.VOTE_DOWN, key),
    ]


def votes_in(markup: InlineKeyboardMarkup | None) -> Row:
    """The buttons to vote that stand under a message."""
    return [one for row in _rows(markup) for one in row if _kind(one) in {Kind.VOTE_UP, Kind.VOTE_DOWN}]


def with_votes(markup: InlineKeyboardMarkup | None, votes: Row) -> InlineKeyboardMarkup:
    """The buttons under a message, those to vote replaced."""
    new = {_kind(one): one for one in votes}
    return InlineKeyboardMarkup([[new.get(_kind(one), one) for one in row] for row in _rows(markup)])


def without(markup: InlineKeyboardMarkup | None, kind: Kind) -> list[Row]:
    """The rows of buttons under a message that have none of this kind."""
    return [row for row in _rows(markup) if kind not in map(_kind, row)]


def key_in(markup: InlineKeyboardMarkup | None) -> str | None:
    """The key to what is kept about a message with buttons."""
    presses = (Press.of(str(one.callback_data)) for row in _rows(markup) for one in row)
    return next((press.key for press in presses if press), None)


def forget_keyboard(key: str, phrases: Phrases) -> InlineKeyboardMarkup:
    """To have everything deleted, or not."""
    yes, no = phrases.text("button-forget"), phrases.text("button-cancel")
    return InlineKeyboardMarkup([[button(yes, Kind.FORGET, key), button(no, Kind.CANCEL, key)]])


def question_rows(questions: Sequence[str], key: str, kind: Kind = Kind.ASK) -> list[Row]:
    """A row for each question or place to tap."""
    return [[button(question, kind, key, number)] for number, question in enumerate(questions)]


def _rows(markup: InlineKeyboardMarkup | None) -> list[Row]:
    return [list(row) for row in markup.inline_keyboard] if markup else []


def _kind(one: InlineKeyboardButton) -> Kind | None:
    press = Press.of(str(one.callback_data))
    return press.kind if press else None
