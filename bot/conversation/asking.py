"""Asking the documents on somebody's behalf, and noting that it was done: what came of it, never by whom."""

from __future__ import annotations

import logging
import time

from bot.access import Audience
from bot.conversation.services import Services
from bot.operations import metrics
from retrieval.records import Answer

logger = logging.getLogger(__name__)


async def ask(
    services: Services, question: str, *, limit: int, audience: Audience, place: metrics.Place
) -> tuple[Answer, float]:
    """The answer, and how many milliseconds it took. The question is logged only where the settings say so."""
    started = time.perf_counter()
    try:
        with metrics.timed("answer"):
            answer = await services.documents.ask(question, limit=limit, audience=audience)
    except Exception:
        metrics.QUESTIONS.labels(place, "failed").inc()
        raise
    milliseconds = (time.perf_counter() - started) * 1000
    outcome: metrics.Outcome = "not_found" if answer.certainty == "none" else answer.certainty
    metrics.QUESTIONS.labels(place, outcome).inc()
    facts = {
        "place": place,
        "outcome": outcome,
        "confidence": round(answer.confidence, 3),
        "milliseconds": round(milliseconds, 1),
    }
    logger.info("Asked", extra={"facts": facts | ({"question": question} if services.settings.log_questions else {})})
    return answer, milliseconds
