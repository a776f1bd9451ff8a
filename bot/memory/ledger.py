"""The way to the bot's memory that keeps nobody waiting: what is noted is written together, a moment after the reply.

A transaction takes a millisecond, for one exchange or for fifty. What is kept but not yet written is written before
anything is read, so nobody notices; and it stands in a journal, so that a process that is killed loses none of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from cachetools import LRUCache
from sqlalchemy import exc

from bot.actions import Kept
from bot.memory import notes
from bot.memory.exchange import Asker, Exchange
from bot.memory.journal import Journal, Part
from bot.memory.notes import Note
from bot.memory.state import LastQuestion, State
from bot.operations.logs import update_id

logger = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.2
_DAY_SECONDS = 86_400
_MOST_REMEMBERED = 20_000
_MOST_WAITING = 10_000
"""Notes that wait in memory for a database that is away; it is the oldest that are given up."""
_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError, OSError)
"""What says that the database takes nothing now, not that there is something wrong with what it was given."""


class Ledger:
    """Keeps exchanges; a context manager, which at its end has written everything. ``state`` is the memory itself.

    With a folder, a process that is killed leaves there what the next one writes first. What is older than
    ``retention_days`` is deleted ``clean_after_seconds`` after the start, and then once a day.
    """

    def __init__(
        self, state: State, *, retention_days: float, folder: Path | None = None, clean_after_seconds: float = 0
    ) -> None:
        self.state = state
        self._retention_days = retention_days
        self._clean_after_seconds = clean_after_seconds
        self._folder = folder
        self._journal: Journal | None = None
        self._parts: list[Part] = []  # of the journal, what is not in the database
        self._answered: set[int | None] = set()
        self._kept: list[Note] = []
        self._something = asyncio.Event()
        self._writing = asyncio.Lock()
        self._last: LRUCache[Asker, LastQuestion | None] = LRUCache(_MOST_REMEMBERED)

    async def __aenter__(self) -> Self:
        if self._folder:
            self._journal = Journal(self._folder, "journal")
            for part in self._journal.left():
                entries = part.entries()
                self._answered |= {entry["answers"] for entry in entries}
                self._kept += [entry["note"] for entry in entries]
                self._parts.append(part)
            await self.flush()
        self._tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._clean())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.flush()
        for part in self._parts:
            part.leave()
        if self._journal:
            self._journal.close(leave=bool(self._kept))

    def keep(self, exchange: Exchange) -> None:
        """Keep an exchange; it will be written in a moment."""
        asker = replace(exchange.asker, chat_id=self.state.migrations.current(exchange.asker.chat_id))
        self._last[asker] = LastQuestion(exchange.answer.question, time.time(), exchange.subject)
        self._note(notes.of_exchange(exchange, self.state.clock()), answers=update_id.get())

    def keep_reply(self, asker: Asker, question_message_id: int, reply_message_id: int) -> None:
        """Keep which message answers which, so that the same reply is not sent again."""
        self._note(notes.of_reply(asker, question_message_id, reply_message_id, self.state.clock()), answers=None)

    def was_answered(self, update_id: int) -> bool:
        """Whether a process that was killed had answered this update, as far as it could not say so elsewhere."""
        return update_id in self._answered

    def _note(self, note: Note, *, answers: int | None) -> None:
        self._kept.append(note)
        if self._journal:
            with contextlib.suppress(OSError):  # that there is no room is said where it keeps updates from being kept
                self._journal.add({"answers": answers, "note": note})
        self._something.set()

    async def flush(self) -> None:
        """Write what is kept.

        What a database that is away does not take waits for the next time, and in the journal for the next process:
        people still get their answers.
        """
        async with self._writing:
            kept, self._kept = self._kept, []
            self._something.clear()
            if kept:
                if self._journal and not self._parts:
                    with contextlib.suppress(OSError):  # then the journal goes on as it is
                        self._parts.append(self._journal.cut())
                if waiting := await self._store(kept):
                    self._kept[:0] = waiting[-_MOST_WAITING:]
                    return
            while self._parts:
                self._parts.pop().remove()

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

    async def _store(self, kept: Sequence[Note]) -> Sequence[Note]:
        """Write notes; return those that the database is to be given again."""
        try:
            await self.state.keep(kept)
        except _AWAY:
            logger.exception("%d answers wait to be written down: the database is away", len(kept))
            return kept
        except exc.SQLAlchemyError:
            if len(kept) > 1:  # the others need not suffer for one
                return [waiting for note in kept for waiting in await self._store([note])]
            logger.exception("An answer could not be written down")
        return ()

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            await asyncio.sleep(_PAUSE_SECONDS)
            await asyncio.shield(self.flush())

    async def _clean(self) -> None:
        """Once a day, forget what is older than is to be kept."""
        await asyncio.sleep(self._clean_after_seconds)
        while True:
            with contextlib.suppress(exc.SQLAlchemyError):
                await self.state.forget_older_than(self._retention_days)
            await asyncio.sleep(_DAY_SECONDS)
