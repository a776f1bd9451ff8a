"""The buttons under the bot's messages, as Telegram has them. Pure."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.actions import unpacked
from bot.rendering.catalogue import Phrases
from bot.rendering.excerpts import shortened
from bot.reply import Button, Rows, Say

_LABEL_LIMIT = 60

Row = list[InlineKeyboardButton]


def keyboard(rows: Rows, phrases: Phrases) -> InlineKeyboardMarkup | None:
    """Return the buttons of a reply, if there are any; a label is cut to what fits."""
    return _markup([[_button(button, phrases) for button in row] for row in rows])


def relabelled(markup: InlineKeyboardMarkup | None, rows: Rows, phrases: Phrases) -> InlineKeyboardMarkup | None:
    """Return a keyboard with other labels on the buttons that send the same as those in ``rows``."""
    new = {button.action.packed: _button(button, phrases) for row in rows for button in row}
    return _markup([[new.get(str(one.callback_data), one) for one in row] for row in _rows(markup)])


def replaced(
    markup: InlineKeyboardMarkup | None, pressed: str | None, rows: Rows, phrases: Phrases
) -> InlineKeyboardMarkup | None:
    """Return a keyboard without the row of the button that sent ``pressed``, and with ``rows`` at its end."""
    kept = [row for row in _rows(markup) if pressed not in [one.callback_data for one in row]]
    return _markup(kept + [[_button(button, phrases) for button in row] for row in rows])


def key_in(markup: InlineKeyboardMarkup | None) -> str | None:
    """Return the key to what is kept about a message with buttons."""
    actions = (unpacked(str(one.callback_data)) for row in _rows(markup) for one in row)
    return next((action.key for action in actions if action), None)


def _button(button: Button, phrases: Phrases) -> InlineKeyboardButton:
    label = phrases.text(button.label) if isinstance(button.label, Say) else button.label
    return InlineKeyboardButton(shortened(label, _LABEL_LIMIT), callback_data=button.action.packed)


def _markup(rows: list[Row]) -> InlineKeyboardMarkup | None:
    rows = list(filter(None, rows))
    return InlineKeyboardMarkup(rows) if rows else None


def _rows(markup: InlineKeyboardMarkup | None) -> list[Row]:
    return [list(row) for row in markup.inline_keyboard] if markup else []
