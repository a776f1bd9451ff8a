"""What the conversation works with, and whom it serves."""

from __future__ import annotations

from dataclasses import dataclass

from bot.access import Access, Audience
from bot.conversation.asking import Answering, counted, layered, timed
from bot.conversation.limits import Limits
from bot.documents.live_index import Documents
from bot.language import Language
from bot.memory.exchange import Asker
from bot.memory.ledger import Ledger
from bot.settings import Settings

_PEOPLE_AT_ONCE = 3
"""How many people of a group may ask as fast as they can before the group asks too fast."""


@dataclass(frozen=True, slots=True)
class Services:
    """The documents, the memory and the rules; what a person asks goes through ``answering``."""

    documents: Documents
    answering: Answering
    ledger: Ledger
    settings: Settings
    access: Access
    limits: Limits

    @classmethod
    def of(cls, documents: Documents, ledger: Ledger, settings: Settings) -> Services:
        """Return them as the settings say."""
        answering = layered(
            [counted(with_questions=settings.log_questions), timed],
            lambda asked: documents.answer(
                asked.question, limit=asked.limit, audience=asked.audience, literal=asked.literal
            ),
        )
        pace = settings.person_per_minute
        limits = Limits(person_per_minute=pace, chat_per_minute=_PEOPLE_AT_ONCE * pace)
        return cls(documents, answering, ledger, settings, Access(settings, ledger.state.migrations.known), limits)


@dataclass(frozen=True, slots=True)
class Requester:
    """Who is served and where. ``private`` is a chat of the person's own with the bot.

    ``bot_name`` is what the bot is called by in groups; it is empty where there are none, as in a terminal.
    """

    asker: Asker
    language: Language
    audience: Audience
    private: bool
    operator: bool
    bot_name: str = ""
