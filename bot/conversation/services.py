"""What every handler works with, and whom it serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from telegram import CallbackQuery, Message, User
from telegram.constants import ChatType

from bot.access import Access, Audience
from bot.conversation.asking import Answering
from bot.conversation.limits import Limits
from bot.documents.live_index import Documents
from bot.memory.asker import Asker
from bot.memory.ledger import Ledger
from bot.rendering.catalogue import Phrases, language_of, phrases
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The documents, the memory and the rules; ``clock`` gives seconds since 1970, as Telegram counts them.

    What a person asks goes through ``answering``, with the layers around it.
    """

    documents: Documents
    answering: Answering
    ledger: Ledger
    settings: Settings
    access: Access
    limits: Limits
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Requester:
    """Who is served and where. ``private`` is a chat of the person's own with the bot."""

    asker: Asker
    phrases: Phrases
    audience: Audience
    private: bool
    operator: bool

    @property
    def topic(self) -> int | None:
        """The topic to send to."""
        return self.asker.topic_id or None


def writer(message: Message, access: Access) -> Requester:
    """The requester who wrote a message."""
    speaker = message.sender_chat or message.from_user
    # Whoever speaks as a chat comes under the name of a bot, whose language is nobody's.
    person = None if message.sender_chat else message.from_user
    topic = message.message_thread_id if message.is_topic_message else None
    asker = Asker(speaker.id if speaker else message.chat_id, message.chat_id, topic or 0)
    return _requester(asker, person, message, access)


def presser(query: CallbackQuery, message: Message, access: Access) -> Requester:
    """The requester who pressed a button under a message of the bot."""
    topic = message.message_thread_id if message.is_topic_message else None
    return _requester(Asker(query.from_user.id, message.chat.id, topic or 0), query.from_user, message, access)


def _requester(asker: Asker, person: User | None, message: Message, access: Access) -> Requester:
    return Requester(
        asker=asker,
        phrases=phrases(language_of(person.language_code if person else None)),
        audience=access.audience(asker.chat_id),
        private=message.chat.type == ChatType.PRIVATE,
        operator=person is not None and access.is_operator(person.id),
    )
