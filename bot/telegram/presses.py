"""What happens when one of the bot's buttons is pressed. The press is answered before anything else is done."""

from __future__ import annotations

import logging
from typing import Any

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import CallbackContext

from bot.access import Access
from bot.actions import unpacked
from bot.conversation.services import Requester
from bot.conversation.turns import Conversation
from bot.language import language_of
from bot.rendering.catalogue import phrases
from bot.reply import Change, Pressed, say
from bot.telegram import delivery, keyboards
from bot.telegram.delivery import NotModified
from bot.telegram.requesters import presser

logger = logging.getLogger(__name__)

Context = CallbackContext[Any, Any, Any, Any]

_OUT_OF_DATE = Pressed(say("out-of-date"), alert=True)


class Presses:
    """The handler of callback queries."""

    def __init__(self, conversation: Conversation, access: Access) -> None:
        self._conversation = conversation
        self._access = access

    async def on_press(self, update: Update, context: Context) -> None:
        """Do what a button stands for, or say why not."""
        query = update.callback_query
        if query is None:
            return
        message, action = query.message, unpacked(query.data)
        if not isinstance(message, Message) or action is None:
            await _answer(query, _OUT_OF_DATE)
            return
        requester = presser(query, message, self._access)
        pressed = await self._conversation.press(action, requester, press_id=query.id)
        await _answer(query, pressed)
        if pressed.work and (change := await pressed.work()):
            try:
                await _change(context, query, message, change, requester)
            except NotModified:  # two people have pressed the same button
                pass
            except BadRequest as error:
                if "to edit not found" not in error.message:  # the message has been deleted meanwhile
                    raise


async def _change(
    context: Context, query: CallbackQuery, message: Message, change: Change, requester: Requester
) -> None:
    language = delivery.words(change.reply, requester)
    rows, markup = change.reply.buttons, message.reply_markup
    match change.how:
        case "new":
            await delivery.send(context.bot, change.reply, requester)
        case "instead":
            await delivery.edit(context.bot, message.message_id, change.reply, requester)
        case "labels":
            await _edit_keyboard(query, keyboards.relabelled(markup, rows, language))
        case "choices":
            await _edit_keyboard(query, keyboards.replaced(markup, query.data, rows, language))


async def _answer(query: CallbackQuery, pressed: Pressed) -> None:
    language = phrases(language_of(query.from_user.language_code))
    text = language.text(pressed.notice) if pressed.notice else None
    try:
        await query.answer(text, show_alert=pressed.alert)
    except (BadRequest, NetworkError, RetryAfter) as error:  # too late: the circle has stopped turning by itself
        logger.info("A press could not be answered: %s", error.message)


async def _edit_keyboard(query: CallbackQuery, markup: InlineKeyboardMarkup | None) -> None:
    try:
        await query.edit_message_reply_markup(markup)
    except BadRequest as error:
        if "not modified" not in error.message:
            raise
