"""What the conversation works with, and whom it serves."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from bot.access import Access, Audience
from bot.conversation.limits import Limits
from bot.documents.live_index import Documents
from bot.language import Language
from bot.memory.asker import Asker
from bot.memory.ledger import Ledger
from bot.operations import metrics
from bot.settings import Settings
from retrieval.records import Answer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """The documents, the memory and the rules."""

    documents: Documents
    ledger: Ledger
    settings: Settings
    access: Access
    limits: Limits

    async def ask(self, question: str, *, limit: int, audience: Audience, place: metrics.Place) -> tuple[Answer, float]:
        """Answer on somebody's behalf; return the answer, and how many milliseconds it took.

        What came of it is counted and logged, never by whom, and the question only where the settings say so.
        """
        started = time.perf_counter()
        try:
            with metrics.timed("answer"):
                answer = await self.documents.ask(question, limit=limit, audience=audience)
        except Exception:
            metrics.QUESTIONS.labels(place, "failed").inc()
            raise
        milliseconds = (time.perf_counter() - started) * 1000
        outcome: metrics.Outcome = "answered" if answer.answered else "not_found"
        metrics.QUESTIONS.labels(place, outcome).inc()
        facts = {
            "place": place,
            "outcome": outcome,
            "confidence": round(answer.confidence, 3),
            "milliseconds": round(milliseconds, 1),
        }
        logger.info("Asked", extra={"facts": facts | ({"question": question} if self.settings.log_questions else {})})
        return answer, milliseconds


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
