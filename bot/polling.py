"""Long polling: brings Telegram's updates to PTB's ``Application``, from its start to a stop in good order.

PTB's own updater does the same, but when the token is revoked it stops polling and leaves the process alive
and deaf, it is silent about a server that does not answer, and after a failure a stop waits for up to half
a minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NoReturn, TypeVar

from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential

logger = logging.getLogger(__name__)

BotApplication = Application[Any, Any, Any, Any, Any, Any]
Result = TypeVar("Result")

POLL_SECONDS = 25
STOP_SECONDS = 8.0  # container runtimes kill after ten


class Poller:
    """Fetches the updates of one bot, and keeps trying for as long as the server may come back.

    ``allowed_updates`` are the kinds of update that Telegram shall send, ``server`` is its name for the log;
    ``heard`` is called with every poll that is answered.
    """

    def __init__(
        self,
        application: BotApplication,
        *,
        allowed_updates: Sequence[str],
        server: str,
        heard: Callable[[], None],
    ) -> None:
        self._application = application
        self._allowed_updates = allowed_updates
        self._server = server
        self._heard = heard
        self._offset: int | None = None
        self._trouble: str | None = None

    async def run(self, started: Callable[[], Awaitable[None]]) -> NoReturn:
        """Log in, have ``started`` done beside the polling, and fetch updates until cancelled.

        Raises ``InvalidToken``, and nothing else, when the server refuses the token, at first or later.
        """
        bot = self._application.bot
        await self._persist(self._application.initialize)
        await self._persist(bot.delete_webhook)  # as long as there is one, polling is refused
        await self._application.start()
        logger.info("Serving as @%s through %s", bot.username, self._server)
        beside = asyncio.ensure_future(started())
        try:
            while True:
                await self._fetch()
        finally:
            beside.cancel()
            await asyncio.gather(beside, return_exceptions=True)

    async def _fetch(self) -> None:
        updates = await self._persist(
            self._application.bot.get_updates,
            offset=self._offset,
            timeout=POLL_SECONDS,
            allowed_updates=self._allowed_updates,
        )
        self._heard()
        for update in updates:
            await self._application.update_queue.put(update)
            self._offset = update.update_id + 1

    async def confirm(self) -> None:
        """Tell Telegram what has been fetched, as the next poll would have, so that it isn't sent again."""
        if self._offset is not None:
            with contextlib.suppress(TelegramError):
                await self._application.bot.get_updates(offset=self._offset, timeout=0, read_timeout=2)

    async def _persist(self, call: Callable[..., Awaitable[Result]], **arguments: Any) -> Result:
        """The result of ``call``; after any error but a refused token, tried again in 0.5 to 30 seconds."""
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda e: isinstance(e, Exception) and not isinstance(e, InvalidToken)),
            wait=wait_exponential(multiplier=0.5, max=30),
            before_sleep=self._report,
        )
        result: Result = await retrying(call, **arguments)
        if self._trouble:
            logger.info("%s answers again", self._server)
            self._trouble = None
        return result

    def _report(self, state: RetryCallState) -> None:
        """Say what is wrong, once: an outage is one line, not one line every half a minute."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Conflict):
            trouble = (
                f"Another process fetches this bot's messages ({error}). "
                "Stop it, or give this one a bot of its own from @BotFather."
            )
        else:
            trouble = f"{self._server} cannot be reached or fails ({type(error).__name__}: {error})."
        if trouble != self._trouble:
            logger.warning("%s It will be tried again.", trouble)
        self._trouble = trouble


async def poll(
    application: BotApplication,
    *,
    allowed_updates: Sequence[str],
    server: str,
    heard: Callable[[], None],
    started: Callable[[], Awaitable[None]],
    stop: asyncio.Event,
) -> None:
    """Run ``application`` until ``stop`` is set; what has been fetched by then is handled first.

    ``started`` is called once logged in and may take its time, ``heard`` with every poll that is answered. Raises
    ``InvalidToken`` when the server refuses the token.
    """
    poller = Poller(application, allowed_updates=allowed_updates, server=server, heard=heard)
    polling = asyncio.create_task(poller.run(started))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if polling.done():
            polling.result()
    finally:
        polling.cancel()
        stopping.cancel()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(polling, return_exceptions=True)
                if application.running:
                    await application.stop()
                await poller.confirm()
        except TimeoutError:
            logger.warning("Stopped before every question was answered")
        await application.shutdown()
        await application.bot.shutdown()  # the connections of an application that never got to be initialised
