"""The way in: from Telegram through the durable inbox to PTB's application, and back to the inbox when it is done.

An update is in the inbox before its receipt is confirmed. It is marked as done after it has been answered, and after
what is remembered of the answer has been written: a crash in between may answer it twice, but never not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram import Update
from telegram.error import Forbidden, InvalidToken, TelegramError
from telegram.ext import Application, BaseUpdateProcessor, CallbackContext
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from bot.memory.inbox import Arrival, Inbox, Kept
from bot.memory.progress import Progress
from bot.memory.schema import StateError
from bot.operations import metrics
from bot.operations.logs import update_id
from bot.telegram.slots import Slots
from bot.telegram.timing import Timing
from retrieval.answering import time_share
from retrieval.errors import YuanjuError

logger = logging.getLogger(__name__)

BotApplication = Application[Any, Any, Any, Any, Any, Any]
Json = Mapping[str, Any]

MOST_HELD = 1000
"""Updates that this process takes on at once; the others wait in the database."""

ATTEMPTS = 2
"""An update with which so many processes began and ended is set aside: the second began with nothing else."""

SECOND_SHARE = 0.5
"""Of the time for an answer, for that second attempt."""

_SOON_SECONDS = 0.02  # until what has ended is noted; who else waits for the database gets it meanwhile

Answered = Callable[[Update], Awaitable[bool]]
Flush = Callable[[], Awaitable[None]]


class SetAsideError(YuanjuError):
    """An update is not begun with any more; the message says why."""


@dataclass(slots=True)
class _Batch:
    """Updates that are written together."""

    updates: list[Json] = field(default_factory=list)
    written: bool = False
    error: StateError | None = None


class Intake(BaseUpdateProcessor):
    """PTB's processor of updates, and the two ends of the inbox.

    ``flush`` writes what is remembered of answers; ``progress`` marks what is begun and ended; ``answered`` tells
    whether an update has been answered already, and is asked where an earlier process may have begun with it.
    """

    def __init__(
        self, inbox: Inbox, slots: Slots, *, answered: Answered, flush: Flush, progress: Progress, timing: Timing
    ) -> None:
        super().__init__(2 * MOST_HELD)
        self._inbox = inbox
        self._slots = slots
        self._answered = answered
        self._flush = flush
        self._progress = progress
        self._timing = timing
        self._attempts: dict[int, int] = {}  # by update: what this process has taken on
        self._since: dict[int, float] = {}  # by update: when it has
        self._tasks: dict[int, asyncio.Task[Any] | None] = {}
        self._failures: dict[int, str] = {}
        self._done: set[int] = set()
        self._failed: dict[int, str] = {}
        self._something = asyncio.Event()
        self._more = False  # whether others wait in the database
        self._batch = _Batch()
        self._receiving = asyncio.Lock()
        self._alone = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._trouble: str | None = None
        self._beside: list[asyncio.Task[None]] = []

    @property
    def trouble(self) -> str | None:
        """What keeps the inbox from being written, in a line."""
        return self._trouble

    @property
    def held(self) -> int:
        """How many updates this process has taken on and not done with."""
        return len(self._attempts)

    @property
    def age_seconds(self) -> float:
        """For how long the oldest of these has been held."""
        return time.monotonic() - next(iter(self._since.values()), time.monotonic())

    async def open(self, application: BotApplication) -> None:
        """Begin to hand updates to an application that has been started; those left over come first."""
        self._application = application
        self._opened = time.monotonic()
        application.add_error_handler(self._note_failure)
        await self._until_written(partial(self._inbox.inherit, frozenset(self._progress.begun)))
        await self._until_written(self._take)
        self._beside += [asyncio.create_task(work()) for work in (self._write, self._look)]

    async def receive(self, updates: Sequence[Json]) -> None:
        """Receive updates as Telegram sends them, JSON; when this returns they are safe.

        What comes at the same time is written together. Raises ``StateError`` where it cannot be kept, and must be
        asked for again.
        """
        batch = self._batch
        batch.updates += updates
        async with self._receiving:
            if not batch.written:
                self._batch = _Batch()
                batch.written = True
                try:
                    await self._keep(batch.updates)
                except StateError as error:
                    batch.error = error
                self._trouble = str(batch.error) if batch.error else None
        if batch.error:
            raise batch.error

    async def _keep(self, updates: Sequence[Json]) -> None:
        own = len(self._attempts) + len(updates) <= MOST_HELD
        read = [self._read(update) for update in updates]
        new = await self._inbox.receive([arrival for arrival, _ in read], own=own)
        self._more = self._more or not own
        for arrival, update in read:
            if arrival.unreadable:
                logger.warning("Update %d is set aside: %s", arrival.update_id, arrival.unreadable)
            elif update is not None and own and arrival.update_id in new and update.update_id not in self._attempts:
                self._admit(update, attempts=0)

    async def close(self) -> None:
        """Return up what has not been done by now, for the next process to take up."""
        for task in self._beside:
            task.cancel()
        running = [task for task in self._tasks.values() if task]
        for task in running:
            task.cancel()
        await asyncio.gather(*self._beside, *running, return_exceptions=True)
        try:
            await self._settle()
            await self._inbox.release()
        except StateError as error:
            logger.warning("What has been answered could not be noted, and may be answered twice. %s", error)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """See ``telegram.ext.BaseUpdateProcessor``."""
        if not isinstance(update, Update) or update.update_id not in self._attempts:
            await coroutine
            return
        number = update.update_id
        update_id.set(number)
        self._tasks[number] = asyncio.current_task()
        try:
            async with self._apart(self._attempts[number]), self._slots.held(alone=self._attempts[number] > 0):
                metrics.observe("queue", time.monotonic() - self._since[number])
                self._progress.begin(number)
                if not self._attempts[number] or await self._begin_again(update):
                    await coroutine
                self._end(number)
        finally:
            if isinstance(coroutine, Coroutine):
                coroutine.close()
            del self._tasks[number]

    async def initialize(self) -> None:
        """See ``telegram.ext.BaseUpdateProcessor``."""

    async def shutdown(self) -> None:
        """See ``telegram.ext.BaseUpdateProcessor``."""

    @contextlib.asynccontextmanager
    async def _apart(self, attempts: int) -> AsyncIterator[None]:
        """One at a time what may be what ended the process, and after the rest: then nothing else is blamed for it.

        Whatever ends processes soon after their start is not blamed on what never got to be begun with.
        """
        if not attempts:
            yield
            return
        async with self._alone:
            await asyncio.sleep(max(self._opened + self._timing.suspect - time.monotonic(), 0.0))
            time_share.set(SECOND_SHARE)  # in the task of this update
            yield

    async def _begin_again(self, update: Update) -> bool:
        """Note that it is begun with once more; return whether it still has to be answered."""
        await self._until_written(partial(self._inbox.begin, update.update_id))
        return not await self._answered(update)

    def _end(self, number: int) -> None:
        if (reason := self._failures.pop(number, None)) is None:
            self._done.add(number)
        elif reason:
            self._failed[number] = reason
        else:
            return  # the token is refused: the next process may have a better one
        self._progress.end(number)
        self._something.set()

    async def _note_failure(self, update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        error = context.error
        if isinstance(update, Update) and error is not None and not isinstance(error, Forbidden):
            # Only Telegram's own words: those of another error may be what a person wrote.
            said = f": {error}" if isinstance(error, TelegramError) else ""
            self._failures[update.update_id] = (
                "" if isinstance(error, InvalidToken) else f"{type(error).__name__}{said}"
            )

    def _read(self, update: Json) -> tuple[Arrival, Update | None]:
        number, payload, sender = update["update_id"], json.dumps(update), sender_id(update)
        try:
            understood = Update.de_json(dict(update), self._application.bot)
        except Exception as error:
            kinds = ", ".join(sorted(update.keys() - {"update_id"}))
            reason = f"it cannot be understood ({kinds}: {type(error).__name__})"
            return Arrival(number, payload, sender, unreadable=reason), None
        return Arrival(number, payload, sender), understood

    def _admit(self, update: Update, *, attempts: int) -> None:
        self._attempts[update.update_id] = attempts
        self._since[update.update_id] = time.monotonic()
        self._application.update_queue.put_nowait(update)

    async def _take(self) -> None:
        """Take up what nobody takes care of."""
        if room := max(MOST_HELD - len(self._attempts), 0):
            taken = await self._inbox.take(room)
            self._more = len(taken) == room
            for kept in taken:
                self._take_up(kept)

    def _take_up(self, kept: Kept) -> None:
        if kept.update_id in self._attempts:  # the lease had run out, but not the work
            return
        arrival, update = self._read(json.loads(kept.payload))
        if update is None:
            logger.error("Update %d is set aside: %s", kept.update_id, arrival.unreadable)
            self._attempts[kept.update_id] = kept.attempts
            self._failures[kept.update_id] = arrival.unreadable or ""
            self._end(kept.update_id)
        elif kept.update_id in self._progress.ended:  # which could not be noted any more
            self._attempts[kept.update_id] = kept.attempts
            self._end(kept.update_id)
        elif kept.attempts >= ATTEMPTS:
            self._attempts[kept.update_id] = kept.attempts
            self._beside.append(asyncio.create_task(self._set_aside(update, kept.attempts)))
        else:
            self._admit(update, attempts=kept.attempts)

    async def _set_aside(self, update: Update, attempts: int) -> None:
        """Do as if answering had failed, which tells the operator and the person."""
        update_id.set(update.update_id)
        if await self._answered(update):  # and that could not be noted any more
            self._end(update.update_id)
            return
        reason = f"the process ended {attempts} times while it was being answered"
        await self._application.process_error(update, SetAsideError(f"It is set aside: {reason}"))
        self._failures[update.update_id] = reason
        self._end(update.update_id)

    async def _look(self) -> None:
        """Keep the lease, and take up what a process that has died leaves behind."""
        while True:
            await asyncio.sleep(self._timing.lease)
            with contextlib.suppress(StateError):
                await self._inbox.renew()
                await self._take()
                await self._inbox.clean()

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            await asyncio.sleep(_SOON_SECONDS)
            await asyncio.shield(self._until_written(self._settle))
            if self._more and len(self._attempts) < MOST_HELD // 2:
                await self._until_written(self._take)

    async def _settle(self) -> None:
        async with self._writing:
            self._something.clear()
            done, failed = frozenset(self._done), dict(self._failed)
            if not done and not failed:
                return
            await self._flush()
            await self._inbox.settle(done, failed)
            self._progress.settled({*done, *failed})
            self._done -= done
            for number in failed:
                del self._failed[number]
            for number in (*done, *failed):
                del self._attempts[number]
                self._since.pop(number, None)

    async def _until_written(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write, however long the database takes to come back."""

        def note(state: RetryCallState) -> None:
            error = str(state.outcome.exception()) if state.outcome else ""
            if error != self._trouble:
                logger.warning("What has been answered cannot be noted yet. %s", error)
            self._trouble = error

        retrying = AsyncRetrying(retry=retry_if_exception_type(StateError), wait=self._timing.pauses, before_sleep=note)
        await retrying(write)
        self._trouble = None


def sender_id(update: Json) -> int:
    """Whose update it is; 0 where it is nobody's. It need not be one that PTB understands."""
    for content in update.values():
        if isinstance(content, Mapping):
            sender = content.get("sender_chat") or content.get("from")
            if isinstance(sender, Mapping) and isinstance(sender.get("id"), int):
                return int(sender["id"])
    return 0
