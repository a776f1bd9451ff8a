"""The way to the bot's memory that keeps nobody waiting: exchanges are written together, a moment after the reply.

A transaction takes a millisecond, for one exchange or for fifty. What is kept but not yet written is written before
anything is read, so nobody notices; only a crash loses the last moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import replace
from types import TracebackType
from typing import Self

from cachetools import LRUCache
from sqlalchemy.exc import SQLAlchemyError

from bot.actions import Kept
from bot.memory.exchange import Asker, Exchange
from bot.memory.state import LastQuestion, State

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.2
_DAY_SECONDS = 86_400
_MOST_REMEMBERED = 20_000


class Ledger:
    """Keeps exchanges; a context manager, which at its end has written everything. ``state`` is the memory itself."""

    def __init__(self, state: State, *, retention_days: float) -> None:
        self.state = state
        self._retention_days = retention_days
        self._kept: list[Exchange] = []
        self._something = asyncio.Event()
        self._writing = asyncio.Lock()
        self._last: LRUCache[Asker, LastQuestion | None] = LRUCache(_MOST_REMEMBERED)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._clean())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.flush()

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange; it will be written in a moment."""
        self._kept.append(exchange)
        asker = replace(exchange.asker, chat_id=self.state.migrations.current(exchange.asker.chat_id))
        self._last[asker] = LastQuestion(exchange.answer.question, time.time(), exchange.subject)
        self._something.set()

    async def flush(self) -> None:
        """Write what is kept. What the database does not take is lost, and logged: people still get their answers."""
        async with self._writing:
            kept, self._kept = self._kept, []
            self._something.clear()
            if kept:
                try:
                    await self.state.keep(kept)
                except SQLAlchemyError:
                    logger.exception("%d answers could not be written down", len(kept))

    async def last_question(self, asker: Asker, *, within_seconds: float) -> LastQuestion | None:
        """What the asker asked last in this chat and topic, unless that is too long ago."""
        if asker not in self._last:
            await self.flush()  # it may be what was asked in a group that has another id since
            self._last[asker] = await self.state.last_question(asker, within_seconds=within_seconds)
        last = self._last[asker]
        return last if last and time.time() - last.time <= within_seconds else None

    async def keep_for_buttons(self, kept: Kept, *, person_id: int) -> str:
        """Keep what a message's buttons need; return the key that leads to it."""
        return await self.state.keep_for_buttons(kept, person_id=person_id)

    async def kept_for_button(self, key: str) -> Kept | None:
        """Return what is kept under a key; ``None`` where it is out of date."""
        await self.flush()
        return await self.state.kept_for_button(key)

    async def reply_to(self, chat_id: int, question_message_id: int) -> int | None:
        """The message that answered this one."""
        await self.flush()
        return await self.state.reply_to(chat_id, question_message_id)

    async def forget_person(self, person_id: int, *, press: str | None = None) -> int:
        """See ``State.forget_person``."""
        await self.flush()
        for asker in [asker for asker in self._last if asker.person_id == person_id]:
            del self._last[asker]
        return await self.state.forget_person(person_id, press=press)

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            await asyncio.sleep(_PAUSE_SECONDS)
            await asyncio.shield(self.flush())

    async def _clean(self) -> None:
        """Once a day, forget what is older than is to be kept."""
        while True:
            with contextlib.suppress(SQLAlchemyError):
                await self.state.forget_older_than(self._retention_days)
            await asyncio.sleep(_DAY_SECONDS)
