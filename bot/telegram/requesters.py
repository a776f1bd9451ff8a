"""Who is served, as Telegram tells it."""

from __future__ import annotations

import re

from telegram import CallbackQuery, Message, User
from telegram.constants import ChatType

from bot.access import Access
from bot.conversation.services import Requester
from bot.language import language_in, language_of
from bot.memory.exchange import Asker

_NAMES = re.compile(r"[/@]\w+|https?://\S+")  # which are written in Latin letters, whatever the language


def writer(message: Message, access: Access) -> Requester:
    """Return the requester who wrote a message."""
    speaker = message.sender_chat or message.from_user
    # Whoever speaks as a chat comes under the name of a bot, whose language is nobody's.
    person = None if message.sender_chat else message.from_user
    asked = message.text or message.caption
    return _requester(speaker.id if speaker else message.chat_id, person, message, access, asked=asked)


def presser(query: CallbackQuery, message: Message, access: Access) -> Requester:
    """Return the requester who pressed a button under a message of the bot."""
    return _requester(query.from_user.id, query.from_user, message, access)


def _requester(
    person_id: int, person: User | None, message: Message, access: Access, *, asked: str | None = None
) -> Requester:
    private = message.chat.type == ChatType.PRIVATE
    language = language_of(person.language_code if person else None)
    if asked and not private:  # others read it too
        language = language_in(_NAMES.sub("", asked), language)
    topic = message.message_thread_id if message.is_topic_message else None
    return Requester(
        asker=Asker(person_id, access.current(message.chat_id), topic or 0),
        language=language,
        audience=access.audience(message.chat_id),
        private=private,
        operator=person is not None and access.is_operator(person.id),
        bot_name=message.get_bot().username,
    )
