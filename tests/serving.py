"""Runs the real front end against a fake Bot API, with a library that a test can write out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.settings import Settings
from bot.telegram import Ask, run
from retrieval.records import Answer, Paragraph, Quote, Sentence, Source
from tests.fake_bot_api import FakeBotAPI


def quote(
    text: str = "到那一年，产量达到三万吨。",
    *,
    highlights: tuple[tuple[int, int], ...] = (),
    source: Source | None = None,
    number: int = 3,
    section: tuple[str, ...] = (),
    page: int | None = None,
) -> Quote:
    """A quote of a sentence that is a paragraph of its own."""
    source = source or Source("计划.txt", "五年计划", author="张三", date="2022-07-08")
    paragraph = Paragraph(number, text, section=section, page=page)
    return Quote(Sentence(text, 0, len(text)), paragraph, source, 0.9, highlights)


class Library:
    """Answers every question with the same quotes, or fails; ``questions`` is what it was asked."""

    def __init__(self, *quotes: Quote, missing: tuple[str, ...] = (), error: Exception | None = None) -> None:
        self.questions: list[str] = []
        self._quotes = quotes
        self._missing = missing
        self._error = error

    async def __call__(self, question: str, *, limit: int) -> Answer:
        self.questions.append(question)
        if self._error:
            raise self._error
        return Answer(question, self._quotes[:limit], 0.9 if self._quotes else 0.1, self._missing)


def settings_for(api: FakeBotAPI, **others: Any) -> Settings:
    """Settings that point at the fake, whatever the environment says."""
    values = {"telegram_token": api.token, "telegram_api_url": api.url, "allowed_chats": "", **others}
    return Settings(_env_file=None, **values)


@asynccontextmanager
async def serving(api: FakeBotAPI, ask: Ask, **others: Any) -> AsyncIterator[asyncio.Event]:
    """The bot at work. At the end it is stopped and has handled all that it fetched; setting the event stops it."""
    stop = asyncio.Event()
    task = asyncio.create_task(run(settings_for(api, **others), ask, stop=stop))
    try:
        yield stop
    finally:
        stop.set()
        await task
