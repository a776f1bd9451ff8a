"""How replies reach Telegram: sent, or in place of a message that is there."""

from __future__ import annotations

import io
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from telegram import InlineKeyboardMarkup, InputFile, Message
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.conversation.services import Requester
from bot.rendering import html
from bot.rendering.catalogue import Html, Phrases, phrases
from bot.reply import Reply
from bot.telegram.keyboards import keyboard
from bot.telegram.slots import lent

logger = logging.getLogger(__name__)

Bot = ExtBot[Any]


class NotModified(Exception):  # noqa: N818 - Telegram's word
    """A message already is what it was to become: somebody else was faster."""


Sent = Callable[[int], None]


async def send(
    bot: Bot, reply: Reply, requester: Requester, *, to: Message | None = None, sent: Sent | None = None
) -> None:
    """Send a reply, in answer ``to`` a message or by itself. It may go on and change itself then.

    ``sent`` is called with its id first, unless the reply keeps it itself once it has been delivered.
    """
    chat_id, topic = requester.asker.chat_id, requester.asker.topic_id or None
    text, markup = _content(reply, requester)
    if reply.file:
        file = InputFile(io.BytesIO(reply.file.content), filename=reply.file.name)
        message = await bot.send_document(chat_id, file, caption=text, message_thread_id=topic)
    elif to:
        message = await to.reply_html(text, reply_markup=markup, do_quote=True)
    else:
        message = await bot.send_message(chat_id, text, reply_markup=markup, message_thread_id=topic)
    if reply.delivered:
        reply.delivered(to.message_id if to else None, message.message_id)
    elif sent:
        sent(message.message_id)
    if reply.later:
        await edit(bot, message.message_id, await _later(reply.later), requester)


async def edit(
    bot: Bot, message_id: int, reply: Reply, requester: Requester, *, question_id: int | None = None
) -> None:
    """Put a reply in place of a message of the bot.

    Raises ``NotModified`` where it is there already, and ``BadRequest`` where the message is not.
    """
    text, markup = _content(reply, requester)
    try:
        await bot.edit_message_text(text, chat_id=requester.asker.chat_id, message_id=message_id, reply_markup=markup)
    except BadRequest as error:
        if "not modified" not in error.message:
            raise
        if not reply.later:  # otherwise a crash may have come before that
            raise NotModified from None
    if reply.delivered:
        reply.delivered(question_id, message_id)
    if reply.later:
        with suppress(NotModified):  # a crash came between the message and what notes it
            await edit(bot, message_id, await _later(reply.later), requester)


async def _later(later: Callable[[], Awaitable[Reply]]) -> Reply:
    """Return what becomes of a reply. It is what another process works on, perhaps for long."""
    async with lent():
        return await later()


def words(reply: Reply, requester: Requester) -> Phrases:
    """Return the sentences of the language that a reply is to be read in."""
    return phrases(reply.language or requester.language)


def _content(reply: Reply, requester: Requester) -> tuple[Html, InlineKeyboardMarkup | None]:
    language = words(reply, requester)
    return html.message(reply.blocks, language), keyboard(reply.buttons, language)
