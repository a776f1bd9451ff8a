"""The way of a question to the documents: what is done around answering it is one ordered list of layers."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from bot.access import Audience
from bot.operations import metrics
from retrieval.records import Answer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """A question, how many quotes may answer it, who will see them, and where it was asked: never by whom.

    One that is ``literal`` is not corrected.
    """

    question: str
    limit: int
    audience: Audience
    place: metrics.Place
    literal: bool = False


Answering = Callable[[Request], Awaitable[Answer]]
Layer = Callable[[Answering], Answering]


def layered(layers: Sequence[Layer], answering: Answering) -> Answering:
    """Return ``answering`` with all layers around it, the first of them outermost."""
    return reduce(lambda inner, layer: layer(inner), reversed(layers), answering)


def counted(*, with_questions: bool) -> Layer:
    """Return the layer that counts and logs what came of each question; its text only ``with_questions``."""

    def layer(answering: Answering) -> Answering:
        async def answer(request: Request) -> Answer:
            started = time.perf_counter()
            try:
                found = await answering(request)
            except Exception:
                metrics.QUESTIONS.labels(request.place, "failed").inc()
                raise
            outcome: metrics.Outcome = "not_found" if found.certainty == "none" else found.certainty
            metrics.QUESTIONS.labels(request.place, outcome).inc()
            facts = {
                "place": request.place,
                "outcome": outcome,
                "confidence": round(found.confidence, 3),
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            }
            logger.info("Asked", extra={"facts": facts | ({"question": request.question} if with_questions else {})})
            return found

        return answer

    return layer


def timed(answering: Answering) -> Answering:
    """Time answering as one stage of those that a question spends its time in."""

    async def answer(request: Request) -> Answer:
        with metrics.timed("answer"):
            return await answering(request)

    return answer
